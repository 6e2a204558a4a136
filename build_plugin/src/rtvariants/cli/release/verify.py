"""Compare a release, this or any past one, with the index, and install it afresh.

Missing and altered files, files that nobody froze, and yanks out of lockstep are each named. Then
exactly this version is installed into an empty environment, once an extra, by pip and by uv.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rtvariants.release import expected, install, manifest, publish, verify
from rtvariants.release.declaration import Declaration
from rtvariants.release.manifest import Manifest
from rtvariants.release.verify import VerifyReleaseError, Wanted
from rtvariants.release.version import canonical

from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("version", nargs="?", default="", help="a past version; else the current")
    parser.add_argument("--manifest", metavar="FILE", type=Path, help="the manifest of that time")
    parser.add_argument("--no-install", action="store_true", help="compare files alone")


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Verify; raises `VerifyReleaseError` or `InstallError`."""
    if session.dry and not options.version:
        session.say("nothing was sent, so there is nothing to verify")
        return {"skipped": "dry run"}
    declaration = session.declaration
    if options.version:
        declaration = declaration.at(canonical(options.version))
    made = _manifest(session, declaration, options.manifest)
    if made:
        wanted = Wanted.of(made)
    else:
        files = expected.expected(declaration)
        wanted = Wanted.named(declaration.version, [(f.name, f.project) for f in files])
        session.say("no manifest of this version: names and yanks are compared, hashes are not")
    with session.reading() as index:
        if made and not options.version:
            index.wait(publish.wanted(made.files))  # fresh from `publish`, it may lag
        projects = dict.fromkeys(wanted.projects.values())
        shown = {project: index.files(project) for project in projects}
    if problems := verify.problems(wanted, shown):
        raise VerifyReleaseError(problems)
    session.say(f"{len(wanted.hashes)} files on the index are those of {declaration.version}")
    installed = {} if options.no_install else _installed(session, declaration, made)
    return {"files": len(wanted.hashes), "hashes": made is not None, "installed": installed}


def _manifest(session: Session, declaration: Declaration, path: Path | None) -> Manifest | None:
    beside = session.folder / manifest.FILE_NAME
    if declaration.version != session.declaration.version:
        beside = session.folder.parent / declaration.version / manifest.FILE_NAME
    if path is None and not beside.is_file():
        return None
    return manifest.load(path or beside)


def _installed(
    session: Session, declaration: Declaration, made: Manifest | None
) -> dict[str, dict[str, dict[str, str]]]:
    """Install the base and each of its extras by each tool."""
    base, version = declaration.project, declaration.version
    extras = made.extras if made else ()
    found = {}
    for extra in ("", *extras):
        requirement = f"{base}[{extra}]=={version}" if extra else f"{base}=={version}"
        wanted = {base: version}
        if extra in declaration.names and declaration.packaging == "split":
            wanted[declaration.names[extra]] = version
        found[requirement] = install.check(
            requirement, session.addresses.simple, declaration.package, wanted
        )
        session.say(f"installs with {' and '.join(install.TOOLS)}: {requirement}")
    return found
