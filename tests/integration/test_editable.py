"""Work on a package: one runtime at a time, and a Rust edit that is there at the next import."""

import os
import shutil
import subprocess
import sys

import pytest
from folders import scratch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]
GREETING = "Hello, {name}!"


@pytest.fixture(scope="module")
def tree(root, lay):
    """Return a fresh copy of the package, at one path for cargo."""
    return lay(root / "target" / "greeter-editable")


@pytest.fixture(scope="module")
def python(ok, plugin, tmp_path_factory):
    """Return the interpreter of an environment that holds what the build needs."""
    folder = tmp_path_factory.mktemp("work")
    ok("-m", "uv", "venv", "-q", "--seed", "--python", sys.executable, folder)
    python = str(folder / "bin" / "python")
    argv = ("-m", "uv", "pip", "install", "--python", python, "--find-links", plugin)
    # What an adopter has; `editables`, which hatchling asks for, is got by the frontend.
    ok(*argv, "--refresh-package", "rtvariants", "rtvariants")
    return python


@pytest.fixture(scope="module")
def run(python, plugin):
    """Return a function that runs this environment's Python, and gives its result."""

    def run(*argv, **env):
        target = str(scratch("greeter"))
        env = {"CARGO_TARGET_DIR": target, "NO_COLOR": "1", "PIP_FIND_LINKS": str(plugin)} | env
        return subprocess.run(
            [python, *map(str, argv)], env=os.environ | env, cwd="/",
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    return run


@pytest.fixture(scope="module")
def develop(run, tree):
    """Return a function that runs `rtvariants develop`, expects success and gives its lines."""

    def develop(*argv, **env):
        done = run("-m", "rtvariants", "develop", tree, *argv, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        # The progress is seen in a first install too, where a frontend would keep it back.
        assert "rtvariants: " in done.stderr
        # What a first install's frontend said comes before.
        heads = ("built", "kept", "absent", "hint")
        return [line for line in done.stdout.splitlines() if line.split(":")[0] in heads]

    return develop


@pytest.fixture
def edit(tree):
    """Return a function that changes the greeting; the old one is back after the test."""
    source = tree / "src/lib.rs"
    text = source.read_text()
    assert GREETING in text
    yield lambda new: source.write_text(text.replace(GREETING, new))
    source.write_text(text)


def greet(run, **env):
    done = run("-c", "import greeter; print(greeter.greet('x'))", **env)
    return done.stdout.strip(), done.stderr


def test_runtimes_install_one_at_a_time_and_uninstall_completely(run, develop, tree):
    assert develop("--runtime", "wide") == [
        "built: wide",
        "absent: fast, safe",
        "hint: none of these is chosen automatically: set GREETER_RUNTIME=wide",
    ]
    assert greet(run, GREETER_RUNTIME="wide")[0] == "Hello, x!"
    assert "not installed" in greet(run, GREETER_RUNTIME="fast")[1]
    assert develop("--runtime", "fast") == ["built: fast", "kept: wide", "absent: safe"]
    assert greet(run)[0] == "Hello, x!"
    assert greet(run, GREETER_RUNTIME="wide")[0] == "Hello, x!"
    assert develop() == ["built: fast, wide, safe"]
    os.utime(tree / "src/lib.rs")
    assert "rebuilding" in greet(run, RTVARIANTS_REBUILD="1")[1]
    assert run("-m", "pip", "uninstall", "-y", "greeter").returncode == 0
    code = "import sysconfig, os; print(*os.listdir(sysconfig.get_paths()['purelib']))"
    assert "greeter" not in run("-c", code).stdout


def test_an_edit_is_built_at_the_next_import_on_request(run, develop, edit):
    develop("--runtime", "fast")
    edit("Hi, {name}.")
    # Not asked for: what was built stays, and the import costs nothing more.
    assert greet(run) == ("Hello, x!", "")
    said, log = greet(run, RTVARIANTS_REBUILD="1")
    assert said == "Hi, x."
    assert "sources of `greeter` have changed: rebuilding" in log
    # Up to date now for every importer.
    assert greet(run, RTVARIANTS_REBUILD="1") == ("Hi, x.", "")
    assert greet(run) == ("Hi, x.", "")


def test_two_processes_rebuild_once(run, develop, edit, python, root):
    develop("--runtime", "fast")
    edit("Hey, {name}.")
    env = os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter")), "RTVARIANTS_REBUILD": "1"}
    argv = [python, "-c", "import greeter; print(greeter.greet('x'))"]
    both = [
        subprocess.Popen(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=600) for process in both]
    assert [out for out, _ in said] == ["Hey, x.\n", "Hey, x.\n"], said
    assert sum("rebuilding" in log for _, log in said) == 1


def test_a_failed_rebuild_gives_the_reason_and_keeps_the_old_build(run, develop, edit):
    develop("--runtime", "fast")
    before = greet(run)[0]
    edit('oops"')
    said, log = greet(run, RTVARIANTS_REBUILD="1")
    assert said == ""
    assert "ImportError: `greeter` can't be rebuilt: exit status 1" in log
    assert "src/lib.rs" in log  # the compiler's own words
    assert "hint: fix the sources and import again, or set `RTVARIANTS_REBUILD=0` to import" in log
    assert greet(run)[0] == before
    assert greet(run, RTVARIANTS_REBUILD="0")[0] == before
    edit("Well, {name}.")
    assert greet(run, RTVARIANTS_REBUILD="1")[0] == "Well, x."


def test_the_setting_applies_to_all_imports_and_a_build_that_imports_starts_no_other(
    run, develop, edit, python, tmp_path
):
    assert develop("--runtime", "fast", "--reinstall", RTVARIANTS_REBUILD="1")
    wrapper = tmp_path / "wrapper"
    # What a build script may do: use the package that is being built.
    code = "import greeter; greeter.greet(chr(120))"
    wrapper.write_text(f'#!/bin/sh\n"{python}" -c "{code}" || exit 1\nexec "$@"\n')
    wrapper.chmod(0o755)
    edit("Ho, {name}.")
    assert greet(run, RTVARIANTS_REBUILD="0")[0] != "Ho, x."
    said, log = greet(run, RUSTC_WORKSPACE_WRAPPER=str(wrapper))
    assert said == "Ho, x.", log
    assert log.count("rebuilding") == 1


def test_without_the_plugin_the_import_names_what_is_missing(run, develop, edit, ok, python):
    develop("--runtime", "fast")
    ok("-m", "uv", "pip", "uninstall", "--python", python, "rtvariants")
    edit("Ha, {name}.")
    said, log = greet(run, RTVARIANTS_REBUILD="1")
    assert said == ""
    assert "can't be rebuilt: `rtvariants` is not installed in this environment" in log
    assert "hint: install `rtvariants`" in log
    assert greet(run, RTVARIANTS_REBUILD="0")[0]
