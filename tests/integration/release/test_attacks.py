"""Somebody else's hand in a release: nothing wrong is sent, and no secret leaves the process."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import pytest
import release_command as commands
import release_kit as kit

from rtvariants.release.forge import MOST
from rtvariants.release.rehearsal.forge import LocalForge
from rtvariants.release.rehearsal.index import LocalIndex
from rtvariants.release.rehearsal.server import LocalServer, StatusError
from rtvariants.release.simple_api import JSON

FOLDER = f"dist/release/{kit.VERSION}"
BASE = f"lamp-{kit.VERSION}-py3-none-any.whl"


@pytest.fixture
def release(_tokens, tmp_path, capsys):
    """Return a function that freezes a release of `lamp` for an index of this kind."""
    servers = []

    def make(kind=LocalIndex, **options):
        index, forge = kind(token=commands.TOKEN), LocalForge(token=commands.FORGE_TOKEN)
        servers.extend((index.__enter__(), forge.__enter__()))
        root = tmp_path / "lamp"
        kit.tree(root, **options)
        made = commands.Command(root, index, forge, capsys)
        made.ok("freeze", "--allow-untested")
        return made

    yield make
    for server in servers:
        server.__exit__(None, None, None)


def manifest(lamp):
    path = lamp.root / FOLDER / "manifest.json"
    return path, json.loads(path.read_text())


def test_a_file_that_is_replaced_while_others_are_sent_stays_here(release):
    class Swapping(LocalIndex):
        def after(self, _):
            evil = {"lamp/__init__.py": b"evil = 1"}
            kit.wheel(lamp.root / FOLDER / "files", BASE, "lamp", kit.VERSION, evil)

    lamp = release(Swapping)
    assert f"{BASE}: sha256 here: " in lamp.refused("publish")
    assert BASE not in lamp.index.hashes()


def test_a_manifest_that_was_edited_with_its_file_is_judged_again(release):
    lamp = release()
    path, facts = manifest(lamp)
    frozen = hashlib.sha256(path.read_bytes()).hexdigest()
    for file in facts["files"]:
        if file["name"] == BASE:
            made = kit.wheel(path.parent / "files", BASE, "lamp", kit.VERSION, {"evil.pth": b"x"})
            file["sha256"] = hashlib.sha256(made.read_bytes()).hexdigest()
            file["size"] = made.stat().st_size
    path.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n")
    for step in ("preflight", "publish"):
        assert "no exact pin of a runtime" in lamp.refused(step)
    for step in ("preflight", "publish", "verify", "forge", "notify"):
        said = lamp.refused("--manifest-sha256", frozen, step)
        assert f"expected: {frozen}" in said
    assert lamp.index.posts == []


def test_a_manifest_of_other_facts_is_refused(release):
    lamp = release()
    path, facts = manifest(lamp)
    facts["files"][0]["platform"] = "linux-arm64"
    path.write_text(json.dumps(facts, indent=2, sort_keys=True) + "\n")
    assert "does not describe these files" in lamp.refused("publish")


class Archived(LocalIndex):
    def answer(self, method, path, headers, body):
        if path == "/simple/lamp/":
            status = {"status": "archived", "reason": "moved"}
            page = {"meta": {"api-version": "1.4"}, "files": [], "project-status": status}
            return 200, JSON, json.dumps(page).encode()
        return super().answer(method, path, headers, body)


class Foreign(LocalIndex):
    """The base's name is another project's."""

    def __enter__(self):
        self.mirror(self.other)
        return super().__enter__()


@pytest.mark.parametrize(("kind", "words"), [(Archived, "archived: moved"), (Foreign, "9.1")])
def test_a_name_that_takes_no_files_from_us_is_found_before_the_runtimes_go_out(
    release, tmp_path, kind, words
):
    Foreign.other = kit.wheel(tmp_path, "lamp-9.1-py3-none-any.whl", "lamp", "9.1", {})
    lamp = release(kind)
    for step in ("preflight", "publish"):
        assert words in lamp.refused(step)
    assert lamp.index.posts == []


def test_a_taken_name_stops_a_release_before_anything_is_built(release, tmp_path):
    Foreign.other = kit.wheel(tmp_path, "lamp-9.1-py3-none-any.whl", "lamp", "9.1", {})
    lamp = release(Foreign)
    said = lamp.refused()  # a whole release
    assert "versions of `lamp` without a tag in this repository: 9.1" in said
    assert "choose another name: `distribution` in [tool.rtvariants.release]" in said
    assert not (lamp.root / f"dist/release/{kit.VERSION}/journal").exists()


def test_the_name_on_the_index_is_a_setting(release, tmp_path):
    Foreign.other = kit.wheel(tmp_path, "lamp-9.1-py3-none-any.whl", "lamp", "9.1", {})
    neon = release(Foreign, more='distribution = "neon"')
    assert "free, or this project's own: lamp-fast, neon-runtime-safe, neon" in neon.ok("names")
    neon.ok("publish")
    sent = {stored.project for stored in neon.index.stored} - {"lamp"}
    assert sent == {"lamp-fast", "neon-runtime-safe", "neon"}
    neon.ok("verify", "--no-install")


def test_a_project_that_is_ours_although_no_tag_says_so(release, tmp_path):
    Foreign.other = kit.wheel(tmp_path, "lamp-9.1-py3-none-any.whl", "lamp", "9.1", {})
    release(Foreign, more='owned = ["lamp"]').ok("preflight")


def test_a_name_that_the_index_takes_for_another_is_refused(release):
    lamp = release()
    other = kit.wheel(lamp.root.parent, "lampfast-1.0-py3-none-any.whl", "lampfast", "1.0", {})
    lamp.index.mirror(other)
    assert "the index has `lampfast`" in lamp.refused("preflight")


def test_verify_reads_the_bytes_of_every_platform(release):
    lamp = release()
    lamp.ok("publish")
    lamp.ok("verify", "--no-install")
    plain = lamp.index._file
    garbage = (200, "application/octet-stream", b"garbage")
    lamp.index._file = lambda name: garbage if name.endswith("win_arm64.whl") else plain(name)
    said = lamp.refused("verify", "--no-install")
    assert said.count("sha256 of the download") == 2


def test_a_token_is_sent_to_no_other_machine_without_encryption(release):
    lamp = release()
    for where in (("--upload", "http://index.example/"), ("--index", "http://index.example/")):
        assert "not encrypted" in lamp.refused(*where, "publish")


def test_changes_that_flags_of_gits_index_hide_are_no_clean_tree(release):
    lamp = release()
    for flag in ("--assume-unchanged", "--skip-worktree"):
        kit.git(lamp.root, "update-index", flag, "Cargo.toml")
        assert "Cargo.toml (hidden by a flag of git's index)" in lamp.refused("freeze")
        kit.git(lamp.root, "update-index", flag.replace("--", "--no-"), "Cargo.toml")


def test_notes_that_the_forge_refuses_are_found_before_anything_is_sent(release):
    lamp = release()
    text = f"## [{kit.VERSION}]\n" + "- A lamp.\n" * (MOST // 10)
    (lamp.root / "CHANGELOG.md").write_text(text)
    kit.git(lamp.root, "commit", "-qam", "more")
    kit.git(lamp.root, "tag", "-f", f"v{kit.VERSION}")
    (lamp.root / FOLDER / "manifest.json").unlink()
    kit.build(kit.declarations.read(lamp.root), lamp.root / FOLDER / "files",
              kit.git(lamp.root, "rev-parse", "HEAD"))  # fmt: skip
    lamp.ok("freeze", "--allow-untested")
    assert "the forge accepts 125,000" in lamp.refused("publish")
    assert lamp.index.posts == []


def test_a_second_draft_of_one_tag_gives_way(release):
    lamp = release()
    plain = lamp.forge._create

    def create(body, **options):
        plain(body, **options)  # the other machine is a little faster
        return plain(body, **options)

    lamp.forge._create = create
    assert "another machine is making the release" in lamp.refused("forge")
    assert len(lamp.forge.releases) == 1


def test_a_rate_limit_is_not_called_a_wrong_token(release):
    class Limited(LocalForge):
        def before(self, method, _):
            if method == "POST":
                raise StatusError(403, "You have exceeded a secondary rate limit.")

    lamp = release()
    with Limited(token=commands.FORGE_TOKEN) as forge:
        lamp.forge = forge
        said = lamp.refused("forge")
    assert "rate limit, not the token" in said
    assert "contents: write" not in said


SPY = """
import json, os
names = ("TWINE_PASSWORD", "GITHUB_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CORP_TOKEN")
with open(os.environ["SEEN"], "a") as file:
    file.write(json.dumps([name for name in names if name in os.environ]) + "\\n")
"""
BACKEND = """
def build_wheel(*_, **__): raise SystemExit(1)
build_sdist = build_wheel
"""


def test_a_build_backend_sees_no_secret_but_those_that_are_passed_on(release, tmp_path):
    lamp = release(more='pass-env = ["CORP_TOKEN"]')
    (lamp.root / "backend.py").write_text(SPY + BACKEND)
    text = (lamp.root / "pyproject.toml").read_text()
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (lamp.root / "pyproject.toml").write_text(system + text)
    kit.git(lamp.root, "add", "-A")
    kit.git(lamp.root, "commit", "-qm", "a backend")
    shutil.rmtree(lamp.root / FOLDER)
    secrets = {"CORP_TOKEN": "of-a-registry", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job"}
    command = [sys.executable, "-m", "rtvariants", "release", "build", "--project", lamp.root]
    env = os.environ | secrets | {"SEEN": str(tmp_path / "seen")}
    assert subprocess.run(command, env=env, capture_output=True).returncode == 1
    assert set((tmp_path / "seen").read_text().splitlines()) == {'["CORP_TOKEN"]'}


def test_without_credentials_nothing_is_sent(release, monkeypatch, tmp_path):
    lamp = release()
    monkeypatch.delenv("TWINE_PASSWORD")
    monkeypatch.setenv("HOME", str(tmp_path))
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login __token__ password of-another\n")
    netrc.chmod(0o600)
    assert "no credentials for the index" in lamp.refused("publish")
    assert lamp.index.posts == []


def test_a_token_of_pypirc_is_for_its_own_address(release, monkeypatch, tmp_path):
    lamp = release()
    monkeypatch.delenv("TWINE_PASSWORD")
    section = "[distutils]\nindex-servers = other\n[other]\nrepository = {}\npassword = {}\n"
    env = {key: value for key, value in os.environ.items() if key != "TWINE_PASSWORD"}
    env["HOME"] = str(tmp_path)
    command = [sys.executable, "-m", "rtvariants", "release", "publish", "--project", lamp.root,
               "--index", lamp.index.simple, "--upload", lamp.index.upload]  # fmt: skip
    for address, status in (("https://index.example/legacy/", 1), (lamp.index.upload, 0)):
        (tmp_path / ".pypirc").write_text(section.format(address, commands.TOKEN))
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        assert commands.TOKEN not in done.stdout + done.stderr
    assert len(lamp.index.posts) == 8


def test_a_journal_belongs_to_one_index(release):
    lamp = release()
    lamp.ok("publish")
    with LocalIndex(token=commands.TOKEN) as other:
        lamp.index = other
        lamp.ok("publish")
        assert len(other.posts) == 8
    assert len(list((lamp.root / FOLDER / "journal").glob("*.jsonl"))) == 2


def test_a_damaged_line_of_a_journal_is_named_by_status(release):
    lamp = release()
    lamp.ok("publish")
    (path,) = (lamp.root / FOLDER / "journal").glob("*.jsonl")
    path.write_bytes(b"[1, 2]\n\xff\n" + path.read_bytes())
    said = lamp.ok("status")
    assert f"damaged: line 1 of {path}" in said
    assert f"damaged: line 2 of {path}" in said
    assert "publish: done" in said


def test_a_tag_without_signature_is_refused_where_tags_are_signed(release, tmp_path):
    lamp = release(more="signed-tags = true")
    for step in ("preflight", "publish"):
        assert f"signature of tag `v{kit.VERSION}`" in lamp.refused(step)
    assert f"the forge has no tag `v{kit.VERSION}`" in lamp.refused("forge")
    assert lamp.index.posts == []
    assert lamp.forge.releases == []
    key = tmp_path / "key"
    if not shutil.which("ssh-keygen"):
        pytest.skip("NOT RUN: no `ssh-keygen`; Debian has it in `openssh-client`")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (tmp_path / "signers").write_text(f"a@b {key.with_suffix('.pub').read_text()}")
    settings = {"gpg.format": "ssh", "user.signingkey": str(key),
                "gpg.ssh.allowedSignersFile": str(tmp_path / "signers")}  # fmt: skip
    for name, value in settings.items():
        kit.git(lamp.root, "config", name, value)
    kit.git(lamp.root, "tag", "-s", "-f", "-m", "signed", f"v{kit.VERSION}")
    lamp.ok("publish")


class Portal(LocalServer):
    """Answers every request with a page to sign in."""

    def answer(self, *_):
        return 200, "text/html", b"<title>Sign in</title><a href='/login'>Sign in</a>"


def test_a_portal_is_no_forge(release):
    lamp = release()
    with Portal() as portal:
        where = ("--forge-api", portal.address)
        assert "something else than its API" in lamp.refused(*where, "forge")
        assert "forge: unknown: the forge answers something else" in lamp.ok(*where, "status")


@pytest.mark.parametrize("given", ["", "abc", "g" * 64])
def test_a_hash_of_the_manifest_that_is_none_is_refused(release, given):
    assert "is no SHA-256" in release().refused("--manifest-sha256", given, "preflight")


@pytest.mark.parametrize("text", ["", "null", "[]", '{"format": 1}', "[" * 100_000])
def test_a_damaged_manifest_is_refused_with_a_way_out(release, text):
    lamp = release()
    manifest(lamp)[0].write_text(text)
    for step in ("preflight", "freeze"):
        said = lamp.refused(step, *(["--allow-untested"] if step == "freeze" else []))
        assert "unreadable manifest" in said
        assert "remove the manifest" in said


def test_a_folder_of_attestations_must_be_there(release, tmp_path):
    lamp = release()
    said = lamp.refused("publish", "--attestations", tmp_path / "absent")
    assert f"no folder: `{tmp_path / 'absent'}`" in said
    assert lamp.index.posts == []


def test_status_shows_the_steps_on_this_index_only(release):
    lamp = release()
    lamp.ok("publish")
    assert "publish: done" in lamp.ok("status")
    with LocalIndex() as other:
        lamp.index = other
        assert "publish: done" not in lamp.ok("status")


def test_a_version_that_the_index_does_not_have_is_one_problem(release):
    said = release().refused("verify", "9.9.9", "--no-install")
    assert said.count("error:") == 1
    assert "the index has no file of 9.9.9" in said
