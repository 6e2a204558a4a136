"""What cargo made for one runtime: its cdylib, and all units that took part."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtvariants.errors import BuildError
from rtvariants.files import replacing
from rtvariants.toolchain.dep_info import dep_info
from rtvariants.toolchain.metadata import identity

from .build import Build
from .profile import discarded

#: One line of cargo's output as JSON.
Message = dict[str, Any]


@dataclass(frozen=True)
class Unit:
    """One thing that cargo compiled, or found compiled: a library, a build script, a macro.

    `for_host` distinguishes what runs while building from what becomes part of the artifact;
    `folder` is where a build script put its files, `cfgs` are the flags `--cfg` that it set.
    """

    package_id: str
    name: str
    kinds: tuple[str, ...]
    features: tuple[str, ...]
    manifest: Path
    source: Path
    files: tuple[Path, ...]
    for_host: bool
    folder: Path | None = None
    cfgs: tuple[str, ...] = ()

    @property
    def crate(self) -> str:
        """Return the name of its package, which is that of a crate in Cargo.toml."""
        return identity(self.package_id)[0]


@dataclass(frozen=True)
class Artifact:
    """A copy of cargo's cdylib, and the features that cargo built it with.

    `pyo3_features` and `pyo3_cfgs` are those of the linked pyo3-ffi, or of pyo3 without one: its
    build script decides for which Python all others are compiled.
    `compiled` counts the crates that were not fresh; `units` are all that took part. `inputs` are
    the files that cargo names as those that its cdylib is made of, by the project's own crates.
    `inits` are the addresses of the functions that the build has put a guard before.
    `discarded` are the functions that have changed since their profile was taken.
    """

    build: Build
    path: Path
    features: tuple[str, ...]
    pyo3_features: tuple[str, ...]
    compiled: int
    units: tuple[Unit, ...] = ()
    inputs: tuple[Path, ...] = ()
    pyo3_cfgs: tuple[str, ...] = ()
    inits: Mapping[str, int] = field(default_factory=dict)
    discarded: frozenset[str] = frozenset()


def collect(build: Build, messages: Sequence[Message], log: str) -> Artifact:
    """Return the artifact that cargo names in its messages; raises `BuildError` where none is."""
    made = [m for m in messages if m.get("reason") == "compiler-artifact"]
    module = _last(m for m in made if _is(m, build.contract.lib, "cdylib"))
    path = _library(module["filenames"]) if module else None
    if module is None or path is None:
        what = f"cargo named no cdylib `{build.contract.lib}` for `{build.runtime}`"
        raise BuildError(build.runtime, what, "", log)
    kept = build.output_dir / path.name
    inits = _keep(path, kept, build)
    found = units(build, messages)
    pyo3 = [u for name in ("pyo3-ffi", "pyo3") for u in found if u.crate == name]
    libs = [unit.features for unit in pyo3 if "lib" in unit.kinds and not unit.for_host]
    return Artifact(
        build,
        kept,
        features=tuple(module["features"]),
        pyo3_features=libs[0] if libs else (),
        compiled=len({m["package_id"] for m in made if not m.get("fresh")}),
        units=found,
        pyo3_cfgs=next((unit.cfgs for unit in pyo3 if unit.cfgs), ()),
        inits=inits,
        inputs=dep_info(path.with_suffix(".d"), build.command.cwd),
        discarded=discarded(log),
    )


def _last(messages: Iterable[Message]) -> Message | None:
    return next(reversed([*messages]), None)


def _is(message: Message, name: str, kind: str) -> bool:
    return message["target"]["name"] == name and kind in message["target"]["kind"]


def units(build: Build, messages: Sequence[Message]) -> tuple[Unit, ...]:
    """Return the units of a build, in an order that does not depend on time."""
    # With `--target`, what runs on this machine is outside the folder of the target.
    ours = build.sharing.target_dir / build.contract.target
    folders: dict[str, Path] = {}
    cfgs: dict[str, tuple[str, ...]] = {}
    for message in messages:
        if message.get("reason") == "build-script-executed" and message.get("out_dir"):
            folder = Path(message["out_dir"])
            # A crate that a macro needs too has its script run twice; this one is linked.
            if message["package_id"] not in folders or folder.is_relative_to(ours):
                folders[message["package_id"]] = folder
                cfgs[message["package_id"]] = tuple(message.get("cfgs", ()))
    found = []
    for message in messages:
        if message.get("reason") == "compiler-artifact":
            target = message["target"]
            files = tuple(Path(f) for f in message["filenames"])
            script = "custom-build" in target["kind"]
            found.append(
                Unit(
                    package_id=message["package_id"],
                    name=target["name"],
                    kinds=tuple(target["kind"]),
                    features=tuple(message["features"]),
                    manifest=Path(message["manifest_path"]),
                    source=Path(target["src_path"]),
                    files=files,
                    for_host=not any(f.is_relative_to(ours) for f in files),
                    folder=folders.get(message["package_id"]) if script else None,
                    cfgs=cfgs.get(message["package_id"], ()) if script else (),
                )
            )
    # cargo names them as they get ready, in another order each time.
    return tuple(sorted(found, key=lambda u: (u.package_id, u.kinds, u.name, u.files)))


def _library(names: list[str]) -> Path | None:
    found = [Path(n) for n in names if Path(n).suffix in (".so", ".dylib", ".dll")]
    return found[0] if found else None


def _keep(source: Path, kept: Path, build: Build) -> dict[str, int]:
    """Copy cargo's file at once: the next runtime of the same target directory replaces it.

    If the build has linked a guard into it, the copy's init function is behind that guard, and the
    address that the linker has given it is returned, by its name. A copy of the same size and time
    is of the same file; leaving it alone keeps a warm build warm.
    """
    was = source.stat()
    data, inits = _guarded(source, build) if build.guard is not None else (None, {})
    if kept.is_file():
        now = kept.stat()
        same = (now.st_size, now.st_mtime_ns) == (was.st_size, was.st_mtime_ns)
        if same and (data is None or kept.read_bytes() == data):
            return inits
    with replacing(kept) as new:
        if data is None:
            shutil.copyfile(source, new)
        else:
            new.write_bytes(data)
        os.utime(new, ns=(was.st_atime_ns, was.st_mtime_ns))
    return inits


def _guarded(source: Path, build: Build) -> tuple[bytes, dict[str, int]]:
    """Return cargo's file with the guard before its init function; raises `BuildError`."""
    from rtvariants.native.guard import marker

    try:
        return marker.linked(source.read_bytes(), build.contract.export)
    except marker.GuardError as error:
        what = f"runtime `{build.runtime}` gets no guard: {error}"
        raise BuildError(build.runtime, what, _guard_hint(build)) from error


def _guard_hint(build: Build) -> str:
    return (
        f"`{build.contract.export}` is what Python calls: it is named after `module` in "
        "`[tool.rtvariants]`. If the linker has dropped the guard, take options that remove "
        "sections or symbols from the linker's arguments"
    )
