"""Archives that lie, are cut short, or write elsewhere; equal bytes for equal members."""

import stat
import tarfile
import zipfile
from dataclasses import replace

import pytest
from sample_wheels import rules

from rtvariants.archives import sdist, wheel
from rtvariants.errors import WheelError

NAME = "sample_pack-1.2-py3-none-any.whl"


def refused(path, rule):
    with pytest.raises(WheelError) as error:
        wheel.read(path)
    assert rules(error.value.problems) == {rule}
    return str(error.value)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py", "/etc/evil", "a/../../evil", "..\\evil", "C:/evil", "C:\\evil", "\\evil",
        "a//b", "./a", "a\\b", "a\x00b", "a\nb",
    ],
)  # fmt: skip
def test_a_member_that_would_be_written_elsewhere_is_refused(tmp_path, name):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        info = zipfile.ZipInfo("x")
        info.filename = info.orig_filename = name
        file.writestr(info, b"")
    assert "member" in refused(path, "member-name")


def test_links_and_members_named_twice_are_refused(tmp_path):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, b"/etc/passwd")
        file.writestr("a", b"1")
        file.writestr("A", b"2")
    said = refused(path, "member-name")
    assert "member that is a link: `link`" in said
    assert "member named twice: `A`" in said


def test_a_file_cut_anywhere_is_refused(fat, tmp_path):
    whole = fat.write(tmp_path).read_bytes()
    path = tmp_path / fat.filename
    for length in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:length])
        refused(path, "zip")


def test_a_damaged_member_is_refused(fat, tmp_path):
    path = fat.write(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.index(b"_sample_fast/_core") + 400] ^= 0xFF
    path.write_bytes(data)
    refused(path, "zip")


def edited(data, places, value, size):
    """Write a number into an entry of an archive's list, and into the member's header."""
    data = bytearray(data)
    entry = data.rindex(b"_sample_fast/_core") - 46
    header = int.from_bytes(data[entry + 42 : entry + 46], "little")
    for place in (entry + places[0], header + places[1]):
        data[place : place + size] = value.to_bytes(size, "little")
    return data


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (((8, 6), 1, 2), "encrypted members (1), the first of them `_sample_fast/_core.abi3.so`"),
        (((10, 8), 99, 2), "compression method is not supported"),
        (((10, 8), 12, 2), "unreadable archive"),
        (((10, 8), 14, 2), "unreadable archive"),
        (((24, 22), 1, 4), "unreadable archive"),
        (((24, 22), 2**31, 4), "members of 2148 MB in a file of 0.0"),
    ],
    ids=["encrypted", "method", "bz2", "lzma", "size", "bomb"],
)
def test_a_member_that_can_not_be_unpacked_is_refused(fat, tmp_path, number, said):
    path = fat.write(tmp_path)
    path.write_bytes(edited(path.read_bytes(), *number))
    assert said in refused(path, "zip")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/b.py/c.py", "below a file: `a/b.py/c.py` (`a/b.py`)"),
        ("x" * 256, f"too long: `{'x' * 100}…`"),
        ("a/" * 2001 + "b", "too long"),
    ],
)
def test_a_member_that_no_file_system_takes_is_refused(tmp_path, name, said):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/b.py", b"")
        file.writestr(name, b"")
    assert said in refused(path, "member-name")


def test_a_path_that_is_no_file_is_told_from_a_damaged_one(tmp_path):
    (tmp_path / NAME).mkdir()
    assert "Is a directory\nhint: name a file that is there" in refused(tmp_path / NAME, "zip")
    absent = tmp_path / "absent" / NAME
    assert "No such file or directory\nhint: name a file" in refused(absent, "zip")


@pytest.mark.parametrize(
    "name", ["sample.whl", "a-1-py3-none.whl", "a-x-py3-none-any.whl", "a.zip"]
)
def test_what_is_no_name_of_a_wheel(tmp_path, name):
    (tmp_path / name).touch()
    refused(tmp_path / name, "file-name")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a-1-py3-none-any.whl", ("a", "1", "", "py3-none-any", "")),
        ("a-1-2b-py3-none-any.whl", ("a", "1", "2b", "py3-none-any", "")),
        ("a-1-py3-none-any-v3.whl", ("a", "1", "", "py3-none-any", "v3")),
        ("a-1-2-py3-none-any-null.whl", ("a", "1", "2", "py3-none-any", "null")),
    ],
)
def test_a_name_comes_apart_and_together(name, parts):
    assert wheel.split_name(name) == parts
    whole = wheel.Wheel(parts[0], parts[1], parts[3], {}, label=parts[4], build=parts[2])
    assert whole.filename == name


def test_equal_members_give_equal_bytes(fat, tmp_path, monkeypatch):
    first = fat.write(tmp_path / "a").read_bytes()
    other = wheel.Wheel(fat.name, fat.version, fat.tag, dict(reversed(fat.files.items())))
    assert other.sealed().write(tmp_path / "b").read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert fat.write(tmp_path / "c").read_bytes() != first


@pytest.mark.parametrize("moment", ["0", "99999999999", "9" * 30])
def test_a_time_that_zip_files_can_not_say_is_the_nearest_one(fat, tmp_path, monkeypatch, moment):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
    assert wheel.read(fat.write(tmp_path)) == fat
    source = sdist.Sdist("a", "1", {"x": b""})
    assert sdist.read(source.write(tmp_path)) == source


def test_a_wheel_that_can_not_be_written_leaves_nothing(fat, tmp_path):
    broken = replace(fat, files={**fat.files, "x": None})
    with pytest.raises(TypeError):
        broken.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_sdist_comes_back_as_it_was_written(tmp_path):
    made = sdist.Sdist("a", "1", {"x/y": b"1", "run": b"2"}, frozenset({"run"}))
    path = made.write(tmp_path)
    assert sdist.read(path) == made
    assert made.write(tmp_path / "again").read_bytes() == path.read_bytes()
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WheelError, match="unreadable archive"):
        sdist.read(path)
    other = tmp_path / "b-1.tar.gz"
    made.write(tmp_path).rename(other)
    with pytest.raises(WheelError, match="leaves its folder: `a-1/run`"):
        sdist.read(other)


def tarred(folder, *members):
    """Write an sdist of an empty file `x` and of other members: name, kind, what it links to."""
    path = folder / "a-1.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for name, kind, target in (("x", tarfile.REGTYPE, ""), *members):
            info = tarfile.TarInfo(f"a-1/{name}")
            info.type, info.linkname = kind, target
            file.addfile(info)
    return path


def test_a_link_in_an_sdist_stands_for_its_file(tmp_path):
    links = [("y", tarfile.SYMTYPE, "x"), ("z", tarfile.LNKTYPE, "a-1/x")]
    assert set(sdist.read(tarred(tmp_path, *links)).files) == {"x", "y", "z"}


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (tarfile.SYMTYPE, "/etc/passwd"), (tarfile.SYMTYPE, "y"), (tarfile.LNKTYPE, "a-1/absent"),
        (tarfile.FIFOTYPE, ""), (tarfile.CHRTYPE, ""),
    ],
)  # fmt: skip
def test_a_member_of_an_sdist_that_is_no_file_is_refused(tmp_path, kind, target):
    with pytest.raises(WheelError, match="member that is no file, nor a link to one in the arch"):
        sdist.read(tarred(tmp_path, ("y", kind, target)))


def test_an_sdist_that_is_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sdist, "BOMB", (1 << 25, 1))
    path = sdist.Sdist("a", "1", {"x": bytes(1 << 24)}).write(tmp_path)
    assert len(sdist.read(path).files) == 1
    sdist.Sdist("a", "1", {"x": bytes(1 << 26)}).write(tmp_path)
    with pytest.raises(WheelError, match="more than 48 MiB in a file of 0"):
        sdist.read(path)


@pytest.mark.parametrize("name", ["nope.whl", "nope-1.0-py3-none-any.whl", "x" * 300 + ".whl"])
def test_a_file_that_is_not_there_is_called_that_whatever_its_name(tmp_path, name):
    with pytest.raises(WheelError, match="No such file or directory\nhint: name a file"):
        wheel.read(tmp_path / name)
