"""Kinds of the settings of a whole project: its crate, its names, limits of glibc and of sizes."""

from __future__ import annotations

import keyword
import os
import re
from pathlib import Path
from typing import Any

from rtvariants.errors import RtvariantsError

from . import toml
from .kinds import Kind, Text
from .problems import Problems


class Crate(Kind):
    """The folder of a crate, relative to pyproject.toml; the empty text is none, with `empty`."""

    words = "folder"

    def __init__(self, *, empty: bool = False) -> None:
        self.text = Text(empty=empty)

    def read(self, value: Any, where: str, problems: Problems) -> Path:
        """Return the absolute folder."""
        folder = self.text.read(value, where, problems)
        if not folder:
            return self.nothing()
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
        return self.text.schema()


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
    """The dotted name of an extension module, or with `empty` the name of a package or none."""

    words = "dotted name"

    def __init__(self, *, empty: bool = False) -> None:
        part = r"[^\W\d]\w*"
        hint = "name the package and the extension module, such as `greeter._hello`"
        if empty:
            hint = "name the packages with dots between them, such as `acme`"
        super().__init__(rf"{part}(\.{part})*", "not a dotted module name", hint, empty=empty)

    def read(self, value: Any, where: str, problems: Problems) -> str:
        """Return the name; a keyword of Python can't be part of it."""
        name = super().read(value, where, problems)
        for part in filter(keyword.iskeyword, name.split(".")):
            problems.add(f"a keyword of Python in a module name: `{part}`", "", where)
        return name

    def schema(self) -> dict[str, Any]:
        """Return a pattern in the dialect of JSON schema."""
        part = r"[A-Za-z_]\w*"
        pattern = rf"{part}(\.{part})*"
        return {"type": "string", "pattern": f"^({pattern})?$" if self.empty else f"^{pattern}$"}


#: Variables with a meaning of their own: systems, shells, Python and cargo set or read them.
_TAKEN = re.compile(
    "PATH|HOME|USER|SHELL|TERM|LANG|TZ|TMP|TEMP|TMPDIR|PWD|DISPLAY|EDITOR|PAGER|CI|DEBUG|PORT"
    "|VIRTUAL_ENV|SYSTEMROOT|USERPROFILE|APPDATA|NO_COLOR"
    "|PYTHON[A-Z0-9]*|RUST[A-Z]*|CARGO|(LC|LD|DYLD|XDG|CARGO|RUSTUP|RTVARIANTS)_.*"
)


class Python(Text):
    """A version of CPython, with `t` for a free-threaded one."""

    words = "version"

    def __init__(self) -> None:
        hint = "write it as `3.12`, or as `3.14t` for a free-threaded Python"
        super().__init__(r"3\.[1-9][0-9]*t?|3\.0", "not a version of Python", hint)


class Variable(Text):
    """The name of an environment variable that nothing else uses."""

    words = "variable name"

    def __init__(self) -> None:
        super().__init__("[A-Z_][A-Z0-9_]*", "not a variable name")

    def read(self, value: Any, where: str, problems: Problems) -> str:
        """Return the name; a variable with another meaning is a problem."""
        name = super().read(value, where, problems)
        if _TAKEN.fullmatch(name):
            hint = "name it after the package, such as `GREETER_RUNTIME`"
            problems.add(f"a variable with another meaning: `{name}`", hint, where)
        return name

    def hint_for(self, value: str) -> str:
        """Return a hint with a usable name."""
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in value.upper())
        return f"use capitals and `_`, such as `{name}`"


class Glibc(Text):
    """A version of glibc; the empty text is none."""

    words = "version"

    def __init__(self) -> None:
        hint = "write it as manylinux tags do, with a dot, such as `2.17`"
        super().__init__(r"2\.[0-9]+", "not a version of glibc", hint, empty=True)


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
