"""The host's facts: the kernel's list, over archspec's recorded machines, and archspec itself."""

import io
import os
import sys
from pathlib import Path

import archspec
import pytest
from archspec.cpu import detect
from hypothesis import given
from hypothesis import strategies as st

from rtvariants import loader
from rtvariants.loader import host as hosts
from rtvariants.loader.facts import Host

RECORDED = Path(archspec.__file__).parent / "json" / "tests" / "targets"
X86 = [
    "linux-centos7-cascadelake", "linux-rhel6-piledriver", "linux-rhel7-broadwell",
    "linux-rhel7-haswell", "linux-rhel7-ivybridge", "linux-rhel7-skylake_avx512",
    "linux-rhel7-x86_64_v3", "linux-rhel7-zen", "linux-rocky8.5-zen4", "linux-rocky9-zen5",
    "linux-scientific7-k10", "linux-ubuntu20.04-zen3", "linux-ubuntu24.04-alderlake",
    "linux-unknown-sapphirerapids",
]  # fmt: skip
ARM = [
    "linux-amazon-cortex_a72", "linux-amazon-neoverse_n1", "linux-amazon-neoverse_v1",
    "linux-asahi-m1", "linux-rhel8-neoverse_v1", "linux-rocky8-a64fx",
    "linux-ubuntu22.04-ampere1",
]  # fmt: skip
OTHER = ["linux-rhel8-power9", "linux-sifive-u74mc"]
LISTS = [*((name, "x86_64") for name in X86), *((name, "aarch64") for name in ARM)]


def recorded(name):
    # A recording ends where the next CPU's block would begin.
    return (RECORDED / name).read_bytes().rstrip(b"\n") + b"\n"


def quick(text, machine):
    """Return the flags that the quick path sees."""
    return frozenset(loader._listed(text, machine).decode("ascii", "replace").split())


def as_archspec_reads(name, machine, monkeypatch):
    text = recorded(name).decode()
    monkeypatch.setattr(detect, "_machine", lambda: machine)
    monkeypatch.setattr(detect, "open", lambda _path: io.StringIO(text), raising=False)
    # archspec adds its own spelling of a flag that Linux calls `pni`.
    return detect.proc_cpuinfo().features - {"sse3"}


@pytest.mark.parametrize(("name", "machine"), LISTS)
def test_recorded_lists_are_read_as_archspec_reads_them(name, machine, monkeypatch):
    expected = as_archspec_reads(name, machine, monkeypatch)
    assert len(expected) > 3
    assert hosts.parse_cpuinfo(recorded(name), machine) == expected
    # The quick path reads the same by its own means, where the recording is the kernel's own
    # text; some are shortened to a line or two.
    kernels = loader._FLAGS[machine] in recorded(name)
    assert quick(recorded(name), machine) == (expected if kernels else frozenset())


def test_most_recordings_are_the_kernels_own_text():
    kernels = [name for name, machine in LISTS if loader._FLAGS[machine] in recorded(name)]
    assert len(kernels) >= 8


@pytest.mark.parametrize("name", [*ARM, *OTHER])
def test_a_list_of_another_machine_is_ignored(name):
    assert hosts.parse_cpuinfo(recorded(name), "x86_64") is None
    assert quick(recorded(name), "x86_64") == frozenset()


@pytest.mark.parametrize("name", X86)
def test_an_arm_process_ignores_an_x86_list(name):
    assert hosts.parse_cpuinfo(recorded(name), "aarch64") is None


@pytest.mark.parametrize(("name", "machine"), [LISTS[3], LISTS[-1]])
def test_a_cut_list_never_shows_a_part_of_it(name, machine):
    text = recorded(name)
    whole = hosts.parse_cpuinfo(text, machine)
    for end in range(0, len(text), 7):
        assert hosts.parse_cpuinfo(text[:end], machine) in (None, whole)
        assert quick(text[:end], machine) in (frozenset(), whole)


@given(st.binary(max_size=200))
def test_no_text_breaks_the_reading(text):
    hosts.parse_cpuinfo(text, "x86_64")
    hosts.parse_cpuinfo(b"processor: 0\nflags\t\t: " + text, "x86_64")
    quick(b"processor: 0\nflags\t\t: " + text, "x86_64")


def test_only_the_first_cpu_counts():
    text = b"processor\t: 0\n\nprocessor\t: 1\nflags\t\t: avx2\n\n"
    assert hosts.parse_cpuinfo(text, "x86_64") is None
    assert quick(text, "x86_64") == frozenset()


# ------------------------------------------------------------------------------- the process


def test_the_interpreter_is_what_counts_not_the_kernel(monkeypatch):
    machine, system = hosts.interpreter()
    assert machine in ("x86_64", "aarch64")
    assert system in ("linux", "macos", "windows")
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert hosts.interpreter()[0] in ("i686", "arm")


@pytest.mark.parametrize(
    ("version", "machine"),
    [
        ("3.11.7 (tags/v3.11.7:fa7a6f2) [MSC v.1937 64 bit (AMD64)]", "x86_64"),
        ("3.13.0 (main) [MSC v.1943 64 bit (ARM64)]", "aarch64"),
    ],
)
def test_the_version_of_python_for_windows_names_the_machine(monkeypatch, version, machine):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "version", version)
    assert hosts.interpreter() == (machine, "windows")


def test_a_translated_python_on_an_arm_mac_is_x86(monkeypatch):
    class Uname:
        machine = "x86_64"

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys.implementation, "_multiarch", "darwin", raising=False)
    monkeypatch.setattr(os, "uname", Uname)
    assert hosts.interpreter() == ("x86_64", "macos")
    assert hosts.kernel_host().features is None


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's list")
def test_a_missing_list_is_a_note(monkeypatch, tmp_path):
    monkeypatch.setattr(hosts, "CPUINFO", str(tmp_path / "absent"))
    found = hosts.kernel_host()
    assert found.features is None
    assert "No such file" in found.notes[0]
    (tmp_path / "foreign").write_bytes(b"Features : asimd\nflagged: no\n")
    monkeypatch.setattr(hosts, "CPUINFO", str(tmp_path / "foreign"))
    if hosts.interpreter()[0] == "x86_64":
        assert "no flag list of `x86_64`" in hosts.kernel_host().notes[0]


# --------------------------------------------------------------------------------- archspec


def before(features):
    found = None if features is None else frozenset(features)
    return Host(machine="x86_64", system="linux", features=found, source="kernel")


def archspec_says(monkeypatch, features, family="x86_64"):
    if isinstance(features, Exception):

        def fail(machine):
            raise features

        monkeypatch.setattr(hosts, "_archspec_says", fail)
    else:
        says = ("a name", frozenset(features), family)
        monkeypatch.setattr(hosts, "_archspec_says", lambda _machine: says)


def test_archspec_decides_where_the_kernel_is_silent(monkeypatch):
    archspec_says(monkeypatch, ["avx", "avx2"])
    found = hosts.archspec_host(before(None))
    assert (found.features, found.source) == ({"avx", "avx2"}, "archspec")


def test_disagreement_lowers_to_what_both_say(monkeypatch):
    archspec_says(monkeypatch, ["avx", "avx512f"])
    found = hosts.archspec_host(before(["avx", "avx2"]))
    assert found.features == {"avx"}
    assert found.source == "kernel and archspec"
    assert found.notes == ("kernel and archspec disagree: avx2, avx512f",)


def test_two_spellings_of_sse3_agree(monkeypatch):
    archspec_says(monkeypatch, ["pni", "sse3"])
    found = hosts.archspec_host(before(["pni"]))
    assert (found.features, found.notes) == ({"pni"}, ())


@pytest.mark.parametrize("fault", [FileNotFoundError("cpu.json"), ImportError("x\ny"), []])
def test_a_broken_archspec_is_a_note(monkeypatch, fault):
    archspec_says(monkeypatch, fault)
    found = hosts.archspec_host(before(["avx"]))
    assert found.features == {"avx"}
    assert len(found.notes) == 1
    assert found.notes[0].startswith("archspec: ")
    assert "\n" not in found.notes[0]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's list")
def test_archspec_itself_agrees_with_the_kernel_here():
    kernel = hosts.kernel_host()
    assert kernel.features
    found = hosts.archspec_host(kernel)
    assert (found.features, found.notes) == (kernel.features, ())
