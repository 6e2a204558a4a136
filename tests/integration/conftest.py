"""What tests of builds share: the plugin's wheel, an environment, programs that must end well."""

import os
import shutil
import subprocess
import sys

import pytest
import sample_crates
from build_kit import start
from folders import scratch
from small_libraries import small_library, zig

__all__ = ["small_library", "zig"]


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
def lay():
    """Return a function that writes greeter and its variants into a folder."""

    def lay(folder, *over):
        # What cargo built in the folder stays; everything else is written again.
        for old in folder.iterdir() if folder.is_dir() else ():
            if old.name != "target":
                shutil.rmtree(old) if old.is_dir() else old.unlink()
        return sample_crates.write(folder, *over)

    return lay


@pytest.fixture(scope="session")
def target(root):
    """Return the target directory that builds of faults share, so that pyo3 is compiled once."""
    return scratch("greeter")


@pytest.fixture
def package():
    """Return a function that writes a variant of greeter and changes its configuration."""
    # One path for all cases, since cargo would keep the files of each path.
    folder = scratch("greeter-faults")

    def package(over="", *changes):
        shutil.rmtree(folder, ignore_errors=True)
        sample_crates.write(folder, *filter(None, [over]))
        config = folder / "pyproject.toml"
        for old, new in changes:
            text = config.read_text()
            assert old in text
            config.write_text(text.replace(old, new))
        return folder

    return package


@pytest.fixture
def refused(target):
    """Return a function that builds, expects failure, and gives what the user saw."""

    def refused(folder, *argv, before=(), **env):
        process = start(folder, target, *argv, before=before, **env)
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 1, said
        assert "Traceback" not in said
        assert "error: " in said
        assert list((folder / "dist").glob("*")) == [], "a half-built wheel is left"
        return said

    return refused
