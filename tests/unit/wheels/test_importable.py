"""The folder of `rtvariants build` has what was built, and no file of the user is lost."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from rtvariants.errors import RtvariantsError
from rtvariants.wheels.importable import default, refuse_other_files, write
from rtvariants.wheels.layout import Package

FILES = ("_g_loader/table.py", "_g_fast/__init__.py", "_g_fast/rtvariants.stamp")


@pytest.fixture
def made(tmp_path):
    source = tmp_path / "source"
    source.write_text("x")
    return Package(dict.fromkeys(FILES, source), "cp310-abi3-any")


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_second_build_replaces_the_first_one_and_nothing_else(made, tmp_path):
    out = tmp_path / "new/out"
    beside = [out.with_name(out.name + end) for end in (".old", ".new")]
    for folder in beside:
        folder.mkdir(parents=True)
        (folder / "mine").touch()
    write(made, out)
    (out / "_g_gone").mkdir()
    (out / "_g_gone/rtvariants.stamp").touch()  # of a runtime that had this name then
    refuse_other_files(out)
    write(made, out)
    assert names(out) == sorted(FILES)
    assert names(out.parent) == sorted(
        ["out.new/mine", "out.old/mine", *(f"out/{f}" for f in FILES)]
    )
    assert len(list(out.parent.iterdir())) == 3


@pytest.mark.parametrize("other", ["mine.py", "_g_mine/__init__.py", "_my_loader/__init__.py"])
def test_a_folder_with_other_files_is_refused_even_if_it_has_ours_too(made, tmp_path, other):
    out = tmp_path / "out"
    write(made, out)
    (out / other).parent.mkdir(exist_ok=True)
    (out / other).touch()
    with pytest.raises(RtvariantsError, match="folder with other files in it") as caught:
        refuse_other_files(out)
    assert f"(`{other.partition('/')[0]}`)" in str(caught.value)
    assert (out / other).is_file()


def test_a_file_is_refused(tmp_path):
    (tmp_path / "README.md").touch()
    with pytest.raises(RtvariantsError, match="not a folder: "):
        refuse_other_files(tmp_path / "README.md")
    refuse_other_files(tmp_path / "nothing-there")


def test_projects_with_one_target_directory_have_folders_of_their_refuse_other_files():
    tools = SimpleNamespace(target_base=Path("/t"), target="x86_64-unknown-linux-gnu")
    one, two = (default(tools, SimpleNamespace(package=name)) for name in ("one", "two"))
    assert one != two
    assert one.parent == two.parent
