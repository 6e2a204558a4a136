"""The programs of a build's environment: found in PATH, at a place that stays the same."""

import os
import subprocess

import pytest

from rtvariants.compile.tools import stable_path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="on Windows PATH stays as it is")


def program(folder, name, says):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f'#!/bin/sh\necho {says} $PYTHONPATH "$@"\n')
    path.chmod(0o755)


@pytest.fixture
def venv(tmp_path):
    def venv(name="venv", *programs):
        folder = tmp_path / name / "bin"
        folder.mkdir(parents=True)
        (folder.parent / "pyvenv.cfg").touch()
        for each in programs:
            program(folder, each, each)
        return folder

    return venv


def path_of(*folders):
    return os.pathsep.join(map(str, folders))


def run(path, *argv):
    done = subprocess.run(argv, env={"PATH": path}, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def test_a_tool_of_an_environment_is_found_with_its_modules_and_arguments(tmp_path, venv):
    folder = venv("it's a $venv", "cmake")
    ambient = {"PATH": path_of(folder, "/usr/bin", "/bin"), "PYTHONPATH": "/it's/site"}
    path = stable_path(ambient, tmp_path / "tools")
    assert path == path_of(tmp_path / "tools", "/usr/bin", "/bin")
    assert run(path, "cmake", "a  b", "$HOME") == "cmake /it's/site a  b $HOME"


def test_the_path_is_the_same_for_every_environment_and_for_none(tmp_path, venv):
    tools = tmp_path / "tools"
    pip = tmp_path / "pip-build-env-abc/overlay/bin"
    program(pip, "ninja", "pip")
    paths = set()
    for folders in ([venv("one", "ninja")], [venv("two", "ninja", "sccache")], [pip], []):
        paths.add(stable_path({"PATH": path_of(*folders, "/usr/bin")}, tools))
        names = {each.name for folder in folders for each in folder.iterdir()}
        assert {each.name for each in tools.iterdir()} == names
    assert paths == {path_of(tools, "/usr/bin")}


def test_what_comes_first_in_path_wins(tmp_path, venv):
    first, folder = tmp_path / "first", venv("venv", "cmake", "ninja")
    program(first, "cmake", "first")
    path = stable_path({"PATH": path_of(first, folder, "/bin")}, tmp_path / "tools")
    assert run(path, "cmake") == "first"
    assert run(path, "ninja") == "ninja"


def test_an_environment_that_holds_the_compiler_stays_in_path(tmp_path, venv):
    folder = venv("venv", "rustc", "cmake")
    assert stable_path({"PATH": str(folder)}, tmp_path / "tools") == path_of(
        tmp_path / "tools", folder
    )


def test_an_unchanged_program_is_not_written_again(tmp_path, venv):
    ambient = {"PATH": str(venv("venv", "cmake"))}
    times = []
    for _ in range(2):
        stable_path(ambient, tmp_path / "tools")
        times.append((tmp_path / "tools/cmake").stat().st_mtime_ns)
    assert times[0] == times[1]
