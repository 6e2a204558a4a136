"""What PyInstaller finds in a wheel: the loader's hook, and the entry point that leads to it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping
from pathlib import Path

_HERE = Path(__file__).parents[1] / "loader" / "pyinstaller"
#: PyInstaller's own names: https://pyinstaller.org/en/stable/hooks.html
GROUP, NAME = "pyinstaller40", "hook-dirs"


def files(loader: str) -> Iterator[tuple[str, Path]]:
    """Yield the hook's files by their path in the wheel.

    >>> [name for name, _ in files("_sample_loader")]  # doctest: +NORMALIZE_WHITESPACE
    ['_sample_loader/pyinstaller/__init__.py',
     '_sample_loader/pyinstaller/hook-_sample_loader.py']
    """
    yield f"{loader}/pyinstaller/__init__.py", _HERE / "__init__.py"
    yield f"{loader}/pyinstaller/hook-{loader}.py", _HERE / "hook.py"


def enter(entry_points: MutableMapping[str, dict[str, str]], loader: str) -> None:
    """Add the hook to the entry points of a wheel, by group and name."""
    ours = f"{loader}.pyinstaller:hook_dirs"
    theirs = entry_points.setdefault(GROUP, {}).setdefault(NAME, ours)
    if theirs != ours:
        sys.stderr.write(
            f"warning: PyInstaller finds only the hooks of `{theirs}`\n"
            f"hint: make it return the folders of `{ours}` too; an application that PyInstaller "
            "builds without them has no runtime\n"
        )


def entered(text: str, loader: str) -> str:
    """Return the text of an `entry_points.txt` with the hook in it."""
    import configparser  # not needed in a build, where imports are slow

    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    found = {name: dict(parser[name]) for name in parser.sections()}
    enter(found, loader)
    return "\n".join(
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in each.items()), ""])
        for group, each in found.items()
    )
