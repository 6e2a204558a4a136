"""Check every file against the declaration, and write the manifest: hashes, sizes, roles, origins.

A version is frozen once. Files that are missing, extra, wrongly tagged, damaged, of another commit
or untested are refused here, before any credential is touched.
"""

from __future__ import annotations

import argparse
import hashlib
from typing import Any

from rtvariants.errors import Problem
from rtvariants.release import fanin, manifest
from rtvariants.release.fanin import Checked, FanInError

from .session import Session
from .test import noted


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--allow-untested", action="store_true", help="take wheels that no test has passed"
    )


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Check and freeze; raises `FanInError` or `ManifestError`."""
    tree = session.clean()
    checked = fanin.check(session.declaration, session.files, tree.commit)
    made = manifest.freeze(session.declaration, tree, checked)
    tested = noted(session.folder)
    hashes = {file.name: file.sha256 for file in made.files}
    untested = [c.file.name for c in checked if _tests(c) and hashes[c.file.name] not in tested]
    if untested and not options.allow_untested:
        hint = "`rtvariants release test` on a machine of its platform, or `--allow-untested`"
        raise FanInError(Problem("wheel that no test has passed", hint, n) for n in untested)
    session.made()
    path = manifest.write(made, session.folder)
    digest = hashlib.sha256(made.text().encode()).hexdigest()
    session.say(f"frozen: {len(made.files)} files of commit {made.commit[:12]}: {path}")
    session.say(f"sha256 of the manifest: {digest}")
    for name in untested:
        session.say(f"note: untested: {name}")
    return {"manifest": str(path), "sha256": digest, "files": len(made.files),
            "untested": untested}  # fmt: skip


def _tests(each: Checked) -> bool:
    return each.path.suffix == ".whl"
