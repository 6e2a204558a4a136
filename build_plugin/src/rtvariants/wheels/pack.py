"""One packaging of built wheels: fat, split or variant, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from rtvariants.archives import sdist
from rtvariants.archives.wheel import Wheel
from rtvariants.config.model import Config
from rtvariants.errors import Problem, WheelError
from rtvariants.files import write_together

from . import check, distributions, limits, split, split_sdists, variant
from .contents import contents
from .rules import variants

#: The packagings by name, with what they consist of.
KINDS = {
    "fat": "one wheel for each platform with all runtimes; the loader chooses",
    "split": "a base without native code, and a distribution for each runtime that it pins",
    "variant": "the fat wheel, and one wheel for each CPU level for installers that choose",
}


def pack(
    kind: str, wheels: Sequence[Path], source: Path | None, config: Config, out: Path
) -> list[Path]:
    """Write one packaging of fat wheels, and of their sdist, to a folder.

    Every wheel is checked before and after, and no extension module changes. Returns the paths in
    the order in which they must be uploaded: what others require comes first. Raises `WheelError`
    or `ConfigError`, and then `out` is as it was.
    """
    fats = check.all_checked(wheels)
    _one_version(fats, config)
    if source is not None:
        _same_project(source, fats[0])

    def write(folder: Path) -> list[Path]:
        if kind == "split":
            written = _split(fats, source, config, folder)
        else:
            written = [Path(shutil.copy(path, folder)) for path in wheels]
            written += _variants(fats, folder) if kind == "variant" else []
            written += [Path(shutil.copy(source, folder))] if source else []
        finished = [path for path in written if path.suffix == ".whl"]
        _same_natives(fats, finished)
        for path in finished:
            limits.keep(path, config)
        return written

    return write_together(out, write)


def _one_version(fats: Sequence[Wheel], config: Config) -> None:
    found = contents(fats[0])
    if config.package not in (part.package for part in found.parts):
        what = f"its package is `{found.package}`, that of pyproject.toml `{config.package}`"
        raise WheelError(Problem(what, "give wheels of this project", fats[0].filename, "pack"))
    for fat in fats[1:]:
        if (fat.project, fat.version) != (fats[0].project, fats[0].version):
            hint = "give the wheels of one version of one package"
            raise WheelError(
                Problem(f"not of `{fats[0].project}` {fats[0].version}", hint, fat.filename, "pack")
            )
    tags = [_place(fat) for fat in fats]
    if twice := next((t for t in tags if tags.count(t) > 1), None):
        hint = "give one wheel for each platform and Python"
        raise WheelError(Problem(f"two wheels for `{twice}`", hint, fats[0].filename, "pack"))


def _place(fat: Wheel) -> str:
    """Return where a wheel is for: its platform, with the Python unless it is for many."""
    python, platform = fat.tag.rsplit("-", 1)
    return platform if "-abi3" in python and "abi3t" not in python else fat.tag


def _same_project(source: Path, fat: Wheel) -> None:
    """Refuse the sdist of another package or version: the runtimes would be built from it."""
    found = sdist.read(source)
    if (canonicalize_name(found.name), Version(found.version)) != (
        fat.project,
        Version(fat.version),
    ):
        hint = "give the sdist of the same project and version"
        what = f"not the sdist of `{fat.project}` {fat.version}"
        raise WheelError(Problem(what, hint, source.name, "pack"))


def _split(fats: Sequence[Wheel], source: Path | None, config: Config, out: Path) -> list[Path]:
    base, *runtimes = split.cut(fats, config)
    written = [wheel.write(out) for wheel in runtimes]
    if source is None:
        return [*written, base.write(out)]
    made = distributions.of(config, base.project)
    first, *others = split_sdists.sdists(sdist.read(source), base, made)
    # All runtimes come before the base, or for a moment the base can't be installed.
    return [*written, *(each.write(out) for each in others), base.write(out), first.write(out)]


def _variants(fats: Sequence[Wheel], out: Path) -> list[Path]:
    cut = [wheel for fat in fats for wheel in variant.cut(fat)]
    written = [wheel.write(out) for wheel in cut]
    if cut:
        name, text = variant.index(cut)
        if found := variants.contradictions(text):
            raise WheelError(Problem(what, "", name, "variant") for what in found)
        (out / name).write_bytes(text)
        written.append(out / name)
    return written


def natives(wheels: Iterable[Wheel]) -> dict[tuple[str, str], str]:
    """Return the sha256 of every extension module by the tag of its wheel and its path."""
    return {
        (wheel.tag, name): hashlib.sha256(wheel.files[name]).hexdigest()
        for wheel in wheels
        for found in [contents(wheel)]
        for name in map(found.native, found.runtimes)
        if name is not None
    }


def _same_natives(fats: Sequence[Wheel], written: Sequence[Path]) -> None:
    before, after = natives(fats), natives(check.checked(path) for path in written)
    if before != after:
        differing = sorted(str(key) for key in set(before.items()) ^ set(after.items()))
        raise WheelError(f"extension modules have changed: {json.dumps(differing)}")
