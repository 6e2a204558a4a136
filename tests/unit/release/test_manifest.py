"""The manifest: frozen once, read back, compared with files."""

import json

import pytest
import release_kit as kit

from rtvariants.errors import MachineError
from rtvariants.release import manifest
from rtvariants.release.manifest import ManifestError


@pytest.fixture
def frozen(tmp_path):
    declaration = kit.declare(tmp_path)
    return declaration, kit.freeze(declaration, tmp_path / "out"), tmp_path / "out"


def test_a_manifest_has_every_file_with_hash_size_and_role_and_is_read_back(frozen):
    _, made, folder = frozen
    assert manifest.load(folder / "manifest.json") == made
    data = json.loads((folder / "manifest.json").read_text())
    assert len(data["files"]) == 8
    assert {"sha256", "size", "role", "platform"} <= set(data["files"][0])
    assert data["toolchains"] == ["rustc 1.95.0 (59807616e 2026-04-14)"]
    assert (data["commit"], data["extras"]) == (kit.COMMIT, ["fast", "safe"])


def test_the_same_release_freezes_again_to_the_same_bytes(frozen):
    declaration, made, folder = frozen
    before = (folder / "manifest.json").read_bytes()
    assert kit.freeze(declaration, folder) == made
    assert (folder / "manifest.json").read_bytes() == before


def test_other_bytes_of_a_frozen_version_are_refused_with_both_hashes(frozen):
    declaration, made, folder = frozen
    file = kit.expected.expected(declaration)[0]
    kit.make(declaration, file, folder / "files", salt="rebuilt")
    checked = kit.fanin.check(declaration, folder / "files")
    source = kit.Source(kit.COMMIT, (), "v1.4.0", kit.COMMIT, 1_700_000_000, {})
    with pytest.raises(ManifestError) as caught:
        manifest.write(manifest.freeze(declaration, source, checked), folder)
    (problem,) = caught.value.problems
    assert problem.where == file.name
    assert made.files[0].sha256 in problem.what


def test_changed_and_missing_files_are_reported(frozen):
    _, made, folder = frozen
    first, second = (folder / "files" / file.name for file in made.files[:2])
    assert manifest.changed(made, folder / "files") == []
    first.write_bytes(b"other")
    second.unlink()
    problems = manifest.changed(made, folder / "files")
    assert [problem.where for problem in problems] == [first.name, second.name]
    assert made.files[0].sha256 in problems[0].what


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', '{"format": 1, "files": [{}]}', "{"])
def test_an_unreadable_manifest_is_an_error(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(ManifestError, match="unreadable manifest"):
        manifest.load(tmp_path / "manifest.json")


def test_a_missing_manifest_and_one_of_another_format_are_errors(tmp_path):
    with pytest.raises(ManifestError, match="no manifest"):
        manifest.load(tmp_path / "manifest.json")
    (tmp_path / "manifest.json").write_text('{"format": 2}')
    with pytest.raises(ManifestError, match="manifest of format 2, expected 1"):
        manifest.load(tmp_path / "manifest.json")


def test_a_folder_that_cannot_be_created_is_reported(frozen, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match="can't write the manifest"):
        manifest.write(frozen[1], tmp_path / "file")
