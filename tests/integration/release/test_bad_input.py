"""What must stop a release: a clear error, nothing is sent, and the journal has the reason."""

import functools
import json
import shutil
import subprocess
import sys

import pytest
import release_command as commands
import release_kit as kit

from rtvariants.release.journal import Journal
from rtvariants.release.manifest import load
from rtvariants.release.rehearsal.server import CutError

FOLDER = f"dist/release/{kit.VERSION}"
OTHER = "d" * 40


@pytest.fixture
def frozen(lamp):
    """Return the command on a frozen release of which nothing is published."""
    lamp.ok("freeze", "--allow-untested")
    return lamp


def nothing_sent(lamp):
    return lamp.index.posts == [] and lamp.forge.writes == []


def journal(lamp):
    (path,) = (lamp.root / FOLDER / "journal").iterdir()
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_dirty_tree_is_neither_built_nor_frozen_nor_sent(lamp):
    (lamp.root / "new.py").write_text("")
    said = "error: changed or untracked files: new.py\nhint: commit, stash or ignore them\n"
    assert lamp.refused("build", "--collect") == said
    assert lamp.refused("freeze", "--allow-untested") == said
    (lamp.root / "new.py").unlink()
    lamp.ok("freeze", "--allow-untested")
    with open(lamp.root / "Cargo.toml", "a") as file:
        file.write("# changed")
    assert "changed or untracked files: Cargo.toml" in lamp.refused("preflight")
    assert "changed or untracked files: Cargo.toml" in lamp.refused("publish")
    assert nothing_sent(lamp)


def test_a_commit_without_its_tag_is_not_sent(frozen):
    kit.git(frozen.root, "tag", "-d", "v1.4.0")
    commit = kit.git(frozen.root, "rev-parse", "HEAD")
    said = f"error: no tag: `v1.4.0`\nhint: run `git tag v1.4.0 {commit}`\n"
    assert frozen.refused("preflight") == said
    assert frozen.refused("publish") == said
    assert "no tag: `v1.4.0`" in frozen.ok("preflight", "--dry-run")
    assert nothing_sent(frozen)


def test_a_moved_tag_and_a_moved_tree_are_different_errors(frozen):
    then = kit.git(frozen.root, "rev-parse", "HEAD")
    kit.git(frozen.root, "commit", "-q", "--allow-empty", "-m", "later")
    now = kit.git(frozen.root, "rev-parse", "HEAD")
    assert f"the tree is at {now}, the files are from {then}" in frozen.refused("publish")
    said = frozen.refused("build")
    assert f"the tree is at {now}, version 1.4.0 is frozen from {then}" in said
    kit.git(frozen.root, "checkout", "-q", then)
    kit.git(frozen.root, "tag", "-f", "v1.4.0", now)
    said = frozen.refused("publish")
    assert f"tag `v1.4.0` is at {now}, the files from {then}" in said
    assert "never move a published tag: raise the version" in said
    assert nothing_sent(frozen)


def test_a_version_that_is_published_with_other_bytes_stops_with_both_hashes(frozen, tmp_path):
    made = load(frozen.root / FOLDER / "manifest.json")
    file = made.files[-2]
    frozen.index.mirror(frozen.root / FOLDER / "files" / file.name)
    frozen.index.stored[0].data += b"x"
    for step in ("preflight", "publish"):
        said = frozen.refused(step)
        assert f"{file.name}: sha256 on the index: {frozen.index.stored[0].sha256}" in said
        assert f"here: {file.sha256}" in said
        assert "raise the version" in said
    assert nothing_sent(frozen)
    assert journal(frozen)[-1]["state"] == "stopped"


def test_a_lock_file_that_does_not_match_is_not_sent(frozen):
    # `git status` does not look at the file, as if a tool had changed it after the check.
    kit.git(frozen.root, "update-index", "--assume-unchanged", "Cargo.lock")
    with open(frozen.root / "Cargo.lock", "a") as file:
        file.write("# changed\n")
    for step in ("preflight", "publish"):
        said = frozen.refused(step)
        assert "error: Cargo.lock: sha256 now: " in said
        assert "Cargo.lock (hidden by a flag of git's index)" in said
        assert "; frozen: " in said
    assert nothing_sent(frozen)


def test_places_that_state_another_version_are_not_sent(frozen):
    kit.git(frozen.root, "update-index", "--assume-unchanged", "Cargo.toml")
    path = frozen.root / "Cargo.toml"
    path.write_text(path.read_text().replace("1.4.0", "1.3.9"))
    said = frozen.refused("preflight")
    assert "Cargo.toml:3: `[package] version`: `1.3.9`, expected `1.4.0`" in said


def test_a_wheel_from_another_commit_is_not_frozen(lamp):
    files = lamp.root / FOLDER / "files"
    from rtvariants.release import declaration, expected

    declared = declaration.read(lamp.root)
    first = expected.expected(declared)[0]
    kit.make(declared, first, files, commit=OTHER)
    said = lamp.refused("freeze", "--allow-untested")
    commit = kit.git(lamp.root, "rev-parse", "HEAD")
    assert f"{first.name}: commit of `fast`: `{OTHER}`, expected `{commit}`" in said
    assert not (lamp.root / FOLDER / "manifest.json").exists()


def test_a_changelog_without_the_version_is_refused_before_anything_is_sent(lamp):
    (lamp.root / "CHANGELOG.md").write_text("## [Unreleased]\n- A lamp.\n")
    kit.git(lamp.root, "commit", "-q", "-a", "-m", "no section")
    kit.git(lamp.root, "tag", "-f", "v1.4.0")
    kit.build(kit.declarations.read(lamp.root), lamp.root / FOLDER / "files",
              kit.git(lamp.root, "rev-parse", "HEAD"))  # fmt: skip
    lamp.ok("freeze", "--allow-untested")
    assert "no section with text: `## [1.4.0]`" in lamp.refused("preflight")
    assert "no section with text: `## [1.4.0]`" in lamp.ok("preflight", "--dry-run")


def test_an_expired_token_is_one_refusal_and_the_journal_has_it(frozen):
    frozen.index.token = "another-token-since-yesterday"
    said = frozen.refused("publish")
    assert "refused with status 403" in said
    assert "the token is wrong, expired or for another project" in said
    assert frozen.index.stored == []
    last = journal(frozen)[-1]
    assert (last["key"], last["state"]) == ("publish", "stopped")
    assert "publish: stopped" in frozen.ok("status")
    frozen.index.token = commands.TOKEN
    assert "8 files sent" in frozen.ok("publish")


def test_an_expired_token_of_the_forge_leaves_no_release(frozen):
    frozen.ok("publish")
    frozen.forge.token = "another"
    said = frozen.refused("forge")
    assert "status 401" in said
    assert "`GITHUB_TOKEN`" in said
    assert frozen.forge.releases == []
    assert "forge: stopped" in frozen.ok("status")
    frozen.forge.token = commands.FORGE_TOKEN
    frozen.ok("forge")


def test_the_second_of_two_releases_at_once_is_refused(frozen):
    folder = frozen.root / FOLDER
    index = frozen.index.simple
    name = index.split("/")[2].replace(":", "-")
    made = load(folder / "manifest.json")
    with Journal(folder / "journal", made, f"{name}.jsonl", index=index):
        said = frozen.refused("publish")
    assert "another release is running" in said
    assert "the lock of a killed process is gone" in said
    assert nothing_sent(frozen)
    frozen.ok("publish")


def test_an_index_that_stops_answering_is_reported_and_the_next_run_completes(frozen):
    name = load(frozen.root / FOLDER / "manifest.json").files[3].name

    def away(sent):
        if sent == name:
            raise CutError

    frozen.index.before = away
    said = frozen.refused("publish")
    assert f"{name}: no answer" in said
    assert [e["state"] for e in journal(frozen) if e["key"] == name] == [
        "begun", "lost", "begun", "lost", "begun"
    ]  # fmt: skip
    del frozen.index.before
    assert "5 files sent, 3 were already there" in frozen.ok("publish")


# ------------------------------------------------------------------------------ a disk that is full


@pytest.fixture
def mounted(frozen):
    """Return a function: run a step where the folder of the release has another mount."""
    for argv in (["unshare", "--mount"], ["unshare", "--mount", "--user", "--map-root-user"]):
        tried = [*argv, "sh", "-c", "mount -t tmpfs none /mnt"]
        if shutil.which("unshare") and not subprocess.run(tried, capture_output=True).returncode:
            return functools.partial(on_mount, frozen, argv)
    pytest.skip("NOT TESTED: nothing can be mounted here (it takes root, or user namespaces)")


def on_mount(frozen, argv, mounts, *words):
    """Run a step that must fail below other mounts, which it alone sees; returns its errors."""
    where = ["--project", frozen.root, "--index", frozen.index.simple]
    where += ["--upload", frozen.index.upload]
    script = 'eval "$0"; exec "$@"'
    command = [*argv, "sh", "-ec", script, mounts.replace("{0}", str(frozen.root / FOLDER)),
               sys.executable, "-m", "rtvariants", "release", *where, *words]  # fmt: skip
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


FULL = (
    "cp -r '{0}' /tmp/kept.$$; mount -t tmpfs -o size=1m none '{0}'; cp -r /tmp/kept.$$/. '{0}'; "
    "rm -r /tmp/kept.$$; {1}; dd if=/dev/zero of='{0}/filler' 2>/dev/null || true"
)


def test_a_full_disk_sends_nothing(frozen, mounted):
    said = mounted(FULL.replace("{1}", "true"), "publish")
    assert "can't write the journal" in said
    assert "No space left on device" in said
    assert "nothing is sent without a journal" in said
    said = mounted(FULL.replace("{1}", "rm '{0}/manifest.json'"), "freeze", "--allow-untested")
    assert "can't write the manifest" in said
    assert nothing_sent(frozen)


def test_a_read_only_journal_sends_nothing(frozen, mounted):
    said = mounted("mount --bind '{0}' '{0}'; mount -o remount,bind,ro '{0}'", "publish")
    assert "can't write the journal" in said
    assert "Read-only file system" in said
    assert nothing_sent(frozen)
