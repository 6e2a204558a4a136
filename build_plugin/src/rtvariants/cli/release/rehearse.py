"""Do a whole release on this machine alone: a local index, a local forge, and every step for real.

The commit that is checked out is cloned and tagged there, so the tree here stays as it is. Every
declared platform that this machine can make is built; the others are named. Tokens are made up for
this run, and both servers take no others. The sizes are those beside the last rehearsal of an older
version.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform as machine_facts
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rtvariants.errors import RtvariantsError
from rtvariants.release import archive, journal, source
from rtvariants.release import declaration as declarations
from rtvariants.release.declaration import Declaration
from rtvariants.release.rehearsal import dependencies
from rtvariants.release.rehearsal.forge import LocalForge
from rtvariants.release.rehearsal.index import LocalIndex
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross

from . import cells, summary
from .session import Session

FOLDER = "target/rehearsal"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("--host-only", action="store_true", help="this machine's platform alone")
    parser.add_argument("--no-emulation", action="store_true", help="no emulated CPUs")
    parser.add_argument("--no-install", action="store_true", help="no fresh installs at the end")


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Rehearse; returns the facts of each step."""
    from . import ORDER, one

    here = session.root / FOLDER
    tree, commit = _clone(session, here)
    declared = _local(session, declarations.read(tree), host_only=options.host_only)
    out = here / f"{declared.version}-{commit[:12]}"
    # The index of this run is new: what an earlier one was sent is not out.
    (out / journal.FILE_NAME).unlink(missing_ok=True)
    done: dict[str, dict[str, Any]] = {}
    with _servers(here, declared) as (index, forge):
        inner = Session(
            declared, out, index.simple, index.upload, forge.api, json=session.json, rehearsal=True
        )
        given = {"allow_untested": True, "no_emulation": options.no_emulation}
        given["no_install"] = options.no_install
        given["platform"] = [platform.name for platform in declared.platforms]
        with contextlib.closing(inner):
            for name in ORDER:
                done[name] = one(name, inner, argparse.Namespace(step="", **_for(name, given)))
                if name == "build":
                    _dependencies(inner, index, here)
        _keep(inner, here)
    session.say(summary.text(inner, done))
    session.say("That was a rehearsal: index and forge were on this machine, and are gone.")
    return {"steps": done, "platforms": given["platform"]}


def _for(name: str, given: dict[str, Any]) -> dict[str, Any]:
    # What can't be run here is said by the test of all, and no reason to stop.
    return {k: v for k, v in given.items() if not (name == "test" and k == "platform")}


def _clone(session: Session, here: Path) -> tuple[Path, str]:
    """Bring a clone to the commit that is checked out, tagged as its release; returns its tree."""
    now = session.source()
    if now.dirty:
        shown = ", ".join(now.dirty[:3]) + (" …" if len(now.dirty) > 3 else "")
        session.say(f"note: what is not committed is not rehearsed: {shown}")
    top = Path(source.git(session.root, "rev-parse", "--show-toplevel") or session.root)
    clone = here / "tree"
    if not (clone / ".git").is_dir():
        shutil.rmtree(clone, ignore_errors=True)
        clone.mkdir(parents=True)
        _git(clone, "init", "-q")
    _git(clone, "fetch", "-q", "--no-tags", str(top), now.commit)
    _git(clone, "checkout", "-q", "--force", "--detach", now.commit)
    _git(clone, "clean", "-qfd")
    _git(clone, "tag", "--force", now.tag, now.commit)
    return clone / session.root.relative_to(top), now.commit


def _git(tree: Path, *words: str) -> None:
    if source.git(tree, *words) is None:
        raise RtvariantsError(f"`git {' '.join(words)}` failed in {tree}")


def _local(session: Session, declared: Declaration, *, host_only: bool) -> Declaration:
    """Return the declaration for what this machine can make."""
    why = {p.name: cells.why_not(p) for p in declared.platforms}
    if host_only:
        others = [name for name in why if name != platforms.host()]
        why |= dict.fromkeys(others, "`--host-only`")
    for name, reason in why.items():
        if reason:
            session.say(f"not rehearsed: {name}: {reason}")
    local = declared.only([name for name, reason in why.items() if not reason])
    if not local.platforms:
        raise RtvariantsError("no declared platform can be made on this machine")
    repository = declared.settings.repository or f"local/{declared.project}"
    return replace(
        local,
        platforms=tuple(map(_floor, local.platforms)),
        settings=replace(local.settings, repository=repository),
    )


def _floor(platform: Platform) -> Platform:
    """Return a platform with the floor of this machine, where it is the machine's own compiler's.

    A release has that of its declaration, from a prepared toolchain or an older system.
    """
    libc, version = machine_facts.libc_ver()
    own = platform.name == platforms.host() and libc == "glibc" and not cross.prepared(platform)
    if not own:
        return platform
    return replace(platform, tag=f"manylinux_{version.replace('.', '_')}_{platform.machine}")


@contextlib.contextmanager
def _servers(here: Path, declared: Declaration) -> Iterator[tuple[LocalIndex, LocalForge]]:
    """Start an index that has what was rehearsed before, and a forge, each with its own token."""
    tokens = {"TWINE_PASSWORD": secrets.token_hex(16), "GITHUB_TOKEN": secrets.token_hex(16)}
    before = {name: os.environ.get(name) for name in (*tokens, "TWINE_USERNAME")}
    os.environ.pop("TWINE_USERNAME", None)
    os.environ.update(tokens)
    # Cloned anew each time, the tree has no target directory; this one is warm.
    os.environ.setdefault("CARGO_TARGET_DIR", str(here.parent))
    try:
        with (
            LocalIndex(token=tokens["TWINE_PASSWORD"]) as index,
            LocalForge(token=tokens["GITHUB_TOKEN"]) as forge,
        ):
            for path in sorted((here / "published").glob("*/*")):
                if path.parent.name != declared.version:
                    index.mirror(path)
            yield index, forge
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def _dependencies(session: Session, index: LocalIndex, here: Path) -> None:
    """Let the index have what the release requires of others."""
    own = session.declaration.projects()
    for path in sorted(session.files.glob("*.whl")):
        facts, _ = archive.read(path)
        if facts and facts.project == session.declaration.project:
            wanted = dependencies.foreign(facts.requires, own)
            for wheel in dependencies.fetch(wanted, here / "dependencies"):
                index.mirror(wheel)
            return


def _keep(session: Session, here: Path) -> None:
    """Keep the files: the next version is compared with them."""
    folder = here / "published" / session.declaration.version
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(session.files, folder)
