"""Show the state of a release: here, on the index and on the forge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rtvariants.errors import RtvariantsError
from rtvariants.release import expected, forge, journal, provenance
from rtvariants.release.provenance import Signatures
from rtvariants.release.session import Session
from rtvariants.release.simple_api import Remote

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show the state; writes nothing, and reports what can't be asked."""
    del options
    declaration = session.declaration
    files = expected.expected(declaration)
    hashes = {f.name: f.sha256 for f in session.manifest().files} if session.frozen else {}
    session.say(f"{declaration.project} {declaration.version}: {session.folder}")
    session.say(f"manifest: {'frozen' if hashes else 'not frozen'}")
    steps = _steps(session)
    for name, state in steps.items():
        session.say(f"{name}: {state}")
    pages = {project: _shown(session, project) for project in declaration.projects()}
    attested = _attested(session, [file.name for file in files], pages)
    states = {}
    for project, shown in pages.items():
        for file in files:
            if file.project == project:
                states[file.name] = _state(file.name, hashes.get(file.name, ""), shown)
                said = attested.get(file.name, "")
                session.say(f"  {states[file.name]:14} {file.name}{said and f': {said}'}")
    there = _forge(session)
    session.say(f"forge: {there}")
    work = [e["step"] for e in journal.peek(session.folder / journal.WORK)]
    return {"frozen": bool(hashes), "steps": steps, "index": states, "attested": attested,
            "forge": there, "work": work}  # fmt: skip


def _steps(session: Session) -> dict[str, str]:
    """Return how far each step has got on this index; a damaged line of its journal is reported."""
    path = session.journals / session.journal_name
    if not path.is_file():
        return {}
    for number in journal.damage(path):
        session.say(f"damaged: line {number} of {path}")
    return {e["key"]: e["state"] for e in journal.peek(path) if e["step"] == "step"}


def _shown(session: Session, project: str) -> Mapping[str, Remote] | None:
    try:
        with session.reading() as index:
            return index.files(project)
    except RtvariantsError as error:
        session.say(f"  {error.problems[0].what}")
        return None


def _attested(
    session: Session, names: list[str], pages: Mapping[str, Mapping[str, Remote] | None]
) -> dict[str, str]:
    """Return what the attestations of each file that has some say, or that one is missing."""
    made = session.manifest() if session.frozen else None
    whose = session.publisher(session.declaration, made)
    remotes = [(project, shown[name]) for project, shown in pages.items() if shown
               for name in names if name in shown]  # fmt: skip
    if whose is None or not remotes:
        return {}
    try:
        with session.reading() as index:
            signatures = Signatures(offline=session.local)
            found = provenance.examine(
                index, whose, remotes, required=session.attests, signatures=signatures
            )
    except RtvariantsError as error:
        session.say(f"  {error.problems[0].what}")
        return {}
    for note in found.notes:
        session.say(f"note: {note}")
    good = "attested" if signatures.missing else "signed"
    return {
        remote.name: "; ".join(p.what for p in found.problems.get(remote.name, ())) or good
        for _, remote in remotes
        if remote.provenance or remote.name in found.problems
    }


def _state(name: str, digest: str, shown: Mapping[str, Remote] | None) -> str:
    if shown is None:
        return "unknown"
    remote = shown.get(name)
    if remote is None:
        return "absent"
    if digest and remote.sha256 != digest:
        return "OTHER BYTES"
    return f"yanked: {remote.yanked}" if remote.yanked else "there"


def _forge(session: Session) -> str:
    name = session.repository
    if not name:
        return "none declared"
    try:
        with forge.errors("the list of releases"):
            for found in forge.connect(name, session.api).get_releases():
                if found.tag_name == session.declaration.tag:
                    kind = "draft" if found.draft else "public"
                    return f"{kind}, {found.get_assets().totalCount} assets"
    except RtvariantsError as error:
        return f"unknown: {error.problems[0].what}"
    return "no release"
