"""cargo's configuration as cargo merges it, and the variables that come before it."""

import os
import shutil

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain import cargo_config
from rtvariants.toolchain.cargo_config import CargoConfig

needs_cargo = pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo")


@pytest.fixture
def read(tmp_path):
    """Return a function that lets cargo read a file of configuration, and one above it."""

    def read(text, above="", **environ):
        for folder, content in ((tmp_path / "a", text), (tmp_path, above)):
            (folder / ".cargo").mkdir(parents=True, exist_ok=True)
            (folder / ".cargo/config.toml").write_text(content)
        return cargo_config.read("cargo", tmp_path / "a", {**os.environ, **environ})

    return read


@needs_cargo
def test_files_are_merged_with_the_place_of_each_value(read, tmp_path):
    found = read('[build]\ntarget = "x"\n', '[build]\ntarget = "y"\nrustc = "rustc-1"\n')
    assert found.in_files("build") == {"target": "x", "rustc": "rustc-1"}
    assert found.origin("build", "target") == str(tmp_path / "a/.cargo/config.toml")
    assert found.origin("build", "rustc") == str(tmp_path / ".cargo/config.toml")
    assert found.origin("build", "jobs") == "cargo's configuration"
    assert found.in_files("build", "target", "no") is None


@needs_cargo
def test_values_that_look_like_the_marks_of_their_places_are_read(read, tmp_path):
    found = read('[env]\nA = "x # y"\nB = { value = "a # b", relative = true }\n"we ird" = "1"\n')
    assert found.variables()[0] == {"A": "x # y", "B": f"{tmp_path}/a/a # b", "we ird": "1"}


@needs_cargo
def test_a_broken_file_is_an_error_in_cargos_own_words(read):
    with pytest.raises(MachineError, match="could not parse TOML configuration"):
        read("[build")


@needs_cargo
def test_the_question_changes_nothing_for_a_build(read):
    assert "RUSTC_BOOTSTRAP" not in read("").environ


@needs_cargo
@pytest.mark.parametrize("value", ['"x"', '["x"]'])
def test_a_target_is_text_or_a_list_of_one(read, value):
    assert read(f"[build]\ntarget = {value}\n").target("host") == "x"


@needs_cargo
def test_several_targets_are_refused_unless_a_variable_names_one(read):
    text = '[build]\ntarget = ["x", "y"]\n'
    with pytest.raises(MachineError, match=r"2 targets in .*config\.toml: `x`, `y`"):
        read(text).target("host")
    assert read(text, CARGO_BUILD_TARGET="z").target("host") == "z"


def config(values, **environ):
    origin = {("build", "rustc"): "/w/.cargo/config.toml", ("env", "A", "value"): "/w/.cargo/c"}
    return CargoConfig(values, origin, environ)


def test_the_target_of_this_machine_has_a_name_of_its_own():
    assert config({"build": {"target": "host-tuple"}}).target("here") == "here"
    assert config({}).target("here") == ""


@pytest.mark.parametrize(
    ("name", "path"),
    [("./r", "/w/r"), ("/usr/bin/r", "/usr/bin/r"), ("r", "r"), ("a/../r", "/w/a/../r")],
)
def test_a_program_with_a_folder_counts_from_the_folder_of_the_configuration(name, path):
    assert config({"build": {"rustc": name}}).program("build", "rustc") == path
    assert config({}, CARGO_BUILD_RUSTC=name).program("build", "rustc") == name


def test_a_variable_comes_before_the_files_also_an_empty_one():
    values = {"build": {"rustc": "r", "jobs": -1}}
    assert config(values, CARGO_BUILD_RUSTC="").program("build", "rustc") == ""
    assert config(values).string("build", "jobs") == "-1"


def test_variables_of_the_configuration():
    table = {
        "A": {"value": "x", "relative": True}, "B": "b", "C": "c",
        "D": {"value": "d", "force": True}, "E": {"value": "e", "force": False},
    }  # fmt: skip
    found, forced = config({"env": table}, C="mine", D="mine", E="mine").variables()
    assert found == {"A": "/w/x", "B": "b", "D": "d"}
    assert forced == {"D"}


@needs_cargo
def test_the_target_directory_is_that_of_cargo(tmp_path, monkeypatch):
    project, workspace = tmp_path / "a" / "b", tmp_path / "a"
    (project / ".cargo").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    env = {k: v for k, v in os.environ.items() if not k.startswith("CARGO_")}
    env["CARGO_HOME"] = str(tmp_path / "home")

    def found(**more):
        return cargo_config.target_directory("cargo", project, workspace, env | more)

    assert found() == workspace / "target"
    (project / ".cargo/config.toml").write_text('[build]\ntarget-dir = "out"\n')
    assert found() == project / "out"
    assert found(CARGO_BUILD_TARGET_DIR="mine") == tmp_path / "mine"
    assert found(CARGO_TARGET_DIR="other") == tmp_path / "other"
    assert cargo_config.target_directory(None, project, workspace, env) == workspace / "target"
