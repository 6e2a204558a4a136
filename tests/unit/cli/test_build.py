"""`rtvariants build --out`: the folder holds what was built, and nothing of the user's is lost."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from rtvariants.cli.build import lay_out, own, usual
from rtvariants.errors import RtvariantsError
from rtvariants.wheels.layout import Package

FILES = ("_g_loader/table.py", "_g_fast/__init__.py", "_g_fast/rtvariants.stamp")


@pytest.fixture
def made(tmp_path):
    source = tmp_path / "source"
    source.write_text("x")
    return Package(dict.fromkeys(FILES, source), "cp310-abi3-any")


def names(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_second_build_replaces_the_first_one_and_touches_nothing_beside_it(made, tmp_path):
    out = tmp_path / "new/out"
    beside = [out.with_name(out.name + end) for end in (".old", ".new")]
    for folder in beside:
        folder.mkdir(parents=True)
        (folder / "mine").touch()
    lay_out(made, out)
    (out / "_g_gone").mkdir()
    (out / "_g_gone/rtvariants.stamp").touch()  # of a runtime that had this name then
    own(out)
    lay_out(made, out)
    assert names(out) == sorted(FILES)
    assert names(out.parent) == sorted(
        ["out.new/mine", "out.old/mine", *(f"out/{f}" for f in FILES)]
    )
    assert len(list(out.parent.iterdir())) == 3


@pytest.mark.parametrize("other", ["mine.py", "_g_mine/__init__.py", "_my_loader/__init__.py"])
def test_a_folder_with_other_files_is_refused_also_beside_ours(made, tmp_path, other):
    out = tmp_path / "out"
    lay_out(made, out)
    (out / other).parent.mkdir(exist_ok=True)
    (out / other).touch()
    with pytest.raises(RtvariantsError, match="folder with other files in it") as caught:
        own(out)
    assert f"(`{other.partition('/')[0]}`)" in str(caught.value)
    assert (out / other).is_file()


def test_a_file_is_refused(tmp_path):
    (tmp_path / "README.md").touch()
    with pytest.raises(RtvariantsError, match="not a folder: "):
        own(tmp_path / "README.md")
    own(tmp_path / "nothing-there")


def test_projects_with_one_target_directory_have_folders_of_their_own():
    tools = SimpleNamespace(target_base=Path("/t"), target="x86_64-unknown-linux-gnu")
    one, two = (usual(tools, SimpleNamespace(package=name)) for name in ("one", "two"))
    assert one != two
    assert one.parent == two.parent
