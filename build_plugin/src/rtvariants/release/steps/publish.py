"""Upload the frozen files in order: the runtimes and, once the index shows them, the base.

A file that the index has with the same hash is not sent again. If the index has other bytes under a
name, nothing is sent, nor if `preflight` finds a problem. Credentials come from the environment
(`TWINE_PASSWORD`), from `~/.pypirc` or from trusted publishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from rtvariants.errors import MachineError, near
from rtvariants.release import publish, publish_plan
from rtvariants.release.index import Index
from rtvariants.release.manifest import Manifest
from rtvariants.release.session import Session
from rtvariants.release.upload import Twine

from . import options as option
from . import preflight


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    attestations: str = option.value(
        "folder with `<file>.publish.attestation` (PEP 740; default: the folder of the files)",
        "DIR",
    )
    only: tuple[str, ...] = option.many(
        "send only the files of this distribution; may be repeated. The base waits until the index "
        "shows everything that it depends on", "NAME"
    )  # fmt: skip


def run(session: Session, options: Options) -> dict[str, Any]:
    """Publish, or show what would be sent."""
    made = session.manifest()
    only = _chosen(made, options.only)
    if options.attestations and not Path(options.attestations).is_dir():
        raise MachineError(
            f"no folder: `{options.attestations}`", "give the folder of the attestations"
        )
    with session.reading() as index:
        if session.dry:
            return _shown(session, made, index)
        _, said = preflight.examine(session, made, index)
        if not session.manifest_sha256:
            said.append("the manifest's hash is not given; `--manifest-sha256` compares it")
        for note in said:
            session.say(f"note: {note}")
        if not session.addresses.upload:
            raise MachineError("no address to send files to", "add `--upload URL`")
        with session.journal(made) as book:
            folder = Path(options.attestations) if options.attestations else session.files
            uploader = Twine(session.addresses.upload, folder)
            try:
                publisher = publish.Publisher(
                    made, session.files, book, index, uploader, session.say, only=only
                )
                sent = publisher.publish()
            finally:
                uploader.close()
    kept = sum(file.project in only for file in made.files) - sent
    session.say(f"published: {sent} files sent, {kept} were already there")
    return {"sent": sent, "kept": kept}


def _chosen(made: Manifest, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the distributions to send files of: all, or those that are named."""
    projects = made.projects()
    known = {canonicalize_name(name): name for name in projects}
    if unknown := [name for name in names if canonicalize_name(name) not in known]:
        hint = near(unknown[0], projects) or f"one of {', '.join(projects)}"
        raise MachineError(f"no distribution of this release: `{unknown[0]}`", hint)
    return tuple(known[canonicalize_name(name)] for name in names) or projects


def _shown(session: Session, made: Manifest, index: Index) -> dict[str, Any]:
    shown = publish.shown_files(made, index)
    missing = []
    for stage in publish_plan.stages(made):
        for file in stage:
            done = publish_plan.step(file, shown.get(file.name), "").action == publish_plan.DONE
            missing += [] if done else [file.name]
            what = "already there" if done else "would be sent"
            session.say(f"{what}: {file.name} ({file.size / 1e6:.2f} MB, sha256 {file.sha256})")
    return {"would_send": missing}


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    if "would_send" in facts:
        return f"{len(facts['would_send'])} files would be sent"
    return f"{facts['sent']} files sent, {facts['kept']} were already there"
