"""The environment of a cargo process."""

import os

from builds import build_of

from rtvariants.compile.environment import SCRUBBED, environment, stable_path


def test_a_temporary_environment_leaves_no_trace(tmp_path):
    venv, kept = tmp_path / "venv" / "bin", tmp_path / "bin"
    for folder in (venv, kept):
        folder.mkdir(parents=True)
    (venv.parent / "pyvenv.cfg").touch()
    path = os.pathsep.join(map(str, (venv, kept, "/tmp/pip-build-env-x/overlay/bin")))
    assert stable_path(path) == str(kept)
    ambient = {"PATH": path, "VIRTUAL_ENV": "x", "RUSTFLAGS": "x", "HOME": "/h"}
    command = build_of(unset=(*SCRUBBED, "RUSTFLAGS")).command
    env = environment(command, ambient)
    assert (env["PATH"], env["HOME"]) == (str(kept), "/h")
    assert not {"VIRTUAL_ENV", "RUSTFLAGS"} & set(env)


def test_a_temporary_environment_that_holds_the_compiler_stays_on_path(tmp_path):
    venv = tmp_path / "venv" / "bin"
    venv.mkdir(parents=True)
    (venv.parent / "pyvenv.cfg").touch()
    (venv / "rustc").touch()
    assert stable_path(str(venv)) == str(venv)
