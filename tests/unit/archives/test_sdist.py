"""Sdists come back as they were written; links, bombs and other members."""

import tarfile

import pytest

from rtvariants.archives import sdist
from rtvariants.errors import WheelError


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
    with pytest.raises(WheelError, match="outside of `b-1/`: `a-1/run`"):
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


def test_a_link_in_an_sdist_is_read_as_its_file(tmp_path):
    links = [("y", tarfile.SYMTYPE, "x"), ("z", tarfile.LNKTYPE, "a-1/x")]
    assert set(sdist.read(tarred(tmp_path, *links)).files) == {"x", "y", "z"}


def test_a_link_out_of_an_sdist_is_read_in_the_tree_that_it_was_written_from(tmp_path, capsys):
    tree = tmp_path / "tree"
    tree.mkdir()
    (tmp_path / "shared").write_text("shared")
    (tree / "y").symlink_to("../shared")
    path = tarred(tmp_path, ("y", tarfile.SYMTYPE, "../shared"))
    assert sdist.read(path, tree).files["y"] == b"shared"
    (tmp_path / "shared").unlink()
    assert set(sdist.read(path, tree).files) == {"x"}
    said = "warning: not in the sdist: `y` is neither a file nor a link to one\n"
    assert capsys.readouterr().err == said
    with pytest.raises(WheelError, match="neither a file nor a link"):
        sdist.read(path)


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        (tarfile.SYMTYPE, "/etc/passwd"), (tarfile.SYMTYPE, "y"), (tarfile.LNKTYPE, "a-1/absent"),
        (tarfile.FIFOTYPE, ""), (tarfile.CHRTYPE, ""),
    ],
)  # fmt: skip
def test_a_member_of_an_sdist_that_is_not_a_file_is_refused(tmp_path, kind, target):
    with pytest.raises(WheelError, match="neither a file nor a link to a file in the archive"):
        sdist.read(tarred(tmp_path, ("y", kind, target)))


def test_an_sdist_that_is_a_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sdist, "BOMB", (1 << 25, 1))
    path = sdist.Sdist("a", "1", {"x": bytes(1 << 24)}).write(tmp_path)
    assert len(sdist.read(path).files) == 1
    sdist.Sdist("a", "1", {"x": bytes(1 << 26)}).write(tmp_path)
    with pytest.raises(WheelError, match="more than 48 MiB in a file of 0"):
        sdist.read(path)


@pytest.mark.parametrize("name", ["../b", "c/../../b", "c\\..\\..\\..\\b"])
def test_a_member_of_an_sdist_that_would_be_written_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(WheelError, match="member outside of `a-1/`"):
        sdist.read(tarred(tmp_path, (name, tarfile.REGTYPE, "")))
