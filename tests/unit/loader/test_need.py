"""What a program states before the import: `require(index=…)`, and the bypass of detection."""

import sys

import pytest

from .conftest import LACKS

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="one list of flags, the kernel's")

# Runs each statement of argv and prints what came of it: a word, or the error with its hint.
TRY = """
import sys
import _sample_loader as loader
for statement in {statements!r}:
    try:
        exec(compile(statement, "app.py", "exec"))
    except (ImportError, TypeError) as error:
        print(type(error).__name__, str(error), sep=": ")
    else:
        native = [n for n in sys.modules if n.endswith("._core")]
        print("loaded " + sys.modules["sample._core"].NAME if native else "nothing loaded")
"""
REQUIRE = "from _sample_loader import require; require(index={})"
IMPORT = "import sample"


def outcome(sample, *statements, **env):
    lines = sample.lines(TRY.format(statements=statements), **env)
    return "\n".join(lines).replace(str(sample.folder), "FOLDER").splitlines()


def test_a_stated_index_takes_the_explicit_runtime(sample):
    assert outcome(sample, REQUIRE.format(64), IMPORT) == ["nothing loaded", "loaded wide"]


def test_the_automatic_index_changes_nothing(sample):
    assert outcome(sample, REQUIRE.format(32), IMPORT) == ["nothing loaded", "loaded fast"]
    sample.write(fast=(LACKS,))
    assert outcome(sample, REQUIRE.format(32), IMPORT)[1] == "loaded plain"


def test_the_decision_says_who_stated_it(sample):
    code = (
        f"{REQUIRE.format(64)}; import sample; d = loader.decision(); print(d.request);"
        "print(*(r.reason for r in d.rejections), sep='\\n')"
    )
    lines = outcome(sample, code)
    assert lines[0] == (
        "Request(name=None, origin='`require(index=64)` (app.py, line 1)', index_bits=64, "
        "unsafe=False)"
    )
    reason = "has a 32-bit index, `require(index=64)` (app.py, line 1) asks for 64-bit"
    assert lines[1:3] == [reason, reason]


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (
            "16",
            ("UnmetRequirementError: `require(index=16)` (app.py, line 1): no "
             "runtime of `sample` has it"
            "\nhint: available: 32, 64"),
        ),
        ("'64'", "TypeError: `index` of `require` must be a number of bits: `'64'`"),
        ("True", "TypeError: `index` of `require` must be a number of bits: `True`"),
    ],
)  # fmt: skip
def test_what_no_runtime_has_fails_at_once(sample, index, said):
    assert outcome(sample, REQUIRE.format(index)) == said.splitlines()


def test_two_needs_that_exclude_each_other(sample):
    found = outcome(sample, REQUIRE.format(64), "\n" + REQUIRE.format(32), IMPORT)
    assert found == [
        "nothing loaded",
        (
            "UnmetRequirementError: `require(index=32)` (app.py, line 2): contradicts "
            "`require(index=64)` (app.py, line 1)"
        ),
        "hint: a process has one runtime: run the two parts in separate processes",
        "loaded wide",
    ]


def test_a_need_against_the_variable(sample):
    for name in ("wide", "auto"):
        found = outcome(sample, REQUIRE.format(64), IMPORT, SAMPLE_RUNTIME=name)
        assert found == ["nothing loaded", "loaded wide"]
    assert outcome(sample, REQUIRE.format(64), SAMPLE_RUNTIME="plain") == [
        (
            "UnmetRequirementError: `require(index=64)` (app.py, line 1): "
            "`SAMPLE_RUNTIME=plain` has a "
            "32-bit index"
        ),
        "hint: unset `SAMPLE_RUNTIME`, or set it to a runtime with 64 bits: `wide`",
    ]


@LINUX
def test_a_need_that_cannot_be_met_here_fails_before_the_import(sample):
    sample.write(wide=(LACKS,))
    first, second = outcome(sample, REQUIRE.format(64))
    assert first.startswith(
        "UnrunnableRuntimeError: `require(index=64)` (app.py, line 1): `wide`: "
        "can't run here: this CPU "
        f"lacks `{LACKS}`"
    )
    assert second == "hint: without it, the automatic choice here is `fast`"
    sample.write()
    sample.stamp("wide", b"")
    assert outcome(sample, REQUIRE.format(64))[0].startswith(
        "SkewedRuntimeError: `require(index=64)` (app.py, line 1): `wide`: does not belong to this "
    )
    sample.remove("wide")
    assert outcome(sample, REQUIRE.format(64)) == [
        (
            "AbsentRuntimeError: `require(index=64)` (app.py, line 1): `wide`: not installed: no "
            "package `_sample_wide`"
        ),
        (
            "hint: reinstall `sample` 1.2.3 with all of its files, or without it, the automatic "
            "choice here is `fast`"
        ),
    ]


def test_after_the_import_a_need_is_only_checked(sample):
    assert outcome(sample, IMPORT, REQUIRE.format(32), REQUIRE.format(64)) == [
        "loaded fast",
        "loaded fast",
        (
            "OtherRuntimeLoadedError: `require(index=64)` (app.py, line 1): this "
            "process has already loaded "
            "`fast`, which has a 32-bit index"
        ),
        (
            "hint: before the first `import sample`, write `from _sample_loader import require; "
            "require(index=64)`, or start Python with `SAMPLE_RUNTIME` set to `wide`"
        ),
    ]


# ------------------------------------------------------------------- files missing, meaning kept


@LINUX
@pytest.mark.parametrize("fault", ["absent", "skewed"])
def test_a_missing_runtime_is_not_replaced_by_one_with_another_allocator(sample, fault):
    sample.write(allocators=("jemalloc", "jemalloc", "system"))
    assert outcome(sample, IMPORT) == ["loaded fast"]
    if fault == "absent":
        sample.remove("fast")
        said = "AbsentRuntimeError: `fast`, the runtime of `sample` for this machine: "
        said += "not installed: no"
    else:
        sample.stamp("fast", b"")
        said = "SkewedRuntimeError: `fast`, the runtime of `sample` for this machine: "
        said += "does not belong to"
    first, second = outcome(sample, IMPORT)
    assert first.startswith(said)
    assert second == (
        "hint: reinstall `sample` 1.2.3 with all of its files, or set `SAMPLE_RUNTIME=plain` to "
        "accept its allocator"
    )
    assert outcome(sample, IMPORT, SAMPLE_RUNTIME="plain") == ["loaded plain"]
    # The machine may change it: there the choice is the same whatever is installed.
    sample.write(fast=(LACKS,), allocators=("jemalloc", "jemalloc", "system"))
    assert outcome(sample, IMPORT) == ["loaded plain"]
    sample.remove("fast")
    assert outcome(sample, IMPORT) == ["loaded plain"]


def test_an_explicit_runtime_is_never_chosen_automatically_even_if_no_other_is_installed(sample):
    sample.remove("fast")
    sample.remove("plain")
    lines = outcome(sample, IMPORT)
    assert lines[0] == "NoRuntimeError: no runtime of `sample` 1.2.3 can run here"
    assert "  wide: only chosen on request" in lines
    assert outcome(sample, IMPORT, SAMPLE_RUNTIME="wide") == ["loaded wide"]


# ---------------------------------------------------------------------- the bypass of detection

GUARD = "raise ImportError('rtvariants: `fast` needs what this processor lacks: avx2')"


@LINUX
def test_the_bypass_skips_detection_is_reported_and_meets_the_guard(sample):
    sample.write(fast=(LACKS,))
    code = (
        "import sample, _sample_loader as l; print(sample.core.NAME, l.decision().request.unsafe)"
    )
    assert sample.lines(code) == ["plain False"]
    assert sample.lines(code, SAMPLE_RUNTIME_UNSAFE="0") == ["plain False"]
    done = sample.python("-c", code, SAMPLE_RUNTIME_UNSAFE="1")
    assert (done.returncode, done.stdout) == (0, "fast True\n")
    # By default shown once, at the line of the package that loads.
    assert done.stderr.startswith(f"{sample.folder}/sample/_core.py:3: RuntimeWarning: `SAMPLE")
    assert "is chosen without checking the CPU" in done.stderr
    sample.native("fast", GUARD)
    done = sample.python("-c", code, SAMPLE_RUNTIME_UNSAFE="1")
    assert (done.returncode, done.stdout) == (0, "plain True\n"), done.stderr
    done = sample.python("-c", code, SAMPLE_RUNTIME_UNSAFE="1", SAMPLE_RUNTIME="fast")
    assert done.returncode == 1
    assert (
        "UnrunnableRuntimeError: `SAMPLE_RUNTIME=fast`: can't run here: `fast` needs" in done.stderr
    )


def test_the_bypass_skips_no_other_check(sample):
    sample.stamp("fast", b"")
    done = sample.python("-c", "import sample; print(sample.core.NAME)", SAMPLE_RUNTIME_UNSAFE="1")
    assert done.stdout == "plain\n"


@pytest.mark.parametrize("value", ["", "yes", "2"])
def test_the_bypass_has_one_spelling(sample, value):
    assert sample.chosen(SAMPLE_RUNTIME_UNSAFE=value) == (
        f"MalformedRequestError: `SAMPLE_RUNTIME_UNSAFE={value}`: neither `0` nor `1`\n"
        "hint: unset `SAMPLE_RUNTIME_UNSAFE`; `1` skips the check of the CPU, so that only the "
        "module's guard checks\n"
    )
