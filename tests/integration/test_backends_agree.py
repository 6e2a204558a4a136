"""One configuration, three backends: hatchling, maturin and setuptools give the same natives."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import build
import pytest
from folders import scratch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]
BACKENDS = {"hatchling": (), "maturin": ("greeter-maturin",), "setuptools": ("greeter-setuptools",)}
# The first is in test_build_frontends.py.
OTHERS = ("maturin", "setuptools")
RUNTIMES = ("fast", "wide", "safe")
MATURIN = "[tool.maturin]"
MODULE, OTHER = 'module-name = "greeter._hello"', 'module-name = "greeter._other"'
BY_PYTHON = 'features = [{ feature = "wide", python-version = ">=3.11" }]'


@pytest.fixture(scope="module")
def cargo(root):
    """Return the environment that makes all builds share their dependencies."""
    return {"CARGO_TARGET_DIR": str(scratch("greeter"))}


@pytest.fixture(scope="module")
def trees(root, lay):
    """Return the folder of each backend's project."""
    return {r: lay(root / "target/greeter-backends" / r, *over) for r, over in BACKENDS.items()}


@pytest.fixture(scope="module")
def built(trees, cargo, ok):
    """Build each project as people do; by backend what cargo did, the sdist and the wheels.

    The first wheel is built from the tree, the second from the sdist.
    """
    found = {}
    for backend, tree in trees.items():
        # cargo sees only by its time that a file has changed: without this, all backends in one
        # target directory would get what the first one compiled.
        for path in tree.rglob("*.rs"):
            path.touch()
        said = ok("-m", "build", "--wheel", "--no-isolation", "-o", tree / "first", tree, **cargo)
        ok("-m", "build", "--no-isolation", tree, **cargo)
        (sdist,), (wheel,) = (tree / "dist").glob("*.tar.gz"), (tree / "dist").glob("*.whl")
        (first,) = (tree / "first").glob("*.whl")
        found[backend] = (said, sdist, first, wheel)
    return found


def natives(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: hashlib.sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name.endswith(".so")
        }


def test_all_adapters_read_the_same_configuration(trees):
    texts = [(tree / "pyproject.toml").read_text() for tree in trees.values()]
    assert len({text.partition("[tool.rtvariants]")[2] for text in texts}) == 1


def test_all_adapters_give_the_same_modules_and_tag(built):
    # Each was compiled for itself: equal files are not left over from the backend before.
    for said, *_ in built.values():
        assert len(re.findall(r"[1-9]\d* crates? compiled", said)) == 3
    files = {backend: natives(first) for backend, (_, _, first, _) in built.items()}
    assert set(files["hatchling"]) == {f"_greeter_{r}/_hello.abi3.so" for r in RUNTIMES}
    assert len(set(files["hatchling"].values())) == 3
    assert files["maturin"] == files["hatchling"]
    assert files["setuptools"] == files["hatchling"]
    assert {backend: natives(wheel) for backend, (*_, wheel) in built.items()} == files
    assert len({wheel.name for _, _, *wheels in built.values() for wheel in wheels}) == 1


def test_all_adapters_lay_out_the_same_wheel(built):
    def contents(wheel):
        names = zipfile.ZipFile(wheel).namelist()
        return sorted(n for n in names if ".dist-info/" not in n)

    layouts = {backend: contents(wheel) for backend, (*_, wheel) in built.items()}
    assert "greeter/_hello.py" in layouts["hatchling"]
    # The part that rebuilds is for editable installs alone.
    assert "_greeter_loader/rebuild.py" not in layouts["hatchling"]
    assert layouts["maturin"] == layouts["setuptools"] == layouts["hatchling"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_pyinstaller_finds_the_hook_of_each_wheel(built, backend):
    *_, wheel = built[backend]
    with zipfile.ZipFile(wheel) as archive:
        entry_points = archive.read("greeter-1.4.0.dist-info/entry_points.txt").decode()
        assert "_greeter_loader/pyinstaller/hook-_greeter_loader.py" in archive.namelist()
    ours = "[pyinstaller40]\nhook-dirs = _greeter_loader.pyinstaller:hook_dirs\n"
    assert entry_points == ours


@pytest.mark.parametrize("backend", OTHERS)
def test_prepared_metadata_is_that_of_the_wheel(built, trees, backend, tmp_path):
    # hatchling prepares METADATA alone, of any project: installers take the rest from the wheel.
    *_, wheel = built[backend]
    prepared = Path(build.ProjectBuilder(trees[backend]).prepare("wheel", tmp_path))
    with zipfile.ZipFile(wheel) as archive:
        said = {path.name: path.read_bytes() for path in prepared.iterdir()}
        # What natives need of a system is known once they are built, and so is their tag.
        said.pop("WHEEL", None)
        assert said == {name: archive.read(f"{prepared.name}/{name}") for name in said}
    expected = {"METADATA", "entry_points.txt"}
    assert set(said) == (expected if backend == "maturin" else expected | {"top_level.txt"})
    assert b"pyinstaller40" in said["entry_points.txt"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_record_matches_the_files(built, ok, backend, tmp_path):
    *_, wheel = built[backend]
    # pip looks at the record before it installs, uv at each digest.
    ok("-m", "uv", "pip", "install", "--no-deps", "--target", tmp_path, wheel)
    with zipfile.ZipFile(wheel) as archive:
        record = next(n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
        rows = [line.split(",")[0] for line in archive.read(record).decode().splitlines()]
        assert sorted(rows) == sorted(archive.namelist())


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_sdist_holds_all_that_cargo_needs(built, backend):
    _, sdist, *_ = built[backend]
    with tarfile.open(sdist) as archive:
        names = {n.partition("/")[2] for n in archive.getnames()}
    wanted = {"Cargo.toml", "Cargo.lock", "src/lib.rs", "PKG-INFO"}
    wanted |= {"rtvariants-guard/Cargo.toml", "rtvariants-guard/src/layout.rs", "pyproject.toml"}
    assert wanted <= names
    assert not any(n.startswith(("target/", "dist/")) for n in names)


@pytest.mark.parametrize("backend", OTHERS)
def test_pip_installs_from_the_sdist(  # noqa: PLR0917
    built, plugin, python, cargo, ok, greets, backend
):
    _, sdist, *_ = built[backend]
    argv = ("-m", "pip", "install", "--force-reinstall", "--find-links", plugin, sdist)
    ok(*argv, program=python, **cargo)
    for runtime in RUNTIMES:
        assert "site-packages" in greets(python, runtime)[1]
    ok("-m", "pip", "check", program=python)


@pytest.mark.parametrize("backend", OTHERS)
def test_uv_builds_and_installs(  # noqa: PLR0917
    trees, plugin, python, cargo, ok, greets, backend, tmp_path
):
    ok("-m", "uv", "build", "--find-links", plugin, "-o", tmp_path, trees[backend], **cargo)
    assert {p.suffix for p in tmp_path.iterdir()} >= {".whl", ".gz"}
    argv = ("-m", "uv", "pip", "install", "--python", python, "--find-links", plugin)
    argv += ("--reinstall-package", "greeter", "--refresh-package", "rtvariants")
    ok(*argv, trees[backend], **cargo)
    assert greets(python, "wide")[0] == str(2**64 - 1)


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("frontend", ["pip", "uv"])
def test_an_editable_install_has_every_runtime_and_its_python_in_the_tree(  # noqa: PLR0917
    trees, plugin, python, cargo, ok, greets, backend, frontend
):
    tree = trees[backend]
    if frontend == "pip":
        argv = ("-m", "pip", "install", "--find-links", plugin, "--force-reinstall", "-e", tree)
        ok(*argv, program=python, **cargo)
    else:
        argv = ("-m", "uv", "pip", "install", "--python", python, "--find-links", plugin)
        ok(*argv, "--reinstall-package", "greeter", "-e", tree, **cargo)
    for runtime in RUNTIMES:
        assert greets(python, runtime)[1] == str(tree / "python/greeter/__init__.py")
    # Nothing native lies in the tree, where it would hide what the loader binds.
    assert not list((tree / "python").rglob("*.so"))
    code = "import importlib.metadata as m; print(m.distribution('greeter').read_text('WHEEL'))"
    said = ok("-c", code, program=python)
    assert "Tag: cp310-abi3-manylinux_2_" in said
    assert "Root-Is-Purelib: false" in said


@pytest.mark.parametrize(
    ("backend", "old", "new", "text"),
    [
        ("maturin", MODULE, OTHER, "module named `greeter._other` here"),
        ("maturin", MATURIN, f'{MATURIN}\nrustc-args = ["-Cx"]', "`rustc-args`"),
        ("maturin", MATURIN, f'{MATURIN}\neditable-profile = "dev"', "`editable-profile = 'dev'`"),
        ("maturin", MATURIN, f"{MATURIN}\n{BY_PYTHON}", "not a list of cargo features"),
        ("setuptools", "x86_64_v3", "x86_64_v33", "unknown level: `x86_64_v33`"),
        (
            "setuptools",
            "[tool.rtvariants]",
            '[[tool.setuptools-rust.ext-modules]]\ntarget = "greeter._x"\n[tool.rtvariants]',
            "two builders of extension modules",
        ),
    ],
    ids=["module-name", "rustc-args", "profile", "feature", "level", "setuptools-rust"],
)
def test_an_error_shows_no_traceback_and_leaves_no_file(  # noqa: PLR0917
    lay, tmp_path, cargo, backend, old, new, text
):
    folder = lay(tmp_path / "source", *BACKENDS[backend])
    settings = folder / "pyproject.toml"
    assert old in settings.read_text()
    settings.write_text(settings.read_text().replace(old, new))
    module = {"maturin": "rtvariants.backends.maturin", "setuptools": "setuptools.build_meta"}[
        backend
    ]
    code = f"import {module} as b; b.build_wheel('dist')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=os.environ | cargo,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "error: " in done.stderr
    assert text in done.stderr
    assert "hint: " in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(folder.glob("dist/*"))
