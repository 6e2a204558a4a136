"""What an editable install has in addition to a wheel's files, and how it is brought up to date."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rtvariants.archives import record as records
from rtvariants.config.model import Config
from rtvariants.files import write_bytes
from rtvariants.loader.editable.finder import FILE
from rtvariants.loader.editable.rebuild import LOCK, STATE, signature
from rtvariants.loader.types import Table
from rtvariants.project.tree import Project
from rtvariants.shim import place
from rtvariants.shim.generated import files as loader_files

from .layout import Package

_ONLY_HERE = Path(__file__).parents[1] / "loader" / "editable"


@dataclass(frozen=True)
class State:
    """The sources that an editable install watches, and how they were before a build.

    `plugin` are the folders of a plugin that the project has in its own tree.
    """

    folders: tuple[str, ...]
    files: tuple[str, ...]
    digest: str
    begun: int
    plugin: tuple[str, ...] = ()

    @classmethod
    def of(cls, project: Project) -> State:
        """Return the state of the sources; read it before a build, so that no edit is missed."""
        found = project.sources
        folders, files = tuple(map(str, found.folders())), tuple(map(str, found.single()))
        plugin = tuple(map(str, found.plugin))
        return cls(folders, files, signature(folders, files), time.time_ns(), plugin)

    def after_build(self, named: Iterable[Path]) -> State:
        """Return the state with what only the build has shown that it reads.

        A macro or a build script may read any file. If a source has changed meanwhile, the state
        is none that a later import finds, so it builds again.
        """
        new = [p for p in named if not self._has(p) and p.exists()]
        folders = (*self.folders, *sorted(str(p) for p in new if p.is_dir()))
        files = (*self.files, *sorted(str(p) for p in new if p.is_file()))
        late = any(p.stat().st_mtime_ns >= self.begun for p in new)
        if late or signature(self.folders, self.files) != self.digest:
            return replace(self, folders=folders, files=files)
        return replace(self, folders=folders, files=files, digest=signature(folders, files))

    def _has(self, path: Path) -> bool:
        return str(path) in self.files or any(path.is_relative_to(f) for f in self.folders)


def complete(made: Package, config: Config, table: Table, state: State, folder: Path) -> Package:
    """Return the package with the code that rebuilds, and a table that names every runtime.

    The Python files are the tree's own, so a finder stands in for a file that the tree lacks at the
    place of the extension module. `config` is that of one extension module, `table` its loader's
    table, and `state` that of the sources; the files are written to `folder`.
    """
    loader = config.loader
    call = [
        "",
        "# Builds what has changed again, if that is enabled.",
        "from .rebuild import refresh",
        "",
        "TABLE = refresh(",
        "    TABLE,",
        f"    root={str(config.root)!r},",
        f"    enabled={config.build.rebuild!r},",
        f"    folders={state.folders!r},",
        f"    files={state.files!r},",
        f"    path={state.plugin!r},",
        ")",
        "",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    # The lock is one of the installed files, so it is uninstalled with them.
    text = {
        **loader_files([table], watched=True),
        FILE: place.text(config.package),
        LOCK: "",
        STATE: f"{state.digest}\n{config.root}\n",
    }
    text["table.py"] += "\n".join(call)
    for name, value in text.items():
        (folder / name).write_text(value, encoding="utf-8", newline="\n")
    own = {f"{loader}/{name}": folder / name for name in text}
    own = {f"{loader}/{name}": _ONLY_HERE / name for name in ("finder.py", "rebuild.py")} | own
    path = folder / f"{place.prefix(config.package)}finder.pth"
    path.write_text(f"import {loader}.finder\n", encoding="utf-8", newline="\n")
    # The state comes last, so an incomplete copy does not pass for a whole one.
    return replace(made, files={**made.files, path.name: path, **own}, places={})


def installed(config: Config) -> Path | None:
    """Return the folder of `sys.path` that holds this project's editable install, or `None`."""
    for entry in sys.path:
        path = Path(entry, config.loader, STATE)
        if path.is_file():
            same = path.read_text(encoding="utf-8").splitlines()[1:] == [str(config.root)]
            return Path(entry) if same else None
    return None


def runtimes(config: Config, site: Path) -> tuple[str, ...]:
    """Return the runtimes that are installed below a folder."""
    names = (runtime.name for runtime in config.runtimes)
    return tuple(
        n for n in names if all(_native(site / u.runtime_package(n)) for u in config.units)
    )


def _native(folder: Path) -> bool:
    return any(path.suffix in (".so", ".pyd") for path in folder.glob("*.*"))


def metadata_folder(config: Config, site: Path) -> Path | None:
    """Return the `.dist-info` of the distribution that the loader below a folder belongs to.

    Build tools spell a name such as `Fast.Lib` in several ways there.
    """
    mine = f"{config.loader}/table.py,"
    for record in site.glob("*.dist-info/RECORD"):
        lines = record.read_text(encoding="utf-8").splitlines()
        if any(line.startswith(mine) for line in lines):
            return record.parent
    return None


def write(files: Mapping[str, Path], site: Path) -> list[str]:
    """Bring the installed files up to date; returns those that changed.

    Each file is replaced whole: a process that has loaded the old extension module keeps it.
    """
    changed = []
    for name, path in files.items():
        target, data = site / name, path.read_bytes()
        if target.is_file() and target.read_bytes() == data:
            continue
        write_bytes(target, data, loaded=True)
        if target.suffix == ".py":
            # Python detects a change by the size and the second, and both may be the same.
            Path(importlib.util.cache_from_source(str(target))).unlink(missing_ok=True)
        changed.append(name)
    return changed


def record(info: Path, site: Path, names: Iterable[str]) -> None:
    """Renew the rows of these files in the RECORD of an installed distribution."""
    path = info / "RECORD"
    files = {name: (site / name).read_bytes() for name in names}
    write_bytes(path, records.renewed(path.read_text(encoding="utf-8"), files))
