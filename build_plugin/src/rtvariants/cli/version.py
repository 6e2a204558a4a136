"""Show, set or check the one version that all files of a project state.

`set` accepts a version in the spelling of Python or of Cargo (`1.2.0rc1`, `1.2.0-rc.1`) and writes
each place in its own spelling: Cargo.toml, Cargo.lock, pyproject.toml, exact pins. `check` fails if
two places disagree.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rtvariants.config import load, pyproject
from rtvariants.release import declaration, places, version
from rtvariants.release.places import Place
from rtvariants.release.version import VersionError

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants version`."""
    parser.add_argument("action", nargs="?", choices=("show", "set", "check"), default="show")
    parser.add_argument("version", nargs="?", help="the new version, for `set`")
    parser.add_argument("--project", default=".", metavar="DIR", help=shared.FOLDER)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print the version, write it, or compare every place with it."""
    root = Path(options.project).resolve()
    if (options.action == "set") != (options.version is not None):
        raise VersionError(
            "no version to set" if options.action == "set" else "a version, but nothing to set",
            "run `rtvariants version set 1.2.0`",
        )
    data = pyproject.read(root)
    config = load.check(data, root)
    now = version.canonical(options.version or version.current(root, data))
    project = data.get("project", {})
    names = declaration.derive(config, project, now).projects() if config.release else ()
    found = places.find(root, now, names)
    changed = places.write(root, found) if options.action == "set" else ()
    if options.action == "check" and (problems := places.drift(found)):
        raise VersionError(problems)
    if options.json:
        facts = {"version": now, "cargo": version.to_cargo(now), "changed": list(changed)}
        print(json.dumps({**facts, "places": [_facts(each) for each in found]}, indent=2))
    elif options.action == "set":
        print(*(f"changed: {name}" for name in changed), f"version: {now}", sep="\n")
    elif options.action == "check":
        print(f"{now} in all {len(found)} places")
    else:
        print(now)
    return 0


def _facts(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line, "place": place.place, "found": place.found}
