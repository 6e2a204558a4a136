"""Kinds of the settings of one runtime: its name, CPU levels, allocators, features."""

from __future__ import annotations

from typing import Any

from rtvariants.errors import RtvariantsError, near
from rtvariants.targets.allocators import ALLOCATORS, SYSTEM, by_feature
from rtvariants.targets.levels import BASELINES, known_levels, level
from rtvariants.targets.platforms import SYSTEMS

from .kinds import Choice, Kind, Text, Texts
from .problems import Problems


class Name(Text):
    """The name of a runtime; it becomes part of a package's name."""

    # `auto` is a value of the override variable; `loader` would collide with the loader's package.
    reserved = ("auto", "loader")
    words = "name"

    def __init__(self) -> None:
        hint = "start with a lowercase letter, followed by lowercase letters, digits and `_`"
        super().__init__("[a-z][a-z0-9_]*", "unusable name", hint)

    def read(self, value: Any, where: str, problems: Problems) -> str:
        """Return the name."""
        if value in self.reserved:
            problems.add(f"reserved name: `{value}`", "use another name", where)
            return str(value)
        return super().read(value, where, problems)


class Width(Choice):
    """A width of row numbers; `None` for a package without any."""

    def __init__(self) -> None:
        super().__init__(64, 32, what="width")

    def read(self, value: Any, where: str, problems: Problems) -> int | None:
        """Return the width."""
        return None if value is None else super().read(value, where, problems)

    def nothing(self) -> int | None:
        """Return no width."""
        return None


class Levels(Kind):
    """A CPU level for each machine."""

    words = "table of levels by machine, or one level"
    missing = 'name one by machine: { x86_64 = "x86_64_v3" }'

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, str]:
        """Return names of levels by machine."""
        entries = {"": value} if isinstance(value, str) else value
        if not isinstance(entries, dict) or not entries:
            problems.add(f"neither a level nor a table of levels: {value!r}", "", where)
            return {}
        levels: dict[str, str] = {}
        for machine, name in entries.items():
            place = f"{where}.{machine}" if machine else where
            if machine and machine not in BASELINES:
                hint = near(machine, tuple(BASELINES))
                problems.add(f"unknown machine: `{machine}`", hint, place)
                continue
            try:
                found = level(name if isinstance(name, str) else repr(name))
            except RtvariantsError as error:
                for each in error.problems:
                    problems.add(each.what, each.hint, place)
                continue
            if machine and found.machine != machine:
                problems.add(f"level of another machine: `{name}` ({found.machine})", "", place)
            levels[found.machine] = found.name
        return levels

    def nothing(self) -> dict[str, str]:
        """Return no levels."""
        return {}

    def schema(self) -> dict[str, Any]:
        """Return a level, or an object with a level for each machine."""
        by_machine = {
            machine: {"enum": [n for n in known_levels() if _machine(n) == machine]}
            for machine in BASELINES
        }
        table = {
            "type": "object",
            "properties": by_machine,
            "minProperties": 1,
            "additionalProperties": False,
        }
        usable = [n for each in by_machine.values() for n in each["enum"]]
        return {"oneOf": [{"enum": usable}, table]}


def _machine(name: str) -> str:
    """Return the machine of a level; empty for one that can't be used."""
    try:
        return level(name).machine
    except RtvariantsError:
        return ""


class Allocators(Kind):
    """An allocator for each operating system."""

    words = f"{Choice(*ALLOCATORS).words}, or table by system"

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, str]:
        """Return an allocator for every system; `system` unless the table names one."""
        entries = dict.fromkeys(SYSTEMS, value) if isinstance(value, str) else value
        if not isinstance(entries, dict):
            problems.add(f"neither an allocator nor a table of allocators: {value!r}", "", where)
            return self.nothing()
        found: dict[str, str] = {}
        for system, name in entries.items():
            if system not in SYSTEMS:
                problems.add(f"unknown system: `{system}`", near(system, tuple(SYSTEMS)), where)
            elif name not in ALLOCATORS:
                if isinstance(value, str) and system != next(iter(SYSTEMS)):
                    continue  # One string stands for all systems; one message is enough.
                problems.add(
                    f"unknown allocator: `{name}`", near(str(name), tuple(ALLOCATORS)), where
                )
            else:
                found[system] = name
        return {system: found.get(system, SYSTEM.name) for system in SYSTEMS}

    def nothing(self) -> dict[str, str]:
        """Return the system's allocator for every system."""
        return dict.fromkeys(SYSTEMS, SYSTEM.name)

    def schema(self) -> dict[str, Any]:
        """Return an allocator, or an object with an allocator for each system."""
        one = {"enum": list(ALLOCATORS)}
        table = {
            "type": "object",
            "properties": dict.fromkeys(SYSTEMS, one),
            "additionalProperties": False,
        }
        return {"oneOf": [one, table]}


class Features(Texts):
    """Features of the crate, except those of allocators, which have a setting of their own."""

    words = "list of cargo features"

    def __init__(self) -> None:
        super().__init__(what="cargo features")

    def read(self, value: Any, where: str, problems: Problems) -> tuple[str, ...]:
        """Return the features."""
        found = super().read(value, where, problems)
        for feature, allocator in by_feature().items():
            if feature in found:
                problems.add(
                    f"allocator among the features: `{feature}`",
                    f'write `allocator = "{allocator.name}"`, which turns the feature on',
                    where,
                )
        return found

    def schema(self) -> dict[str, Any]:
        """Return an array of strings without the features of allocators."""
        item = {"type": "string", "minLength": 1, "not": {"enum": list(by_feature())}}
        return {"type": "array", "items": item}


class Distribution(Text):
    """The normalised name of a distribution, or empty for a derived one."""

    words = "name of a distribution"

    def __init__(self) -> None:
        super().__init__(
            "[a-z0-9]+(-[a-z0-9]+)*",
            "not the normalised name of a distribution",
            "use lowercase letters, digits and single `-`",
            empty=True,
        )
