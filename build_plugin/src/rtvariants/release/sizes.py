"""The sizes of a release, compared with those of the release before: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from packaging.version import Version

from . import file_names
from .manifest import Manifest
from .simple_api import Remote


@dataclass(frozen=True)
class Row:
    """One file and its size in the release before; `None` if that did not have it."""

    name: str
    size: int
    before: int | None

    @property
    def change(self) -> float | None:
        """Return how much larger the file is, in percent."""
        return 100 * (self.size / self.before - 1) if self.before else None


@dataclass(frozen=True)
class Report:
    """The sizes of a release; `previous` is the version before it, or empty."""

    version: str
    previous: str
    rows: tuple[Row, ...]

    def facts(self) -> dict[str, Any]:
        """Return the report as JSON has it."""
        rows = [{"name": r.name, "size": r.size, "before": r.before} for r in self.rows]
        return {"previous": self.previous, "files": rows}


def report(manifest: Manifest, shown: Mapping[str, Mapping[str, Remote]]) -> Report:
    """Compare with the newest older version that the index shows; `shown` is by project."""
    sizes = {n: r.size for files in shown.values() for n, r in files.items()}
    versions = {said.version for name in sizes if (said := file_names.read(name))}
    older = [version for version in versions if version < Version(manifest.version)]
    previous = str(max(older)) if older else ""
    rows = []
    for file in manifest.files:
        before = sizes.get(_at(file.name, manifest.version, previous)) if previous else None
        rows.append(Row(file.name, file.size, before))
    return Report(manifest.version, previous, tuple(rows))


def lines(made: Report) -> list[str]:
    """Return the report as a person reads it."""
    head = f"sizes, against {made.previous}" if made.previous else "sizes (no release before)"
    text = [f"{head}:"]
    for row in made.rows:
        change = "" if row.change is None else f"{row.change:+8.1f} %"
        text.append(f"  {row.size / 1e6:8.2f} MB {change:>10}  {row.name}")
    total = sum(row.size for row in made.rows)
    known = [row for row in made.rows if row.before is not None]
    before = sum(row.before or 0 for row in known)
    now = sum(row.size for row in known)
    change = f"{100 * (now / before - 1):+8.1f} %" if before else ""
    return [*text, f"  {total / 1e6:8.2f} MB {change:>10}  total"]


def _at(name: str, version: str, previous: str) -> str:
    """Return the name that a file of one version has in another."""
    stem, _, rest = name.partition(f"-{version}")
    return f"{stem}-{previous}{rest}"
