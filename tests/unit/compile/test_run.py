"""A run of several cargos: they are real, on a crate that compiles in a moment."""

import io
import json
import os
import re
import shutil
import subprocess
import threading
import time

import pytest
from build_kit import alive
from builds import build_of

from rtvariants.compile import cargo, reuse
from rtvariants.compile.environment import environment
from rtvariants.compile.progress import Progress
from rtvariants.errors import BuildError, MachineError

pytestmark = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")

TARGET = f"{os.uname().machine}-unknown-linux-gnu"
# Waits for a file that a test names, and gives up where nobody makes it.
WAITING = """
fn main() {
    println!("cargo:rerun-if-env-changed=WAIT_FOR");
    let Ok(file) = std::env::var("WAIT_FOR") else { return };
    std::fs::write(format!("{file}.asked"), std::process::id().to_string()).unwrap();
    for _ in 0..600 {
        if std::path::Path::new(&file).exists() { return }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nobody made {file}");
}
"""


@pytest.fixture
def crate(tmp_path):
    """Return a function that makes the build of a runtime, with variables of its own."""
    (tmp_path / "src").mkdir()
    (tmp_path / "Cargo.toml").write_text(
        '[package]\nname = "small"\nversion = "1.0.0"\nedition = "2021"\n'
        '[lib]\ncrate-type = ["cdylib"]\n'
    )
    (tmp_path / "src/lib.rs").write_text("#[no_mangle] pub extern fn f() -> u32 { 1 }\n")
    (tmp_path / "build.rs").write_text(WAITING)

    def crate(runtime, level, dependencies="", alike=(), others=(), **env):
        argv = ("cargo", "build", "--release", "--lib", "--target", TARGET, "--offline")
        base = tmp_path / "target"
        env["CARGO_TARGET_DIR"] = str(base / level / runtime)
        return build_of(
            runtime=runtime, level=level, target=TARGET, env=env,
            argv=(*argv, "--message-format=json-render-diagnostics"), unset=("RUSTFLAGS",),
            cwd=tmp_path, target_dir=base / level / runtime, output_dir=base / "natives" / runtime,
            lib="small", export="f", dependencies=dependencies, own=("small", *alike, *others),
            alike={name: tmp_path / name for name in alike},
        )  # fmt: skip

    return crate


def run(builds, check, events="", out=None, **options):
    out = out or io.StringIO()
    progress = Progress(tuple(build.runtime for build in builds), out, str(events))
    return cargo.run(builds, 2, progress, check, **options)


def test_an_artifact_is_checked_while_others_compile_and_the_order_is_the_tables(crate, tmp_path):
    made = tmp_path / "made"
    # The first of the table gets ready last: it waits for the check of the second.
    builds = [crate("slow", "one", WAIT_FOR=str(made)), crate("quick", "two")]
    ends = []

    def check(artifact):
        made.touch()
        ends.append(artifact.build.runtime)
        return artifact.build.runtime, artifact.path.is_file()

    assert run(builds, check) == (("slow", True), ("quick", True))
    assert ends == ["quick", "slow"]


def test_a_frugal_run_checks_with_nothing_beside(crate, tmp_path):
    events = tmp_path / "events.jsonl"

    def check(artifact):
        said = map(json.loads, events.read_text().splitlines())
        return [(e["event"], e["runtime"]) for e in said if e["event"] != "step"]

    builds = [crate("a", "one"), crate("b", "one"), crate("c", "two")]
    seen = run(builds, check, events, frugal=True)
    # The first of each level comes before the others.
    story = [(event, runtime) for runtime in "acb" for event in ("start", "done")]
    assert seen == (story[:2], story, story[:4])


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


@pytest.mark.parametrize("colour", ["auto", "always"])
def test_what_compilers_warn_of_is_told_once(crate, tmp_path, monkeypatch, colour):
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


def test_a_cargo_that_fails_is_the_cause_whatever_the_checks_found(crate, tmp_path):
    (tmp_path / "src/lib.rs").write_text('const _: &str = env!("GIVEN");')
    checked = []
    builds = [crate("fine", "one", GIVEN="x"), crate("faulty", "two")]
    with pytest.raises(BuildError, match="runtime `faulty`"):
        run(builds, checked.append)
    assert checked in ([], [*checked[:1]])


# ------------------------------------------------------- what runs on the building machine


@pytest.fixture
def with_macro(crate, tmp_path):
    """Return the same function for a crate that needs a macro, and one for its build script."""
    for name, kind in (("macros", "proc-macro = true"), ("helper", "")):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\nversion = "1.0.0"\nedition = "2021"\n[lib]\n{kind}\n'
        )
    (tmp_path / "macros/src/lib.rs").write_text(
        "use proc_macro::TokenStream;\n"
        '#[proc_macro] pub fn one(_: TokenStream) -> TokenStream { "1".parse().unwrap() }\n'
    )
    (tmp_path / "helper/src/lib.rs").write_text("pub fn help() {}\n")
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies]\nmacros.path = "macros"\n')
        file.write('[build-dependencies]\nhelper.path = "helper"\n')
    (tmp_path / "src/lib.rs").write_text(
        "#[no_mangle] pub extern fn f() -> u32 { macros::one!() }\n"
    )
    (tmp_path / "build.rs").write_text("fn main() { helper::help() }\n")
    return crate


ALL = ["helper", "macros", "small"]


def compiled(argv_of):
    """Run a build's cargo and return the crates that were not fresh."""
    done = subprocess.run(
        argv_of.command.argv, cwd=argv_of.command.cwd, env=environment(argv_of.command, os.environ),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted({m["target"]["name"] for m in said if m.get("fresh") is False} & set(ALL))


def of_lanes(builds, **options):
    """Return how many crates cargo compiled for each build of a run."""
    return run(builds, lambda artifact: artifact.compiled, **options)


def test_macros_and_scripts_are_compiled_once_for_all_lanes(with_macro, tmp_path):
    flags = {"CARGO_ENCODED_RUSTFLAGS": "-Copt-level=1"}
    builds = [with_macro("a", "one"), with_macro("b", "two", **flags)]
    assert of_lanes(builds) == (3, 1)
    assert of_lanes(builds) == (0, 0)
    # The copies have not bound them to one another: cargo sees a change in both.
    with (tmp_path / "macros/src/lib.rs").open("a") as file:
        file.write("\n")
    assert of_lanes(builds) == (2, 2)


def test_a_copied_macro_makes_the_same_file(with_macro):
    flags = {"CARGO_ENCODED_RUSTFLAGS": "-Copt-level=1"}
    read = lambda artifact: (artifact.compiled, artifact.path.read_bytes())  # noqa: E731
    builds = [with_macro("a", "one"), with_macro("b", "two", **flags)]
    _, (few, taken) = run(builds, read)
    ((every, alone),) = run([with_macro("c", "three", **flags)], read)
    assert (few, every) == (1, 3)
    assert taken == alone


def test_a_crate_that_is_not_finished_is_not_handed_over(with_macro):
    one, two = with_macro("a", "one"), with_macro("b", "two")
    assert compiled(one) == ALL
    # As cargo leaves it while it compiles, and where it was killed.
    (unit,) = (one.sharing.target_dir / "release/.fingerprint").glob("macros-*")
    (unit / "lib-macros").write_bytes(b"")
    reuse.copy(one.sharing.target_dir / "release", two.sharing.target_dir / "release")
    assert compiled(two) == ["macros", "small"]
    # What is there already stays.
    reuse.copy(one.sharing.target_dir / "release", two.sharing.target_dir / "release")
    assert compiled(two) == []


def test_a_copy_that_was_cut_off_is_made_anew(with_macro, monkeypatch):
    one, two = with_macro("a", "one"), with_macro("b", "two")
    assert compiled(one) == ALL
    places = one.sharing.target_dir / "release", two.sharing.target_dir / "release"
    whole = reuse._copied

    def cut(source, target):
        if source.parent.name == "deps":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("half")
            raise KeyboardInterrupt
        whole(source, target)

    monkeypatch.setattr(reuse, "_copied", cut)
    with pytest.raises(KeyboardInterrupt):
        reuse.copy(*places)
    monkeypatch.undo()
    reuse.copy(*places)
    assert compiled(two) == ["small"]
    for path in (two.sharing.target_dir / "release/deps").iterdir():
        assert path.read_bytes() != b"half"


def test_nobody_waits_for_a_lane_that_fails(with_macro, tmp_path):
    (tmp_path / "macros/src/lib.rs").write_text("syntax error")
    with pytest.raises(BuildError, match="runtime `a`"):
        of_lanes([with_macro("a", "one"), with_macro("b", "two")])


@pytest.mark.parametrize("frugal", [False, True])
def test_more_lanes_than_processors(with_macro, frugal):
    builds = [with_macro(name, level) for name, level in ("a1", "b2", "c3")]
    assert of_lanes(builds, frugal=frugal) == (3, 1, 1)


@pytest.mark.parametrize("levels", [("one", "two"), ("one", "one")])
def test_nobody_waits_where_cargo_keeps_its_files_elsewhere(with_macro, tmp_path, levels):
    # The script of the first build goes on when the other one is built: waiting would be for ever.
    made = tmp_path / "made"
    (tmp_path / "build.rs").write_text(
        WAITING.replace("fn main() {", "fn main() { helper::help();")
    )
    env = [{"CARGO_BUILD_BUILD_DIR": str(tmp_path / f"elsewhere-{name}")} for name in "ab"]
    builds = [
        with_macro("a", levels[0], WAIT_FOR=str(made), **env[0]),
        with_macro("b", levels[1], **env[1]),
    ]
    compiled = run(builds, lambda artifact: made.touch() or artifact.compiled)
    assert compiled in ((3, 3), (3, 1)), "a cargo before 1.91 knows no other folder"


# ------------------------------------------------------------------- runtimes of equal flags


def test_dependencies_are_compiled_by_the_first_of_equal_flags_and_copied(with_macro, tmp_path):
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies.helper]\npath = "helper"\n')
    builds = [with_macro(name, "one", dependencies="these") for name in "abc"]
    assert of_lanes(builds) == (3, 1, 1)
    assert of_lanes(builds) == (0, 0, 0)
    # An edit of what they share is seen by each.
    with (tmp_path / "helper/src/lib.rs").open("a") as file:
        file.write("\n")
    assert of_lanes(builds) == (2, 2, 2)


@pytest.fixture
def with_helper(with_macro, tmp_path):
    """Return the same function for a crate that has a library of the project in it."""
    with (tmp_path / "Cargo.toml").open("a") as file:
        file.write('[dependencies.helper]\npath = "helper"\n')
    (tmp_path / "src/lib.rs").write_text(
        "#[no_mangle] pub extern fn f() -> u32 { helper::help(); macros::one!() }\n"
    )
    return with_macro


def test_own_crates_that_know_no_runtime_are_compiled_once_after_an_edit_too(with_helper, tmp_path):
    def build():
        return [with_helper(name, "one", "these", alike=["helper"]) for name in "abc"]

    assert of_lanes(build()) == (3, 1, 1)
    assert of_lanes(build()) == (0, 0, 0)
    for number in range(2):
        with (tmp_path / "helper/src/lib.rs").open("a") as file:
            file.write(f"pub const N{number}: u8 = 1;\n")
        assert of_lanes(build()) == (2, 1, 1)
        assert of_lanes(build()) == (0, 0, 0)
    # What knows a runtime is each one's own affair.
    with (tmp_path / "src/lib.rs").open("a") as file:
        file.write("\n")
    assert of_lanes(build()) == (1, 1, 1)


def test_a_copied_crate_of_the_project_makes_the_same_file(with_helper, tmp_path):
    a, b = (with_helper(name, "one", "these", alike=["helper"]) for name in "ab")
    run([a, b], lambda _: None)
    (tmp_path / "helper/src/lib.rs").write_text('pub fn help() { println!("helped") }\n')
    read = lambda artifact: (artifact.compiled, artifact.path.read_bytes())  # noqa: E731
    _, (few, taken) = run([a, b], read)
    shutil.rmtree(tmp_path / "target")
    ((every, alone),) = run([b], read)
    assert (few, every) == (1, 3)
    assert b"helped" in taken
    assert taken == alone


def test_own_crates_that_may_know_a_runtime_are_compiled_by_each(with_helper):
    builds = [with_helper(name, "one", "these", others=["helper"]) for name in "ab"]
    run(builds[:1], lambda _: None)
    # Finished by the other long before, so a copy could be had.
    assert of_lanes(builds) == (0, 2)


def test_what_a_runtime_has_compiled_itself_since_the_edit_stays(with_helper, tmp_path):
    a, b = (with_helper(name, "one", "these", alike=["helper"]) for name in "ab")
    run([a, b], lambda _: None)
    (tmp_path / "helper/src/lib.rs").write_text("pub fn help() { println!() }\n")
    assert of_lanes([b]) == (2,)
    assert of_lanes([a, b]) == (2, 0)
    # Nor is it taken from one that was compiled before the edit.
    (tmp_path / "helper/src/lib.rs").write_text("pub fn help() {}\n")
    reuse.copy(
        *(build.sharing.target_dir / TARGET / "release" for build in (a, b)), renewed=["helper"]
    )
    assert compiled(b) == ["helper", "small"]


def test_a_renewal_that_was_cut_off_leaves_nothing_that_passes_for_whole(
    with_helper, tmp_path, monkeypatch
):
    a, b = (with_helper(name, "one", "these", alike=["helper"]) for name in "ab")
    run([a, b], lambda _: None)
    (tmp_path / "helper/src/lib.rs").write_text("pub fn help() { println!() }\n")
    assert compiled(a) == ["helper", "small"]
    whole = reuse._copied

    def cut(source, target):
        if source.parent.name == "deps":
            target.write_text("half")
            raise KeyboardInterrupt
        whole(source, target)

    monkeypatch.setattr(reuse, "_copied", cut)
    with pytest.raises(KeyboardInterrupt):
        reuse.copy(
            *(build.sharing.target_dir / TARGET / "release" for build in (a, b)), renewed=["helper"]
        )
    monkeypatch.undo()
    assert compiled(b) == ["helper", "small"]


def test_a_crate_that_is_alike_is_waited_for(with_helper, tmp_path):
    a, b = (with_helper(name, "one", "these", alike=["helper"]) for name in "ab")
    run([a, b], lambda _: None)
    found = reuse.Handover([a, b], 2)
    assert not found.wanted(b)
    os.utime(tmp_path / "helper/src/lib.rs")
    assert found.wanted(b)
    found.said(a, "macros")
    assert not found.ready(b)
    found.said(a, "helper")
    assert found.ready(b)
    # cargo says so a moment before the unit is whole.
    (unit,) = (a.sharing.target_dir / TARGET / "release/.fingerprint").glob("helper-*")
    (unit / "lib-helper").write_bytes(b"")
    assert not found.ready(b)


def test_nobody_waits_for_a_build_that_can_not_begin(with_macro, monkeypatch):
    builds = [with_macro(name, "one", dependencies="these") for name in "ab"]
    caught = []

    def full(build):
        if build.runtime == "a":
            raise OSError("No space left on device")

    def attempt():
        try:
            run(builds, lambda artifact: artifact)
        except OSError as error:
            caught.append(error)

    monkeypatch.setattr(cargo, "revive", full)
    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(60)
    assert caught, "it waits for ever"


def test_who_waits_and_who_starts_first(crate):
    builds = [crate("rt32", "v3"), crate("rt64", "v3"), crate("rtcompat", "v1")]
    found = reuse.Handover(builds, 2)
    assert [each.runtime for each in found.order] == ["rt32", "rtcompat", "rt64"]
    assert [found.wanted(each) for each in builds] == [False, True, True]
    assert not found.ready(builds[1])
    # Where processors are many, only dependencies are worth the wait.
    found = reuse.Handover(builds, 32)
    assert [found.wanted(each) for each in builds] == [False, True, False]
    # Who waits does so until the other is at its end, at the latest.
    found.over(builds[0])
    assert found.ready(builds[1])


def test_nobody_waits_whose_dependencies_are_as_they_were(with_macro):
    a, b = (with_macro(name, "one", dependencies="these") for name in "ab")
    run([a, b], lambda artifact: artifact)
    assert not reuse.Handover([a, b], 2).wanted(b)
    # With another Cargo.lock, compiler, profile or flags, or with none known, they may not be.
    for key in ("others", ""):
        a, b = (with_macro(name, "one", dependencies=key) for name in "ab")
        assert reuse.Handover([a, b], 2).wanted(b)


def test_the_first_takes_what_another_one_left_in_an_earlier_run(with_macro):
    (alone,) = of_lanes([with_macro("b", "one", dependencies="these")])
    assert alone == 3
    builds = [with_macro(name, "one", dependencies="these") for name in "ab"]
    assert of_lanes(builds) == (1, 0)


def test_the_first_takes_nothing_that_was_made_for_other_dependencies(with_macro):
    of_lanes([with_macro("b", "one", dependencies="others")])
    assert of_lanes([with_macro("a", "one", dependencies="these")]) == (3,)


def test_a_unit_that_others_shall_take_and_nobody_finished_is_waited_for(with_macro):
    a, b = (with_macro(name, "one", dependencies="these") for name in "ab")
    run([a], lambda artifact: artifact)
    found = reuse.Handover([a, b], 2)
    found.said(a)
    assert found.ready(b)
    (unit,) = (a.sharing.target_dir / "release/.fingerprint").glob("macros-*")
    (unit / "lib-macros").write_bytes(b"")
    found = reuse.Handover([a, b], 2)
    found.said(a)
    assert not found.ready(b)
    # The project's own crate is its own affair.
    (unit / "lib-macros").write_bytes(b"x")
    for unit in (a.sharing.target_dir / TARGET / "release/.fingerprint").glob("small-*"):
        shutil.rmtree(unit)
        unit.mkdir()
    assert found.ready(b)


def test_a_macro_that_nobody_has_begun_is_not_waited_for_where_most_are_there(with_macro):
    a, b = with_macro("a", "one"), with_macro("b", "two")
    run([a], lambda artifact: artifact)
    fingerprints = a.sharing.target_dir / "release/.fingerprint"
    (late,) = fingerprints.glob("macros-*")
    (late / "lib-macros").write_bytes(b"")

    def ready():
        found = reuse.Handover([a, b], 2)
        found.said(a)
        return found.ready(b)

    assert not ready()  # the compiler is at it
    (late / "invoked.timestamp").unlink()
    for number in range(4):
        assert ready() == (len(list(fingerprints.iterdir())) > 4)
        shutil.copytree(
            fingerprints / next(fingerprints.glob("helper-*")).name, fingerprints / f"more-{number}"
        )
    assert ready()
