"""Machines that are not what their maker sold: masked flags, translators, emulators, broken lists.

Each answer is written by hand. `v4` to `v1` are the levels of x86-64.
"""

import os
import sys

import pytest
from archspec.cpu import detect

from rtvariants.loader import host as hosts
from rtvariants.loader.errors import UnrunnableRuntimeError

from .machines import LEVELS, Machine, recorded, table

HASWELL = recorded("linux-rhel7-haswell")
SKYLAKE = recorded("linux-rhel7-skylake_avx512")
ZEN = recorded("linux-rhel7-zen")
V2 = "cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3"
V3 = "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"


@pytest.fixture
def machine(monkeypatch, tmp_path):
    return Machine(monkeypatch, tmp_path)


def flags_of(text):
    return hosts.parse_cpuinfo(text, "x86_64")


def without(text, *flags):
    """Return a list without these flags; each was in it."""
    assert set(flags) <= flags_of(text)
    line = next(line for line in text.splitlines() if line.startswith(b"flags"))
    left = [word for word in line.split(b" ") if word.decode() not in flags]
    return text.replace(line, b" ".join(left))


def named(text, vendor, model="a CPU"):
    lines = [
        b"vendor_id\t: " + vendor.encode() if line.startswith(b"vendor_id")
        else b"model name\t: " + model.encode() if line.startswith(b"model name")
        else line
        for line in text.split(b"\n")
    ]  # fmt: skip
    return b"\n".join(lines)


def only(flags, vendor="GenuineIntel", model="a CPU"):
    return (
        f"processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: {model}\nflags\t\t: fpu tsc cx8 "
        f"{flags} nx lm\nbugs\t\t: {V2} {V3}\n\n"
    ).encode()


AVX512 = tuple(f for f in sorted(flags_of(SKYLAKE)) if f.startswith("avx512"))
MASKS = {
    "a whole Haswell": (HASWELL, "v3"),
    "a whole Skylake-X": (SKYLAKE, "v4"),
    # One flag of v3 each, as `clearcpuid=` and hypervisors take them away.
    "no bmi1": (without(HASWELL, "bmi1"), "v2"),
    "no bmi2": (without(HASWELL, "bmi2"), "v2"),
    "no avx2": (without(HASWELL, "avx2"), "v2"),
    "no fma": (without(HASWELL, "fma"), "v2"),
    "no f16c": (without(HASWELL, "f16c"), "v2"),
    "no movbe": (without(HASWELL, "movbe"), "v2"),
    "no lzcnt, which the kernel calls abm": (without(HASWELL, "abm"), "v2"),
    "no xsave": (without(HASWELL, "xsave"), "v2"),
    "noxsave as the kernel does it": (
        without(HASWELL, "xsave", "xsaveopt", "avx", "avx2", "fma", "f16c"), "v2",
    ),
    # One flag of v2 each: v3 needs it too.
    "no lahf_lm, as old hypervisors": (without(HASWELL, "lahf_lm"), "v1"),
    "no cx16": (without(HASWELL, "cx16"), "v1"),
    "no pni": (without(HASWELL, "pni"), "v1"),
    "no popcnt": (without(HASWELL, "popcnt"), "v1"),
    "no ssse3": (without(HASWELL, "ssse3"), "v1"),
    "no sse4_1": (without(HASWELL, "sse4_1"), "v1"),
    "no sse4_2": (without(HASWELL, "sse4_2"), "v1"),
    # AVX-512.
    "clearcpuid=avx512f": (without(SKYLAKE, *AVX512), "v3"),
    "no avx512vl": (without(SKYLAKE, "avx512vl"), "v3"),
    "no avx512cd": (without(SKYLAKE, "avx512cd"), "v3"),
    "AVX-512 whose bmi2 is masked": (without(SKYLAKE, "bmi2"), "v2"),
    # Flags of no level do not matter.
    "no aes, no rdrand": (without(HASWELL, "rdrand", "aes"), "v3"),
    # Makers that archspec has no CPUs of.
    "Hygon Dhyana": (named(ZEN, "HygonGenuine", "Hygon C86 7185 32-core Processor"), "v3"),
    "Zhaoxin without fma": (named(without(HASWELL, "fma"), "  Shanghai  "), "v2"),
    "Intel's Goldmont": (only(f"mmx sse sse2 {V2} movbe xsave rdrand sha_ni"), "v2"),
    "a Pentium G without avx": (only(f"mmx sse sse2 {V2} movbe xsave abm"), "v2"),
    "a Core 2": (only("mmx sse sse2 pni ssse3 cx16 lahf_lm", model="Core 2"), "v1"),
    "a K8": (only("mmx sse sse2 pni", "AuthenticAMD"), "v1"),
    "a Bulldozer": (only(f"mmx sse sse2 {V2} avx fma4 xop abm xsave", "AuthenticAMD"), "v2"),
    # Names that only begin or end like the needed ones.
    "flags that look alike": (
        only(f"mmx sse sse2 {V2} avx avx2x xavx2 bmi1 bmi2 f16c fma abm movbe xsave"), "v2",
    ),
    "every flag of v3 and no other": (only(f"mmx sse sse2 {V2} {V3}"), "v3"),
    # Translators and emulators say what they can do.
    "Rosetta without AVX": (
        only(f"mmx sse sse2 {V2}", "VirtualApple", "VirtualApple @ 2.50GHz"), "v2",
    ),
    "Rosetta with AVX2": (
        only(f"mmx sse sse2 {V2} {V3}", "VirtualApple", "VirtualApple @ 2.50GHz"), "v3",
    ),
    "QEMU's first model": (
        only("mmx sse sse2 pni cx16 lahf_lm", "AuthenticAMD", "QEMU Virtual CPU version 2.5+"),
        "v1",
    ),
    # A list that is cut: archspec reads what there is of it, up to `smep`.
    "cut within the flags": (HASWELL[: HASWELL.index(b" bmi2 ") + 3], "v2"),
}  # fmt: skip

#: Lists without an answer, which archspec does not have either.
UNANSWERED = {
    "an ARM list": recorded("linux-amazon-neoverse_n1"),
    "an empty list": b"",
    "no flags at all": HASWELL.replace(b"flags\t", b"flugs\t"),
    "flags only of the second CPU": (
        b"processor\t: 0\nvendor_id\t: GenuineIntel\n\n" + only(f"sse {V2} {V3}")
    ),
}


@pytest.mark.parametrize("name", MASKS)
def test_a_masked_machine_gets_the_best_that_is_left(machine, name):
    text, best = MASKS[name]
    machine.set(text)
    assert machine.best() == best


def test_there_are_enough_of_them_and_of_each_answer():
    answers = [best for _, best in MASKS.values()]
    assert len(MASKS) >= 20
    assert min(answers.count(level) for level in ("v1", "v2", "v3")) >= 5


def test_a_missing_flag_is_named_in_the_reason(machine):
    machine.set(without(HASWELL, "bmi2"))
    rejection = machine.decision().rejection("v3")
    assert (rejection.kind, rejection.missing) == ("cpu", ("bmi2",))
    assert rejection.reason == f"this CPU lacks `bmi2` (source: {hosts.CPUINFO} and archspec)"


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Rosetta with AVX2", "this CPU is translated: `VirtualApple` is Rosetta on an ARM Mac"),
        ("QEMU's first model", "this CPU is emulated by QEMU"),
        ("an ARM list", "no flag list of `x86_64` in it"),
        ("an empty list", "no flag list of `x86_64` in it"),
        ("cut within the flags", "no flag list of `x86_64` in it"),
    ],
)
def test_what_is_odd_about_a_machine_is_noted(machine, name, note):
    machine.set(UNANSWERED[name] if name in UNANSWERED else MASKS[name][0])
    assert any(note in said for said in machine.decision().host.notes)


def test_an_ordinary_machine_has_no_note(machine):
    machine.set(HASWELL)
    assert machine.decision().host.notes == ()


# -------------------------------------------------------------- no list, and two that disagree


@pytest.mark.parametrize("able", LEVELS)
@pytest.mark.parametrize("name", UNANSWERED)
def test_where_nothing_is_known_about_the_cpu_the_guards_decide(machine, name, able):
    machine.set(UNANSWERED[name], able=able)
    assert machine.best() == able
    decision = machine.decision()
    better = [each.runtime for each in decision.rejections if each.kind == "guard"]
    assert better == list(LEVELS)[: list(LEVELS).index(able)]
    assert decision.host.source == "none"


@pytest.mark.parametrize("able", ["v3", "v1"])
@pytest.mark.parametrize("system", ["macos", "windows"])
def test_without_archspec_the_guards_decide_where_the_system_has_no_list(
    machine, monkeypatch, system, able
):
    machine.set(system=system, able=able)
    monkeypatch.setitem(sys.modules, "archspec.cpu", None)
    decision = machine.decision(table(system))
    assert decision.chosen.name == able
    assert decision.host.notes[0].startswith("archspec: ModuleNotFoundError")


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_a_named_runtime_that_its_guard_refuses_is_an_error(machine, monkeypatch, system):
    machine.set(system=system, able="v2")
    monkeypatch.setitem(sys.modules, "archspec.cpu", None)
    with pytest.raises(UnrunnableRuntimeError, match="needs CPU features that this processor l"):
        machine.decision(table(system), name="v3")
    assert machine.decision(table(system), name="v2").chosen.name == "v2"


def test_a_guard_that_refuses_what_the_list_promises_has_the_last_word(machine):
    machine.set(HASWELL, able="v2")
    assert machine.decision().chosen.name == "v2"


def test_without_proc_the_guards_decide(machine):
    machine.set(able="v2")
    decision = machine.decision()
    assert decision.chosen.name == "v2"
    assert "No such file or directory" in decision.host.notes[0]
    assert decision.host.layers[1] == (hosts.CPUINFO, "nothing")


@pytest.mark.skipif(sys.platform != "linux", reason="what Linux says of folders")
def test_an_unreadable_list_is_ignored(machine):
    # A folder in its place fails as a forbidden file does, and for root as well.
    os.mkdir(machine.cpuinfo)
    machine.set(able="v2")
    decision = machine.decision()
    assert decision.chosen.name == "v2"
    assert decision.host.notes[0].startswith(f"{hosts.CPUINFO}: ")
    assert machine.best() == "v2"


def test_archspec_that_knows_more_than_the_kernel_is_not_believed(machine, monkeypatch):
    machine.set(without(HASWELL, "bmi2"))
    other = machine.cpuinfo.with_name("other")
    other.write_bytes(HASWELL)
    monkeypatch.setattr(detect, "open", lambda _path: other.open())
    decision = machine.decision()
    assert decision.chosen.name == "v2"
    assert any("disagree: bmi2" in note for note in decision.host.notes)


def test_archspec_that_knows_less_than_the_kernel_lowers_the_choice(machine, monkeypatch):
    # It is asked because of v4, and its doubt about v3 counts.
    machine.set(HASWELL)
    other = machine.cpuinfo.with_name("other")
    other.write_bytes(without(HASWELL, "avx2"))
    monkeypatch.setattr(detect, "open", lambda _path: other.open())
    decision = machine.decision()
    assert decision.chosen.name == "v2"
    assert any("disagree: avx2" in note for note in decision.host.notes)


@pytest.mark.parametrize("best", ["v4", "v3"])
def test_a_named_runtime_that_cannot_run_is_refused_and_the_bypass_loads_it(machine, best):
    machine.set(without(HASWELL, "bmi2"))
    with pytest.raises(UnrunnableRuntimeError, match=r"this CPU lacks .*`bmi2`"):
        machine.decision(name=best)
    assert machine.decision(name=best, unsafe=True).chosen.name == best


@pytest.mark.parametrize(
    ("machine_", "bits", "said"),
    [
        ("aarch64", 63, "built for `x86_64`, but this Python is `aarch64`"),
        ("x86_64", 31, "built for `x86_64`, but this Python is `i686`"),
    ],
)
def test_a_python_of_another_machine_gets_nothing(machine, monkeypatch, machine_, bits, said):
    machine.set(HASWELL, machine=machine_)
    monkeypatch.setattr(sys, "maxsize", 2**bits - 1)
    with pytest.raises(ImportError, match=said):
        machine.decision()


def test_a_32_bit_python_on_an_arm_kernel_is_arm(machine, monkeypatch):
    machine.set(recorded("linux-amazon-neoverse_n1"), machine="aarch64")
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    with pytest.raises(ImportError, match="this Python is `arm`"):
        machine.decision(table(machine="aarch64", names={"base": "aarch64"}))


def test_an_x86_python_on_windows_for_arm_is_x86(machine):
    # Windows translates, and the CPUID that it shows is what counts.
    machine.set(system="windows", cpuid=recorded("windows-cpuid-broadwell"))
    assert machine.chosen(table("windows")) == "v3"
    assert hosts.interpreter() == ("x86_64", "windows")
