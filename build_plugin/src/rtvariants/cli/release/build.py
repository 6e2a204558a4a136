"""Build this machine's cells, and pack the files of the release from what is there.

With `--platform` and `--runtime` one cell is built and left in `cells/`. `--collect` builds
nothing: it joins the cells that other machines made and packs. What is built from this commit
already is not built again.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from rtvariants.archives import wheel as archives
from rtvariants.config import load
from rtvariants.errors import Problem, WheelError
from rtvariants.project import frontend
from rtvariants.release import manifest, source
from rtvariants.release.journal import DONE, Journal
from rtvariants.release.source import Source
from rtvariants.targets import platforms
from rtvariants.targets.platforms import Platform
from rtvariants.toolchain import cross
from rtvariants.wheels import check, graft, join
from rtvariants.wheels.pack import pack

from . import cells
from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the step."""
    parser.add_argument(
        "--platform", action="append", default=[], metavar="NAME",
        help="build for this one; may be repeated; else for this machine's own",
    )  # fmt: skip
    parser.add_argument(
        "--all-local", action="store_true", help="build for every platform that this machine makes"
    )
    parser.add_argument("--runtime", metavar="NAME", help="one cell: this runtime alone")
    parser.add_argument("--collect", action="store_true", help="join cells and pack, build nothing")


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Build, join and pack; returns the files with their sizes."""
    tree = session.clean()
    book = session.work()
    if (frozen := _frozen(session)) is not None:
        return frozen
    builder = _Builder(session, tree, book)
    chosen = cells.chosen(
        session.declaration, options.platform, all_local=options.all_local or options.collect
    )
    if options.runtime:
        made = [builder.cell(platform, options.runtime) for platform in chosen]
        return {"cells": [str(path) for path in made]}
    if options.collect:
        builder.join()
    else:
        for platform in chosen:
            builder.fat(platform)
    files = builder.pack(builder.sdist())
    return {"files": [{"name": p.name, "size": p.stat().st_size} for p in files]}


def _frozen(session: Session) -> dict[str, Any] | None:
    """Return the files of a frozen release: what may be out by now is never built again."""
    if not (session.folder / manifest.FILE_NAME).is_file():
        return None
    made = session.manifest()
    if problems := manifest.changed(made, session.files):
        raise manifest.ManifestError(problems)
    session.say(f"{len(made.files)} files are frozen; nothing is built again")
    return {"files": [{"name": f.name, "size": f.size} for f in made.files]}


class _Builder:
    """Builds into the folders of one release; the journal knows what is whole."""

    def __init__(self, session: Session, tree: Source, book: Journal) -> None:
        self._session, self._book = session, book
        self._table = load.read(session.root)
        # The commit's time is that of all archives: a second build gives the same bytes.
        self._env = {"SOURCE_DATE_EPOCH": str(tree.date)}

    def cell(self, platform: Platform, runtime: str) -> Path:
        """Build one runtime of one platform."""
        cell = cells.Cell(platform, runtime)
        folder = self._session.folder / "cells" / cell.name
        return self._once("cell", cell.name, folder, platform, {"RTVARIANTS_RUNTIMES": runtime})

    def fat(self, platform: Platform) -> Path:
        """Build all runtimes of one platform as one wheel."""
        folder = self._session.folder / "fat" / platform.name
        return self._once("fat", platform.name, folder, platform, {})

    def sdist(self) -> Path:
        """Write the project's own sdist."""
        return self._once("sdist", "", self._session.folder / "sdist", None, {})

    def _once(
        self, step: str, key: str, folder: Path, platform: Platform | None, env: dict[str, str]
    ) -> Path:
        """Return what an earlier run made, where the journal has its hash, else make it."""
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
        with tempfile.TemporaryDirectory(prefix="rtvariants-") as temporary:
            built = archives.read(frontend.wheel(self._session.root, Path(temporary), env))
        return self._declared(built, platform).write(folder) if whole else built.write(folder)

    def _declared(self, wheel: archives.Wheel, platform: Platform) -> archives.Wheel:
        """Return a wheel under its declared tag; refuse one that can't keep what that promises."""
        abi = "-".join(wheel.tag.split("-")[:2])
        made = graft.tagged(wheel, f"{abi}-{platform.tag}")
        if problems := check.check(made):
            found = wheel.tag.split("-")[-1]
            hint = f'build with an older system, or declare `tag = "{found}"` for this platform'
            raise WheelError(
                Problem(p.what, hint if p.rule == "native-tag" else p.hint, made.filename, p.rule)
                for p in problems
            )
        return made

    def join(self) -> None:
        """Make a wheel of each platform whose cells are all there."""
        runtimes = self._session.declaration.runtimes
        for platform in self._session.declaration.platforms:
            folders = [
                self._session.folder / "cells" / cells.Cell(platform, r).name for r in runtimes
            ]
            found = [path for folder in folders for path in sorted(folder.glob("*.whl"))]
            if len(found) < len(runtimes):
                continue
            whole = join.join([archives.read(path) for path in found], self._table)
            folder = self._session.folder / "fat" / platform.name
            shutil.rmtree(folder, ignore_errors=True)
            path = self._declared(whole, platform).write(folder)
            self._session.say(f"joined {path.name} of {len(found)} cells")

    def pack(self, sdist: Path) -> list[Path]:
        """Write the release's files from every wheel that is there."""
        folder = self._session.folder / "fat"
        wheels = sorted(path for path in folder.glob("*/*.whl"))
        if not wheels:
            hint = "build a platform here, or bring the cells of other machines into `cells/`"
            raise WheelError(Problem("no wheel of any platform", hint, str(folder)))
        out = self._session.files
        shutil.rmtree(out, ignore_errors=True)
        made = pack(self._session.declaration.packaging, wheels, sdist, self._table, out)
        for path in made:
            self._session.say(f"  {path.stat().st_size / 1e6:8.2f} MB  {path.name}")
        return made
