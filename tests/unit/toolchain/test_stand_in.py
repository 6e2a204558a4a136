import json
import subprocess
import sys

import pytest

from rtvariants.toolchain import stand_in

#: A cargo that answers for the one crate of a folder, and says what else it was asked.
CARGO = """#!/bin/sh
if [ "$1" = metadata ]; then cat "{folder}/metadata.json"; else echo "real $*"; fi
"""


@pytest.fixture
def program(tmp_path):
    """Return a function that calls the program, with a crate of these kinds of targets."""

    def call(*argv, crate_types=("cdylib",), compile_=False, alone=False, status=0):
        manifest = tmp_path / "Cargo.toml"
        manifest.touch()
        targets = [{"name": "fast", "kind": list(crate_types), "crate_types": list(crate_types)}]
        package = {
            "name": "fast", "id": "fast#1", "manifest_path": str(manifest), "targets": targets,
            "features": {"b": [], "a": []},
        }  # fmt: skip
        said = {"packages": [package], "target_directory": str(tmp_path / "target")}
        (tmp_path / "metadata.json").write_text(json.dumps(said))
        cargo = tmp_path / "cargo"
        cargo.write_text(CARGO.format(folder=tmp_path))
        cargo.chmod(0o755)
        copied = tmp_path / "stand_in.py"
        with open(stand_in.__file__) as file:
            copied.write_text(file.read())
        settings = {
            "cargo": str(cargo), "rustc": "rustc", "compile": compile_, "alone": alone,
            "environ": {"X": None},
        }  # fmt: skip
        (tmp_path / stand_in.SETTINGS).write_text(json.dumps(settings))
        done = subprocess.run(
            [sys.executable, str(copied), *argv],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout

    return call


def recorded(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.glob("call-*.json"))]


def test_a_build_is_written_down_and_answered_with_a_marked_library(program, tmp_path):
    argv = ("rustc", "--release", "--message-format", "json", "--features", "a", "--lib")
    artifact, end = map(json.loads, program(*argv).splitlines())
    assert (artifact["package_id"], end["success"]) == ("fast#1", True)
    (library,) = artifact["filenames"]
    assert library.startswith(str(tmp_path / "target" / "release"))
    with open(library, "rb") as file:
        assert f"{stand_in.MARK}0;".encode() in file.read()
    (call,) = recorded(tmp_path)
    assert call["argv"] == list(argv)
    assert (call["features"], call["crate_types"]) == (["a", "b"], ["cdylib"])


@pytest.mark.parametrize(
    "argv", [("--version",), ("build", "--bins"), ("--config", "build", "fetch"), ("tree",)]
)
def test_everything_else_goes_to_the_real_cargo(program, tmp_path, argv):
    assert program(*argv) == f"real {' '.join(argv)}\n"
    assert recorded(tmp_path) == []
    assert (tmp_path / stand_in.COMPILED).exists() == (argv == ("build", "--bins"))


@pytest.mark.parametrize("option", ["--bin", "--bins", "--bin=x"])
def test_a_program_that_a_wheel_holds_alone_is_refused_before_it_is_compiled(
    program, tmp_path, option
):
    assert program("rustc", option, "x", alone=True, status=1) == ""
    assert (tmp_path / stand_in.PROGRAM).exists()


def test_a_plain_library_is_one_only_where_the_backend_asks_for_a_cdylib(program, tmp_path):
    assert program("build", "--release", crate_types=("lib",)).startswith("real build")
    program("rustc", "--crate-type", "cdylib", "--release", crate_types=("lib",))
    assert recorded(tmp_path)[0]["crate_types"] == ["lib"]


def test_if_the_backend_needs_more_the_real_cargo_builds_and_the_call_is_written_down(
    program, tmp_path
):
    assert program("build", "--release", compile_=True) == "real build --release\n"
    assert len(recorded(tmp_path)) == 1


def test_options_are_read_in_both_spellings_and_not_behind_the_dashes():
    argv = ["rustc", "--target=x", "--profile", "a", "--", "--profile", "b"]
    assert stand_in.value(argv, "--target") == "x"
    assert stand_in.value(argv, "--profile") == "a"
    assert stand_in.value(argv, "-p", "--package") == ""


def test_of_a_package_the_library_is_what_a_cdylib_is_made_of():
    def package(*kinds):
        return {"targets": [{"name": kind, "kind": [kind]} for kind in kinds]}

    assert stand_in.library(package("custom-build", "bin", "cdylib"))["name"] == "cdylib"
    assert stand_in.library(package("test", "rlib"))["name"] == "rlib"
    assert stand_in.library(package("proc-macro", "bin")) is None
