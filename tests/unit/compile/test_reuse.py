"""What several runtimes need alike is compiled once: real cargos, on small crates."""

import os
import shutil
import threading

import pytest
from small_crates import ALL, TARGET, WAITING, compiled, of_lanes, run

from rtvariants.compile import cargo, reuse
from rtvariants.errors import BuildError

pytestmark = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")


# ------------------------------------------------------- what runs on the building machine


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


def test_a_crate_that_is_not_finished_is_not_copied(with_macro):
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


def test_a_copy_that_was_cut_off_is_made_again(with_macro, monkeypatch):
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


def test_no_build_waits_for_a_lane_that_fails(with_macro, tmp_path):
    (tmp_path / "macros/src/lib.rs").write_text("syntax error")
    with pytest.raises(BuildError, match="runtime `a`"):
        of_lanes([with_macro("a", "one"), with_macro("b", "two")])


@pytest.mark.parametrize("frugal", [False, True])
def test_more_lanes_than_processors(with_macro, frugal):
    builds = [with_macro(name, level) for name, level in ("a1", "b2", "c3")]
    assert of_lanes(builds, frugal=frugal) == (3, 1, 1)


@pytest.mark.parametrize("levels", [("one", "two"), ("one", "one")])
def test_no_build_waits_where_cargo_keeps_its_files_elsewhere(with_macro, tmp_path, levels):
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


def test_a_renewal_that_was_cut_off_leaves_nothing_that_looks_complete(
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
    found = reuse.Reuse([a, b], 2)
    assert not found.wanted(b)
    os.utime(tmp_path / "helper/src/lib.rs")
    assert found.wanted(b)
    found.heard(a, "macros")
    assert not found.ready(b)
    found.heard(a, "helper")
    assert found.ready(b)
    # cargo says so a moment before the unit is whole.
    (unit,) = (a.sharing.target_dir / TARGET / "release/.fingerprint").glob("helper-*")
    (unit / "lib-helper").write_bytes(b"")
    assert not found.ready(b)


def test_no_build_waits_for_one_that_cannot_start(with_macro, monkeypatch):
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

    monkeypatch.setattr(cargo, "restore", full)
    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(60)
    assert caught, "it waits for ever"


def test_which_build_waits_and_which_starts_first(crate):
    builds = [crate("rt32", "v3"), crate("rt64", "v3"), crate("rtcompat", "v1")]
    found = reuse.Reuse(builds, 2)
    assert [each.runtime for each in found.order] == ["rt32", "rtcompat", "rt64"]
    assert [found.wanted(each) for each in builds] == [False, True, True]
    assert not found.ready(builds[1])
    # Where processors are many, only dependencies are worth the wait.
    found = reuse.Reuse(builds, 32)
    assert [found.wanted(each) for each in builds] == [False, True, False]
    # Who waits does so until the other is at its end, at the latest.
    found.ended(builds[0])
    assert found.ready(builds[1])


def test_a_build_with_unchanged_dependencies_does_not_wait(with_macro):
    a, b = (with_macro(name, "one", dependencies="these") for name in "ab")
    run([a, b], lambda artifact: artifact)
    assert not reuse.Reuse([a, b], 2).wanted(b)
    # With another Cargo.lock, compiler, profile or flags, or with none known, they may not be.
    for key in ("others", ""):
        a, b = (with_macro(name, "one", dependencies=key) for name in "ab")
        assert reuse.Reuse([a, b], 2).wanted(b)


def test_the_first_takes_what_another_one_left_in_an_earlier_run(with_macro):
    (alone,) = of_lanes([with_macro("b", "one", dependencies="these")])
    assert alone == 3
    builds = [with_macro(name, "one", dependencies="these") for name in "ab"]
    assert of_lanes(builds) == (1, 0)


def test_the_first_takes_nothing_that_was_made_for_other_dependencies(with_macro):
    of_lanes([with_macro("b", "one", dependencies="others")])
    assert of_lanes([with_macro("a", "one", dependencies="these")]) == (3,)


def test_a_unit_that_others_need_and_that_is_not_finished_is_waited_for(with_macro):
    a, b = (with_macro(name, "one", dependencies="these") for name in "ab")
    run([a], lambda artifact: artifact)
    found = reuse.Reuse([a, b], 2)
    found.heard(a)
    assert found.ready(b)
    (unit,) = (a.sharing.target_dir / "release/.fingerprint").glob("macros-*")
    (unit / "lib-macros").write_bytes(b"")
    found = reuse.Reuse([a, b], 2)
    found.heard(a)
    assert not found.ready(b)
    # The project's own crate is its own affair.
    (unit / "lib-macros").write_bytes(b"x")
    for unit in (a.sharing.target_dir / TARGET / "release/.fingerprint").glob("small-*"):
        shutil.rmtree(unit)
        unit.mkdir()
    assert found.ready(b)


def test_a_macro_that_is_not_started_is_not_waited_for_where_most_are_there(with_macro):
    a, b = with_macro("a", "one"), with_macro("b", "two")
    run([a], lambda artifact: artifact)
    fingerprints = a.sharing.target_dir / "release/.fingerprint"
    (late,) = fingerprints.glob("macros-*")
    (late / "lib-macros").write_bytes(b"")

    def ready():
        found = reuse.Reuse([a, b], 2)
        found.heard(a)
        return found.ready(b)

    assert not ready()  # the compiler is at it
    (late / "invoked.timestamp").unlink()
    for number in range(4):
        assert ready() == (len(list(fingerprints.iterdir())) > 4)
        shutil.copytree(
            fingerprints / next(fingerprints.glob("helper-*")).name, fingerprints / f"more-{number}"
        )
    assert ready()
