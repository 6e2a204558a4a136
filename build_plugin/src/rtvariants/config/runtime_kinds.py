"""Kinds of the settings of runtimes: the crate's folder, CPU levels, allocators, features."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path
from typing import Any

from rtvariants.errors import RtvariantsError, near
from rtvariants.targets.allocators import ALLOCATORS, SYSTEM, by_feature
from rtvariants.targets.levels import BASELINES, known_levels, level
from rtvariants.targets.platforms import SYSTEMS

from . import toml
from .kinds import Choice, Kind, Text, Texts
from .problems import Problems


class Crate(Kind):
    """The folder of a crate, relative to pyproject.toml."""

    words = "folder"

    def read(self, value: Any, where: str, problems: Problems) -> Path:
        """Return the absolute folder."""
        folder = Text().read(value, where, problems)
        # A crate that is a link keeps the link's name: an sdist holds it under that one.
        crate = Path(os.path.normpath(problems.root.resolve() / folder))
        if folder and not (crate / "Cargo.toml").is_file():
            problems.add(
                f"no crate: `{folder}` (no Cargo.toml there)",
                "name the folder, relative to pyproject.toml, of the crate with the PyO3 module",
                where,
            )
        elif folder and (members := _members(crate)) is not None:
            such = f", such as `{members[0]}`" if members else ""
            problems.add(
                f"no crate: `{folder}` (its Cargo.toml is a workspace without a package)",
                f"name the folder of the member that holds the PyO3 module{such}",
                where,
            )
        return crate

    def nothing(self) -> Path:
        """Return no folder."""
        return Path()

    def schema(self) -> dict[str, Any]:
        """Return a string."""
        return Text().schema()


def _members(folder: Path) -> list[str] | None:
    """Return the members of a workspace without a package of its own, cdylibs first.

    `None` for a package, and for a file that can't be read: cargo reports what is wrong with it.
    """
    try:
        manifest = toml.read(folder / "Cargo.toml")
        if "workspace" not in manifest or "package" in manifest:
            return None
        patterns = manifest["workspace"].get("members", [])
        found = sorted({p for pattern in patterns for p in folder.glob(pattern)})
        crates = {p: toml.read(p / "Cargo.toml") for p in found if (p / "Cargo.toml").is_file()}
    except (RtvariantsError, AttributeError, TypeError, ValueError, NotImplementedError):
        return None
    libs = {p: str(c.get("lib", {}).get("crate-type", "")) for p, c in crates.items()}
    names = sorted(libs, key=lambda p: "cdylib" not in libs[p])
    return [os.path.relpath(p, folder).replace(os.sep, "/") for p in names]


class Module(Text):
    """The dotted name of an extension module inside a package."""

    words = "dotted name"

    def __init__(self) -> None:
        part = r"[^\W\d]\w*"
        hint = "name the package and the extension module, such as `greeter._hello`"
        super().__init__(rf"{part}(\.{part})+", "not a dotted module name", hint)

    def read(self, value: Any, where: str, problems: Problems) -> str:
        """Return the name; a keyword of Python can't be part of it."""
        name = super().read(value, where, problems)
        for part in filter(keyword.iskeyword, name.split(".")):
            problems.add(f"a keyword of Python in a module name: `{part}`", "", where)
        return name

    def schema(self) -> dict[str, Any]:
        """Return a pattern in the dialect of JSON schema."""
        return {"type": "string", "pattern": r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$"}


class Variable(Text):
    """The name of an environment variable."""

    words = "variable name"

    def __init__(self) -> None:
        super().__init__("[A-Z_][A-Z0-9_]*", "not a variable name")

    def hint_for(self, value: str) -> str:
        """Return a hint with a usable name."""
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in value.upper())
        return f"use capitals and `_`, such as `{name}`"


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


class Glibc(Text):
    """A version of glibc; the empty text is none."""

    words = "version"

    def __init__(self) -> None:
        hint = "write it as manylinux tags do, with a dot, such as `2.17`"
        super().__init__(r"2\.[0-9]+", "not a version of glibc", hint, empty=True)


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


class Size(Text):
    """A number of bytes, such as `66 MB`; the empty text means no limit, read as 0."""

    words = "size"
    _UNITS = ("kB", "MB", "GB", "KiB", "MiB", "GiB")

    def __init__(self) -> None:
        super().__init__(
            rf"[0-9]+(\.[0-9]+)? ?({'|'.join(self._UNITS)})",
            "not a size",
            f"write a number and one of {', '.join(self._UNITS)}, such as `25 MB`",
            empty=True,
        )

    def read(self, value: Any, where: str, problems: Problems) -> Any:
        """Return the number of bytes."""
        if value == "":
            return self.nothing()
        if not isinstance(value, str):
            problems.add(f"{self.what}: {value!r}", self.hint, where)
            return self.nothing()
        text = super().read(value, where, problems)
        parts = (
            re.fullmatch(r"([0-9.]+) ?(\w+)", text) if re.fullmatch(self.pattern, text) else None
        )
        if parts is None:
            return self.nothing()
        number, unit = parts.groups()
        base = 1024 if unit.endswith("iB") else 1000
        size = int(float(number) * base ** ("kMG".index(unit[0].replace("K", "k")) + 1))
        if not size:  # It would mean no limit at all.
            hint = "remove the setting if there is no limit"
            problems.add(f"a limit that everything exceeds: `{value}`", hint, where)
        return size

    def nothing(self) -> Any:
        """Return no limit."""
        return 0
