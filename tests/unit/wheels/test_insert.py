"""Runtimes in a wheel of another build tool: inserted files, removed files, and the tag."""

import pytest

from rtvariants.archives.record import digest
from rtvariants.archives.wheel import Wheel
from rtvariants.wheels.insert import insert, top_level

INFO = "pkg-1.0.dist-info"
WHEEL = b"Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def pure():
    files = {
        "pkg/__init__.py": b"x = 1\n",
        "pkg/old.so": b"old",
        f"{INFO}/WHEEL": WHEEL,
        f"{INFO}/RECORD": b"wrong,,\n",
    }
    return Wheel("pkg", "1.0", "py3-none-any", files, build="0.editable")


def inserted(pure, files=None, tag="cp310-abi3-linux_x86_64"):
    return insert(pure, files or {"_pkg_a/n.so": b"new"}, tag, lambda name: name != "pkg/old.so")


def test_modules_are_inserted_others_removed_and_name_and_tag_agree(pure):
    made = inserted(pure)
    assert made.filename == "pkg-1.0-0.editable-cp310-abi3-linux_x86_64.whl"
    assert set(made.files) == {
        "_pkg_a/n.so", "pkg/__init__.py", f"{INFO}/RECORD", f"{INFO}/WHEEL"
    }  # fmt: skip
    assert made.metadata("WHEEL") == (
        "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: false\nTag: cp310-abi3-linux_x86_64\n"
    )


def test_a_compressed_tag_has_a_line_for_each(pure):
    text = inserted(pure, tag="cp310-abi3.abi3t-linux_x86_64").metadata("WHEEL")
    assert "Tag: cp310-abi3-linux_x86_64\nTag: cp310-abi3t-linux_x86_64\n" in text


def test_the_record_matches_the_files(pure):
    rows = inserted(pure).metadata("RECORD").splitlines()
    assert f"_pkg_a/n.so,{digest(b'new')},3" in rows
    assert not any("old.so" in row or "wrong" in row for row in rows)


def test_an_inserted_file_replaces_one_of_the_same_name(pure):
    assert inserted(pure, {"pkg/__init__.py": b"y\n"}).files["pkg/__init__.py"] == b"y\n"


def test_import_names_are_listed_for_a_tool_that_does_not_know_them(fat):
    project = {"import-names": ["sample.deep", "more ; private"], "import-namespaces": ["sample"]}
    name = f"{fat.dist_info}/top_level.txt"
    assert top_level(fat, project) == {name: b"more\nsample\n"}
    assert top_level(fat, {}) == {}
