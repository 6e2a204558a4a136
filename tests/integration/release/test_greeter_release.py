"""A whole release of a real package: built, tested, frozen, published, installed, interrupted.

The index and the forge are local; twine, pip, uv and cargo are the real ones.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import release_command as commands
import release_faults as faults
import release_greeter as greeter
import release_kit as kit
import requests

from rtvariants.release import install
from rtvariants.release.rehearsal import dependencies
from rtvariants.release.rehearsal.forge import LocalForge

pytestmark = pytest.mark.slow
FILES = 8


@pytest.fixture(scope="module")
def archspec(tmp_path_factory):
    return dependencies.fetch(["archspec>=0.2.7,<0.3"], tmp_path_factory.mktemp("dependencies"))


@pytest.fixture(scope="module")
def built(root):
    """A tree of greeter whose release is built, tested and frozen, for all tests of the module."""
    if not shutil.which("cargo"):
        pytest.skip("no cargo")
    # One path in all sessions: cargo tells crates by it, and a warm build compiles nothing.
    folder = greeter.tree(root, root / "target" / "greeter-release")
    done = release(root, folder, "build")
    assert done.returncode == 0, done.stderr
    done = release(root, folder, "test", "--no-emulation")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ok ") == 3
    return folder


def release(root, folder, *words, **env):
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "rtvariants", "release", "--project", folder, *words]
    done = subprocess.Popen(
        list(map(str, command)), env=greeter.environ(root, **env), cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    release.pid = done.pid
    release.started(done.pid)
    out, err = done.communicate()
    return subprocess.CompletedProcess(command, done.returncode, out, err)


release.started = lambda _: None


@pytest.fixture
def tree(built, tmp_path):
    """A copy of the built tree: each test has journals and a manifest of its own."""
    return Path(shutil.copytree(built, tmp_path / "greeter", symlinks=True))


@pytest.fixture
def servers(archspec):
    token = commands.TOKEN
    with faults.FaultyIndex(token=token) as index, LocalForge(token=commands.FORGE_TOKEN) as forge:
        for path in archspec:
            index.mirror(path)
        yield index, forge


def whole(root, tree, servers, *words):
    """Run the whole release against the servers."""
    index, forge = servers
    where = ["--index", index.simple, "--upload", index.upload, "--forge-api", forge.api]
    env = {"TWINE_PASSWORD": commands.TOKEN, "GITHUB_TOKEN": commands.FORGE_TOKEN}
    return release(root, tree, *where, "--no-emulation", *words, **env)


def own(index):
    return {s.name: s.sha256 for s in index.stored if s.project.startswith("greeter")}


def frozen(tree):
    made = json.loads((tree / "dist/release/1.4.0/manifest.json").read_text())
    return {f["name"]: f["sha256"] for f in made["files"]}


def test_one_command_does_the_whole_release_and_a_second_one_changes_nothing(root, tree, servers):
    index, forge = servers
    dry = whole(root, tree, servers, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert dry.stdout.count("would be sent:") == FILES
    assert "dry run: nothing was sent" in dry.stdout
    hashes = frozen(tree)
    assert (own(index), index.posts, forge.writes) == ({}, [], [])

    done = whole(root, tree, servers)
    assert done.returncode == 0, done.stderr
    assert own(index) == frozen(tree) == hashes
    assert f"s  {FILES} files sent, 0 were already there" in done.stdout
    for extra in ("", "[fast]", "[wide]", "[safe]"):
        assert f"installs with pip and uv: greeter{extra}==1.4.0" in done.stdout
    (page,) = forge.releases
    assert page["draft"] is False
    assert len([a for a in page["assets"] if a["name"].endswith(".cdx.json")]) == 3
    assert len(forge.dispatches) == 1

    again = whole(root, tree, servers, "--no-install")
    assert again.returncode == 0, again.stderr
    assert f"{FILES} files are frozen; nothing is built again" in again.stdout
    assert f"s  0 files sent, {FILES} were already there" in again.stdout
    assert (own(index), len(index.posts), len(forge.dispatches)) == (hashes, FILES, 1)
    for text in (done, again):
        assert commands.TOKEN not in text.stdout + text.stderr


def test_one_more_run_completes_a_release_that_was_killed(root, tree, servers, monkeypatch):
    """It is killed after the index has a file, before the answer."""
    index, forge = servers
    name = "greeter_runtime_safe-1.4.0.tar.gz"
    index.plant(name, "after", "kill")
    monkeypatch.setattr(release, "started", lambda pid: setattr(index, "pid", pid))
    killed = whole(root, tree, servers, "--no-install")
    assert killed.returncode == -9
    assert not [n for n in own(index) if n.startswith("greeter-1.4.0")]
    hashes = frozen(tree)
    status = release(root, tree, "--index", index.simple, "--forge-api", forge.api, "status",
                     GITHUB_TOKEN=commands.FORGE_TOKEN)  # fmt: skip
    assert "publish: begun" in status.stdout
    assert "absent         greeter-1.4.0-py3-none-any.whl" in status.stdout

    done = whole(root, tree, servers, "--no-install")
    assert done.returncode == 0, done.stderr
    assert own(index) == hashes
    assert index.doubles == []
    assert len(forge.releases) == len(forge.dispatches) == 1


def test_cells_from_other_machines_give_the_same_bytes_and_must_be_tested(root, built, tmp_path):
    """A workflow has a job for each cell, one that tests, and one that freezes."""
    (platform,) = (p.name for p in (built / "dist/release/1.4.0/fat").iterdir())
    cells, tested, frozen_at = (tmp_path / name for name in ("cells", "tested", "frozen"))
    for runtime in ("fast", "wide", "safe"):
        done = release(root, built, "--out", cells, "build", "--platform", platform,
                       "--runtime", runtime)  # fmt: skip
        assert done.returncode == 0, done.stderr
    shutil.copytree(cells / "cells", tested / "cells")
    for step in (["build", "--collect"], ["test", "--no-emulation"]):
        done = release(root, built, "--out", tested, *step)
        assert done.returncode == 0, done.stderr
    shutil.copytree(tested / "fat", frozen_at / "fat")
    done = release(root, built, "--out", frozen_at, "build", "--collect")
    assert done.returncode == 0, done.stderr

    whole = {p.name: p.read_bytes() for p in (built / "dist/release/1.4.0/files").iterdir()}
    assert len(whole) == FILES
    for folder in (tested, frozen_at):
        assert {p.name: p.read_bytes() for p in (folder / "files").iterdir()} == whole

    untested = release(root, built, "--out", frozen_at, "freeze")
    assert untested.returncode == 1
    assert untested.stderr.count("untested wheel") == 4
    shutil.copytree(tested / "tested", frozen_at / "tested")
    done = release(root, built, "--out", frozen_at, "freeze")
    assert done.returncode == 0, done.stderr


def test_a_rehearsal_is_a_whole_release_of_the_commit_with_local_servers(root, built, tmp_path):
    tree = greeter.tree(root, tmp_path / "greeter", version="1.3.0")
    command = [
        sys.executable,
        "-m",
        "rtvariants",
        "release",
        "rehearse",
        "--project",
        tree,
        "--no-emulation",
    ]

    def rehearse(*words):
        done = subprocess.run(
            [*map(str, command), *words], capture_output=True, text=True,
            env=greeter.environ(root, TWINE_USERNAME="someone", TWINE_PASSWORD="no-such-token"),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tree / "CHANGELOG.md").write_text("## [Unreleased]\n### Added\n- A lamp.\n")
    kit.git(tree, "commit", "-q", "-a", "-m", "not released")
    kit.git(tree, "tag", "-d", "v1.3.0")
    (tree / "notes.txt").write_text("mine")
    out = rehearse("--no-install")
    assert "note: uncommitted changes are not rehearsed: notes.txt" in out
    assert "sizes (no release before)" in out
    assert "/local/" not in out  # the declared repository, on the local forge
    assert "  total " in out
    assert kit.git(tree, "tag") == ""
    assert kit.git(tree, "status", "--porcelain") == "?? notes.txt"

    greeter.to_version(tree, "1.4.0")
    kit.git(tree, "commit", "-q", "-a", "-m", "the next one")
    facts = json.loads(rehearse("--json", "--no-install").splitlines()[-1])["steps"]["rehearse"][
        "steps"
    ]
    assert facts["preflight"]["sizes"]["previous"] == "1.3.0"
    assert all(row["before"] for row in facts["preflight"]["sizes"]["files"])
    assert facts["publish"]["sent"] == FILES
    assert "https" not in facts["forge"]["address"]


# ------------------------------------------------------------------------------ devpi, a real index


@pytest.fixture(scope="module")
def devpi(tmp_path_factory):
    """An index of devpi-server that accepts each file once."""
    folder = tmp_path_factory.mktemp("devpi")
    tools = Path(sys.executable).parent
    init = [tools / "devpi-init", "--serverdir", folder, "--no-root-pypi"]
    quiet = os.environ | {"PYTHONWARNINGS": "ignore"}
    subprocess.run(init, check=True, capture_output=True, env=quiet)
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(
            [tools / "devpi-server", "--serverdir", folder, "--host", "127.0.0.1", "--port", "0"],
            stdout=log, stderr=log, env=quiet,
        )  # fmt: skip
        try:
            yield _ready(folder / "log")
        finally:
            server.terminate()
            server.wait(20)


def _ready(log):
    """Wait for the server, make a user with an index; return its address."""
    address = ""
    for _ in range(1200):  # seconds on a quiet machine
        for word in log.read_text(errors="replace").split():
            if word.startswith("http://127.0.0.1:") and not word.rstrip("/").endswith(":0"):
                address = word.rstrip("/")
        if address:
            break
        time.sleep(0.2)
    assert address, log.read_text(errors="replace")
    call = requests.Session()
    assert call.put(f"{address}/someone", json={"password": commands.TOKEN}).ok
    login = {"user": "someone", "password": commands.TOKEN}
    key = call.post(f"{address}/+login", json=login).json()["result"]["password"]
    call.auth = ("someone", key)
    import base64

    call.headers["X-Devpi-Auth"] = base64.b64encode(f"someone:{key}".encode()).decode()
    made = call.put(f"{address}/someone/dev", json={"volatile": False, "bases": []})
    assert made.ok, made.text
    return f"{address}/someone/dev/"


def test_a_real_index_accepts_the_release_and_pip_and_uv_install_it(root, tree, devpi, archspec):
    simple = f"{devpi}+simple/"
    env = {"TWINE_USERNAME": "someone", "TWINE_PASSWORD": commands.TOKEN}
    upload = [sys.executable, "-m", "twine", "upload", "--repository-url", devpi, *archspec]
    subprocess.run(upload, check=True, capture_output=True, env=os.environ | env)
    where = ["--index", simple, "--upload", devpi]
    for step in ("freeze", "preflight", "publish"):
        done = release(root, tree, *where, step, **env)
        assert done.returncode == 0, done.stderr
    done = release(root, tree, *where, "verify", "--no-install", **env)
    assert f"{FILES} files on the index match 1.4.0" in done.stdout
    wanted = dict.fromkeys(("greeter", "greeter-runtime-wide"), "1.4.0")
    assert set(install.check("greeter[wide]==1.4.0", simple, "greeter", wanted)) == {"pip", "uv"}
    again = release(root, tree, *where, "publish", **env)
    assert f"0 files sent, {FILES} were already there" in again.stdout

    # uv compares hashes with the same index: it finds nothing to send and nothing changed.
    files = sorted((tree / "dist/release/1.4.0/files").iterdir())
    uv = [sys.executable, "-m", "uv", "publish", "--publish-url", devpi, "--check-url", simple]
    uv += ["--username", "someone", "--password", commands.TOKEN, *map(str, files)]
    done = subprocess.run(
        uv, capture_output=True, text=True, env=os.environ | {"UV_NO_CONFIG": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("already exists") == FILES
