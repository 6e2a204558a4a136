"""Build the cells of this machine and pack the files of the release.

With `--platform` and `--runtime` one cell is built and left in `cells/`. `--collect` builds
nothing: it joins the cells that other machines built, and packs. What has been built from this
commit is not built again.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.archives import sdist as sdists
from rtvariants.archives import wheel as archives
from rtvariants.config import load
from rtvariants.config.overrides import variable_of
from rtvariants.errors import ConfigError, Problem, WheelError, near
from rtvariants.files import temporary_folder
from rtvariants.project import frontend
from rtvariants.release import cells, manifest, renamed, source
from rtvariants.release.journal import DONE, Journal
from rtvariants.release.session import Session
from rtvariants.release.source import Source
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross, interpreters
from rtvariants.wheels import check, insert, join
from rtvariants.wheels.pack import pack

from . import options as option


@dataclass(frozen=True)
class Options:
    """The options of the step."""

    platform: tuple[str, ...] = option.many(
        "build for this platform; may be repeated (default: this machine's own)", "NAME"
    )
    all_local: bool = option.switch("build for every platform that this machine can build for")
    runtime: str = option.value("build one cell: only this runtime", "NAME")
    python: tuple[str, ...] = option.many(
        "build for this one of the declared Pythons; may be repeated (default: all)", "VERSION"
    )
    collect: bool = option.switch("join the cells that are there and pack; build nothing")


def run(session: Session, options: Options) -> dict[str, Any]:
    """Build, join and pack; returns the files with their sizes."""
    tree = session.clean()
    book = session.work()
    if session.frozen:
        return _frozen(session)
    builder = _Builder(session, tree, book)
    chosen = cells.chosen(
        session.declaration, options.platform, all_local=options.all_local or options.collect
    )
    pythons = _pythons(session, options.python)
    if options.runtime:
        made = [builder.cell(p, options.runtime, python) for p in chosen for python in pythons]
        return {"cells": [str(path) for path in made]}
    if options.collect:
        builder.join()
    else:
        for platform, python in itertools.product(chosen, pythons):
            builder.fat(platform, python)
    files = builder.pack(builder.sdist())
    return {"files": [{"name": p.name, "size": p.stat().st_size} for p in files]}


def _pythons(session: Session, names: Sequence[str]) -> tuple[str, ...]:
    """Return the Pythons to build for, an empty name for the stable ABI."""
    declared = session.declaration.pythons
    if unknown := [name for name in names if name and name not in declared]:
        hint = near(unknown[0], tuple(filter(None, declared)))
        where = "tool.rtvariants.release.python"
        raise ConfigError(Problem(f"undeclared Python: `{unknown[0]}`", hint, where))
    return tuple(dict.fromkeys(names)) or declared


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    if "cells" in facts:
        return f"{len(facts['cells'])} cells"
    size = sum(file["size"] for file in facts["files"])
    return f"{len(facts['files'])} files, {size / 1e6:.2f} MB"


def _frozen(session: Session) -> dict[str, Any]:
    """Return the files of a frozen release: what may be published is never built again."""
    made = session.manifest()
    if problems := manifest.changed(made, session.files):
        raise manifest.ManifestError(problems)
    session.say(f"{len(made.files)} files are frozen; nothing is built again")
    return {"files": [{"name": f.name, "size": f.size} for f in made.files]}


class _Builder:
    """Builds into the folders of one release; the journal has the hash of what is complete."""

    def __init__(self, session: Session, tree: Source, book: Journal) -> None:
        self._session, self._book = session, book
        self._config = load.read(session.root)
        # All archives have the commit's time, so that a second build gives the same bytes.
        self._env = {"SOURCE_DATE_EPOCH": str(tree.date)}
        if self._config.pgo.on and self._config.pgo.mode == "auto":
            # A second run of the command would count something else.
            self._env[variable_of("pgo-mode")] = "stored"

    def cell(self, platform: Platform, runtime: str, python: str) -> Path:
        """Build one runtime of one platform, for one Python."""
        cell = cells.Cell(platform, runtime, python)
        folder = self._session.folder / "cells" / cell.name
        env = {variable_of("runtimes"): runtime, interpreters.VARIABLE: python}
        return self._once("cell", cell.name, folder, platform, env)

    def fat(self, platform: Platform, python: str) -> Path:
        """Build all runtimes of one platform as one wheel, for one Python."""
        name = _fat(platform, python)
        folder = self._session.folder / "fat" / name
        return self._once("fat", name, folder, platform, {interpreters.VARIABLE: python})

    def sdist(self) -> Path:
        """Write the project's own sdist."""
        return self._once("sdist", "", self._session.folder / "sdist", None, {})

    def _once(
        self, step: str, key: str, folder: Path, platform: Platform | None, env: dict[str, str]
    ) -> Path:
        """Return what an earlier run made, if the journal has its hash; else make it."""
        kept = self._book.facts(step, key)
        path = folder / str(kept.get("name", ""))
        if kept and path.is_file() and source.sha256(path) == kept["sha256"]:
            self._session.say(f"kept {path.name}")
            return path
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        env = self._env | env
        if platform is None:
            path = frontend.sdist(self._session.root, folder, env)
        else:
            if platform.name != platforms.host() or cross.prepared(platform):
                env[cross.PLATFORM] = platform.name
            path = self._wheel(folder, platform, env, whole=step == "fat")
        self._book.write(step, DONE, key, name=path.name, sha256=source.sha256(path))
        self._session.say(f"built {path.name}  {path.stat().st_size / 1e6:.2f} MB")
        return path

    def _wheel(self, folder: Path, platform: Platform, env: dict[str, str], *, whole: bool) -> Path:
        with temporary_folder() as temporary:
            built = archives.read(frontend.wheel(self._session.root, temporary, env))
        self._of_python(built, env.get(interpreters.VARIABLE, ""))
        return self._declared(built, platform).write(folder) if whole else built.write(folder)

    def _of_python(self, wheel: archives.Wheel, python: str) -> None:
        """Refuse a wheel for other Pythons than declared: it would have another one's name."""
        abi, wanted = "-".join(wheel.tag.split("-")[:2]), self._session.declaration.abi_of(python)
        if abi == wanted:
            return
        hint = f'declare `abi = "{abi}"` instead, in `[tool.rtvariants.release]`'
        if "abi3" not in abi:
            version = abi.rpartition("-")[2].replace("cp3", "3.")
            hint = f'declare the Pythons, such as `python = ["{version}"]`, in '
            hint += "`[tool.rtvariants.release]`"
        what = f"wheel for `{abi}`, and `{wanted}` is declared"
        raise WheelError(Problem(what, hint, wheel.filename))

    def _declared(self, wheel: archives.Wheel, platform: Platform) -> archives.Wheel:
        """Return a wheel under its declared tag; refuse one that breaks what the tag promises."""
        abi = "-".join(wheel.tag.split("-")[:2])
        made = insert.retagged(wheel, f"{abi}-{platform.tag}")
        if problems := check.check(made):
            found = wheel.tag.split("-")[-1]
            hint = f"for an older glibc, run `rtvariants toolchain prepare {platform.name}` or "
            hint += f'use an older system; or declare `tag = "{found}"` for this platform'
            raise WheelError(
                Problem(p.what, hint if p.rule == "native-tag" else p.hint, made.filename, p.rule)
                for p in problems
            )
        return made

    def join(self) -> None:
        """Make a wheel for each platform and Python whose cells are all there."""
        declared = self._session.declaration
        for platform, python in itertools.product(declared.platforms, declared.pythons):
            folders = [
                self._session.folder / "cells" / cells.Cell(platform, runtime, python).name
                for runtime in declared.runtimes
            ]
            found = [path for folder in folders for path in sorted(folder.glob("*.whl"))]
            if len(found) < len(declared.runtimes):
                continue
            whole = join.join([archives.read(path) for path in found], self._config)
            folder = self._session.folder / "fat" / _fat(platform, python)
            shutil.rmtree(folder, ignore_errors=True)
            path = self._declared(whole, platform).write(folder)
            self._session.say(f"joined {path.name} from {len(found)} cells")

    def pack(self, sdist: Path) -> list[Path]:
        """Write the release's files from all wheels that are there."""
        folder = self._session.folder / "fat"
        wheels = sorted(path for path in folder.glob("*/*.whl"))
        if not wheels:
            hint = "build for a platform here, or copy the cells of other machines into `cells/`"
            raise WheelError(Problem("no wheel for any platform", hint, str(folder)))
        out = self._session.files
        shutil.rmtree(out, ignore_errors=True)
        packaging = self._session.declaration.packaging
        with temporary_folder() as temporary:
            wheels, sdist = self._named(wheels, sdist, temporary)
            made = pack(packaging, wheels, sdist, self._config, out)
        for path in made:
            self._session.say(f"  {path.stat().st_size / 1e6:8.2f} MB  {path.name}")
        return made

    def _named(self, wheels: list[Path], sdist: Path, folder: Path) -> tuple[list[Path], Path]:
        """Return the archives under the release's own name, written to `folder` if it differs."""
        project = self._session.declaration.project
        if not self._session.declaration.settings.distribution:
            return wheels, sdist
        return [
            renamed.wheel(archives.read(path), project).write(folder) for path in wheels
        ], renamed.sdist(sdists.read(sdist), project).write(folder)


def _fat(platform: Platform, python: str) -> str:
    return f"{platform.name}-{python}" if python else platform.name
