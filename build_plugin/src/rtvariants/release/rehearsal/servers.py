"""The index and the forge of a rehearsal, each with a token that is made up for it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from .forge import LocalForge
from .index import LocalIndex

#: The folder with the files of earlier rehearsals, by version.
PUBLISHED = "published"


@contextlib.contextmanager
def running(here: Path, version: str) -> Iterator[tuple[LocalIndex, LocalForge]]:
    """Start an index that has what was rehearsed before for other versions, and a forge."""
    tokens = {"TWINE_PASSWORD": secrets.token_hex(16), "GITHUB_TOKEN": secrets.token_hex(16)}
    before = {name: os.environ.get(name) for name in (*tokens, "TWINE_USERNAME")}
    # A user name of the caller is for another index.
    os.environ.update({**tokens, "TWINE_USERNAME": "__token__"})
    # A clone has no target directory; this one is warm.
    os.environ.setdefault("CARGO_TARGET_DIR", str(here.parent))
    try:
        with (
            LocalIndex(token=tokens["TWINE_PASSWORD"]) as index,
            LocalForge(token=tokens["GITHUB_TOKEN"]) as forge,
        ):
            for path in sorted((here / PUBLISHED).glob("*/*")):
                if path.parent.name != version:
                    index.mirror(path)
            yield index, forge
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})
