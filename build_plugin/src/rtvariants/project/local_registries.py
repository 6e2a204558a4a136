"""Folders of vendored crates that cargo's configuration names: an sdist holds them whole.

`cargo vendor` writes such a folder, and cargo compares each file of it with a checksum. A file that
version control ignores by a pattern such as `*.a` or `build/`, or whose line ends it changes, makes
the whole folder useless; so nothing is left out of it, and each file is compared here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from rtvariants.config import toml
from rtvariants.errors import ConfigError, Problem, RtvariantsError

_CHECKSUMS = ".cargo-checksum.json"
CONFIGS = (".cargo/config.toml", ".cargo/config")
_AGAIN = "run `cargo vendor` again; if git changed or ignores the file: git add -f"


def folders(config: Mapping[str, Any]) -> list[str]:
    """Return the folders of crates that a configuration of cargo names by a relative path.

    >>> folders({"source": {"a": {"directory": "vendor"}, "b": {"directory": "/opt/crates"}}})
    ['vendor']
    """
    sources = config.get("source", {}).values()
    named = [s.get("directory", s.get("local-registry")) for s in sources if isinstance(s, dict)]
    # A crate that the configuration puts in the place of another one.
    for patch in config.get("patch", {}).values():
        crates = patch.values() if isinstance(patch, dict) else ()
        named += [crate.get("path") for crate in crates if isinstance(crate, dict)]
    return sorted(n for n in named if isinstance(n, str) and not os.path.isabs(n))


def files(configs: Mapping[str, Path]) -> dict[str, Path]:
    """Return every file of the folders that these configurations name, by its path in the sdist.

    Raises `RtvariantsError` for a folder that the sdist can't hold or that does not exist.
    """
    found: dict[str, Path] = {}
    for name, path in configs.items():
        if name not in CONFIGS:
            continue
        try:
            named = folders(toml.read(path))
        except ConfigError:
            continue  # cargo says what is wrong with it.
        for folder in named:
            # cargo takes paths from the folder that contains `.cargo`.
            place = path.parents[1] / folder
            if ".." in PurePosixPath(folder).parts or not place.is_dir():
                hint = "name a folder next to `.cargo`, or vendor with `rtvariants sdist --vendor`"
                what = f"folder of crates that the sdist can't hold: `{folder}`"
                raise RtvariantsError(Problem(what, hint, name))
            found |= {f"{folder}/{inside}": file for inside, file in _whole(place)}
    return found


def _whole(folder: Path) -> Iterator[tuple[str, Path]]:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def compare(contents: Mapping[str, bytes]) -> None:
    """Compare the crates in an sdist with their checksums.

    Raises `RtvariantsError` with every file that is missing or differs.
    """
    problems = []
    for name, text in contents.items():
        place, _, last = name.rpartition("/")
        if last != _CHECKSUMS:
            continue
        for inside, digest in json.loads(text).get("files", {}).items():
            data = contents.get(f"{place}/{inside}")
            if data is None:
                problems.append(f"missing file of a vendored crate: `{place}/{inside}`")
            elif hashlib.sha256(data).hexdigest() != digest:
                problems.append(f"changed file of a vendored crate: `{place}/{inside}`")
    if problems:
        raise RtvariantsError(Problem(what, _AGAIN) for what in problems)
