"""Names of wheels, and equal bytes for equal members."""

import stat
import zipfile
from dataclasses import replace

import pytest
from sample_wheels import rules

from rtvariants.archives import sdist, wheel
from rtvariants.errors import WheelError


@pytest.mark.parametrize(
    "name", ["sample.whl", "a-1-py3-none.whl", "a-x-py3-none-any.whl", "a.zip"]
)
def test_another_name_than_that_of_a_wheel_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(WheelError) as error:
        wheel.read(tmp_path / name)
    assert rules(error.value.problems) == {"file-name"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a-1-py3-none-any.whl", ("a", "1", "", "py3-none-any", "")),
        ("a-1-2b-py3-none-any.whl", ("a", "1", "2b", "py3-none-any", "")),
        ("a-1-py3-none-any-v3.whl", ("a", "1", "", "py3-none-any", "v3")),
        ("a-1-2-py3-none-any-null.whl", ("a", "1", "2", "py3-none-any", "null")),
    ],
)
def test_a_name_is_split_and_joined_again(name, parts):
    assert wheel.split_name(name) == parts
    whole = wheel.Wheel(parts[0], parts[1], parts[3], {}, label=parts[4], build=parts[2])
    assert whole.filename == name


def test_equal_members_give_equal_bytes(fat, tmp_path, monkeypatch):
    first = fat.write(tmp_path / "a").read_bytes()
    other = wheel.Wheel(fat.name, fat.version, fat.tag, dict(reversed(fat.files.items())))
    assert other.sealed().write(tmp_path / "b").read_bytes() == first
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert fat.write(tmp_path / "c").read_bytes() != first


def test_a_program_stays_one_and_every_other_bit_is_normal(tmp_path):
    modes = {"a/tool": 0o700, "a/data": 0o664, "a-1.data/scripts/x": 0o600, "a/odd": 0o010}
    path = tmp_path / "a-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, mode in modes.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, b"")
        archive.writestr(zipfile.ZipInfo("a/of-windows"), b"")  # It has no mode at all.
    written = wheel.read(path).write(tmp_path / "again")
    with zipfile.ZipFile(written) as archive:
        found = {m.filename: stat.S_IMODE(m.external_attr >> 16) for m in archive.infolist()}
    assert found == {
        "a/tool": 0o755, "a/data": 0o644, "a-1.data/scripts/x": 0o755, "a/odd": 0o755,
        "a/of-windows": 0o644,
    }  # fmt: skip


@pytest.mark.parametrize("moment", ["0", "99999999999", "9" * 30])
def test_a_time_that_zip_files_can_not_hold_becomes_the_nearest_one(
    fat, tmp_path, monkeypatch, moment
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
    assert wheel.read(fat.write(tmp_path)) == fat
    source = sdist.Sdist("a", "1", {"x": b""})
    assert sdist.read(source.write(tmp_path)) == source


def test_a_wheel_that_can_not_be_written_leaves_nothing(fat, tmp_path):
    broken = replace(fat, files={**fat.files, "x": None})
    with pytest.raises(TypeError):
        broken.write(tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("name", ["nope.whl", "nope-1.0-py3-none-any.whl", "x" * 300 + ".whl"])
def test_a_missing_file_is_reported_as_missing_whatever_its_name(tmp_path, name):
    with pytest.raises(WheelError, match="No such file or directory\nhint: name a file"):
        wheel.read(tmp_path / name)
