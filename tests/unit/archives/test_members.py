"""Archives that are truncated, damaged, or write outside of their folder."""

import stat
import zipfile

import pytest
from sample_wheels import rules

from rtvariants.archives import wheel
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


def test_links_and_two_members_of_one_name_are_refused(tmp_path):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, b"/etc/passwd")
        file.writestr("a", b"1")
        file.writestr("A", b"2")
    said = refused(path, "member-name")
    assert "member that is a link: `link`" in said
    assert "two members of one name: `A`" in said


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
def test_a_member_that_no_file_system_can_hold_is_refused(tmp_path, name, said):
    path = tmp_path / NAME
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a/b.py", b"")
        file.writestr(name, b"")
    assert said in refused(path, "member-name")


def test_a_path_that_is_not_a_file_is_reported_as_that(tmp_path):
    (tmp_path / NAME).mkdir()
    assert "Is a directory\nhint: name a file that exists" in refused(tmp_path / NAME, "zip")
    absent = tmp_path / "absent" / NAME
    assert "No such file or directory\nhint: name a file" in refused(absent, "zip")
