"""Install each platform's wheels into a clean environment and run each runtime.

A platform that this machine can't run is named, unless `--python` gives an interpreter for it. What
passed is noted by hash in `tested/`, and `freeze` asks for it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

from rtvariants.cli import test as wheel_test
from rtvariants.errors import Problem, WheelError
from rtvariants.release import expected, source
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross

from .session import Session

FOLDER = "tested"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step; most are those of `rtvariants test`."""
    parser.add_argument(
        "--platform", action="append", default=[], metavar="NAME",
        help="test this one; may be repeated; else what this machine can run",
    )  # fmt: skip
    parser.add_argument("--find-links", action="append", default=[], metavar="DIR", type=Path,
                        help="folder of wheels that the package requires")  # fmt: skip
    parser.add_argument("--python", action="append", default=[], metavar="PLATFORM=COMMAND",
                        help="interpreter for foreign wheels, as in `rtvariants test`")  # fmt: skip
    parser.add_argument("--no-emulation", action="store_true", help="no emulated CPUs")
    parser.add_argument("--strict", action="store_true", help="what can't be run is a failure")


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Test each platform; raises `WheelError` where a run fails."""
    book = session.work()
    outcome: dict[str, str] = {}
    for platform in session.declaration.platforms:
        wheels = _wheels(session, platform)
        wanted = _wanted(platform, options)
        if not wheels or not wanted:
            outcome[platform.name] = "not built" if not wheels else "not run here"
            if platform.name in options.platform:
                hint = f"`rtvariants release build --platform {platform.name}`"
                raise WheelError(Problem(f"no wheels of `{platform.name}` to test", hint))
            session.say(f"{platform.name}: {outcome[platform.name]}")
            continue
        hashes = {path.name: source.sha256(path) for path in wheels}
        if book.facts("test", platform.name).get("files") == hashes:
            session.say(f"{platform.name}: these bytes have passed already")
        else:
            _passed(session, platform, wheels, options)
            book.write("test", "done", platform.name, files=hashes)
        _note(session, platform, hashes)
        outcome[platform.name] = "passed"
    return {"platforms": outcome}


def _wheels(session: Session, platform: Platform) -> list[Path]:
    """Return the wheels of a platform, with the base that they need."""
    names = [
        file.name
        for file in expected.expected(session.declaration)
        if file.name.endswith(".whl") and file.platform in (platform.name, "")
    ]
    paths = [session.files / name for name in names if (session.files / name).is_file()]
    own = [path for path in paths if platform.tag in path.name]
    return paths if own else []


def _wanted(platform: Platform, options: argparse.Namespace) -> bool:
    if options.platform:
        return platform.name in options.platform
    named = any(text.partition("=")[0] in platform.tag for text in options.python)
    tools = cross.prepared(platform)
    return named or platform.name == platforms.host() or bool(tools and tools.python)


def _passed(
    session: Session, platform: Platform, wheels: list[Path], options: argparse.Namespace
) -> None:
    # The others are for other platforms.
    named = [text for text in options.python if text.partition("=")[0] in platform.tag]
    own = argparse.Namespace(
        wheels=wheels, project=session.root, run=None, find_links=options.find_links,
        python=named, no_emulation=options.no_emulation, strict=options.strict,
    )  # fmt: skip
    # The lines of the test are progress, and JSON has the output for itself.
    with contextlib.redirect_stdout(sys.stderr if session.json else sys.stdout):
        failed = wheel_test.run(own)
    if failed:
        hint = "the lines above say which run failed; nothing was frozen"
        raise WheelError(Problem(f"wheels of `{platform.name}` failed their test", hint))


def _note(session: Session, platform: Platform, hashes: dict[str, str]) -> None:
    """Keep what passed in a file of its own: another machine may freeze."""
    folder = session.made() / FOLDER
    folder.mkdir(exist_ok=True)
    text = json.dumps({"platform": platform.name, "files": hashes}, indent=2, sort_keys=True)
    (folder / f"{platform.name}.json").write_text(text + "\n", encoding="utf-8")


def noted(folder: Path) -> set[str]:
    """Return the hashes of all wheels that passed."""
    found: set[str] = set()
    for path in sorted((folder / FOLDER).glob("*.json")):
        found |= set(json.loads(path.read_text(encoding="utf-8"))["files"].values())
    return found
