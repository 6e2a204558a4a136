"""Yank a release: the base by default, and say what users of pip and uv then get.

Both tools are asked, of the index as it is and as it would be. Where the index has no address for
yanks, the command says where to do it by hand, and a second run sees that it was done.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from rtvariants.release import yank
from rtvariants.release.declaration import Declaration
from rtvariants.release.version import canonical

from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument("version", help="the version to yank")
    parser.add_argument("--reason", default="", help="what users are shown")
    parser.add_argument(
        "--runtime", action="append", default=[], metavar="NAME",
        help="yank this runtime's distribution too: it does harm by itself",
    )  # fmt: skip
    parser.add_argument("--no-impact", action="store_true", help="do not ask pip and uv")
    parser.add_argument("--yank-url", metavar="URL", default="",
                        help="where the index takes yanks: `…/{project}/{file}/yank`")  # fmt: skip


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Show the impact, yank, and look that it was done."""
    declaration = session.declaration.at(canonical(options.version))
    chosen = _projects(declaration, options.runtime)
    with session.reading() as index:
        shown = {project: index.files(project) for project in declaration.projects()}
        files = yank.files(declaration.version, chosen, shown)
        todo = [name for name, remote in files.items() if not remote.yanked]
        simple = session.addresses.simple
        base = declaration.project
        asks = () if options.no_impact or not todo else _requirements(declaration)
        changes = yank.impact(asks, simple, todo, base)
        if changes:
            session.say(f"{'requirement':32} {'tool':5} {'now':10} after the yank")
        for each in changes:
            session.say(f"{each.requirement:32} {each.tool:5} {each.before:10} {each.after}")
        url = options.yank_url or declaration.yank
        by_project = {p: [n for n in todo if n in shown[p]] for p in chosen}
        reason = options.reason or "yanked"
        _yank(session, _Asked(declaration.version, reason, by_project), url)
        left: list[str] = []
        if url and not session.dry:
            after = {name: r for p in chosen for name, r in index.files(p).items()}
            left = [name for name in todo if not after[name].yanked]
    if left:
        raise yank.YankError(f"the index still shows {len(left)} files without the yank",
                             "run the same command again later")  # fmt: skip
    facts = [vars(each) for each in changes]
    return {"yanked": sorted(files), "impact": facts, "was_yanked": len(files) - len(todo)}


def _projects(declaration: Declaration, runtimes: list[str]) -> list[str]:
    unknown = [name for name in runtimes if name not in declaration.runtimes]
    if unknown or (runtimes and declaration.packaging != "split"):
        what = f"no distribution of its own: `{(unknown or runtimes)[0]}`"
        raise yank.YankError(what, f"runtimes: {', '.join(declaration.runtimes)}")
    return [declaration.project, *(declaration.names[name] for name in runtimes)]


def _requirements(declaration: Declaration) -> list[str]:
    base, version = declaration.project, declaration.version
    found = [base, f"{base}=={version}"]
    if declaration.packaging == "split":
        found += [f"{base}[{name}]" for name in declaration.runtimes]
    return found


@dataclass(frozen=True)
class _Asked:
    """What is to be yanked: by project, the names of the files that are not yet."""

    version: str
    reason: str
    todo: dict[str, list[str]]


def _yank(session: Session, asked: _Asked, url: str) -> None:
    """Ask for each yank, or say how it is done by hand."""
    if not any(asked.todo.values()):
        session.say("all of it is yanked already")
    for project, names in asked.todo.items():
        if session.dry:
            session.say(f"would yank {len(names)} files of `{project}`")
        elif url:
            for name in names:
                yank.ask(url, project, name, asked.reason)
                session.say(f"yanked {name}")
        elif names:
            session.say(
                f"this index takes yanks on its pages alone: as an owner of `{project}`, open its "
                f"release {asked.version}, choose to yank it, and run this command again"
            )
