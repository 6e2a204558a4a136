"""The state of a source tree is read from git."""

import shutil
import subprocess

import pytest
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


@pytest.fixture
def signed(tmp_path):
    """Return a repository whose git accepts the signatures of one SSH key, and its commit."""
    root, key = tmp_path / "lamp", tmp_path / "key"
    root.mkdir()
    commit = commit_of(root)
    if not shutil.which("ssh-keygen"):
        pytest.skip("NOT RUN: no `ssh-keygen`; Debian has it in `openssh-client`")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    signers = tmp_path / "signers"
    signers.write_text(f"a@b {key.with_suffix('.pub').read_text()}")
    settings = {"gpg.format": "ssh", "user.signingkey": key, "gpg.ssh.allowedSignersFile": signers}
    for name, value in settings.items():
        kit.git(root, "config", name, str(value))
    return root, commit


def commit_of(root):
    kit.declare(root)
    return kit.commit_all(root, "v1.4.0")


def test_a_tag_is_good_if_git_accepts_its_signature(signed):
    root, _ = signed
    kit.git(root, "tag", "-s", "-m", "signed", "v1.5.0")
    assert source.unsigned(root, "v1.5.0") is None


@pytest.mark.parametrize("words", [(), ("-a", "-m", "annotated")])
def test_a_tag_without_signature_is_not_accepted(signed, words):
    root, _ = signed
    kit.git(root, "tag", *words, "v1.5.0")
    assert (
        "git does not accept the signature of tag `v1.5.0`" in source.unsigned(root, "v1.5.0").what
    )


def test_the_signature_of_a_key_that_git_does_not_know_is_not_accepted(signed, tmp_path):
    root, _ = signed
    kit.git(root, "tag", "-s", "-m", "signed", "v1.5.0")
    (tmp_path / "signers").write_text("")
    assert "does not accept" in source.unsigned(root, "v1.5.0").what
    kit.git(root, "config", "--unset", "gpg.ssh.allowedSignersFile")
    assert "gpg.ssh.allowedSignersFile needs to be configured" in (
        source.unsigned(root, "v1.5.0").what
    )


def test_a_copy_of_a_signed_tag_under_another_name_is_not_accepted(signed):
    root, _ = signed
    kit.git(root, "tag", "-s", "-m", "signed", "nightly")
    kit.git(root, "update-ref", "refs/tags/v1.5.0", "refs/tags/nightly")
    assert "a copy of the signed tag `nightly`" in source.unsigned(root, "v1.5.0").what


def test_a_branch_with_the_name_of_a_tag_is_not_asked(signed):
    root, _ = signed
    kit.git(root, "tag", "-s", "-m", "signed", "good")
    kit.git(root, "update-ref", "refs/heads/v1.5.0", "refs/tags/good^{commit}")
    assert "git does not accept" in source.unsigned(root, "v1.5.0").what
