"""The Python to build for: this one, or another one that is asked for, by its version or its path.

`--python 3.12`, `RTVARIANTS_PYTHON=3.12` and `-C python=3.12` name the same. It is no setting of
pyproject.toml, because `pip install` of a source is for the Python that runs pip.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from rtvariants.config.overrides import Override, current
from rtvariants.errors import MachineError, Problem

from . import cross, interpreter
from .interpreter import Interpreter

#: The variable that asks for a Python, and the name of the setting.
VARIABLE = "RTVARIANTS_PYTHON"
_VERSION = re.compile(r"3\.(\d+)(t?)")
_SECONDS = 30.0


def asked() -> tuple[str, ...]:
    """Return the Pythons that are asked for, in order and each once; none: the one that runs."""
    found = current(os.environ).take("python")
    return tuple(dict.fromkeys(_texts(found))) if found else ()


def _texts(found: Override) -> list[str]:
    joined = found.value if isinstance(found.value, str) else ",".join(found.value)
    texts = [text for text in re.split(r"[,\s]+", joined) if text]
    for text in texts:
        if not _VERSION.fullmatch(text) and not _is_path(text):
            hint = "write a version such as `3.12` or `3.14t`, or the path of a program"
            raise MachineError(Problem(f"not a Python: `{text}`", hint, found.name))
    return texts


def _is_path(text: str) -> bool:
    return os.sep in text or (os.altsep or os.sep) in text


def chosen() -> Interpreter:
    """Return the Python to build for; raises `MachineError` where it is not here.

    A build for another platform needs only its version.
    """
    names = asked()
    if len(names) > 1:
        listed = ", ".join(f"`{name}`" for name in names)
        raise MachineError(
            f"more than one Python for one wheel: {listed}",
            f"`rtvariants build --python {','.join(names)}` makes a wheel for each",
        )
    if not names:
        return interpreter.this()
    elsewhere = cross.chosen()
    return find(names[0], must=not elsewhere)


@cache
def find(name: str, *, must: bool = True) -> Interpreter:
    """Return a Python of this machine by its version or path; raises `MachineError`.

    Unless it `must` be here, one that is not has no program.
    """
    version = _VERSION.fullmatch(name)
    if not version:
        found = interpreter.ask(name)
        found.require_cpython()
        return found
    wanted = (3, int(version[1])), bool(version[2])
    broken: list[Problem] = []
    for path in _candidates(name):
        try:
            found = interpreter.this() if path == sys.executable else interpreter.ask(path)
        except MachineError as error:
            broken += error.problems
            continue
        if found.implementation == "cpython" and (found.version, found.free_threaded) == wanted:
            return found
    if not must:
        return _absent(wanted[0], free_threaded=wanted[1])
    hint = f"install it, or name its program: `--python /path/to/python{name}`"
    if others := installed():
        hint += f"; here are {', '.join(others)}"
    raise MachineError([Problem(f"no Python {name} on this machine", hint), *broken])


def _absent(version: tuple[int, int], *, free_threaded: bool) -> Interpreter:
    """Return a Python that is not here: what is built for it can't run here."""
    return replace(
        interpreter.this(), executable="", library="", implementation="cpython",
        version=version, free_threaded=free_threaded, suffix="", suffixes=(), traced=False,
    )  # fmt: skip


def installed() -> list[str]:
    """Return the versions of the Pythons that are here, by the names of their programs."""
    names = {
        match[1]
        for folder in _folders()
        for path in folder.glob("python3.*")
        if (match := re.fullmatch(r"python(3\.\d+t?)(?:\.exe)?", path.name))
    }
    return sorted(names, key=lambda name: (int(name[2:].rstrip("t")), name))


def _candidates(name: str) -> Iterator[str]:
    """Yield programs that may be a Python of a version, each once, the running one first."""
    seen: set[str] = set()
    if interpreter.this().shown == name:
        yield sys.executable
    for path in (*_on_path(name), *_of_pyenv(name), *_of_uv(name), *_of_launcher(name)):
        real = os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            yield path


def _folders() -> list[Path]:
    path = [Path(p) for p in os.environ.get("PATH", os.defpath).split(os.pathsep) if p]
    return [*path, *sorted(_pyenv().glob("versions/*/bin"))]


def _on_path(name: str) -> Iterator[str]:
    # A folder may have one that is not of its name, and the next folder the right one.
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if found := shutil.which(f"python{name}", path=folder or os.curdir):
            yield found


def _pyenv() -> Path:
    return Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")


def _of_pyenv(name: str) -> list[str]:
    """Return pyenv's, the newest first; one without the GIL is in `3.14.0t`."""

    def numbers(path: Path) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", path.parents[1].name)]

    return [str(p) for p in sorted(_pyenv().glob(f"versions/*/bin/python{name}"), key=numbers)][
        ::-1
    ]


def _of_uv(name: str) -> list[str]:
    """Return those that uv has installed."""
    uv = shutil.which("uv")
    argv = [uv or "", "python", "list", "--only-installed", "--offline", "--output-format=json"]
    try:
        found = json.loads(_said(argv)) if uv else []
        major = name.rstrip("t")
        rows = [row for row in found if str(row["version"]).startswith(f"{major}.")]
        return [str(row["path"]) for row in rows if row.get("path")]
    except (ValueError, TypeError, KeyError):
        return []


def _of_launcher(name: str) -> list[str]:
    """Return the one that Windows' launcher starts for a version."""
    launcher = shutil.which("py") if sys.platform == "win32" else None
    if not launcher:
        return []
    said = _said([launcher, f"-{name}", "-c", "import sys; print(sys.executable)"]).strip()
    return [said] if said else []


def _said(argv: list[str]) -> str:
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            encoding="utf-8", errors="replace", check=False, timeout=_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
