"""The sources that a wheel is made from: a folder, an sdist file, or an sdist of the index."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from importlib.machinery import PathFinder
from pathlib import Path

from rtvariants.errors import MachineError, Problem, RtvariantsError
from rtvariants.toolchain.commands import missing_toolchain

_TARS = (".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar")
_ARCHIVES = (*_TARS, ".zip")
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_REQUIREMENT = re.compile(rf"({_NAME})(?:\s*==\s*([A-Za-z0-9.!+_-]+))?")
# How pip says that it has not reached an index at all.
_CAUSE = re.compile(r"connection: (?:\[Errno -?\d+\] )?([^'\"\n]+)")
_UNREACHED = (
    "Retrying (",
    "Failed to establish",
    "Name or service",
    "Connection refused",
    "is being ignored",
)


class SourceError(RtvariantsError):
    """There are no sources to build from under the name that was given."""


def found(text: str, folder: Path) -> Path:
    """Return the folder of the sources; what must be unpacked or downloaded goes into `folder`.

    Raises `SourceError` where there are none, and `MachineError` where the index is not reached.
    """
    path = Path(text)
    if path.is_dir():
        return _project(path.resolve())
    if path.suffix == ".whl":
        hint = "give the sdist, its folder, or `NAME==VERSION`: runtimes are compiled from sources"
        raise SourceError(f"a wheel, not sources: {path.name}", hint)
    if path.is_file():
        return _project(unpacked(path, folder))
    asked = _REQUIREMENT.fullmatch(text.strip())
    if asked is None or os.sep in text or text.endswith(_ARCHIVES):
        hint = "give a folder, an sdist file, or `NAME==VERSION` from the index"
        raise SourceError(f"no such file or folder: {text}", hint)
    archive = _downloaded(asked[1], asked[2] or "", folder)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    sys.stderr.write(f"rtvariants: {archive.name}  sha256:{digest}\n")
    return _project(unpacked(archive, folder))


def _project(folder: Path) -> Path:
    if (folder / "pyproject.toml").is_file():
        return folder
    if (folder / "setup.py").is_file():
        what = f"no pyproject.toml in {folder.name}, only setup.py"
        hint = 'add one that has `[build-system]` with `requires = ["setuptools", …]`'
        raise SourceError(what, hint)
    raise SourceError(f"no pyproject.toml in {folder.name}", "name the folder of a Python project")


def unpacked(archive: Path, folder: Path) -> Path:
    """Return the one folder that an sdist holds; nothing is written outside of `folder`."""
    out = folder / "sdist"
    try:
        if archive.name.endswith(_TARS):
            with tarfile.open(archive) as tar:
                tar.extractall(out, filter="data")
        elif archive.suffix == ".zip":
            with zipfile.ZipFile(archive) as zipped:
                zipped.extractall(out)
        else:
            hint = f"an sdist ends in {', '.join(f'`{end}`' for end in _ARCHIVES)}"
            raise SourceError(f"not an sdist: {archive.name}", hint)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError) as error:
        hint = "download or build it again"
        # tarfile lists all formats that it has tried, each in a line.
        why = str(error).partition("\n")[0].rstrip(":")
        raise SourceError(f"unreadable sdist: {archive.name}: {why}", hint) from error
    tops = [path for path in out.iterdir() if path.is_dir()]
    if len(tops) != 1:
        hint = "an sdist holds one folder, `NAME-VERSION`"
        raise SourceError(f"not an sdist: {archive.name} holds {len(tops)} folders", hint)
    return tops[0]


def pip(*words: str) -> list[str]:
    """Return a command of pip; raises `MachineError` where this environment has none."""
    # Not `importlib.util`'s: setuptools answers it for pip, with a warning once distutils is there.
    if PathFinder.find_spec("pip") is None:
        hint = f"install it: {sys.executable} -m ensurepip"
        raise MachineError("no pip in this environment", hint)
    return [sys.executable, "-m", "pip", "--disable-pip-version-check", *words]


def _downloaded(name: str, version: str, folder: Path) -> Path:
    """Let pip download an sdist, by its own settings for the index."""
    out = folder / "download"
    wanted = f"{name}=={version}" if version else name
    argv = pip("download", "--no-deps", "--no-binary", name, "--dest", str(out), wanted)
    done = subprocess.run(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    archives = sorted(out.iterdir()) if out.is_dir() else []
    if not done.returncode and archives:
        return archives[0]
    shutil.rmtree(out, ignore_errors=True)
    last = [line for line in done.stdout.splitlines() if line.startswith("ERROR:")][-1:]
    said = last[0].removeprefix("ERROR: ") if last else done.stdout.strip()[-400:]
    if missing := missing_toolchain(done.stdout):
        raise MachineError(missing)
    if "metadata-generation-failed" in done.stdout:
        sys.stderr.write(done.stdout)
        hint = "see its output above; pip asks it about every sdist"
        raise SourceError(f"the backend of `{wanted}` can't say its metadata", hint)
    # After the backend's own failure: cargo has the same words for a host that it can't reach.
    if any(word in done.stdout for word in _UNREACHED):
        hint = "`pip config list` shows which index pip asks; an sdist file needs none"
        why = "".join(_CAUSE.findall(done.stdout)[-1:])
        raise MachineError(f"the index is not reached{why and ': '}{why}", hint)
    hint = f"`pip index versions {name}` lists the versions; a project may have wheels only"
    raise SourceError(Problem(f"no sdist of `{wanted}`: {said}", hint))
