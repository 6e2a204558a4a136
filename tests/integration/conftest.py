"""What tests of builds share: the plugin's wheel, an environment, programs that must end well."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def ok():
    """Return a function that runs a program, expects success and gives what was said."""

    def ok(*argv, cwd=None, program=sys.executable, **env):
        env = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"} | env
        done = subprocess.run(
            [program, *map(str, argv)], cwd=cwd, env=env,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        return done.stdout

    return ok


@pytest.fixture(scope="session")
def plugin(root, ok, tmp_path_factory):
    """Return a folder with the plugin's wheel: isolated builds find the plugin there."""
    folder = tmp_path_factory.mktemp("plugin")
    ok("-m", "build", "--wheel", "--no-isolation", "--outdir", folder, root / "build_plugin")
    return folder


@pytest.fixture(scope="module")
def python(ok, tmp_path_factory):
    """Return the interpreter of an environment that holds pip, and what is installed by a test."""
    folder = tmp_path_factory.mktemp("installed")
    ok("-m", "uv", "venv", "-q", "--seed", "--clear", "--python", sys.executable, folder)
    return str(folder / "bin" / "python")


@pytest.fixture(scope="session")
def greets(ok):
    """Return a function that imports greeter: the words after its greeting, as they are printed."""

    def greets(python, runtime="auto", **env):
        code = "import greeter; print(greeter.greet('x'), greeter.most(), greeter.__file__)"
        said = ok("-c", code, program=python, cwd="/", GREETER_RUNTIME=runtime, **env)
        assert said.startswith("Hello, x! ")
        return said.split()[2:]

    return greets


@pytest.fixture(scope="session")
def lay(root):
    """Return a function that makes a package of greeter and what is laid over it."""

    def lay(folder, *over):
        # What cargo made in the folder stays; all else is as new, with the time of now.
        for old in folder.iterdir() if folder.is_dir() else ():
            if old.name != "target":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        for name in ("greeter", *over):
            source = root / "tests/packages" / name
            shutil.copytree(source, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        return folder

    return lay
