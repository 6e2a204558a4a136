"""What a release is made of: names, files' tags and labels, derived from the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rtvariants.config import load, pyproject
from rtvariants.config.model import Config
from rtvariants.config.release import TABLE, PlatformConfig, ReleaseConfig
from rtvariants.errors import ConfigError, Problem, near
from rtvariants.targets.abi import Abi
from rtvariants.targets.platforms import PLATFORMS, Platform
from rtvariants.wheels import distributions, variant

from .version import current


@dataclass(frozen=True)
class Declaration:
    """One release: what is built, under which names, for which platforms, and where it goes.

    `project` is the name on the index. `package` is what is imported, and `packages` has one more
    for each further extension module, as their stamps name them. `names` gives each runtime's
    distribution, `labels` the variant labels by machine. `abi` is the tag of the stable ABI, and
    `pythons` are those that get wheels of their own; an empty one stands for all that load wheels
    of the stable ABI. `version` is normalised as in PEP 440. `settings` is what
    `[tool.rtvariants.release]` says; the other fields are derived.
    """

    root: Path
    project: str
    package: str
    packages: tuple[str, ...]
    version: str
    runtimes: tuple[str, ...]
    packaging: str
    platforms: tuple[Platform, ...]
    names: dict[str, str]
    abi: str
    pythons: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    settings: ReleaseConfig

    @property
    def tag(self) -> str:
        """Return the git tag of this version."""
        return self.settings.tag.format(version=self.version)

    @property
    def prerelease(self) -> bool:
        """Return whether installers choose this version only on request."""
        return Version(self.version).is_prerelease

    @property
    def yank(self) -> str:
        """Return where the index accepts yanks; empty if it does so only on its pages."""
        index = self.settings.index
        return "" if isinstance(index, str) else index.get("yank", "")

    def abi_of(self, python: str) -> str:
        """Return the tag of the wheels for one of `pythons`."""
        if not python:
            return self.abi
        free_threaded = python.endswith("t")
        return Abi(int(python[2:].rstrip("t")), free_threaded=free_threaded).tag

    def projects(self) -> tuple[str, ...]:
        """Return the distributions of the release; those that others depend on come first."""
        runtimes = [self.names[r] for r in self.runtimes] if self.packaging == "split" else []
        return (*runtimes, self.project)

    def at(self, version: str) -> Declaration:
        """Return the same declaration for another version."""
        return replace(self, version=str(Version(version)))

    def only(self, platforms: Sequence[str]) -> Declaration:
        """Return the same declaration for some of its platforms; raises `ConfigError` for others.

        This is for rehearsals and single cells: a release always has all of them.
        """
        known = {each.name: each for each in self.platforms}
        unknown = [name for name in platforms if name not in known]
        if unknown:
            hint = near(unknown[0], tuple(known))
            raise ConfigError(Problem(f"undeclared platform: `{unknown[0]}`", hint, TABLE))
        return replace(self, platforms=tuple(known[name] for name in platforms))


def read(root: Path) -> Declaration:
    """Return the declaration of the project in `root`.

    Raises `ConfigError` with every problem of its configuration at once.
    """
    data = pyproject.read(root)
    return derive(load.check(data, root), data.get("project", {}), current(root, data))


def derive(config: Config, project: Mapping[str, Any], version: str) -> Declaration:
    """Return the declaration that a configuration and the table `[project]` mean; pure."""
    settings = config.release
    if settings is None:
        raise ConfigError(
            Problem(
                f"missing table: `[{TABLE}]`",
                "add it, with at least `platforms`",
                where="pyproject.toml",
            )
        )
    name = settings.distribution or str(project.get("name", config.package))
    names = dict(distributions.of(config, name).names)
    problems: list[Problem] = []
    if settings.distribution and "name" not in project:
        hint = "write the name there, or remove `distribution`"
        what = "no name in `[project]` that `distribution` could replace"
        problems.append(Problem(what, hint, f"{TABLE}.distribution"))
    if config.packaging == "split":
        problems += distributions.problems(names, canonicalize_name(name))
    try:
        version = str(Version(version))
    except InvalidVersion:
        problems.append(
            Problem(
                f"not a version: `{version}`", "write it as PEP 440 does, such as `1.2.0rc1`", TABLE
            )
        )
    problems += _pythons(settings, str(project.get("requires-python", "")))
    if problems:
        raise ConfigError(problems)
    return Declaration(
        root=config.root,
        project=name,
        package=config.package,
        packages=tuple(unit.package for unit in config.units),
        version=version,
        runtimes=tuple(r.name for r in config.runtimes),
        packaging=config.packaging,
        platforms=tuple(map(_platform, settings.platforms)),
        names=names,
        abi=settings.abi or _abi(str(project.get("requires-python", ""))),
        pythons=(*([""] if settings.abi or not settings.python else []), *settings.python),
        labels=_labels(config, settings),
        settings=settings,
    )


def _pythons(settings: ReleaseConfig, supported: str) -> Iterator[Problem]:
    """Find Pythons that are named twice, or that the project does not support."""
    where = f"{TABLE}.python"
    for python in dict.fromkeys(settings.python):
        if settings.python.count(python) > 1:
            yield Problem(f"Python named twice: `{python}`", "name it once", where)
        version = python.rstrip("t")
        try:
            fine = SpecifierSet(supported).contains(f"{version}.99")
        except InvalidSpecifier:
            return  # The build backend reports it.
        if not fine:
            hint = "take it out, or change `requires-python`"
            yield Problem(f"`requires-python` is `{supported}`, without {version}", hint, where)


def _platform(config: PlatformConfig) -> Platform:
    """Return a platform with what the configuration changes."""
    known = PLATFORMS[config.name]
    return replace(known, tag=config.tag or known.tag, runner=config.runner or known.runner)


def _labels(config: Config, settings: ReleaseConfig) -> dict[str, tuple[str, ...]]:
    """Return the labels of the variant wheels by machine: one for each level, and `null`."""
    found: dict[str, list[str]] = {}
    for runtime in config.runtimes:
        for machine, level in runtime.levels.items():
            found.setdefault(machine, []).extend([level] if runtime.select == "auto" else [])
    made = {m: tuple(map(variant.label, variant.labelled(v))) for m, v in found.items()}
    return {machine: settings.labels.get(machine, each) for machine, each in made.items()}


def _abi(requires_python: str) -> str:
    """Return the tag of the stable ABI for the oldest Python that a project supports."""
    found = re.search(r">=\s*3\.(\d+)", requires_python)
    return f"cp3{found.group(1) if found else '10'}-abi3"
