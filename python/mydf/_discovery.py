"""The files of a table: from paths, lists, globs, folders and URLs, with their keys."""

from __future__ import annotations

from mydf import _paths, _remote
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError, MissingFileError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

# How Hive and its successors spell null in a path.
_NULL = "__HIVE_DEFAULT_PARTITION__"


class File:
    """One file of a table."""

    __slots__ = ("keys", "path", "remote")

    def __init__(self, path: str, keys: tuple[tuple[str, str | None], ...], remote: Any) -> None:
        # A path of this machine, or a whole URL.
        self.path = path
        # Names and values of the folders above the file that are called `name=value`, in order;
        # a value is None if the folder stands for null.
        self.keys = keys
        # fsspec's file system and its own path of the file, or None for a path of this machine.
        self.remote = remote


def files(
    given: object,
    *,
    suffixes: tuple[str, ...],
    hive: bool | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> list[File]:
    """Return the files that a path, a URL, or a list of them stands for; at least one.

    A path may be a glob (`*`, `?`, `[…]`, and `**` for any number of folders), and a folder stands
    for all files in it and below, without those whose names begin with `.` or `_`. Both are in the
    order of their paths.

    Args:
        given: A path, a URL, or a list of them.
        suffixes: The suffixes of the format; a folder with files of several other suffixes is
            refused, because some of them may be no table.
        hive: Whether folders that are called `name=value` are keys. With None, those below a given
            folder, or from the first folder with a wildcard on.
        storage_options: What fsspec passes to the client of a URL.
    """
    several = isinstance(given, (list, tuple))
    found: list[File] = []
    for each in given if isinstance(given, (list, tuple)) else [given]:
        if several and (hasattr(each, "read") or isinstance(each, (bytes, bytearray, memoryview))):
            fact = f"source: a list with a value of type `{type(each).__name__}`"
            raise ArgumentTypeError(fact, hint="a list holds paths and URLs", what="source")
        found.extend(_expanded(_paths.readable(each), suffixes, hive, storage_options))
    if not found:
        raise ArgumentError("source: an empty list", hint="pass at least one path", what="source")
    _check_keys(found)
    return found


def _is_glob(path: str) -> bool:
    return any(character in path for character in "*?[")


def _expanded(
    path: str, suffixes: tuple[str, ...], hive: bool | None, options: Mapping[str, Any] | None
) -> list[File]:
    import os

    if _paths.is_url(path):
        return _behind_url(path, suffixes, hive, options)
    if os.path.isdir(path):
        return _named(_folder(path, suffixes), path, hive, None)
    # A file may be called `data[1].csv`.
    if os.path.exists(path) or not _is_glob(path):
        return _named([path], None, hive, None)
    import glob

    matches = sorted(glob.glob(path, recursive=True))
    found = [match for match in matches if not os.path.isdir(match)]
    if not found:
        folders = [match for match in matches if os.path.isdir(match)]
        found = [each for folder in folders for each in _folder(folder, suffixes)]
    if not found:
        raise _nothing(path, f"no file matches `{path}`")
    return _named(found, _root(path), hive, None)


def _root(pattern: str) -> str:
    """Return the part of a glob before the first folder with a wildcard."""
    import os

    parts = pattern.replace(os.sep, "/").split("/")
    fixed = next(number for number, part in enumerate(parts) if _is_glob(part))
    return "/".join(parts[:fixed])


def _folder(root: str, suffixes: tuple[str, ...]) -> list[str]:
    import os

    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name[0] not in "._"]
        found += [os.path.join(folder, name) for name in names if name[0] not in "._"]
    return _alike(sorted(found), root, suffixes)


def _alike(found: list[str], root: str, suffixes: tuple[str, ...]) -> list[str]:
    """Return the files of a folder, which all have suffixes of the format, or one other suffix."""
    if not found:
        raise _nothing(root, f"no file in the folder `{root}`")
    import os

    kinds: dict[str, str] = {}
    for path in found:
        if not path.lower().endswith(suffixes):
            kinds.setdefault(os.path.splitext(path)[1], path)
    ours = any(path.lower().endswith(suffixes) for path in found)
    if len(kinds) > 1 or (kinds and ours):
        # To leave a file out in silence could lose rows.
        fact = f"source: the folder `{root}` has `{next(iter(kinds.values()))}` among its files"
        hint = f"name the files with a glob: `{root.rstrip('/')}/**/*{suffixes[0]}`"
        raise ArgumentError(fact, hint=hint, what="source")
    return found


def _behind_url(
    url: str, suffixes: tuple[str, ...], hive: bool | None, options: Mapping[str, Any] | None
) -> list[File]:
    system, path = _remote.system("source", url, options)
    scheme = url.partition("://")[0]

    def whole(name: str) -> str:
        return name if _paths.is_url(name) else str(system.unstrip_protocol(name))

    with _remote.failures("read", url):
        # A `?` in an address of the web begins a query.
        if _is_glob(path) and not (scheme in ("http", "https") and "*" not in path):
            matches = sorted(each for each in system.glob(path) if not system.isdir(each))
            if not matches:
                raise _nothing(url, f"no file matches `{url}`")
            return _named(matches, _root(path), hive, system, whole)
        if scheme not in ("http", "https") and system.isdir(path):
            names = sorted(
                each
                for each in system.find(path)
                if not any(part[:1] in (".", "_") for part in _below(each, path).split("/"))
            )
            return _named(_alike(names, url, suffixes), path, hive, system, whole)
    return _named([path], None, hive, system, lambda _: url)


def _named(
    paths: Iterable[str],
    root: str | None,
    hive: bool | None,
    system: Any,
    shown: Any = str,
) -> list[File]:
    found = []
    for path in paths:
        keys: tuple[tuple[str, str | None], ...] = ()
        if hive is not False and (hive or root is not None):
            keys = _keys(_below(path, "" if hive or root is None else root))
        remote = None if system is None else (system, path)
        found.append(File(shown(path), keys, remote))
    return found


def _below(path: str, root: str) -> str:
    import os

    path, root = path.replace(os.sep, "/"), root.replace(os.sep, "/").rstrip("/")
    return path[len(root) :].lstrip("/") if path.startswith(root) else path


def _keys(below: str) -> tuple[tuple[str, str | None], ...]:
    """Return the keys of the folders in a path, whose values may be percent-encoded."""
    from urllib.parse import unquote

    found = []
    for folder in below.split("/")[:-1]:
        name, equals, value = folder.partition("=")
        if equals and name:
            found.append((unquote(name), None if value == _NULL else unquote(value)))
    return tuple(found)


def _check_keys(found: list[File]) -> None:
    """Refuse files that have different keys: rows without one would have no value for it."""
    first = found[0]
    names = [name for name, _ in first.keys]
    for file in found:
        others = [name for name, _ in file.keys]
        if others != names or len(set(others)) < len(others):
            fact = (
                f"source: the folders of `{file.path}` have {_shown(others)}, "
                f"those of `{first.path}` have {_shown(names)}"
            )
            hint = "pass files with the same keys, or `hive_partitioning=False` to read none"
            raise ArgumentError(fact, hint=hint, what="source")


def _shown(keys: list[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys) or "no keys"


def _nothing(path: str, fact: str) -> MissingFileError:
    hint = "check the path, and the working directory if it is relative"
    return MissingFileError(fact, hint=hint, operation="read", path=path)


def key_values(files: list[File]) -> core.Frame:
    """Return a row of keys for each file, with dtypes by the rule of CSV."""
    names = [name for name, _ in files[0].keys]
    if not names:
        return core.Frame([])

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = [",".join(map(quoted, names))]
    rows.extend(
        ",".join("" if value is None else quoted(value) for _, value in file.keys) for file in files
    )
    from mydf._requests import CSV_DEFAULTS

    text = "\n".join([*rows, ""]).encode()
    return core.read_csv_bytes(text, "keys", CSV_DEFAULTS)
