"""The sdists of split packages: one for the base, and one for each runtime that builds it alone.

Their build backend is `rtvariants.backends.part`, whatever builds the package itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rtvariants.archives.sdist import Sdist
from rtvariants.archives.wheel import Wheel
from rtvariants.config import toml
from rtvariants.errors import ConfigError, Problem, WheelError
from rtvariants.toolchain.git import COMMIT_FILE

from .distributions import Distributions
from .split import runtime_metadata

#: The table in pyproject.toml that only the sdists of split packages have.
TABLE = "rtvariants-part"
_DYNAMIC = (
    "authors", "classifiers", "dependencies", "description", "entry-points", "gui-scripts",
    "keywords", "license", "license-files", "maintainers", "optional-dependencies", "readme",
    "requires-python", "scripts", "urls",
)  # fmt: skip
#: The folder in the sdist of the base that holds the files of its wheel.
FOLDER = "wheel"


def sdists(whole: Sdist, base: Wheel, made: Distributions) -> list[Sdist]:
    """Return the sdists of the base and of every runtime, made from the sdist of the package."""
    return [_base(whole, base), *(_runtime(whole, base, name, made) for name in made.names)]


def _base(whole: Sdist, base: Wheel) -> Sdist:
    """Return the sdist of the base, which has no native code: its sources are its wheel's files."""
    record = f"{base.dist_info}/RECORD"
    files = {f"{FOLDER}/{n}": data for n, data in base.files.items() if n != record}
    pyproject = _pyproject(whole, base.project, base.version, {})
    files["PKG-INFO"] = base.files[f"{base.dist_info}/METADATA"]
    files["pyproject.toml"] = pyproject
    files |= {name: data for name, data in whole.files.items() if name == COMMIT_FILE}
    # If the package is built by a backend in its own tree, so are these.
    for path in _table(whole).get("build-system", {}).get("backend-path", []):
        files |= {n: d for n, d in whole.files.items() if n.startswith(f"{path}/")}
    programs = frozenset(f"{FOLDER}/{name}" for name in base.programs)
    return Sdist(base.name, base.version, files, programs)


def _runtime(whole: Sdist, base: Wheel, runtime: str, made: Distributions) -> Sdist:
    distribution = made.names[runtime]
    metadata = base.metadata("METADATA")
    text = runtime_metadata(metadata, base.project, runtime, distribution)
    files = dict(whole.files)
    files["PKG-INFO"] = text.encode()
    files["pyproject.toml"] = _pyproject(
        whole, distribution, base.version, {"package": base.project, "runtime": runtime}
    )
    return Sdist(distribution.replace("-", "_"), base.version, files, whole.programs)


def _table(whole: Sdist) -> dict[str, Any]:
    try:
        return toml.parse(whole.files["pyproject.toml"])
    except (KeyError, ConfigError) as error:
        said = "it is not there" if isinstance(error, KeyError) else str(error)
        problem = Problem(f"pyproject.toml of it can't be read: {said}", "build the sdist again")
        raise WheelError(replace(problem, where=whole.filename, rule="sdist")) from error


def _pyproject(whole: Sdist, name: str, version: str, part: dict[str, str]) -> bytes:
    """Return pyproject.toml of a part: its name, our backend, and every tool's settings."""
    import tomli_w

    data = _table(whole)
    system = data.get("build-system", {}) | {"build-backend": "rtvariants.backends.part"}
    # All other metadata is in PKG-INFO and is copied as it is. If it were not listed as dynamic, uv
    # would take its absence here for a package that requires nothing.
    project = {"name": name, "version": version, "dynamic": list(_DYNAMIC)}
    tool = data.get("tool", {}) | {TABLE: part}
    made = {"build-system": system, "project": project, "tool": tool}
    return tomli_w.dumps(made).encode()
