"""`load()` of an installed package, in processes of its own: what is bound, what is refused."""

import sys
import sysconfig

import pytest

from rtvariants import loader
from rtvariants.shim.table import changed, stamped

from .conftest import HAS, LACKS, stamp

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the quick path is Linux's")


def test_the_preferred_runtime_is_taken(sample):
    assert sample.chosen() == "fast"


def test_a_cpu_without_a_needed_feature_gets_the_next_runtime(sample):
    sample.write(fast=(HAS, LACKS))
    assert sample.chosen() == "plain"


def test_an_explicit_runtime_is_chosen_only_on_request(sample):
    sample.remove("fast")
    assert sample.chosen() == "plain"
    assert sample.chosen(SAMPLE_RUNTIME="wide") == "wide"


@LINUX
@pytest.mark.parametrize("pages", ["", str(2**24)])
def test_a_plain_import_reads_nothing_that_it_does_not_need(sample, pages):
    sample.stamp("fast", stamp(page_size=pages))
    # `os` is there in every process but one without `site`.
    code = (
        "import os, sys; before = set(sys.modules); import sample;"
        "print(*sorted(set(sys.modules) - before))"
    )
    done = sample.python("-c", code, flags=("-S",))
    assert done.stdout.split() == [
        "_sample_fast._core", "_sample_loader", "sample", "sample._core",
    ], done.stderr  # fmt: skip


def test_the_module_has_one_public_name(sample):
    code = """
import sys, sample
from sample import _core
import sample._core as again
import _sample_loader as loader
assert _core is again is sample.core is sys.modules["_sample_fast._core"]
assert _core.__name__ == "sample._core"
assert loader.load() is _core
print(loader.decision().chosen.name)
"""
    done = sample.python("-c", code)
    assert (done.returncode, done.stdout.strip()) == (0, "fast"), done.stderr


@pytest.mark.parametrize("needs", [(HAS,), (LACKS,)])
def test_the_decision_afterwards_has_a_reason_for_every_other_runtime(sample, needs):
    sample.write(fast=needs)
    code = """
import sample, _sample_loader
d = _sample_loader.decision()
print(d.chosen.name, sample.core.NAME, *(f"{r.runtime}:{r.kind}" for r in d.rejections))
"""
    done = sample.python("-c", code)
    expected = {
        HAS: "fast fast wide:explicit plain:preferred",
        LACKS: "plain plain fast:cpu wide:explicit",
    }
    assert done.stdout.strip() == expected[needs[0]], done.stderr


def test_a_decision_before_loading_loads_nothing(sample):
    code = """
import sys, _sample_loader
print(_sample_loader.decision().chosen.name, "_sample_fast._core" in sys.modules)
"""
    assert sample.python("-c", code).stdout.split() == ["fast", "False"]


# ------------------------------------------------------------------------------ requests


VALID = "valid names: `fast`, `wide`, `plain`, `auto`"
EMPTY = f"unset it for the automatic choice; {VALID}"


@pytest.mark.parametrize(
    ("value", "fact", "hint"),
    [
        ("", "MalformedRequestError: `SAMPLE_RUNTIME` is empty", EMPTY),
        ("  ", "MalformedRequestError: `SAMPLE_RUNTIME` holds only spaces", EMPTY),
        (
            " fast",
            "MalformedRequestError: spaces around a name: `SAMPLE_RUNTIME= fast`",
            f"write `SAMPLE_RUNTIME=fast`; {VALID}",
        ),
        (
            "FAST",
            "MalformedRequestError: name in the wrong case: `SAMPLE_RUNTIME=FAST`",
            f"write `SAMPLE_RUNTIME=fast`; {VALID}",
        ),
        (
            " Plain ",
            "MalformedRequestError: name in the wrong case: `SAMPLE_RUNTIME= Plain `",
            f"write `SAMPLE_RUNTIME=plain`; {VALID}",
        ),
        (
            "plian",
            "UnknownRuntimeError: `SAMPLE_RUNTIME=plian`: unknown runtime `plian`",
            f"did you mean `plain`? {VALID}",
        ),
        ("zzz", "UnknownRuntimeError: `SAMPLE_RUNTIME=zzz`: unknown runtime `zzz`", VALID),
    ],
)
def test_a_request_that_cannot_be_read_says_what_is_wrong(sample, value, fact, hint):
    assert sample.chosen(SAMPLE_RUNTIME=value) == f"{fact}\nhint: {hint}\n"


@pytest.mark.parametrize("name", ["fast", "wide", "plain"])
def test_a_request_is_met(sample, name):
    assert sample.chosen(SAMPLE_RUNTIME=name) == name


def test_auto_is_the_choice_without_a_request(sample):
    assert sample.chosen(SAMPLE_RUNTIME="auto") == "fast"


def test_an_absent_runtime_is_an_error_of_its_own(sample):
    sample.remove("wide")
    assert sample.chosen(SAMPLE_RUNTIME="wide") == (
        "AbsentRuntimeError: `SAMPLE_RUNTIME=wide`: not installed: no package `_sample_wide`\n"
        "hint: reinstall `sample` 1.2.3 with all of its files, or unset `SAMPLE_RUNTIME`: "
        "the automatic choice here is `fast`\n"
    )


def test_an_editable_install_says_how_an_absent_runtime_is_built(sample):
    sample.remove("wide")
    # Only editable installs have this file.
    (sample.folder / "_sample_loader" / "finder.py").write_text("")
    error = sample.chosen(SAMPLE_RUNTIME="wide")
    assert "hint: run `rtvariants develop --runtime wide` in the source tree, or unset" in error


def test_a_runtime_with_a_distribution_of_its_own_is_named_with_it(sample):
    sample.write(install="sample-runtime-{}==1.2.3")
    pip = "hint: `pip install --force-reinstall --no-deps sample-runtime-"
    sample.remove("wide")
    error = sample.chosen(SAMPLE_RUNTIME="wide")
    assert f"{pip}wide==1.2.3`, or unset `SAMPLE_RUNTIME`" in error
    sample.stamp("plain", stamp(runtime="plain", level="x86_64", version="1.2.2"))
    error = sample.chosen(SAMPLE_RUNTIME="plain")
    assert error.startswith("SkewedRuntimeError: ")
    assert "its version is `1.2.2`, this package has `1.2.3`" in error
    assert f"{pip}plain==1.2.3`, or unset" in error
    # Without a request the two automatic ones are wanted, in one command.
    sample.remove("fast")
    assert f"{pip}fast==1.2.3 sample-runtime-plain==1.2.3`\n" in sample.chosen()


def test_a_folder_that_an_uninstall_left_does_not_count_as_installed(sample):
    for file in (sample.folder / "_sample_wide").glob("*.*"):
        file.unlink()
    assert "not installed" in sample.chosen(SAMPLE_RUNTIME="wide")


@LINUX
def test_an_unrunnable_runtime_is_an_error_of_its_own(sample):
    sample.write(fast=(HAS, LACKS))
    assert sample.chosen(SAMPLE_RUNTIME="fast").startswith(
        f"UnrunnableRuntimeError: `SAMPLE_RUNTIME=fast`: can't run here: this CPU lacks `{LACKS}`"
    )
    assert "the automatic choice here is `plain`" in sample.chosen(SAMPLE_RUNTIME="fast")


def test_another_runtime_after_the_first_import_is_refused(sample):
    code = """
import os, sample, _sample_loader
os.environ["SAMPLE_RUNTIME"] = "fast"
assert _sample_loader.load() is sample.core
os.environ["SAMPLE_RUNTIME"] = "wide"
try:
    _sample_loader.load()
except _sample_loader.OtherRuntimeLoadedError as error:
    print(error)
"""
    done = sample.python("-c", code)
    assert done.stdout == (
        "`SAMPLE_RUNTIME=wide`: this process has already loaded `fast`\n"
        "hint: set `SAMPLE_RUNTIME` before the first `import sample`\n"
    ), done.stderr


def test_errors_have_one_root_attributes_and_survive_pickling(sample):
    code = """
import pickle, _sample_loader as loader
try:
    loader.load()
except ImportError as caught:
    raised = caught
error = pickle.loads(pickle.dumps(raised))
assert isinstance(error, loader.RuntimeSelectionError), type(error)
assert type(error) is loader.UnknownRuntimeError
assert str(error) == str(raised)
print(error.name, error.env, error.value, *error.valid)
"""
    done = sample.python("-c", code, SAMPLE_RUNTIME="nix")
    assert done.stdout.split() == [
        "sample._core", "SAMPLE_RUNTIME", "nix", "fast", "wide", "plain", "auto",
    ], done.stderr  # fmt: skip


# ------------------------------------------------------------------------- broken installations


GUARD = (
    "raise ImportError('rtvariants: `fast` needs CPU features that this processor lacks: "
    "avx2, bmi1\\nhint: x')"
)


def test_a_refusal_of_the_guard_is_a_reason_and_the_next_one_is_taken(sample):
    sample.native("fast", GUARD)
    assert sample.chosen() == "plain"
    code = """
import sample, _sample_loader
for r in _sample_loader.decision().rejections: print(r.runtime, r.kind, *r.missing)
"""
    # What `fast` lacks, `wide` of the same level lacks too.
    lines = sample.python("-c", code).stdout.splitlines()
    assert lines == ["fast guard avx2 bmi1", "wide guard avx2 bmi1"]


def test_a_refusal_of_the_guard_ends_a_forced_import(sample):
    sample.native("fast", GUARD)
    assert sample.chosen(SAMPLE_RUNTIME="fast") == (
        "UnrunnableRuntimeError: `SAMPLE_RUNTIME=fast`: can't run here: `fast` needs CPU features "
        "that this processor lacks: avx2, bmi1\n"
        "hint: unset `SAMPLE_RUNTIME`: the automatic choice here is `plain`\n"
    )


def test_a_native_that_does_not_load_is_rejected_with_the_reason(sample):
    sample.native("fast", "raise ImportError('libm.so.6: version `GLIBC_2.99` not found')")
    assert sample.chosen() == "plain"
    assert "GLIBC_2.99" in sample.chosen(SAMPLE_RUNTIME="fast")


def test_an_error_of_the_native_itself_is_not_swallowed(sample):
    sample.native("fast", "raise ZeroDivisionError('inside')")
    done = sample.python("-c", "import sample")
    assert "ZeroDivisionError: inside" in done.stderr


def test_a_missing_native_is_rejected_with_the_reason(sample):
    (sample.folder / "_sample_fast" / "_core.py").unlink()
    assert sample.chosen() == "plain"
    assert "the package `_sample_fast` has no extension module" in sample.chosen(
        SAMPLE_RUNTIME="fast"
    )


WRONG = {
    "older": (stamp(version="1.2.2"), "`1.2.2`, this package has `1.2.3` (older)"),
    "newer": (stamp(version="1.2.10"), "its version is `1.2.10`, this package has `1.2.3` (newer)"),
    "newer by a number": (stamp(version="1.2.3.1"), "this package has `1.2.3` (newer)"),
    "a development version": (stamp(version="1.2.3.dev4"), "has `1.2.3` (another version)"),
    "another package": (stamp(package="other"), "has `sample` (from another package)"),
    "swapped": (stamp(runtime="wide", index_bits=64), "`fast` (swapped with another runtime)"),
    "edited": (
        stamp(index_bits=64),
        "its index-bits is `64`, this package has `32` (from another build, or edited)",
    ),
    "another abi": (stamp(abi="cp313-cp313"), "has `cp310-abi3` (for another ABI)"),
    "another level": (stamp(level="x86_64_v4"), "its level is `x86_64_v4`"),
    "another allocator": (stamp(allocator="jemalloc"), "its allocator is `jemalloc`"),
    "another machine": (stamp(target="riscv64gc-unknown-linux-gnu"), "its target is `riscv64gc"),
    "another system": (stamp(target="x86_64-unknown-freebsd"), "its target is `x86_64-unknown-f"),
    "truncated": (stamp()[:-5], "it is cut short"),
    "half": (stamp()[:40], "it is cut short"),
    "empty": (b"", "its first line is not `rtvariants-stamp 1`"),
    "not text": (b"\xff\xfe\x00", "it is not text"),
    "newer format": (
        stamp().replace(b"stamp 1", b"stamp 2"),
        "its format is newer than this loader",
    ),
    "a key gone": (stamp().replace(b"abi=cp310-abi3\n", b""), "it does not have the keys"),
    "small pages": (stamp(page_size="16"), "its allocator supports pages of up to 16 bytes"),
    "odd pages": (stamp(page_size="big"), "its page-size is `big`, which is not a number"),
}


@pytest.mark.parametrize("whole", [False, True], ids=["named", "whole"])
@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_stamp_keeps_the_native_from_being_loaded(sample, what, whole):
    text, reason = WRONG[what]
    if whole:
        # The table has the whole stamp, and the message still names what is wrong.
        sample.state()
        reason = "its page-size is" if what.endswith("pages") else reason
    sample.stamp("fast", text)
    sample.native("fast", "raise SystemExit('loaded all the same')")
    assert sample.chosen() == "plain"
    assert reason in sample.chosen(SAMPLE_RUNTIME="fast")


EDITED = {
    "features": (b"features=", b"features=avx512f", "its features is `avx512f`, the built one"),
    "toolchain": (b"toolchain=", b"toolchain=gcc", "its toolchain is `gcc`, the built one"),
    "commit": (b"commit=", b"commit=c0ffee", "its commit is `c0ffee`, the built one has ``"),
    "vendor": (b"-unknown-", b"-other-", "its target is `"),
    "page size": (b"page-size=", b"page-size=16777216", "its page-size is `16777216`"),
    "blanks": (b"toolchain=", b"toolchain= ", "its spaces differ from those of the built one"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="triples of other systems have no such vendor")
@pytest.mark.parametrize("what", EDITED)
def test_an_edit_of_what_the_table_does_not_name_keeps_the_native_from_being_loaded(sample, what):
    old, new, reason = EDITED[what]
    path = sample.folder / "_sample_fast" / "rtvariants.stamp"
    sample.state()
    assert sample.chosen() == "fast"
    path.write_bytes(path.read_bytes().replace(old, new))
    assert sample.chosen() == "plain"
    error = sample.chosen(SAMPLE_RUNTIME="fast")
    assert error.startswith("SkewedRuntimeError: ")
    assert reason in error
    assert "edited" in error
    # The control: natives of distributions of their own may be built elsewhere, so the table of
    # those has no stamps, and names what must be the same.
    sample.table = stamped(sample.table, {})
    sample.freeze()
    assert sample.chosen() == "fast"


def test_a_missing_stamp_keeps_the_native_from_being_loaded(sample):
    (sample.folder / "_sample_fast" / "rtvariants.stamp").unlink()
    assert sample.chosen() == "plain"
    error = sample.chosen(SAMPLE_RUNTIME="fast")
    assert error.startswith("SkewedRuntimeError: `SAMPLE_RUNTIME=fast`: does not belong to this")
    assert "its stamp can't be read: No such file" in error


def test_a_runtime_with_a_fitting_page_size_is_loaded(sample):
    sample.stamp("fast", stamp(page_size=str(2**24)))
    assert sample.chosen() == "fast"


def test_a_table_of_another_machine_says_so(sample):
    sample.freeze(machine=f"not-{sample.table.machine}")
    error = sample.chosen()
    assert error.startswith(
        "NoRuntimeError: no runtime of `sample` 1.2.3 can run here\n  fast: built"
    )
    assert "hint: install a build of `sample` for this Python" in error


def test_nothing_installed_lists_every_runtime(sample):
    for name in ("fast", "wide", "plain"):
        sample.remove(name)
    error = sample.chosen()
    assert [line.split(":")[0].strip() for line in error.splitlines()[1:4]] == [
        "fast", "wide", "plain",
    ]  # fmt: skip
    assert "hint: reinstall `sample` 1.2.3" in error


# ------------------------------------------------------------------------------- archspec


def test_without_archspec_the_baseline_is_taken(sample):
    sample.write(fast=(HAS, LACKS))
    # Without `site` there is no site-packages, hence no archspec.
    assert sample.chosen(flags=("-S",)) == "plain"


def test_a_broken_archspec_does_not_break_the_import(sample):
    sample.write(fast=(HAS, LACKS))
    assert sample.chosen(ARCHSPEC_CPU_DIR="/no/such/folder") == "plain"
    (sample.folder / "archspec").mkdir()
    (sample.folder / "archspec" / "__init__.py").write_text("1 / 0")
    assert sample.chosen() == "plain"


@pytest.mark.parametrize(
    ("detect", "note"),
    [
        ("", "archspec: ImportError: cannot import name"),
        ("detected_info = 1", "archspec: TypeError: 'int' object is not callable"),
    ],
    ids=["without detection", "with another one"],
)
def test_a_foreign_module_named_archspec_is_a_note(sample, detect, note):
    sample.write(fast=(HAS, LACKS))
    cpu = sample.folder / "archspec" / "cpu"
    cpu.mkdir(parents=True)
    (cpu.parent / "__init__.py").touch()
    (cpu / "__init__.py").write_text("TARGETS = {}")
    (cpu / "detect.py").write_text(detect)
    code = "import sample, _sample_loader as l; print(l.decision().host.notes, sample.core.NAME)"
    said = sample.python("-c", code)
    assert note in said.stdout, said.stderr
    assert said.stdout.endswith(" plain\n")


def test_archspec_is_asked_when_the_kernel_does_not_list_a_need(sample):
    sample.write(fast=(LACKS,))
    code = "import sample, _sample_loader as l; h = l.decision().host; print(h.source, h.notes)"
    assert "archspec" in sample.python("-c", code).stdout


@pytest.mark.parametrize("name", ["plain", "fast"])
def test_archspec_is_not_asked_about_unwanted_runtimes(sample, name):
    sample.write(wide=(LACKS,))
    code = "import sys, sample; print(sample.core.NAME, 'archspec' in sys.modules)"
    done = sample.python("-c", code, SAMPLE_RUNTIME=name)
    assert done.stdout.split() == [name, "False"]


MINOR = sys.version_info[1]
THREADS = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
OTHER_PYTHONS = {
    f"cp3{MINOR + 1}-abi3": f"it is for CPython 3.{MINOR + 1} or newer, with the GIL",
    f"cp3{MINOR - 1}-cp3{MINOR - 1}": f"it is for CPython 3.{MINOR - 1}",
    f"cp3{MINOR + 1}-cp3{MINOR + 1}": f"it is for CPython 3.{MINOR + 1}",
    f"cp3{MINOR}-cp3{MINOR}{'' if THREADS else 't'}": "it is for ",
    f"cp3{MINOR + 1}-abi3.abi3t": f"it is for CPython 3.{MINOR + 1} or newer, and",
}
THESE = [f"cp3{MINOR}-cp3{MINOR}{THREADS}", f"cp3{MINOR}-abi3.abi3t", "cp310-abi3.abi3t"]


def of_abi(sample, abi, *, known=True):
    """Give all runtimes an ABI; a base of split packages does not know it."""
    rows = tuple(changed(each, abi=abi if known else "") for each in sample.table.runtimes)
    sample.freeze(runtimes=rows)
    for each in rows:
        facts = {"level": each.level, "index_bits": each.index_bits}
        sample.stamp(each.name, stamp(runtime=each.name, abi=abi, **facts))


@pytest.mark.parametrize("known", [True, False], ids=["one wheel", "a base"])
@pytest.mark.parametrize("abi", OTHER_PYTHONS)
def test_a_module_for_another_python_is_never_loaded(sample, abi, known):
    of_abi(sample, abi, known=known)
    for name in ("fast", "plain"):
        # Python would find it by this name.
        sample.native(name, "raise SystemExit('loaded all the same')")
    for environ in ({}, {"SAMPLE_RUNTIME": "plain"}):
        said = sample.chosen(**environ)
        assert OTHER_PYTHONS[abi] in said
        assert f"and this is {'free-threaded ' if THREADS else ''}CPython 3.{MINOR}" in said
        assert "hint: install a build of `sample` for this Python" in said


@pytest.mark.parametrize("known", [True, False], ids=["one wheel", "a base"])
@pytest.mark.parametrize("abi", THESE)
def test_a_module_for_this_python_is_loaded(sample, abi, known):
    of_abi(sample, abi, known=known)
    assert sample.chosen() == "fast"


@pytest.mark.parametrize("abi", ["", "py3-none", "pp310-pypy310_pp73", "cp3-abi3", "abi3"])
def test_an_unknown_abi_is_refused(abi):
    assert not loader.loads(abi.encode())
