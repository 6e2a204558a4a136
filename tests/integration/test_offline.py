"""An sdist with its crates builds where there is no network at all."""

import os
import shutil
import subprocess

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


@pytest.fixture(scope="module")
def unplugged():
    """Return the command that runs another one in a network namespace of its own, without links."""
    argv = ["unshare", "--net"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*argv, "true"], capture_output=True).returncode
    ):
        pytest.skip(
            "NOT TESTED: no network namespace can be made here (it takes root and util-linux)"
        )
    return argv


@pytest.fixture(scope="module")
def wheels(plugin, ok, tmp_path_factory):
    """Return a folder with the wheels of everything that is needed to build, none to compile."""
    folder = tmp_path_factory.mktemp("wheels")
    argv = ("-m", "pip", "download", "-q", "--only-binary", ":all:", "--find-links", plugin)
    ok(*argv, "-d", folder, "hatchling", "rtvariants")
    return folder


@pytest.fixture
def install(unplugged, wheels, python, tmp_path):
    """Return a function that installs an sdist without a network, and gives pip's result."""

    def install(sdist):
        argv = [*unplugged, python, "-m", "pip", "install", "-v", "--no-index"]
        argv += ["--find-links", str(wheels), str(sdist)]
        # A home without crates: what cargo has in its cache elsewhere must not help.
        env = {
            k: v for k, v in os.environ.items() if k not in ("CARGO_TARGET_DIR", "RUSTC_WRAPPER")
        }
        env |= {"CARGO_HOME": str(tmp_path / "cargo"), "CARGO_NET_RETRY": "0"}
        return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)

    return install


def test_an_sdist_without_its_crates_needs_the_network(lay, install, ok, tmp_path):
    tree = lay(tmp_path / "tree")
    ok("-m", "rtvariants", "sdist", "--out", tmp_path, tree)
    (sdist,) = tmp_path.glob("*.tar.gz")
    done = install(sdist)
    assert done.returncode != 0
    assert "error: " in done.stdout + done.stderr


def test_an_sdist_with_its_crates_builds_all_runtimes_without_a_network(  # noqa: PLR0917
    lay, install, ok, greets, python, tmp_path
):
    tree = lay(tmp_path / "tree")
    (tree / ".cargo").mkdir()
    (tree / ".cargo/config.toml").write_text("[term]\nquiet = false\n")
    ok("-m", "rtvariants", "sdist", "--vendor", "--out", tmp_path, tree)
    (sdist,) = tmp_path.glob("*.tar.gz")
    done = install(sdist)
    assert done.returncode == 0, done.stdout + done.stderr
    for runtime, most in (("fast", 2**32 - 1), ("wide", 2**64 - 1), ("safe", 2**32 - 1)):
        assert greets(python, runtime)[0] == str(most)
