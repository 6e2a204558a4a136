"""The programs of the environment that a build runs in, at a place that stays the same.

A frontend puts what `build-system.requires` brings, such as cmake or sccache, into an environment
that has a new path each time. cargo would run each build script again that looks at PATH. So
programs in the target directory start them, and its folder stands in PATH instead.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from rtvariants.files import write_bytes

_FRONTEND_FOLDERS = ("pip-build-env-", "build-env-", "builds-v")
_COMPILERS = ("cargo", "rustc", "rustup", "cc", "gcc", "clang", "ld")


def stable_path(ambient: Mapping[str, str], folder: Path) -> str:
    """Return PATH with `folder` instead of the folders of environments; fills it.

    A folder that holds a compiler stays: without it, another one could be used. On Windows, no
    script can stand in for a program, so all folders stay there.
    """
    path = ambient.get("PATH", "")
    entries = [entry for entry in path.split(os.pathsep) if entry]
    if os.name == "nt":
        return path
    wanted = dict(_programs(entries))
    python = ambient.get("PYTHONPATH")
    for name, program in wanted.items():
        _write(folder / name, _script(program, python))
    if folder.is_dir():
        for stale in (each for each in folder.iterdir() if each.name not in wanted):
            stale.unlink()
    # It stands there without programs too, so that PATH is the same for all frontends.
    return os.pathsep.join([str(folder), *(e for e in entries if not _temporary(Path(e)))])


def _programs(entries: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield the programs of environments that a search in PATH would find, by name."""
    seen: set[str] = set()
    for entry in entries:
        temporary = _temporary(Path(entry))
        try:
            found = [each for each in os.scandir(entry) if each.name not in seen]
        except OSError:
            continue
        names = [e.name for e in found if e.is_file() and os.access(e.path, os.X_OK)]
        seen |= set(names)
        if temporary:
            yield from ((name, Path(os.path.abspath(entry), name)) for name in sorted(names))


def _script(program: Path, python: str | None) -> bytes:
    # pip's environment is only in this variable, which other programs of cargo must not see.
    before = f"PYTHONPATH={shlex.quote(python)} " if python else ""
    return os.fsencode(f'#!/bin/sh\n{before}exec {shlex.quote(str(program))} "$@"\n')


def _write(path: Path, text: bytes) -> None:
    if path.is_file() and path.read_bytes() == text:
        return
    write_bytes(path, text)
    path.chmod(0o755)


def _temporary(folder: Path) -> bool:
    isolated = (folder.parent / "pyvenv.cfg").is_file() or any(
        part.startswith(_FRONTEND_FOLDERS) for part in folder.parts
    )
    return isolated and not any(
        (folder / f"{tool}{end}").exists() for tool in _COMPILERS for end in ("", ".exe")
    )
