"""Which wheels have passed their test: one file per platform, as another machine may freeze."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FOLDER = "tested"


def note(folder: Path, platform: str, hashes: Mapping[str, str]) -> None:
    """Keep the names and hashes of wheels that passed on a platform."""
    there = folder / FOLDER
    there.mkdir(exist_ok=True)
    text = json.dumps({"platform": platform, "files": hashes}, indent=2, sort_keys=True)
    (there / f"{platform}.json").write_text(text + "\n", encoding="utf-8")


def hashes(folder: Path) -> set[str]:
    """Return the hashes of all wheels that passed."""
    found: set[str] = set()
    for path in sorted((folder / FOLDER).glob("*.json")):
        found |= set(json.loads(path.read_text(encoding="utf-8"))["files"].values())
    return found
