"""Turn one commit into a complete, verified release: plan, build, test, freeze, publish, notify.

Without a step, all steps from `plan` to `notify` are done in order. Each step can also be run on
its own, and again: what is done is not done twice, and an interrupted run continues where it
stopped. `--dry-run` makes the same files and sends nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import functools
import json
import sys
from pathlib import Path
from typing import Any

from rtvariants.errors import RtvariantsError
from rtvariants.release import declaration as declarations
from rtvariants.release import secrets, steps
from rtvariants.release.session import Session

from . import options as shared

# The rehearsal does the steps of a whole release, so it is not one of them.
_REHEARSE = steps.Step("rehearse", package="rtvariants.release.rehearsal")
_COMMANDS = {**steps.STEPS, _REHEARSE.name: _REHEARSE}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants release` and of its steps."""
    _shared(parser)
    for field in _of_a_whole_release():
        _add(parser, field)
    commands = parser.add_subparsers(dest="step", metavar="STEP")
    for name, step in _COMMANDS.items():
        command = commands.add_parser(name, help=step.help, description=step.module.__doc__)
        _shared(command)
        for field in dataclasses.fields(step.module.Options):
            _add(command, field)


def _of_a_whole_release() -> list[dataclasses.Field[Any]]:
    """Return the options of all steps of a whole release, one of several steps once."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for name in steps.WHOLE:
        for field in dataclasses.fields(steps.STEPS[name].module.Options):
            if not field.metadata["option"].positional:
                found.setdefault(field.name, field)
    return list(found.values())


def _add(parser: argparse.ArgumentParser, field: dataclasses.Field[Any]) -> None:
    """Add an option; one that is not given keeps the default of its step."""
    facts = field.metadata["option"]
    more: dict[str, Any] = {"help": facts.help, "default": argparse.SUPPRESS}
    if facts.positional:
        if field.default is not dataclasses.MISSING:
            more["nargs"] = "?"
        parser.add_argument(field.name, **more)
        return
    flag = f"--{field.name.replace('_', '-')}"
    if field.default is False:
        parser.add_argument(flag, action="store_true", **more)
        return
    action = "append" if field.default == () else "store"
    parser.add_argument(flag, action=action, type=facts.kind, metavar=facts.metavar, **more)


def _shared(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("options of every step")
    add = functools.partial(group.add_argument, default=argparse.SUPPRESS)
    add("--project", metavar="DIR", help=shared.FOLDER)
    add(
        "--out", metavar="DIR",
        help="folder for files, manifest and journal (default: dist/release/VERSION)",
    )  # fmt: skip
    add("--index", metavar="URL", help="simple API to use instead of the declared index")
    add("--upload", metavar="URL", help="where to send files, with `--index`")
    add("--forge-api", metavar="URL", help="API of a forge other than github.com")
    add(
        "--manifest-sha256", metavar="HASH",
        help="hash of the manifest, as `freeze` printed it; another manifest is refused",
    )  # fmt: skip
    add("--dry-run", action="store_true", help="make the same files, send nothing")
    add("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Do one step, or all in order."""
    given = vars(options)
    as_json = bool(given.get("json"))
    session = _session(given, as_json=as_json)
    done: dict[str, dict[str, Any]] = {}
    kept = session.declaration.settings.pass_env
    with contextlib.closing(session), secrets.held(kept):
        try:
            for name in (options.step,) if options.step else steps.WHOLE:
                if not options.step:
                    session.say(f"\n==> {name}")
                done[name] = steps.do(_COMMANDS[name], session, _options(name, given))
        except RtvariantsError as error:
            if as_json:
                print(json.dumps(_facts(session, done, error)))
            raise
    if as_json:
        print(json.dumps(_facts(session, done)))
    elif not options.step:
        print(steps.summary(session, done))
    return 0


def _session(given: dict[str, Any], *, as_json: bool) -> Session:
    root = Path(given.get("project", ".")).resolve()
    declared = declarations.read(root)
    out = given.get("out")
    folder = Path(out) if out else root / "dist" / "release" / declared.version
    # Only the object goes to the standard output.
    file = sys.stderr if as_json else sys.stdout
    return Session(
        declared,
        folder.resolve(),
        simple=given.get("index", ""),
        upload=given.get("upload", ""),
        api=given.get("forge_api", ""),
        dry=bool(given.get("dry_run")),
        manifest_sha256=given.get("manifest_sha256"),
        say=functools.partial(print, file=file, flush=True),
    )


def _options(name: str, given: dict[str, Any]) -> Any:
    """Return the options of a step: those that were given, and its defaults."""
    kind = _COMMANDS[name].module.Options
    values = {f.name: given[f.name] for f in dataclasses.fields(kind) if f.name in given}
    return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in values.items()})


def _facts(
    session: Session, done: dict[str, dict[str, Any]], error: RtvariantsError | None = None
) -> dict[str, Any]:
    problems = error.problems if error else ()
    return {
        "project": session.declaration.project,
        "version": session.declaration.version,
        "dry_run": session.dry,
        "folder": str(session.folder),
        "steps": done,
        "problems": [{"what": p.what, "hint": p.hint, "where": p.where} for p in problems],
    }
