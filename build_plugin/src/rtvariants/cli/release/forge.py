"""Make the forge's release: notes, manifest, hashes, SBOMs and sdists; a draft until complete.

The token comes from `GITHUB_TOKEN` or `GH_TOKEN`. A second run updates and never doubles.
"""

from __future__ import annotations

import argparse
from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.release import forge, notes
from rtvariants.release import manifest as manifests
from rtvariants.release.forge import ForgeError

from .preflight import changes
from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add no option of its own."""
    del parser


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Bring the forge to have the release, or show what it would get."""
    del options
    made, name = session.manifest(), session.repository
    if not name:
        session.say("no `repository` is declared: no release on a forge")
        return {"skipped": "no repository"}
    if problems := manifests.changed(made, session.files):
        raise ForgeError(problems)
    files = forge.assets(made, session.files)
    if session.dry:
        for asset in files:
            session.say(f"would be an asset: {asset.name} ({len(asset.data) / 1e6:.2f} MB)")
        return {"would_have": [asset.name for asset in files]}
    try:
        text = notes.notes(made, changes(session, made.version))
    except ConfigError as error:
        raise ConfigError(
            [*error.problems, Problem("the forge's release was not begun")]
        ) from error
    address = forge.release(forge.connect(name, session.api), made, text, files, session.say)
    session.say(f"released: {address}")
    return {"address": address, "assets": [asset.name for asset in files]}
