"""Run every step of a release on this machine, with a local index and a local forge.

The commit that is checked out is cloned and tagged there, so the tree here stays as it is. Every
declared platform that this machine can build for is built; the others are listed. The tokens are
made up for this run, and the two servers accept no others. Sizes are compared with the last
rehearsal of an older version.
"""

from __future__ import annotations

import contextlib
import platform as machine_facts
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rtvariants.archives import facts as archives
from rtvariants.errors import RtvariantsError
from rtvariants.release import cells
from rtvariants.release import declaration as declarations
from rtvariants.release.declaration import Declaration
from rtvariants.release.session import Session
from rtvariants.release.steps import STEPS, WHOLE, build, do, freeze, summary, test, verify
from rtvariants.release.steps import options as option
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross

from . import clone, dependencies, servers
from .index import LocalIndex

FOLDER = "target/rehearsal"


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    host_only: bool = option.switch("build only for this machine's own platform")
    no_emulation: bool = option.switch("do not emulate old CPUs")
    no_install: bool = option.switch("do not install the release at the end")


def run(session: Session, options: Options) -> dict[str, Any]:
    """Rehearse; returns the facts of each step."""
    here = session.root / FOLDER
    # In a folder without the dot, pytest would find the project's tests a second time.
    tree, commit = clone.make(session.root, session.source(), here / ".tree", session.say)
    declared = _local(session, declarations.read(tree), host_only=options.host_only)
    out = here / f"{declared.version}-{commit[:12]}"
    # The index of this run is new: what an earlier one got is not published.
    shutil.rmtree(out / "journal", ignore_errors=True)
    names = tuple(platform.name for platform in declared.platforms)
    own = {
        "build": build.Options(platform=names),
        # The test of all platforms reports those that can't be run here, and goes on.
        "test": test.Options(no_emulation=options.no_emulation),
        "freeze": freeze.Options(allow_untested=True),
        "verify": verify.Options(no_install=options.no_install),
    }
    done: dict[str, dict[str, Any]] = {}
    with servers.running(here, declared.version) as (index, forge):
        inner = Session(
            declared, out, index.simple, index.upload, forge.api, rehearsal=True, say=session.say
        )
        with contextlib.closing(inner):
            # A changelog without this version ends a release only after everything is built.
            inner.changes(declared.version)
            for name in WHOLE:
                session.say(f"\n==> {name}")
                step = STEPS[name]
                done[name] = do(step, inner, own.get(name) or step.module.Options())
                if name == "build":
                    _dependencies(inner, index, here)
        _keep(inner, here)
    session.say(summary(inner, done))
    session.say("This was a rehearsal: the index and the forge were local and no longer exist.")
    return {"steps": done, "platforms": names}


def _local(session: Session, declared: Declaration, *, host_only: bool) -> Declaration:
    """Return the declaration for what this machine can build."""
    missing = {p.name: cells.missing(p) for p in declared.platforms}
    if host_only:
        others = [name for name in missing if name != platforms.host()]
        missing |= dict.fromkeys(others, "`--host-only`")
    for name, reason in missing.items():
        if reason:
            session.say(f"not rehearsed: {name}: {reason}")
    local = declared.only([name for name, reason in missing.items() if not reason])
    if not local.platforms:
        raise RtvariantsError("this machine can't build for any declared platform")
    repository = declared.settings.repository or f"local/{declared.project}"
    return replace(
        local,
        platforms=tuple(map(_floor, local.platforms)),
        # The local index has the versions that were rehearsed before, and asks nobody for names.
        settings=replace(local.settings, repository=repository, owners=(), owned=local.projects()),
    )


def _floor(platform: Platform) -> Platform:
    """Return a platform with this machine's glibc as its floor, if this machine builds for itself.

    A release has the floor of its declaration, from a prepared toolchain or an older system.
    """
    libc, version = machine_facts.libc_ver()
    own = platform.name == platforms.host() and libc == "glibc" and not cross.prepared(platform)
    if not own:
        return platform
    return replace(platform, tag=f"manylinux_{version.replace('.', '_')}_{platform.machine}")


def _dependencies(session: Session, index: LocalIndex, here: Path) -> None:
    """Put what the release and each of its extras require of others on the index."""
    own = session.declaration.projects()
    for path in sorted(session.files.glob("*.whl")):
        facts, _ = archives.read(path)
        if facts.project == session.declaration.project:
            found: dict[Path, None] = {}
            # One after another: two extras may exclude each other.
            for extra in ("", *facts.extras):
                wanted = dependencies.of_others(facts.requires, own, extra)
                found |= dict.fromkeys(dependencies.fetch(wanted, here / "dependencies"))
            for wheel in found:
                index.mirror(wheel)
            return


def _keep(session: Session, here: Path) -> None:
    """Keep the files: the next version's sizes are compared with theirs."""
    folder = here / servers.PUBLISHED / session.declaration.version
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(session.files, folder)
