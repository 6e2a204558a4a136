"""The state of a source tree is read from git."""

import release_kit as kit

from rtvariants.release import source


def test_commit_tag_changes_and_lock_files_are_read(tmp_path):
    kit.declare(tmp_path)
    commit = kit.commit_all(tmp_path, "v1.4.0")
    found = source.inspect(tmp_path, "v1.4.0", ("Cargo.lock", "absent.lock"))
    assert (found.commit, found.tag_commit, found.dirty) == (commit, commit, ())
    assert found.locks == {"Cargo.lock": source.sha256(tmp_path / "Cargo.lock")}
    assert found.date > 1_700_000_000
    (tmp_path / "Cargo.lock").write_text("")
    (tmp_path / "new.py").write_text("")
    kit.git(tmp_path, "tag", "-a", "-m", "annotated", "v1.5.0")
    found = source.inspect(tmp_path, "v1.5.0")
    assert (found.dirty, found.tag_commit) == (("Cargo.lock", "new.py"), commit)
    assert source.inspect(tmp_path, "v9").tag_commit == ""
