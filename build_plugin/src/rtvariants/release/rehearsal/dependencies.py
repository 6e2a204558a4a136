"""The dependencies of a release, fetched once, so that a local index can serve them too."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rtvariants.errors import MachineError
from rtvariants.release.secrets import redact


def of_others(requires: Iterable[str], own: Iterable[str], extra: str = "") -> tuple[str, ...]:
    """Return the requirements of a base, or of its extra, that are not a part of its release; pure.

    >>> of_others(["archspec<1", "a-rt==1; extra == 'rt'", "b; python_version < '3'"], ["a-rt"])
    ('archspec<1',)
    """
    names = {canonicalize_name(name) for name in own}
    parsed = [Requirement(text) for text in requires]
    return tuple(
        re.sub(r"\s*;.*", "", str(each))
        for each in parsed
        if canonicalize_name(each.name) not in names
        and (each.marker is None or each.marker.evaluate({"extra": extra}))
    )


def fetch(requirements: Iterable[str], folder: Path) -> list[Path]:
    """Fetch wheels of the requirements and of their dependencies, as pip does on this machine.

    Wheels that are in `folder` are not fetched again. Raises `MachineError` with pip's error.
    """
    wanted = list(requirements)
    if wanted:
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--only-binary", ":all:"]
        command += ["--find-links", str(folder), "--dest", str(folder), *wanted]
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no output"])[-1]
            raise MachineError(
                f"pip can't fetch {', '.join(wanted)}: {redact(said)}",
                f"copy their wheels into {folder}",
            )
    return sorted(folder.glob("*.whl")) if folder.is_dir() else []
