"""Compare a release with the index, and install it with pip and uv.

The release is the current one or any past one. Missing, changed and unknown files are reported, and
projects that are yanked in part. Every file is downloaded, and its bytes are compared. If the index
takes attestations, each file must have one of this repository's release workflow, at this version's
tag and commit. Then exactly this version is installed into an empty environment by pip and by uv,
once for each extra.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.errors import Problem
from rtvariants.release import expected, install, manifest, provenance, publish, verify
from rtvariants.release.declaration import Declaration
from rtvariants.release.index import Index
from rtvariants.release.manifest import Manifest
from rtvariants.release.provenance import Signatures
from rtvariants.release.session import Session
from rtvariants.release.simple_api import Remote
from rtvariants.release.verify import VerifyReleaseError, Wanted
from rtvariants.release.version import canonical

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    version: str = option.argument("a past version (default: the current one)")
    manifest: str = option.value("the manifest of a past version", "FILE")
    no_install: bool = option.switch("only compare files, install nothing")
    allow_unattested: bool = option.switch(
        "accept files without an attestation, of a release that was uploaded by hand"
    )


def run(session: Session, options: Options) -> dict[str, Any]:
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
        session.say("no manifest of this version: names and yanks are compared, but not hashes")
    with session.reading() as index:
        if made and not options.version:
            index.wait(publish.wanted(made.files))  # right after `publish`, it may lag
        projects = dict.fromkeys(wanted.projects.values())
        shown = {project: index.files(project) for project in projects}
        problems = verify.problems(wanted, shown) or _downloaded(index, wanted, shown)
        if problems:
            raise VerifyReleaseError(problems)
        count = len(wanted.hashes)
        session.say(f"{count} files on the index match {declaration.version}, byte for byte")
        remotes = [(project, each[name]) for project, each in shown.items()
                   for name in wanted.hashes if name in each]  # fmt: skip
        attested = _attested(session, declaration, made, index, remotes, options)
    installed = {} if options.no_install else _installed(session, declaration, made)
    return {"files": count, "hashes": made is not None, "attested": attested,
            "installed": installed}  # fmt: skip


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    installed = len(facts["installed"])
    return f"{facts['files']} files match; pip and uv install {installed} requirements here"


def _manifest(session: Session, declaration: Declaration, path: str) -> Manifest | None:
    there = session.folder / manifest.FILE_NAME
    if declaration.version != session.declaration.version:
        there = session.folder.parent / declaration.version / manifest.FILE_NAME
    if not path and not there.is_file():
        return None
    digest = session.manifest_sha256 if declaration == session.declaration else None
    return manifest.load(Path(path) if path else there, digest)


def _downloaded(
    index: Index, wanted: Wanted, shown: Mapping[str, Mapping[str, Remote]]
) -> list[Problem]:
    """Download every file; return a problem for each whose bytes are not those of the release."""
    remotes = {name: remote for files in shown.values() for name, remote in files.items()}
    with ThreadPoolExecutor(4) as pool:
        digests = dict(
            zip(wanted.hashes, pool.map(lambda n: index.digest(remotes[n]), wanted.hashes),
                strict=True)
        )  # fmt: skip
    hint = "the index, or something on the way, gives other bytes than it lists; yank the release"
    return [
        Problem(f"sha256 of the download: {digests[name]}; expected: {expected}", hint, name)
        for name, digest in wanted.hashes.items()
        if digests[name] != (expected := digest or remotes[name].sha256)
    ]


def _attested(  # noqa: PLR0917
    session: Session,
    declaration: Declaration,
    made: Manifest | None,
    index: Index,
    remotes: list[tuple[str, Remote]],
    options: Options,
) -> int:
    """Compare who has published each file; returns how many have verified signatures."""
    whose = session.publisher(declaration, made)
    if whose is None:
        session.say("note: no `repository` is declared: the publisher of the files was not checked")
        return 0
    found = provenance.examine(
        index, whose, remotes,
        required=session.attests, allowed=options.allow_unattested,
        signatures=Signatures(offline=session.local),
    )  # fmt: skip
    for note in found.notes:
        session.say(f"note: {note}")
    if found.problems:
        raise VerifyReleaseError([each for several in found.problems.values() for each in several])
    if found.signed:
        session.say(f"{found.signed} files are signed by {whose.repository}, {whose.tag}")
    return found.signed


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
