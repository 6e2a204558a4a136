"""A run of several cargos: they are real, on a crate that compiles in a moment."""

import io
import json
import re
import shutil
import time

import pytest
from build_kit import alive
from small_crates import Seen, run

from rtvariants.compile import cargo
from rtvariants.compile.cargo import BuildStoppedError, raise_cause
from rtvariants.errors import BuildError, MachineError

needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")
CAUSE = BuildError("safe", "cargo failed for runtime `safe`: exit code 101", "", "error[E0425]")
STOPPED = BuildStoppedError("fast", "runtime `fast` stopped: another one failed")


@pytest.mark.parametrize("errors", [[STOPPED, CAUSE], [CAUSE, STOPPED], [None, STOPPED, CAUSE]])
def test_the_cause_is_raised_whichever_lane_ends_first(errors):
    with pytest.raises(BuildError) as caught:
        raise_cause(errors)
    assert caught.value is CAUSE


def test_nothing_is_raised_where_nothing_failed_and_a_stopped_one_is_not_lost():
    raise_cause([None, None])
    with pytest.raises(BuildStoppedError):
        raise_cause([None, STOPPED])


@needs_cargo
def test_an_artifact_is_checked_while_others_compile_and_the_order_is_that_of_the_builds(
    crate, tmp_path
):
    made = tmp_path / "made"
    # The first one gets ready last: it waits for the check of the second.
    builds = [crate("slow", "one", WAIT_FOR=str(made)), crate("quick", "two")]
    ends = []

    def check(artifact):
        made.touch()
        ends.append(artifact.build.runtime)
        return artifact.build.runtime, artifact.path.is_file()

    assert run(builds, check) == (("slow", True), ("quick", True))
    assert ends == ["quick", "slow"]


@needs_cargo
def test_a_frugal_run_checks_while_nothing_else_runs(crate, tmp_path):
    events = tmp_path / "events.jsonl"

    def check(artifact):
        said = map(json.loads, events.read_text().splitlines())
        return [(e["event"], e["runtime"]) for e in said if e["event"] != "step"]

    builds = [crate("a", "one"), crate("b", "one"), crate("c", "two")]
    seen = run(builds, check, events, frugal=True)
    # The first of each level comes before the others.
    story = [(event, runtime) for runtime in "acb" for event in ("start", "done", "checked")]
    assert seen == (story[:2], story[:8], story[:5])


@needs_cargo
def test_what_a_check_raises_ends_the_cargos_that_still_run(crate, tmp_path):
    never = tmp_path / "never"
    asked = tmp_path / "never.asked"
    builds = [crate("slow", "one", WAIT_FOR=str(never)), crate("quick", "two")]

    def check(artifact):
        while not asked.exists() or not asked.read_text():
            time.sleep(0.01)
        raise MachineError("no `strip`")

    out = io.StringIO()
    with pytest.raises(MachineError, match="no `strip`"):
        run(builds, check, out=out)
    assert "rtvariants: slow   stopped\n" in out.getvalue()
    assert "failed" not in out.getvalue()
    for _ in range(200):  # The system takes a moment to end a process.
        if not alive(int(asked.read_text())):
            return
        time.sleep(0.01)
    raise AssertionError("a build script is still there")


@needs_cargo
@pytest.mark.parametrize("colour", ["auto", "always"])
def test_a_warning_of_the_compilers_is_shown_once(crate, tmp_path, monkeypatch, colour):
    monkeypatch.setenv("CARGO_TERM_COLOR", colour)
    (tmp_path / "src/lib.rs").write_text(
        "#[no_mangle] pub extern fn f() -> u32 { let idle = 2; 1 }\n"
    )
    out = io.StringIO()
    builds = [crate("one", "one"), crate("two", "two")]
    run(builds, [].append, out=out)
    said = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert said.count("warning: unused variable: `idle`") == 1
    assert said.count(" --> src/lib.rs:1:45") == 1
    assert "Compiling" not in said
    assert ("\x1b[" in out.getvalue()) == (colour == "always")
    # cargo says it again where nothing is compiled, and so it is here.
    out = io.StringIO()
    run(builds, [].append, out=out)
    assert out.getvalue().count("unused variable: `idle`") == 1
    (tmp_path / "src/lib.rs").write_text("compile_error!();")
    with pytest.raises(BuildError):
        run(builds, [].append, out=(out := io.StringIO()))
    assert "warning" not in out.getvalue()


@pytest.fixture
def both_fail(crate, tmp_path):
    """Return a function that runs two builds: one fails in cargo, then the other's check raises."""
    (tmp_path / "src/lib.rs").write_text('const _: &str = env!("GIVEN");')
    made, events = tmp_path / "made", tmp_path / "events.jsonl"
    builds = [crate("fine", "one", GIVEN="x"), crate("faulty", "two", WAIT_FOR=str(made))]
    checked = []

    def check(artifact):
        checked.append(artifact.build.runtime)
        made.touch()  # Only now does the other one go on, to its error.
        for _ in range(6000):
            said = map(json.loads, events.read_text().splitlines())
            if any((e["event"], e.get("runtime")) == ("failed", "faulty") for e in said):
                raise MachineError("no `strip`")
            time.sleep(0.01)
        raise AssertionError("the faulty one has not failed")

    def both_fail():
        with pytest.raises((BuildError, MachineError)) as caught:
            run(builds, check, events)
        return checked, caught.value

    return both_fail


@needs_cargo
def test_a_cargo_that_fails_is_the_cause_also_where_a_check_raises_later(both_fail):
    checked, error = both_fail()
    assert checked == ["fine"]
    assert isinstance(error, BuildError)
    assert error.runtime == "faulty"
    assert "GIVEN" in error.log


@needs_cargo
def test_a_run_that_raised_the_later_error_would_be_seen(both_fail, monkeypatch):
    # The control of the test before: with the errors in the other order, it fails.
    monkeypatch.setattr(cargo, "raise_cause", lambda errors: raise_cause(errors[::-1]))
    checked, error = both_fail()
    assert checked == ["fine"]
    assert (type(error), str(error)) == (MachineError, "no `strip`")


@needs_cargo
def test_violations_are_reported_and_end_no_other_build(crate):
    out = io.StringIO()
    builds = [crate("one", "one"), crate("two", "two")]
    seen = lambda each: Seen(each.build.runtime, ("bad", "worse"))  # noqa: E731
    found = cargo.run(builds, 2, seen, stream=out)
    assert [each.value for each in found] == ["one", "two"]
    assert out.getvalue().count("2 violations") == 2
