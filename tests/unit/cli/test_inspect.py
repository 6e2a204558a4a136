"""`rtvariants inspect` of wheels: what is in them is shown, and what is wrong is an error."""

import json
import zipfile
from dataclasses import replace

import pytest
from sample_wheels import with_files

from rtvariants.cli import main
from rtvariants.wheels import split


@pytest.fixture
def look(capsys):
    """Return a function that runs the command; it returns exit status, output and errors."""

    def run(*things):
        status = main(["inspect", *map(str, things)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


def test_a_wheel_is_shown_and_checked(fat, tmp_path, look):
    status, out, err = look("--json", fat.write(tmp_path))
    assert (status, err) == (0, "")
    assert [r["stamp"]["runtime"] for r in json.loads(out)] == ["fast", "safe", "wide"]
    path = with_files(fat, {"_sample_safe/rtvariants.stamp": None}).write(tmp_path)
    status, out, err = look("--json", path)
    assert status == 1
    assert [r["stamp"]["runtime"] for r in json.loads(out)] == ["fast", "wide", "safe"]
    assert f"error: [stamp] {fat.filename}: no stamp: `_sample_safe/rtvariants.stamp`" in err


def test_an_installed_native_without_its_stamp_is_a_violation(fat, tmp_path, look, monkeypatch):
    with zipfile.ZipFile(fat.write(tmp_path)) as wheel:
        wheel.extractall(tmp_path / "site")
    (tmp_path / "site/_sample_safe/rtvariants.stamp").unlink()
    monkeypatch.syspath_prepend(tmp_path / "site")
    for thing in ("sample", tmp_path / "site"):
        status, out, _ = look("--json", thing)
        assert status == 1
        assert [(r["file"], r["violations"]) for r in json.loads(out) if r["violations"]] == [
            (
                "_sample_safe/_core.abi3.so",
                ["no stamp file next to it: the loader does not load it"],
            )
        ]
        assert len(json.loads(out)) == 3


def test_all_wheels_of_a_split_package_at_once(fat, table_of, tmp_path, look):
    paths = [wheel.write(tmp_path) for wheel in split.cut([fat], table_of())]
    status, out, err = look("--json", *paths)
    assert (status, err) == (0, "")
    assert len(json.loads(out)) == 3
    assert look(paths[0]) == (0, "", "")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-30]),
        lambda path: path.write_bytes(b""),
        lambda path: zipfile.ZipFile(path, "a").writestr("../evil.py", b""),
        lambda path: zipfile.ZipFile(path, "a").writestr("sample/__init__.py/a.py", b""),
        lambda path: path.unlink(),
    ],
    ids=["cut", "empty", "slip", "below-a-file", "absent"],
)
def test_a_damaged_wheel_is_reported_in_two_lines(fat, tmp_path, look, damage):
    path = fat.write(tmp_path)
    damage(path)
    status, out, err = look(path)
    assert (status, out) == (1, "")
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize("thing", ["x" * 300, "**", "a/../b"])
def test_a_name_of_nothing_is_an_error(look, thing):
    status, _, err = look(thing)
    assert status == 1
    assert err.startswith(f"error: nothing to inspect: `{thing}`")


def test_a_folder_of_sources_does_not_hide_the_package(fat, tmp_path, look, monkeypatch):
    with zipfile.ZipFile(replace(fat, files=fat.files).write(tmp_path)) as wheel:
        wheel.extractall(tmp_path / "site")
    (tmp_path / "project/sample").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    assert "no extension module with a stamp in `sample`" in look("sample")[2]
    monkeypatch.syspath_prepend(tmp_path / "site")
    assert look("sample")[0] == 0
