"""Which profile each runtime of a build gets: a stored one, one of the command, or none."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rtvariants.compile.profile import Profile, refuse_foreign
from rtvariants.errors import MachineError, Problem
from rtvariants.files import write_bytes

from . import note as notes
from . import stored
from .note import Note, NoteError, Subject
from .training import Task, train

_OFF = "or build without profiles: `RTVARIANTS_PGO_MODE=off`"


def of(task: Task) -> dict[str, Profile]:
    """Return the profile of each runtime; empty where the configuration asks for none.

    Raises `MachineError` for each runtime that can get none, and what `train` raises.
    """
    settings = task.config.pgo
    if not settings.on:
        return {}
    refuse_foreign(task.tools.ambient)
    found: dict[str, Path] = {}
    unfit: dict[str, str] = {}
    if settings.mode != "run":
        found, unfit = _stored(task)
    lacking = tuple(name for name in task.runtimes if name not in found)
    if lacking and (settings.mode == "stored" or not settings.command):
        raise MachineError([_absent(task, name, unfit.get(name, "")) for name in lacking])
    for name in lacking:
        if name in unfit:
            sys.stderr.write(f"rtvariants: {name}  runs the command again: {unfit[name]}\n")
    if lacking:
        found |= train(replace(task, runtimes=lacking))
    return {name: _placed(task, name, found[name]) for name in task.runtimes}


def _stored(task: Task) -> tuple[dict[str, Path], dict[str, str]]:
    """Return the stored profiles that fit, and for each other one why it does not."""
    found: dict[str, Path] = {}
    unfit: dict[str, str] = {}
    for name in task.runtimes if task.config.pgo.profiles else ():
        path = _path(task, name)
        if not path.is_file():
            continue
        subject = task.subject(name)
        try:
            note, _ = notes.read(path)
        except NoteError as error:
            unfit[name] = error.problems[0].what
            continue
        why = stored.misfit(note, subject)
        if why:
            unfit[name] = f"the stored profile does not fit: {why}"
        else:
            found[name] = path
            _warn_of_lock(note, subject)
    return found, unfit


def _path(task: Task, runtime: str) -> Path:
    return stored.path(task.project.root, task.config.pgo.profiles, task.subject(runtime))


def _absent(task: Task, runtime: str, why: str) -> Problem:
    """Return the problem of a runtime that gets no profile."""
    folder = task.config.pgo.profiles
    shown = _path(task, runtime).relative_to(task.project.root).as_posix() if folder else ""
    what = f"runtime `{runtime}`: {why or f'no stored profile: `{shown}`'}"
    return Problem(what, f"`rtvariants pgo` stores one; {_OFF}")


def _warn_of_lock(note: Note, subject: Subject) -> None:
    if note.subject.lock != subject.lock:
        sys.stderr.write(
            f"warning: Cargo.lock has changed since the profile of `{subject.runtime}` was stored: "
            "functions of other versions of crates have no counts\n"
            "hint: run `rtvariants pgo` again\n"
        )


def _placed(task: Task, runtime: str, path: Path) -> Profile:
    """Return a profile under a name that has its digest.

    So another profile is another flag, and everything is compiled again; the same one, wherever it
    was stored, compiles nothing.
    """
    note, data = notes.read(path)
    folder = task.kept(runtime).parent
    place = folder / f"{runtime}-{note.sha256[:16]}{notes.SUFFIX}"
    if not place.is_file() or place.read_bytes() != data:
        for old in folder.glob(f"{runtime}-*{notes.SUFFIX}"):
            old.unlink()
        write_bytes(place, data)
    return notes.used(place, note)


def store(task: Task) -> Mapping[str, Path]:
    """Run the command with each runtime, and store the profiles in the project."""
    made = {}
    for name, path in train(task, again=True).items():
        note, data = notes.read(path)
        made[name] = _path(task, name)
        # The digest of the module is one of this machine, and no part of the file.
        notes.write(made[name], data, replace(note, key=""))
    return made
