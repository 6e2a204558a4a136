"""Send the frozen files in order: the runtimes whole, then, once the index shows them, the base.

What is there with its hash is not sent again; other bytes under a name stop before anything is
sent. Credentials come from the environment (`TWINE_PASSWORD`) or from trusted publishing.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError
from rtvariants.release import plan, publish
from rtvariants.release import preflight as preflights
from rtvariants.release.index import Index
from rtvariants.release.manifest import Manifest
from rtvariants.release.upload import Twine

from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--attestations", metavar="DIR", type=Path,
        help="folder of `<file>.publish.attestation` (PEP 740); else beside the files",
    )  # fmt: skip


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Publish, or show what would be sent."""
    made = session.manifest()
    with session.reading() as index:
        if session.dry:
            return _shown(session, made, index)
        if problems := preflights.tree(session.source(), made):
            raise preflights.PreflightError(problems)
        if not session.addresses.upload:
            raise MachineError("no address to send files to", "give `--upload URL`")
        with session.journal(made) as book:
            uploader = Twine(session.addresses.upload, options.attestations or session.files)
            try:
                publisher = publish.Publisher(
                    made, session.files, book, index, uploader, session.say
                )
                sent = publisher.publish()
            finally:
                uploader.close()
    kept = len(made.files) - sent
    session.say(f"published: {sent} files sent, {kept} were there with their hashes")
    return {"sent": sent, "kept": kept}


def _shown(session: Session, made: Manifest, index: Index) -> dict[str, Any]:
    shown = publish.shown_files(made, index)
    actions = {}
    for stage in plan.stages(made):
        for file in stage:
            step = plan.step(file, shown.get(file.name), "")
            actions[file.name] = step.action
            what = "is there" if step.action == plan.DONE else "would be sent"
            session.say(f"{what}: {file.name} ({file.size / 1e6:.2f} MB, sha256 {file.sha256})")
    return {"would_send": [n for n, action in actions.items() if action != plan.DONE]}
