"""The steps of `rtvariants release` by the command line, each alone and again."""

import json

import pytest
import release_kit as kit

from rtvariants.targets.platforms import PLATFORMS
from rtvariants.toolchain import cross

VERSION = kit.VERSION
FOLDER = f"dist/release/{VERSION}"
FILES = 8


def frozen(lamp):
    return json.loads((lamp.root / FOLDER / "manifest.json").read_text())


def freeze(lamp):
    # No machine runs the wheels of `lamp`: they have no extension module.
    return lamp.ok("freeze", "--allow-untested")


def publish(lamp):
    freeze(lamp)
    lamp.ok("publish")


def test_plan_lists_files_in_order_and_the_command_of_each_cell(lamp, tmp_path, monkeypatch):
    # Neither what this machine has prepared counts, nor what its rustup has added.
    monkeypatch.setenv(cross.CACHE, str(tmp_path / "toolchains"))
    monkeypatch.setattr(cross, "has_target", lambda *_: False)
    status, facts = lamp.json("plan")
    plan = facts["steps"]["plan"]
    assert status == 0
    assert [f["role"] for f in plan["files"]] == [
        *["runtime-wheel"] * 4, *["runtime-sdist"] * 2, "base-wheel", "base-sdist"
    ]  # fmt: skip
    assert [c["command"] for c in plan["cells"]] == [
        f"rtvariants release build --platform {platform} --runtime {runtime}"
        for platform in kit.TWO for runtime in ("fast", "safe")
    ]  # fmt: skip
    assert [c["here"] for c in plan["cells"]] == [True, True, False, False]
    assert "on windows-11-arm" in lamp.ok("plan")
    cross.keep(PLATFORMS["windows-arm64"], cross.Prepared())
    _, facts = lamp.json("plan")
    assert all(c["here"] for c in facts["steps"]["plan"]["cells"])
    assert "on windows-11-arm" not in lamp.ok("plan")


def test_untested_wheels_are_frozen_only_with_an_option(lamp):
    said = lamp.refused("freeze")
    assert said.count("untested wheel") == 5
    assert not (lamp.root / FOLDER / "manifest.json").exists()
    freeze(lamp)
    assert len(frozen(lamp)["files"]) == FILES
    before = (lamp.root / FOLDER / "manifest.json").read_bytes()
    freeze(lamp)
    assert (lamp.root / FOLDER / "manifest.json").read_bytes() == before


@pytest.mark.slow
def test_each_step_after_the_build_can_run_alone_and_again(lamp):
    freeze(lamp)
    out = lamp.ok("preflight")
    assert "first release of `lamp`" in out
    assert "sizes (no release before)" in out
    for again in (False, True):
        for step in ("publish", "verify", "forge", "notify"):
            out = lamp.ok(step)
            if step == "publish":
                sent, kept = (0, FILES) if again else (FILES, 0)
                assert f"published: {sent} files sent, {kept} were already there" in out
    assert lamp.index.hashes() == {f["name"]: f["sha256"] for f in frozen(lamp)["files"]}
    assert len(lamp.index.posts) == FILES
    assert [r["draft"] for r in lamp.forge.releases] == [False]
    assert "- A lamp." in lamp.forge.releases[0]["body"]
    assert [name for name, _ in lamp.forge.dispatches] == ["lamp-out"]
    _, facts = lamp.json("status")
    state = facts["steps"]["status"]
    assert set(state["index"].values()) == {"there"}
    assert state["steps"] == dict.fromkeys(("publish", "forge", "notify"), "done")
    assert state["forge"] == "public, 5 assets"


def test_a_dry_run_sends_nothing_and_lists_what_would_be_sent(lamp):
    freeze(lamp)
    writes = []
    lamp.index.before = writes.append
    for step in ("preflight", "publish", "verify", "forge", "notify"):
        out = lamp.ok(step, "--dry-run")
        if step == "publish":
            assert out.count("would be sent") == FILES
    assert writes == []
    assert lamp.index.posts == []
    assert lamp.forge.writes == []
    assert not (lamp.root / FOLDER / "journal.jsonl").exists()


def test_every_asset_of_the_forge_is_in_what_the_workflow_attests(lamp):
    freeze(lamp)
    lamp.ok("forge", "--dry-run")
    folder = lamp.root / FOLDER
    subjects = [folder / "manifest.json", *folder.glob("files/*"), *folder.glob("assets/*")]
    attested = {path.name: path.read_bytes() for path in subjects}
    lamp.ok("publish")
    lamp.ok("forge")
    (release,) = lamp.forge.releases
    names = [asset["name"] for asset in release["assets"]]
    assert "SHA256SUMS" in names
    for asset in release["assets"]:
        assert lamp.forge.contents[asset["id"]] == attested[asset["name"]]
    assert "gh attestation" not in release["body"]  # this project has no workflow


def test_verify_finds_missing_changed_and_partly_yanked_files(lamp):
    publish(lamp)
    files = [f["name"] for f in frozen(lamp)["files"]]
    lamp.ok("verify", "--no-install")
    lamp.index.yank(files[0])
    assert "yanked in part" in lamp.refused("verify", "--no-install")
    lamp.index.stored[1].data += b"x"
    said = lamp.refused("verify", "--no-install")
    assert f"{files[1]}: sha256 on the index" in said
    gone = lamp.index.stored.pop(2).name
    said = lamp.refused("verify", "--no-install")
    assert f"{gone}: not on the index" in said
    status, facts = lamp.json("verify", "--no-install")
    assert status == 1
    assert len(facts["problems"]) == 3


def test_verify_compares_only_names_of_a_past_release_without_manifest(lamp):
    publish(lamp)
    (lamp.root / FOLDER / "manifest.json").rename(lamp.root / "kept.json")
    out = lamp.ok("verify", VERSION, "--no-install")
    assert "but not hashes" in out
    assert "1.3.0" in lamp.refused("verify", "1.3.0", "--no-install")
    for stored in lamp.index.stored:
        if stored.project == "lamp-fast":
            stored.yanked = "slow"
    said = lamp.refused("verify", VERSION, "--no-install")
    assert "lamp-fast: yanked, but `lamp` 1.4.0 requires it" in said


@pytest.mark.slow
def test_yank_yanks_the_base_and_shows_what_users_get(lamp, tmp_path):
    old = tmp_path / "old"
    kit.tree(old, version="1.3.0")
    kit.git(lamp.root, "tag", "v1.3.0")
    root, lamp.root = lamp.root, old
    lamp.ok("freeze", "--allow-untested")
    lamp.ok("publish")
    lamp.root = root
    publish(lamp)
    out = lamp.ok("yank", VERSION, "--dry-run", "--no-impact", "--yank-url", lamp.index.yanks)
    assert "would yank 2 files of `lamp`" in out
    assert not any(stored.yanked for stored in lamp.index.stored)
    out = lamp.ok("yank", VERSION, "--yank-url", lamp.index.yanks, "--reason", "dark")
    rows = {(r[0], r[1]): r[2:] for r in (line.split() for line in out.splitlines()) if len(r) == 4}
    for tool in ("pip", "uv"):
        assert rows["lamp", tool] == ["1.4.0", "1.3.0"]
        assert rows["lamp==1.4.0", tool] == ["1.4.0", "1.4.0"]
    yanked = {s.name: s.yanked for s in lamp.index.stored if s.yanked}
    assert yanked == dict.fromkeys(("lamp-1.4.0-py3-none-any.whl", "lamp-1.4.0.tar.gz"), "dark")
    lamp.ok("verify", VERSION, "--no-install")
    assert "everything is already yanked" in lamp.ok("yank", VERSION)
    assert "no distribution of its own: `x`" in lamp.refused("yank", VERSION, "--runtime", "x")


def test_without_an_address_for_yanks_the_command_says_what_to_do(lamp):
    publish(lamp)
    out = lamp.ok("yank", VERSION, "--no-impact")
    assert "as an owner of `lamp`, open its release 1.4.0" in out
    assert not any(stored.yanked for stored in lamp.index.stored)


def test_sizes_are_compared_with_the_release_before(lamp, tmp_path):
    old = tmp_path / "old"
    kit.tree(old, version="1.3.0")
    kit.git(lamp.root, "tag", "v1.3.0")
    root, lamp.root = lamp.root, old
    lamp.ok("freeze", "--allow-untested")
    lamp.ok("publish")
    lamp.root = root
    freeze(lamp)
    out = lamp.ok("preflight")
    assert "sizes, against 1.3.0:" in out
    assert out.count(" %") == FILES + 1


def test_attestations_next_to_the_files_are_sent_with_them(lamp):
    freeze(lamp)
    files = lamp.root / FOLDER / "files"
    signed = [f["name"] for f in frozen(lamp)["files"]][::3]
    for name in signed:
        (files / f"{name}.publish.attestation").write_text('{"version": 1}')
    lamp.ok("preflight")
    lamp.ok("publish")
    assert lamp.index.attested == signed
    assert lamp.index.hashes() == {f["name"]: f["sha256"] for f in frozen(lamp)["files"]}
