"""Create the forge's release with notes, hashes, SBOMs and sdists; a draft until it is complete.

The token comes from `GITHUB_TOKEN` or `GH_TOKEN`. Run again, the step updates the release and never
creates a second one. A dry run writes the assets that are no files of the release to `assets/`,
where the workflow attests them.
"""

from __future__ import annotations

import shutil
from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.release import forge
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
        _write(session, files)
        for asset in files:
            session.say(f"would be an asset: {asset.name} ({len(asset.data) / 1e6:.2f} MB)")
        return {"would_have": [asset.name for asset in files]}
    try:
        text = session.notes(made)
    except ConfigError as error:
        raise ConfigError(
            [*error.problems, Problem("the forge's release was not started")]
        ) from error
    address = forge.release(
        forge.connect(name, session.api), made, text, files, session.say,
        tagged=session.declaration.settings.signed_tags,
    )  # fmt: skip
    session.say(f"released: {address}")
    return {"address": address, "assets": [asset.name for asset in files]}


def _write(session: Session, files: tuple[forge.Asset, ...]) -> None:
    """Write what the release on the forge has in addition to the files and the manifest."""
    folder = session.folder / "assets"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for asset in files:
        if asset.name != manifests.FILE_NAME and not (session.files / asset.name).is_file():
            (folder / asset.name).write_bytes(asset.data)


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return str(facts.get("address") or f"{len(facts['would_have'])} assets")
