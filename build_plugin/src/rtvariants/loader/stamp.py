"""The stamp of a runtime: read and compared before any of its code is loaded."""

import sys

from .errors import LoaderError
from .types import Runtime, Table

FILE_NAME = "rtvariants.stamp"
HEAD = "rtvariants-stamp 1"
END = "end"
KEYS = (
    "package",
    "version",
    "runtime",
    "level",
    "target",
    "features",
    "index-bits",
    "allocator",
    "stated-by",
    "abi",
    "page-size",
    "toolchain",
    "commit",
)


class StampError(LoaderError):
    """A stamp that can't be read; the text is the reason."""


def parse(text: bytes) -> "dict[str, str]":
    r"""Return the facts of a stamp by key.

    Raises `StampError`, whose text says what is wrong.

    >>> parse(b"hello\n")
    Traceback (most recent call last):
        ...
    rtvariants.loader.stamp.StampError: its first line is not `rtvariants-stamp 1`
    """
    try:
        lines = text.decode().split("\n")
    except UnicodeDecodeError:
        raise StampError("it is not text") from None
    if lines[0].startswith("rtvariants-stamp ") and lines[0] != HEAD:
        raise StampError(f"its format is newer than this loader: `{lines[0]}`")
    if lines[0] != HEAD:
        raise StampError(f"its first line is not `{HEAD}`")
    if lines[-2:] != [END, ""]:
        raise StampError(f"it is cut short: its last line is not `{END}`")
    pairs = [line.partition("=") for line in lines[1:-2]]
    if tuple(key for key, _, _ in pairs) != KEYS:
        raise StampError("it does not have the keys of its format, in order")
    # Spaces fill the room that a value does not need.
    return {key: value.rstrip(" ") for key, _, value in pairs}


def mismatch(facts: "dict[str, str]", table: Table, runtime: Runtime) -> "str | None":
    """Return how a stamp contradicts the table, and what that means; `None` if it doesn't."""
    target = facts["target"]
    expected = {
        "package": table.package,
        "version": table.version,
        "runtime": runtime.name,
        "level": runtime.level,
        "index-bits": str(runtime.index_bits or ""),
        "allocator": runtime.allocator,
        "abi": runtime.abi,
    }
    for key, value in expected.items():
        # A base of split packages is for every Python that has a runtime.
        if facts[key] != value and (value or key != "abi"):
            said = f"its {key} is `{facts[key]}`, this package has `{value}`"
            return f"{said} ({_kind(key, facts[key], value)})"
    if target.partition("-")[0] != table.machine or target_system(target) != table.system:
        expected_target = f"`{table.machine}` {table.system}"
        return f"its target is `{target}`, this package is for {expected_target}"
    return None


def edited(text: bytes, runtime: Runtime) -> "str | None":
    """Return how a stamp differs from the built one, where the table has the whole text of that.

    This also detects an edit of facts that no other field of the table has: the features, the
    toolchain or the commit.
    """
    if not runtime.stamp or text == runtime.stamp.encode():
        return None
    try:
        built, found = parse(runtime.stamp.encode()), parse(text)
    except StampError as error:
        return f"it differs from the built one: {error}"
    for key in KEYS:
        if found[key] != built[key]:
            said = f"its {key} is `{found[key]}`, the built one has `{built[key]}`"
            return f"{said} (edited, or from another build)"
    return "its spaces differ from those of the built one (edited)"


def _kind(key: str, found: str, expected: str) -> str:
    """Return in a few words what it means that a stamp has this value instead of the expected one.

    >>> _kind("version", "1.9.0", "1.10.0"), _kind("version", "1.10.0.dev1", "1.10.0")
    ('older', 'another version')
    """
    if key == "version":
        ours, theirs = _release(expected), _release(found)
        if ours != theirs:
            return "older" if theirs < ours else "newer"
        return "another version"
    return {
        "package": "from another package",
        "runtime": "swapped with another runtime",
        "abi": "for another ABI",
    }.get(key, "from another build, or edited")


def _release(version: str) -> "tuple[int, ...]":
    """Return the numbers that a version begins with, without zeros at the end."""
    numbers = []
    for part in version.rpartition("!")[2].split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def target_system(target: str) -> str:
    """Return the system of a Rust target triple.

    >>> target_system("aarch64-apple-darwin"), target_system("x86_64-unknown-linux-musl")
    ('macos', 'linux')
    """
    for word, system in (("linux", "linux"), ("darwin", "macos"), ("windows", "windows")):
        if f"-{word}" in target:
            return system
    return ""


def page_problem(facts: "dict[str, str]") -> "str | None":
    """Return why the runtime's allocator can't work with this kernel's pages, else `None`."""
    largest = facts["page-size"]
    if not largest or sys.platform == "win32":
        return None
    import os

    pages = os.sysconf("SC_PAGE_SIZE")
    if not largest.isdecimal():
        return f"its page-size is `{largest}`, which is not a number"
    if pages > int(largest):
        return f"its allocator supports pages of up to {largest} bytes, this kernel has {pages}"
    return None
