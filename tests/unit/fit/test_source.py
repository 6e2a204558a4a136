import hashlib
import io
import os
import subprocess
import tarfile
import zipfile

import pytest

from rtvariants.errors import MachineError
from rtvariants.fit import source


def sdist(folder, files, name="a-1.tar.gz"):
    with tarfile.open(folder / name, "w:gz") as tar:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return folder / name


def test_an_sdist_is_unpacked(tmp_path):
    path = sdist(tmp_path, {"a-1/pyproject.toml": "x"})
    assert (source.found(str(path), tmp_path) / "pyproject.toml").read_text() == "x"


def test_a_zip_is_an_sdist_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "a-1.zip", "w") as zipped:
        zipped.writestr("a-1/pyproject.toml", "x")
    assert (source.found(str(tmp_path / "a-1.zip"), tmp_path) / "pyproject.toml").is_file()


def test_a_folder_is_used_as_it_is(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    assert source.found(str(tmp_path), tmp_path / "work") == tmp_path.resolve()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a-1-py3-none-any.whl", "a wheel, not sources"),
        ("gone.tar.gz", "no such file or folder"),
        ("no/such/folder", "no such file or folder"),
        ("two words", "no such file or folder"),
    ],
)
def test_a_name_without_sources_is_an_error(name, said, tmp_path):
    with pytest.raises(source.SourceError, match=said):
        source.found(name, tmp_path)


def test_a_broken_archive_and_one_of_two_folders_are_said(tmp_path):
    (tmp_path / "b.tar.gz").write_bytes(b"no tar")
    with pytest.raises(source.SourceError, match=r"unreadable sdist: b\.tar\.gz"):
        source.found(str(tmp_path / "b.tar.gz"), tmp_path)
    two = sdist(tmp_path, {"a/x": "", "b/x": ""})
    with pytest.raises(source.SourceError, match="holds 2 folders"):
        source.found(str(two), tmp_path)


def test_an_archive_writes_nothing_outside(tmp_path):
    path = sdist(tmp_path, {"a-1/pyproject.toml": "", "../../evil": "x"})
    with pytest.raises(source.SourceError, match="unreadable sdist"):
        source.found(str(path), tmp_path / "work")
    assert not list(tmp_path.parent.rglob("evil"))


@pytest.mark.parametrize(
    ("file", "said"), [("setup.py", "only setup.py"), ("x.py", "no pyproject.toml")]
)
def test_a_folder_without_pyproject_toml_is_said(file, said, tmp_path):
    (tmp_path / file).touch()
    with pytest.raises(source.SourceError, match=said):
        source.found(str(tmp_path), tmp_path)


def index(monkeypatch, output, archive=b""):
    def pip(argv, **_):
        if archive:
            out = argv[argv.index("--dest") + 1]
            os.makedirs(out)
            with open(os.path.join(out, "a-1.tar.gz"), "wb") as file:
                file.write(archive)
        return subprocess.CompletedProcess(argv, 0 if archive else 1, output, "")

    monkeypatch.setattr(source.subprocess, "run", pip)


def test_the_hash_of_what_pip_downloads_is_printed(monkeypatch, tmp_path, capsys):
    data = sdist(tmp_path, {"a-1/pyproject.toml": ""}).read_bytes()
    index(monkeypatch, "", data)
    source.found("a==1", tmp_path)
    assert f"a-1.tar.gz  sha256:{hashlib.sha256(data).hexdigest()}" in capsys.readouterr().err


def test_an_index_that_is_not_reached_is_no_missing_project(monkeypatch, tmp_path):
    retried = "Retrying (x) after 'a new connection: [Errno 1] Connection refused')\nERROR: No"
    index(monkeypatch, retried)
    with pytest.raises(MachineError, match="the index is not reached: Connection refused\n"):
        source.found("a==1", tmp_path)
    index(monkeypatch, "x\nmetadata-generation-failed")
    with pytest.raises(source.SourceError, match="the backend of `a==1` can't say its metadata"):
        source.found("a==1", tmp_path)
    unresolved = "failed to resolve address for a.example: Name or service not known"
    index(monkeypatch, f"{unresolved}\nmetadata-generation-failed")
    with pytest.raises(source.SourceError, match="the backend of `a==1` can't say its metadata"):
        source.found("a==1", tmp_path)
    index(monkeypatch, "error: toolchain '1.90-x' is not installed\nmetadata-generation-failed")
    with pytest.raises(MachineError, match="RUSTUP_TOOLCHAIN=stable"):
        source.found("a==1", tmp_path)
    index(monkeypatch, "ERROR: No matching distribution found for a==1")
    with pytest.raises(source.SourceError, match="no sdist of `a==1`: No matching distribution"):
        source.found("a==1", tmp_path)
