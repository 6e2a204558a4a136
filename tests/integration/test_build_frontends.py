"""One package, every way that people build and install it; a warm build compiles nothing."""

import re
import shutil
import tarfile
import time
import zipfile

import pytest
from folders import scratch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]


@pytest.fixture(scope="module")
def tree(lay):
    """Return a fresh copy of the package whose compiled dependencies outlive the test."""
    return lay(scratch("greeter-frontends"))


def compiled(said):
    return re.findall(r"\d+ crates? compiled", said)


def test_build_makes_both_archives_and_a_warm_build_compiles_nothing(tree, ok):
    argv = ("-m", "build", "--no-isolation", tree)
    ok(*argv)
    (wheel,) = (tree / "dist").glob("*.whl")
    first = wheel.read_bytes()
    began = time.monotonic()
    said = ok(*argv)
    # The wheel is built from the sdist, unpacked into a folder that did not exist before.
    assert "from sdist" in said
    assert compiled(said) == []
    assert said.count("nothing to compile") == 3
    assert time.monotonic() - began < 30
    assert wheel.read_bytes() == first
    (sdist,) = (tree / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    assert {"Cargo.lock", "Cargo.toml", "src/lib.rs", "rtvariants-guard/src/lib.rs"} <= names
    assert not any(n.startswith(("target", "dist")) for n in names)


def test_the_sdist_builds_the_same_modules(tree, tmp_path, ok):
    ok("-m", "build", "--no-isolation", tree)
    (sdist,), (wheel,) = (tree / "dist").glob("*.tar.gz"), (tree / "dist").glob("*.whl")
    shutil.unpack_archive(sdist, tmp_path)
    (unpacked,) = tmp_path.iterdir()
    cargo = tree / "target"
    ok("-m", "build", "-w", "-n", "-o", tmp_path / "out", unpacked, CARGO_TARGET_DIR=str(cargo))
    (again,) = (tmp_path / "out").glob("*.whl")
    assert again.name == wheel.name
    ours, theirs = (
        {i.filename: i.CRC for i in zipfile.ZipFile(w).infolist() if i.filename.endswith(".so")}
        for w in (wheel, again)
    )
    assert len(ours) == 3
    assert ours == theirs


def test_auditwheel_agrees_with_the_tag(tree, ok):
    ok("-m", "build", "--no-isolation", "--wheel", tree)
    (wheel,) = (tree / "dist").glob("*.whl")
    said = " ".join(ok("-m", "auditwheel", "show", wheel).split())
    theirs = re.search(r'platform tag: "manylinux_(\d+)_(\d+)_', said)
    ours = re.search(r"manylinux_(\d+)_(\d+)_", wheel.name)
    # auditwheel rounds up to the next version that it has a list for.
    assert tuple(map(int, ours.groups())) <= tuple(map(int, theirs.groups()))
    assert int(ours[2]) >= int(theirs[2]) - 3


def test_pip_builds_in_isolation_and_a_warm_build_compiles_nothing(
    tree, plugin, python, ok, greets
):
    argv = ("-m", "pip", "install", "-v", "--no-cache-dir", "--find-links", plugin)
    ok(*argv, tree, program=python)
    assert greets(python)[0] == str(2**32 - 1)
    assert greets(python, "wide")[0] == str(2**64 - 1)
    said = ok(*argv, "--force-reinstall", "--no-deps", tree, program=python)
    assert compiled(said) == []
    assert said.count("nothing to compile") == 3


def test_an_editable_install_has_every_runtime_and_its_python_in_the_tree(
    tree, plugin, python, ok, greets
):
    argv = ("-m", "pip", "install", "-v", "--no-cache-dir", "--find-links", plugin, "-e", tree)
    ok(*argv, program=python)
    for runtime in ("fast", "wide", "safe"):
        _, file = greets(python, runtime)
        assert file == str(tree / "python/greeter/__init__.py")
    code = "import importlib.metadata as m; print(m.distribution('greeter').read_text('WHEEL'))"
    said = ok("-c", code, program=python)
    assert "Tag: cp310-abi3-manylinux_2_" in said
    assert "Root-Is-Purelib: false" in said
    # Another commit or another throw-away environment is no reason to compile.
    assert compiled(ok(*argv, program=python)) == []
    source = tree / "src/lib.rs"
    text = source.read_text()
    try:
        source.write_text(text.replace("Hello, {name}!", "Hello, {name}! Again"))
        assert compiled(ok(*argv, program=python)) == ["1 crate compiled"] * 3
        assert greets(python)[0] == "Again"
    finally:
        source.write_text(text)


def test_uv_builds_and_installs(tree, plugin, python, ok, greets):
    shutil.rmtree(tree / "dist", ignore_errors=True)
    ok("-m", "uv", "build", "--find-links", plugin, tree)
    assert {p.suffix for p in (tree / "dist").iterdir()} >= {".whl", ".gz"}
    argv = ("-m", "uv", "pip", "install", "--python", python, "--find-links", plugin)
    argv += ("--reinstall-package", "greeter", "--refresh-package", "rtvariants")
    for extra in ((), ("-e",)):
        ok(*argv, *extra, tree)
        assert greets(python, "wide")[0] == str(2**64 - 1)
