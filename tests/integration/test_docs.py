"""The packages that pages of the documentation show, taken from there, built and run."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile
from folders import scratch, unpack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo"),
]
# A file of the page: its name between backquotes begins a paragraph, its text follows.
FILE = re.compile(r"^`([\w./]+)`:.*?^```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def files(page):
    """Return the files that a page shows, by name."""
    return dict(FILE.findall(page.read_text()))


@pytest.fixture(scope="module")
def guard(root, ok, tmp_path_factory):
    """Return the guard as the registry would have it, with a complete manifest."""
    folder = tmp_path_factory.mktemp("guard")
    ok("package", "-q", "--offline", "--no-verify", "--allow-dirty", "-p", "rtvariants-guard",
       "--target-dir", folder / "pack", cwd=root, program="cargo")  # fmt: skip
    (archive,) = (folder / "pack/package").glob("rtvariants-guard-*.crate")
    unpack(archive, folder)
    (guard,) = folder.glob("rtvariants-guard-*")
    return guard


@pytest.fixture(scope="module")
def write(root, ok, guard):
    """Return a function that makes a page's package as a reader does, beside the guard."""

    def write(page, folder):
        for name, text in files(root / "docs" / page).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if "rtvariants-guard" in (folder / "Cargo.toml").read_text():
            shutil.copytree(guard, folder / "guard")
            (folder / ".cargo").mkdir(exist_ok=True)
            (folder / ".cargo/config.toml").write_text(
                '[patch.crates-io]\nrtvariants-guard = { path = "guard" }\n'
            )
        # The versions that are here already, so that no registry is asked.
        lock = (root / "tests/packages/greeter/Cargo.lock").read_text()
        (folder / "Cargo.lock").write_text(lock)
        ok("update", "-q", "--workspace", "--offline", cwd=folder, program="cargo")
        return folder

    return write


@pytest.fixture(scope="module")
def sample(write, tmp_path_factory):
    return write("adopt.md", tmp_path_factory.mktemp("fastlib"))


def test_the_first_page_has_four_files(root):
    assert list(files(root / "docs/adopt.md")) == [
        "Cargo.toml", "src/lib.rs", "pyproject.toml", "python/fastlib/__init__.py",
    ]  # fmt: skip


def test_the_package_of_the_first_page_builds_and_works(sample, root, ok, tmp_path):
    target = str(scratch("greeter"))
    argv = ("-m", "build", "--no-isolation", "-o", tmp_path, sample)
    ok(*argv, "--sdist")
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert set(files(root / "docs/adopt.md")) <= names
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


# ------------------------------------------------------------------------------ the loader alone


@pytest.fixture(scope="module")
def alone(root, write, tmp_path_factory):
    """Return the package of the page about the loader alone, with what cargo built before."""
    folder = tmp_path_factory.mktemp("alone")
    built = root / "target" / "loader-alone"
    built.mkdir(parents=True, exist_ok=True)
    (folder / "target").symlink_to(built)
    return write("loader-alone.md", folder)


@pytest.fixture(scope="module")
def installed(alone, ok, tmp_path_factory):
    """Return a folder that the page's own commands filled: the script, hatchling, an installer."""
    folder = tmp_path_factory.mktemp("tempo")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    argv = ("-m", "uv", "pip", "install", "--no-build-isolation", "--no-deps", "--target", folder)
    ok(*argv, "--no-cache", alone, PATH=path, VIRTUAL_ENV=sys.prefix, CARGO_NET_OFFLINE="true")
    return folder


BPM = "import tempo; print(tempo.bpm([0.0, 0.5, 1.0]), tempo._beat.__name__)"


@pytest.mark.parametrize("runtime", ["auto", "v3", "base"])
def test_modules_of_another_tool_have_the_loader_and_the_guard(installed, ok, runtime):
    env = {"PYTHONPATH": str(installed), "TEMPO_RUNTIME": runtime}
    assert ok("-c", BPM, cwd="/", **env) == "120.0 tempo._beat\n"
    said = ok("-m", "_tempo_loader", cwd="/", **env)
    assert ("v3" in said, "base" in said) == (True, True)
    assert ok("-m", "rtvariants", "inspect", installed / "_tempo_v3" / "_beat.abi3.so")


def test_modules_of_another_tool_take_python_from_the_interpreter(installed):
    # Without PyO3's variable the link needs the library of a Python with headers.
    for runtime in ("v3", "base"):
        with (installed / f"_tempo_{runtime}" / "_beat.abi3.so").open("rb") as file:
            elf = ELFFile(file)
            tags = elf.get_section_by_name(".dynamic").iter_tags("DT_NEEDED")
            assert not [tag.needed for tag in tags if "python" in tag.needed]
            (symbol,) = elf.get_section_by_name(".dynsym").get_symbol_by_name("PyList_New")
            assert symbol["st_shndx"] == "SHN_UNDEF"


def test_the_installed_files_are_those_of_the_page(installed):
    packages = {path.name for path in installed.iterdir() if "." not in path.name}
    assert packages == {"tempo", "_tempo_loader", "_tempo_v3", "_tempo_base"}
    for runtime in ("v3", "base"):
        names = {path.name for path in (installed / f"_tempo_{runtime}").iterdir()}
        assert names - {"__pycache__"} == {"__init__.py", "_beat.abi3.so", "rtvariants.stamp"}


def test_command_and_loader_refuse_swapped_modules(alone, installed, tmp_path):
    tree = tmp_path / "tree"
    shutil.copytree(installed, tree)
    first, second = (tree / f"_tempo_{name}" for name in ("v3", "base"))
    (first / "_beat.abi3.so").rename(tmp_path / "kept.so")
    (second / "_beat.abi3.so").rename(first / "_beat.abi3.so")
    (tmp_path / "kept.so").rename(second / "_beat.abi3.so")
    before = (first / "rtvariants.stamp").read_bytes()
    command = [sys.executable, "-m", "rtvariants", "loader", tree, "--project", alone]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "error: runtime `v3`: its runtime is `base`, this package has `v3`" in done.stderr
    assert "error: runtime `base`: its runtime is `v3`, this package has `base`" in done.stderr
    assert (first / "rtvariants.stamp").read_bytes() == before

    (second / "rtvariants.stamp").write_bytes(before)
    env = {**os.environ, "PYTHONPATH": str(tree), "TEMPO_RUNTIME": "base"}
    done = subprocess.run([sys.executable, "-c", BPM], env=env, capture_output=True, text=True)
    assert (
        "SkewedRuntimeError: `TEMPO_RUNTIME=base`: does not belong to this `tempo`" in done.stderr
    )


def test_a_missing_or_unguarded_module_is_named(alone, installed, tmp_path):
    (tmp_path / "_tempo_v3").mkdir()
    (tmp_path / "_tempo_base").mkdir()
    native = (installed / "_tempo_v3" / "_beat.abi3.so").read_bytes()
    (tmp_path / "_tempo_v3" / "_beat.abi3.so").write_bytes(
        native.replace(b".rtvariants\0", b".otherwise_\0")
    )
    command = [sys.executable, "-m", "rtvariants", "loader", tmp_path, "--project", alone]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "runtime `v3`: no stamp in `" in done.stderr
    assert "runtime `base`: no extension module in `" in done.stderr
    assert not (tmp_path / "_tempo_loader").exists()
