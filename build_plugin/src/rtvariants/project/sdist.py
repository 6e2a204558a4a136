"""Completes an sdist that a build tool wrote, so that the runtimes can be built from it alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rtvariants.archives.sdist import Sdist, is_program, read
from rtvariants.config import tool_maturin
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.files import temporary_folder
from rtvariants.toolchain.git import COMMIT_FILE, commit

from . import ignored, last_build, local_registries, resolved
from .above import files as above_files
from .above import manifest
from .sources import Sources
from .tree import Project
from .vendor import vendored


def complete(
    path: Path, project: Project, excluded: Callable[[str], bool] = lambda _: False
) -> None:
    """Add to the sdist what a build needs and its writer left out.

    That is the lock file, the crates, stored profiles, a plugin that is part of the tree, and the
    commit, for the stamps of wheels that are built from it; the crates of the registry too, where
    the setting `vendor` asks for them. What its writer put in is not touched. Where it can't be
    completed, no sdist is left. `excluded` says which files the project's settings keep out, by
    their path; what a build is known to read comes in all the same.
    """
    try:
        _complete(path, project, excluded)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _complete(path: Path, project: Project, excluded: Callable[[str], bool]) -> None:
    root, config, found = project.root, project.config, project.sources
    archive = read(path, root)
    with temporary_folder() as folder:
        add = _added(archive, project, folder, excluded)
        _warn_of_unreachable(found)
        now = commit(root)
        if now and COMMIT_FILE not in archive.files:
            add[COMMIT_FILE] = _written(folder / COMMIT_FILE, f"{now}\n")
        _warn_of_unlocked(found, archive.files)
        if config.build.vendor:
            add |= vendored(config, found, folder, _configs(archive, add, root))
        files = {**archive.files, **{name: _read(p, root) for name, p in add.items()}}
        ignored.refuse_tokens(files)
        ignored.warn_of_written(archive.files, root)
        local_registries.compare(files)
        files = resolved.settled(files, project)
        # A build script may run a file as a program; maturin's sdists have none.
        programs = archive.programs | {n for n, p in add.items() if is_program(p)}
        programs |= {n for n in archive.files if any(map(is_program, _in_tree(n, found)))}
        if files != archive.files or programs != archive.programs:
            replace(archive, files=files, programs=programs).write(path.parent)


def _added(
    archive: Sdist, project: Project, folder: Path, excluded: Callable[[str], bool]
) -> dict[str, Path]:
    """Return the files that its writer left out, by their path; new ones are below `folder`."""
    root, found = project.root, project.sources
    above = above_files(found) if found.has_workspace_above() else {}
    above = {n: p for n, p in above.items() if n not in archive.files}
    if found.incomplete() and (moved := tool_maturin.moved(archive.files, project.pyproject)):
        return {
            **ignored.without(above, root),
            "pyproject.toml": _written(folder / "pyproject.toml", moved),
        }
    read = [p for p in last_build.files(found.workspace, found.root) if p.is_relative_to(root)]
    add = {n: p for n, p in found.shipped().items() if not excluded(n)} | found.files()
    add |= {p.relative_to(root).as_posix(): p for p in (*read, *_profiles(project))}
    add = {n: p for n, p in add.items() if n not in archive.files}
    add = ignored.without({**above, **add}, root, set(read))
    held = local_registries.files(_configs(archive, add, root))
    add |= {n: p for n, p in held.items() if n not in archive.files}
    if found.has_workspace_above():
        add["Cargo.toml"] = _written(folder / "Cargo.toml", manifest(found))
    return add | _whole_workspaces(archive, project)


def _whole_workspaces(archive: Sdist, project: Project) -> dict[str, Path]:
    """Return the manifests of workspaces from which maturin has removed members.

    It keeps those that its one module needs. A further module may have the crate of another member,
    and every member comes in.
    """
    if not tool_maturin.may_be_maturins(project.pyproject) or not project.config.modules:
        return {}
    paths = (p / "Cargo.toml" for p in project.sources.workspaces if p.is_relative_to(project.root))
    names = {p.relative_to(project.root).as_posix(): p for p in paths}
    return {n: p for n, p in names.items() if archive.files.get(n) not in (None, p.read_bytes())}


def _profiles(project: Project) -> list[Path]:
    """Return the stored profiles, without which the wheel of an sdist would not be the same."""
    folder = project.config.pgo.profiles
    found = (project.root / folder).glob("*/*") if folder else ()
    return sorted(p for p in found if p.suffix in (".profdata", ".json") and p.is_file())


def _in_tree(name: str, found: Sources) -> Iterator[Path]:
    """Yield where a file of the sdist is in the tree; maturin may have moved it."""
    places = (found.root / name, found.workspace / name)
    yield from (path for path in places if path.is_file())


def _configs(archive: Sdist, add: Mapping[str, Path], root: Path) -> dict[str, Path]:
    """Return the files of cargo's configuration that the sdist has, by their path in it."""
    written = {n: root / n for n in local_registries.CONFIGS if n in archive.files}
    return written | {n: p for n, p in add.items() if n in local_registries.CONFIGS}


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _warn_of_unreachable(found: Sources) -> None:
    paths = {p for p, _ in found.unreachable()}
    if not found.outside():
        read = last_build.files(found.workspace, found.root)
        paths |= {p for p in read if not p.is_relative_to(found.root)}
    for path in sorted(paths):
        sys.stderr.write(
            "warning: not in the sdist, because it is outside of the project, although the code "
            f"includes it: {path}\nhint: move it, or a link to it, below {found.root}\n"
        )


def _warn_of_unlocked(found: Sources, files: Mapping[str, bytes]) -> None:
    for workspace in found.workspaces:
        lock = workspace / "Cargo.lock"
        names = {os.path.relpath(lock, found.root).replace(os.sep, "/")}
        if workspace == found.workspace:
            names.add("Cargo.lock")  # Where maturin may have moved it to.
        if not lock.is_file() and names.isdisjoint(files):
            sys.stderr.write(
                f"warning: no Cargo.lock in {workspace}: a build of this sdist uses the newest "
                "crates, and its runtimes differ from yours\n"
                "hint: cargo generate-lockfile, and keep the file under version control\n"
            )


def _read(path: Path, root: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        hint = "make it readable, or let version control ignore it"
        raise RtvariantsError(
            Problem(f"unreadable file of a crate: `{shown}`: {error.strerror}", hint)
        ) from error
