"""Create the forge's release with notes, hashes, SBOMs and sdists; a draft until it is complete.

The token comes from `GITHUB_TOKEN` or `GH_TOKEN`. Run again, the step updates the release and never
creates a second one.
"""

from __future__ import annotations

from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.release import forge, notes
from rtvariants.release import manifest as manifests
from rtvariants.release.forge import ForgeError
from rtvariants.release.session import Session

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Complete the release on the forge, or show what it would get."""
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
        text = notes.notes(made, session.changes(made.version))
    except ConfigError as error:
        raise ConfigError(
            [*error.problems, Problem("the forge's release was not started")]
        ) from error
    address = forge.release(forge.connect(name, session.api), made, text, files, session.say)
    session.say(f"released: {address}")
    return {"address": address, "assets": [asset.name for asset in files]}


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return str(facts.get("address") or f"{len(facts['would_have'])} assets")
