"""The package of the first page of the documentation, taken from that page and built."""

import re
import shutil
import subprocess
import sys
import tarfile

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]
# A file of the page: its name between backquotes begins a paragraph, its text follows.
FILE = re.compile(r"^`([\w./]+)`:.*?^```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def sample(root, ok, tmp_path_factory):
    """Return the package as a reader of the page makes it, beside the guard that cargo finds."""
    folder = tmp_path_factory.mktemp("fastlib")
    for name, text in FILE.findall((root / "docs/adopt.md").read_text()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    # The guard as it would lie in the registry: its manifest by itself.
    ok("package", "-q", "--offline", "--no-verify", "--allow-dirty", "-p", "rtvariants-guard",
       "--target-dir", folder / "pack", cwd=root, program="cargo")  # fmt: skip
    (archive,) = (folder / "pack/package").glob("rtvariants-guard-*.crate")
    with tarfile.open(archive) as crate:
        crate.extractall(folder, **({"filter": "data"} if sys.version_info >= (3, 12) else {}))
    (guard,) = folder.glob("rtvariants-guard-*")
    guard.rename(folder / "guard")
    (folder / ".cargo").mkdir()
    (folder / ".cargo/config.toml").write_text(
        '[patch.crates-io]\nrtvariants-guard = { path = "guard" }\n'
    )
    # The versions that are here already, so that no registry is asked.
    lock = (root / "tests/packages/greeter/Cargo.lock").read_text()
    (folder / "Cargo.lock").write_text(lock)
    ok("update", "-q", "--workspace", "--offline", cwd=folder, program="cargo")
    return folder


def test_the_first_page_has_five_files(root):
    names = [name for name, _ in FILE.findall((root / "docs/adopt.md").read_text())]
    assert names == [
        "Cargo.toml", "src/lib.rs", "pyproject.toml",
        "python/fastlib/_native.py", "python/fastlib/__init__.py",
    ]  # fmt: skip


def test_the_package_of_the_first_page_builds_and_works(sample, root, ok, tmp_path):
    target = str(root / "target" / "greeter")
    argv = ("-m", "build", "--no-isolation", "-o", tmp_path, sample)
    ok(*argv, "--sdist")
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {name for name, _ in FILE.findall((root / "docs/adopt.md").read_text())} <= names
    ok(*argv, "--wheel", CARGO_TARGET_DIR=target)
    (wheel,) = tmp_path.glob("*.whl")
    ok("-m", "zipfile", "-e", wheel, tmp_path / "installed")
    code = "import fastlib; print(fastlib.sum_of_squares([3.0, 4.0]))"
    for runtime in ("auto", "v3", "base"):
        env = {"FASTLIB_RUNTIME": runtime, "PYTHONPATH": str(tmp_path / "installed")}
        assert ok("-c", code, cwd=tmp_path, **env) == "25.0\n"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env={"FASTLIB_RUNTIME": "v4", "PYTHONPATH": str(tmp_path / "installed")},
    )  # fmt: skip
    assert "v3, base" in said.stderr.replace("`", "")
    code = "from _fastlib_loader import decision; print(decision())"
    said = ok("-c", code, cwd=tmp_path, PYTHONPATH=str(tmp_path / "installed"))
    assert "base" in said
