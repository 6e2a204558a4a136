"""The distributions of split packages: their names, their pins, and those that the base needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from packaging.utils import canonicalize_name

from rtvariants.config.model import Config
from rtvariants.errors import Problem

_ANOTHER = "give the runtime a name of its own with `distribution`"


@dataclass(frozen=True)
class Distributions:
    """The distribution of each runtime by the runtime's name; the base needs those `required`."""

    names: Mapping[str, str]
    required: tuple[str, ...]

    def pins(self, version: str) -> dict[str, str]:
        """Return the requirement of each runtime: exactly this version."""
        return {runtime: f"{name}=={version}" for runtime, name in self.names.items()}


def of(config: Config, project: str) -> Distributions:
    """Return the distributions of the package `project`.

    `config` has been checked: what the base needs includes a runtime for every CPU.
    """
    start = canonicalize_name(project)
    names = {r.name: r.distribution or _default(start, r.name) for r in config.runtimes}
    automatic = tuple(r.name for r in config.runtimes if r.select == "auto")
    needed = config.split.requires
    return Distributions(names, tuple(n for n in names if n in needed) if needed else automatic)


def _default(project: str, runtime: str) -> str:
    """Return the default name of a runtime's distribution.

    >>> _default("mine", "rt32"), _default("mine", "fast")
    ('mine-runtime-32', 'mine-runtime-fast')
    """
    short = re.sub(r"\Art_?(?=.)", "", runtime).replace("_", "-")
    return f"{project}-runtime-{short}"


def problems(names: Mapping[str, str], project: str) -> Iterator[Problem]:
    """Find names that no index accepts, or that belong to another distribution."""
    for i, (runtime, name) in enumerate(names.items()):
        where = f"tool.rtvariants.runtimes[{i}]"
        owner = next((r for r in list(names)[:i] if names[r] == name), None)
        if runtime.endswith("_"):
            hint = (
                "rename it: a runtime of split packages is an extra too, and no extra ends in `_`"
            )
            yield Problem(f"not the name of an extra: `{runtime}`", hint, where)
        elif canonicalize_name(name) != name:
            hint = f'write `distribution = "{canonicalize_name(name)}"`'
            yield Problem(f"not the normalised name of a distribution: `{name}`", hint, where)
        elif owner or name == project:
            whose = f"the runtime `{owner}`" if owner else "the package itself"
            yield Problem(f"distribution `{name}` belongs to {whose}", _ANOTHER, where)
