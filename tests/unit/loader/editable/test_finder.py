"""What an editable install imports where the tree has no file at the place of the module."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rtvariants.loader
from rtvariants.shim import place

FINDER = Path(rtvariants.loader.__file__).parent / "editable" / "finder.py"
IMPORT = "import _sample_loader.finder, sample; print(sample.core.NAME, sample._core.__file__)"
LEFT = "not an extension module of this build"


@pytest.fixture
def tree(sample, tmp_path):
    """Return the folder of the package `sample` in a tree of its own, next to an installation."""
    shutil.copy(FINDER, sample.folder / "_sample_loader")
    (sample.folder / "_sample_loader/module.py").write_text(place.text("sample"))
    (tmp_path / "tree").mkdir()
    folder = (sample.folder / "sample").rename(tmp_path / "tree/sample")
    (folder / "_core.py").unlink()
    return folder


def said(sample, tree, code=IMPORT, status=0):
    paths = [str(sample.folder), str(tree.parent)]
    code = f"import sys; sys.path[:0] = {paths}; {code}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_the_module_is_found_and_the_tree_stays_as_it_is(sample, tree):
    before = sorted(tree.iterdir())
    assert said(sample, tree).startswith("fast ")
    assert sorted(p for p in tree.iterdir() if p.name != "__pycache__") == before
    missing = said(sample, tree, "import sample", 1)
    assert "cannot import name '_core'" in missing


def test_a_file_in_the_tree_comes_first(sample, tree):
    (tree / "_core.py").write_text("NAME = 'mine'")
    assert said(sample, tree).startswith("mine ")


def test_an_extension_module_of_another_build_in_the_tree_is_passed_over(sample, tree):
    from importlib.machinery import EXTENSION_SUFFIXES

    (tree / f"_core{EXTENSION_SUFFIXES[0]}").write_text(LEFT)
    assert said(sample, tree).startswith("fast ")


def test_a_reload_finds_it_again(sample, tree):
    code = "import _sample_loader.finder, importlib, sample as s; "
    code += "assert importlib.reload(s._core) is s.core; print(s.core.NAME)"
    assert said(sample, tree, code) == "fast\n"


def test_other_modules_are_left_to_python(sample, tree):
    code = "import _sample_loader.finder as f; print(f.find_spec('sample'), f.find_spec('_core'))"
    assert said(sample, tree, code) == "None None\n"
