"""The packages, as tests/foreign/packages.toml lists them."""

import sys
from dataclasses import dataclass, field, fields
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT / "tests" / "foreign"


@dataclass(frozen=True)
class Package:
    """One sdist of the index, and how its own tests run."""

    name: str
    version: str
    #: Of the sdist.
    sha256: str
    #: What its `[build-system]` names, for the table.
    backend: str
    #: The extension modules, as they are imported.
    modules: tuple[str, ...]
    #: What is special about it, in a few words, for the table.
    shape: str
    #: What `--config` gets, for a package that needs more than the command finds out.
    config: str = ""
    #: The tag of the wheel with runtimes, where the plain wheel has another one.
    tag: str = ""
    #: The folder of the sdist that pytest runs in, and the arguments it gets there.
    folder: str = "."
    arguments: tuple[str, ...] = ("tests",)
    #: What its tests import; tests/foreign/constraints.txt has the versions.
    requires: tuple[str, ...] = ()
    #: Python sources in the sdist that would be imported in place of the installed package.
    shadowing: tuple[str, ...] = ()
    #: Why its own tests can't run here, if they can't.
    untested: str = ""
    #: Tests that fail with the plain wheel, each with the reason.
    failures: dict[str, str] = field(default_factory=dict)
    #: Tests whose outcome changes from run to run with one wheel, each with the reason.
    unsteady: dict[str, str] = field(default_factory=dict)
    #: What the workload does, in a few words, for the table.
    workload: str = ""
    #: Whether the time of the build is compared with that of two plain builds.
    timed: bool = False

    @property
    def requirement(self) -> str:
        """Return the package as pip asks for it."""
        return f"{self.name}=={self.version}"


def _package(row: dict) -> Package:
    unknown = row.keys() - {each.name for each in fields(Package)}
    assert not unknown, f"{row.get('name')}: unknown keys {sorted(unknown)}"
    return Package(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    )


def read() -> dict[str, Package]:
    """Return the packages by name."""
    data = tomllib.loads((DATA / "packages.toml").read_text(encoding="utf-8"))
    return {row["name"]: _package(row) for row in data["package"]}
