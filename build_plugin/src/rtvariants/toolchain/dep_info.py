"""What cargo lists next to an artifact: the files that it is made of."""

from __future__ import annotations

import re
from pathlib import Path


def dep_info(file: Path, base: Path = Path()) -> tuple[Path, ...]:
    """Return the files and folders that cargo lists next to an artifact: all that it is made of.

    They include what `include_str!` and the like have read, and what build scripts have named
    (`rerun-if-changed`), of the crate and of the crates that it depends on by path. Relative paths
    begin at `base`; cargo writes such ones if it is set to (`build.dep-info-basedir`).
    """
    try:
        text = file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    found = text.replace("\\\n", " ").partition(": ")[2].partition("\n")[0]
    words = re.split(r"(?<!\\) +", found.strip())
    return tuple(base / word.replace("\\ ", " ") for word in words if word)
