"""Yank a release, by default its base, and show what pip and uv then install.

Both tools are asked: with the index as it is, and as it would be. If the index has no address for
yanks, the command says where to yank by hand, and a second run checks that it was done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rtvariants.release import yank
from rtvariants.release.declaration import Declaration
from rtvariants.release.index import Index
from rtvariants.release.session import Session
from rtvariants.release.version import canonical

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    version: str = option.argument("the version to yank", required=True)
    reason: str = option.value("what users are shown", "TEXT")
    runtime: tuple[str, ...] = option.many(
        "also yank the distribution of this runtime, which does harm on its own", "NAME"
    )
    no_impact: bool = option.switch("do not ask pip and uv")
    yank_url: str = option.value("where the index accepts yanks: `…/{project}/{file}/yank`", "URL")


def run(session: Session, options: Options) -> dict[str, Any]:
    """Show the impact, yank, and check that it was done."""
    declaration = session.declaration.at(canonical(options.version))
    chosen = _projects(declaration, options.runtime)
    url = options.yank_url or declaration.yank
    with session.reading() as index:
        shown = {project: index.files(project) for project in declaration.projects()}
        files = yank.files(declaration.version, chosen, shown)
        todo = [name for name, remote in files.items() if not remote.yanked]
        changes = () if options.no_impact or not todo else _impact(session, declaration, todo)
        by_project = {p: [n for n in todo if n in shown[p]] for p in chosen}
        reason = options.reason or "yanked"
        _yank(session, _Requests(declaration.version, reason, by_project), url)
        if url and not session.dry:
            _check(index, by_project)
    facts = [vars(each) for each in changes]
    return {"yanked": sorted(files), "impact": facts, "was_yanked": len(files) - len(todo)}


def _impact(
    session: Session, declaration: Declaration, todo: Sequence[str]
) -> tuple[yank.Change, ...]:
    """Show what pip and uv install now, and after the yank."""
    requirements = _requirements(declaration)
    changes = yank.impact(requirements, session.addresses.simple, todo, declaration.project)
    session.say(f"{'requirement':32} {'tool':5} {'now':10} after the yank")
    for each in changes:
        session.say(f"{each.requirement:32} {each.tool:5} {each.before:10} {each.after}")
    return changes


def _check(index: Index, requested: Mapping[str, Sequence[str]]) -> None:
    """Look at the index again; raises `YankError` for files that it does not show as yanked."""
    left = 0
    for project, names in requested.items():
        after = index.files(project) if names else {}
        left += sum(not after[name].yanked for name in names)
    if left:
        what = f"the index still shows {left} files as not yanked"
        raise yank.YankError(what, "run the same command again later")


def _projects(declaration: Declaration, runtimes: Sequence[str]) -> list[str]:
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
class _Requests:
    """What is to be yanked: by project, the names of the files that are not yanked yet."""

    version: str
    reason: str
    todo: dict[str, list[str]]


def _yank(session: Session, requests: _Requests, url: str) -> None:
    """Request each yank, or say how to do it by hand."""
    if not any(requests.todo.values()):
        session.say("everything is already yanked")
    for project, names in requests.todo.items():
        if session.dry:
            session.say(f"would yank {len(names)} files of `{project}`")
        elif url:
            for name in names:
                yank.request(url, project, name, requests.reason)
                session.say(f"yanked {name}")
        elif names:
            session.say(
                f"this index accepts yanks only on its pages: as an owner of `{project}`, open its "
                f"release {requests.version}, choose to yank it, and run this command again"
            )
