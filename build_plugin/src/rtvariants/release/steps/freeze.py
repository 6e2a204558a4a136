"""Check the files against the declaration and write the manifest: hashes, sizes, roles, origins.

A version is frozen once. Files that are missing, extra, wrongly tagged, damaged, untested or from
another commit are refused here, before any credential is used.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Any

from rtvariants.errors import Problem
from rtvariants.release import fanin, manifest, tested
from rtvariants.release.fanin import FanInError
from rtvariants.release.session import Session

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    allow_untested: bool = option.switch("accept wheels that have not passed `rtvariants release "
                                         "test`")  # fmt: skip


def run(session: Session, options: Options) -> dict[str, Any]:
    """Check and freeze; raises `FanInError` or `ManifestError`."""
    tree = session.clean()
    checked = fanin.check(session.declaration, session.files, tree.commit)
    made = manifest.freeze(session.declaration, tree, checked)
    passed = tested.hashes(session.folder)
    untested = [
        f.name for f in made.files if f.name.endswith(".whl") and f.sha256 not in passed
    ]  # fmt: skip
    if untested and not options.allow_untested:
        hint = "run `rtvariants release test` on that platform, or add `--allow-untested`"
        raise FanInError(Problem("untested wheel", hint, name) for name in untested)
    session.made()
    path = manifest.write(made, session.folder)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if outputs := os.environ.get("GITHUB_OUTPUT"):  # how a step of a workflow hands a value on
        with open(outputs, "a", encoding="utf-8") as file:
            file.write(f"manifest-sha256={digest}\n")
    # The steps of a whole release that follow accept this manifest alone.
    session.manifest_sha256 = digest
    session.say(f"frozen: {len(made.files)} files from commit {made.commit[:12]}: {path}")
    session.say(f"sha256 of the manifest: {digest}")
    for name in untested:
        session.say(f"note: untested: {name}")
    return {"manifest": str(path), "sha256": digest, "files": len(made.files),
            "untested": untested}  # fmt: skip


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return f"{facts['files']} files, manifest sha256 {facts['sha256'][:16]}…"
