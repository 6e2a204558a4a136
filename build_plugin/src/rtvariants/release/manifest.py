"""The manifest: every file of a release with its hash, size and role, frozen before publishing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rtvariants.errors import MachineError, Problem, RtvariantsError
from rtvariants.files import write_text

from .declaration import Declaration
from .expected import ROLES
from .fanin import Checked
from .source import Source, sha256

FILE_NAME = "manifest.json"
FORMAT = 1
_DAMAGED = (
    "fetch the frozen files again; if nothing of this release is on the index, remove the manifest "
    "and run `rtvariants release freeze`"
)


class ManifestError(RtvariantsError):
    """A manifest that cannot be read, or files that differ from the frozen ones."""


@dataclass(frozen=True)
class File:
    """One frozen file; `size` is in bytes, `sha256` in hexadecimal digits."""

    name: str
    role: str
    project: str
    runtimes: tuple[str, ...]
    platform: str
    sha256: str
    size: int

    @property
    def stage(self) -> int:
        """Return the file's place in the order of publishing."""
        return ROLES.index(self.role)


@dataclass(frozen=True)
class Manifest:
    """A whole release. `locks` are hashes of lock files, `source_date` seconds since 1970."""

    project: str
    version: str
    packaging: str
    tag: str
    commit: str
    source_date: int
    toolchains: tuple[str, ...]
    locks: dict[str, str]
    extras: tuple[str, ...]
    files: tuple[File, ...]

    def text(self) -> str:
        """Return the manifest as JSON; equal manifests have equal texts."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2, sort_keys=True) + "\n"

    def projects(self) -> tuple[str, ...]:
        """Return the distributions of the release in the order of publishing."""
        return tuple(dict.fromkeys(file.project for file in self.files))


def freeze(declaration: Declaration, source: Source, checked: Sequence[Checked]) -> Manifest:
    """Return the manifest of files that passed the fan-in."""
    stamps = [stamp for each in checked if each.facts for stamp in each.facts.stamps]
    bases = [c.facts for c in checked if c.facts and c.file.role == "base-wheel"]
    files = tuple(
        File(
            name=each.file.name,
            role=each.file.role,
            project=each.file.project,
            runtimes=each.file.runtimes,
            platform=each.file.platform,
            sha256=sha256(each.path),
            size=each.path.stat().st_size,
        )
        for each in checked
    )
    return Manifest(
        project=declaration.project,
        version=declaration.version,
        packaging=declaration.packaging,
        tag=declaration.tag,
        commit=source.commit,
        source_date=source.date,
        toolchains=tuple(sorted({stamp["toolchain"] for stamp in stamps})),
        locks=source.locks,
        extras=bases[0].extras if bases else (),
        files=files,
    )


def write(manifest: Manifest, folder: Path) -> Path:
    """Write the manifest, or keep an equal one.

    Raises `ManifestError` if there is a different one: a version is frozen once, since published
    files may not change.
    """
    path = folder / FILE_NAME
    if path.is_file():
        before = load(path)
        if before.text() == manifest.text():
            return path
        raise ManifestError(_differences(before, manifest, path))
    try:
        # What is published next counts on it: the disk must have it first.
        write_text(path, manifest.text(), sync=True)
    except OSError as error:
        raise MachineError(
            f"can't write the manifest: {path}: {error.strerror}",
            "free some space, or choose a folder with `--out`",
        ) from error
    return path


def load(path: Path, digest: str | None = None) -> Manifest:
    """Read a manifest; raises `ManifestError`, also for one whose SHA-256 is not `digest`."""
    hint = "run `rtvariants release freeze` to write it"
    try:
        text = path.read_bytes()
        found = hashlib.sha256(text).hexdigest()
        if digest and found != digest.lower():
            raise ManifestError(
                f"sha256 of the manifest: {found}; expected: {digest}: {path}",
                "the manifest has changed since `freeze`: fetch the frozen files again",
            )
        data: dict[str, Any] = json.loads(text)
        if (found := data.pop("format")) != FORMAT:
            what = f"manifest of format {found}, expected {FORMAT}: {path}"
            raise ManifestError(what, "install the rtvariants that wrote it to resume this release")
        files = tuple(File(**{**f, "runtimes": tuple(f["runtimes"])}) for f in data.pop("files"))
        for key in ("toolchains", "extras"):
            data[key] = tuple(data[key])
        return Manifest(**data, files=files)
    except FileNotFoundError as error:
        raise ManifestError(f"no manifest: {path}", hint) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        said = f"no key {error}" if isinstance(error, KeyError) else str(error)
        raise ManifestError(f"unreadable manifest: {path}: {said}", _DAMAGED) from error


def changed(manifest: Manifest, folder: Path) -> list[Problem]:
    """Return a problem for each frozen file that is missing or has changed."""
    problems = []
    paths = {path.name: path for path in folder.rglob("*") if path.is_file()}
    hint = "fetch the frozen files again; a frozen release is never rebuilt"
    for file in manifest.files:
        if file.name not in paths:
            problems.append(Problem("the frozen file is missing", hint, file.name))
        elif (found := sha256(paths[file.name])) != file.sha256:
            problems.append(
                Problem(f"sha256 here: {found}; frozen: {file.sha256}", hint, file.name)
            )
    return problems


def other(folder: Path) -> Problem:
    """Return the problem of a manifest that does not describe the files next to it."""
    return Problem(
        "the manifest does not describe these files",
        "fetch manifest and files of one `freeze` again",
        str(folder / FILE_NAME),
    )


def _differences(before: Manifest, now: Manifest, path: Path) -> list[Problem]:
    hint = f"publish what was frozen, or raise the version; before a first upload, remove {path}"
    old = {file.name: file.sha256 for file in before.files}
    problems = [
        Problem(f"sha256 now: {file.sha256}; frozen: {old.get(file.name, 'nothing')}", hint,
                file.name)
        for file in now.files
        if old.get(file.name) != file.sha256
    ]  # fmt: skip
    if before.commit != now.commit:
        problems.append(Problem(f"commit now: {now.commit}; frozen: {before.commit}", hint))
    return problems or [Problem("another manifest of this version is frozen", hint)]
