"""Turn one commit into a complete, verified release: plan, build, test, freeze, publish, tell.

Without a subcommand all steps are done in order, from `plan` to `notify`. Each of them can be run
alone, and again: what is done is not done twice, and a run that was cut short goes on where it
stopped. `--dry-run` makes the same files and sends nothing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
from collections.abc import Iterable
from typing import Any

from rtvariants.errors import RtvariantsError

from . import summary
from .session import Session, disk

#: The subcommands with their help, in the order of `rtvariants release --help`.
STEPS = {
    "plan": "show every file of the release, the cells of the build and the commands",
    "build": "build this machine's cells and pack what is there",
    "test": "install each wheel into a clean environment and run each runtime",
    "freeze": "check the files against the declaration and write the manifest",
    "preflight": "compare tree, manifest and index: may this go out?",
    "publish": "send the files in order: runtimes, then the base",
    "verify": "compare a release with the index, and install it with pip and uv",
    "forge": "make the forge's release with notes, hashes, SBOMs and sdists",
    "notify": "tell the workflows elsewhere, each once",
    "status": "show how far a release has got, here, on the index and on the forge",
    "yank": "yank a release, and show what pip and uv then give",
    "rehearse": "do all of it on this machine alone, with a local index and a local forge",
    "workflow": "write the CI and release workflows, or check that they are up to date",
}
#: What a whole release does, in order.
ORDER = (
    "plan", "build", "test", "freeze", "preflight", "publish", "verify", "forge", "notify",
)  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants release` and of its subcommands."""
    _shared(parser, argparse.SUPPRESS)
    for name in ORDER:
        _own(name, parser, bare=True)
    commands = parser.add_subparsers(dest="step", metavar="STEP")
    for name, text in STEPS.items():
        command = commands.add_parser(name, help=text, description=_step(name).__doc__)
        _shared(command, argparse.SUPPRESS)
        _own(name, command)


def _own(name: str, parser: argparse.ArgumentParser, *, bare: bool = False) -> None:
    """Add a step's own options; of a whole release, those that stand for several steps once."""
    if bare:
        parser = _Tolerant(parser)  # type: ignore[assignment]
    _step(name).arguments(parser)


class _Tolerant:
    """Adds an option of several steps once, and no positional one."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._parser = parser

    def add_argument(self, *names: str, **facts: Any) -> None:
        """Add an option, unless it is there or positional."""
        known = self._parser._option_string_actions
        if names[0].startswith("-") and not any(name in known for name in names):
            self._parser.add_argument(*names, **{**facts, "default": argparse.SUPPRESS})


def _shared(parser: argparse.ArgumentParser, default: Any) -> None:
    group = parser.add_argument_group("for every step")
    add = group.add_argument
    add("--project", default=default, metavar="DIR", help="folder of pyproject.toml")
    add("--out", default=default, metavar="DIR",
        help="where files, manifest and journal are; else `dist/release/VERSION`")  # fmt: skip
    add("--index", default=default, metavar="URL", help="simple API in place of the declared one")
    add("--upload", default=default, metavar="URL", help="where files are sent, with `--index`")
    add("--forge-api", default=default, metavar="URL", help="API of a forge of one's own")
    add("--dry-run", action="store_true", default=default, help="same files, nothing is sent")
    add("--json", action="store_true", default=default, help="print one JSON object")


def _step(name: str) -> Any:
    return importlib.import_module(f".{name}", __name__)


def run(options: argparse.Namespace) -> int:
    """Do one step, or all in order; returns 1 where a check fails."""
    session = Session.of(options)
    names = (options.step,) if options.step else ORDER
    done: dict[str, dict[str, Any]] = {}
    try:
        for name in names:
            done[name] = one(name, session, options)
    except RtvariantsError as error:
        if session.json:
            print(json.dumps({**_head(session), "steps": done, "problems": _problems(error)}))
        raise
    finally:
        session.close()
    if session.json:
        print(json.dumps({**_head(session), "steps": done, "problems": []}))
    elif not options.step:
        print(summary.text(session, done))
    return 0 if all(facts.get("ok", True) for facts in done.values()) else 1


def one(name: str, session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Do one step; returns its facts with the seconds that it took."""
    module = _step(name)
    if not options.step:
        # The defaults of the step, and over them what was given to the whole.
        session.head(name)
        own = argparse.ArgumentParser(add_help=False)
        module.arguments(own)
        options = argparse.Namespace(**{**vars(own.parse_args([])), **vars(options)})
    start = time.monotonic()
    with disk(session), session.noted(name):
        facts: dict[str, Any] = module.run(session, options)
    return {**facts, "seconds": round(time.monotonic() - start, 1)}


def _head(session: Session) -> dict[str, Any]:
    declaration = session.declaration
    return {
        "project": declaration.project,
        "version": declaration.version,
        "dry_run": session.dry,
        "folder": str(session.folder),
    }


def _problems(error: RtvariantsError) -> Iterable[dict[str, str]]:
    return [{"what": p.what, "hint": p.hint, "where": p.where} for p in error.problems]
