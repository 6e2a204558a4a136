"""A Python built from sources."""

import os
import tarfile
from pathlib import Path

import pytest

from rtvariants.errors import MachineError
from rtvariants.toolchain.cross import cpython

SETUP = """\
*static*
math mathmodule.c
_crypt _cryptmodule.c
#_ctypes _ctypes/_ctypes.c
_csv _csv.c
*shared*
xxlimited xxlimited.c
"""


def test_the_program_has_the_modules_that_configure_found_and_musl_has():
    found = cpython._static(SETUP)
    assert found == "*static*\nmath mathmodule.c\n#_ctypes _ctypes/_ctypes.c\n_csv _csv.c\n"


def source(path, **files):
    """Write a source archive with one folder, as everyone publishes them."""
    folder = path.with_suffix("") / "thing-1.0"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text)
    with tarfile.open(path, "w:gz") as archive:
        archive.add(folder, folder.name)
    return path


def test_a_python_that_can_not_be_built_leaves_the_compilers_last_words(tmp_path):
    recipe = cpython.Recipe(
        sources=source(tmp_path / "python.gz", configure="exit 0"),
        zlib=source(tmp_path / "zlib.gz", configure='echo "no compiler: $CC $CHOST"; exit 1'),
        host="x86_64-linux-musl", build=Path("python3"), cc=tmp_path / "cc",
        archiver=tmp_path / "ar", loader=tmp_path / "ld.so",
    )  # fmt: skip
    with pytest.raises(MachineError) as caught:
        cpython.build(recipe, tmp_path / "root", tmp_path / "work")
    assert str(caught.value) == (
        "a Python can't be built: `sh configure` failed:\n"
        f"no compiler: {tmp_path}/cc x86_64-linux-musl\n"
        "hint: `--no-python` prepares the compilers alone"
    )
    assert not (tmp_path / "root").exists()


def test_what_is_installed_can_run_and_no_more(tmp_path):
    library, made, root = (tmp_path / name for name in ("Lib", "made", "root"))
    for name in ("os.py", "test/test_os.py", "unittest/case.py", "__pycache__/os.pyc"):
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).touch()
    built = made / "build/lib.linux-x86_64-3.11"
    built.mkdir(parents=True)
    (built / "_sysconfigdata__linux.py").touch()
    (made / "pybuilddir.txt").write_text(built.relative_to(made).as_posix())
    (made / "python").touch(mode=0o755)
    root.mkdir()
    (root / "of an earlier build").touch()
    cpython._install(library, made, root)
    found = {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    assert found == {
        "bin/python3.11", "lib/python3.11/os.py", "lib/python3.11/unittest/case.py",
        "lib/python3.11/_sysconfigdata__linux.py",
    }  # fmt: skip
    assert os.access(root / "bin/python3.11", os.X_OK)
