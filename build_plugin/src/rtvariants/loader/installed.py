"""Where the package of a runtime is: next to the loader, and only then elsewhere on `sys.path`."""

import os
import sys
from _frozen_importlib_external import PathFinder

from .stamp import FILE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.machinery import ModuleSpec


def find(package: str) -> "tuple[str, str | None] | None":
    """Return the folder of a runtime's package, and the zip file that holds it, if one does.

    A wheel puts its runtimes next to its loader, so no package of that name in the working
    directory, on `PYTHONPATH` or in `sys.modules` replaces them. Runtimes that are distributions of
    their own may be in another folder of `sys.path`. Nothing is imported.
    """
    beside = os.path.dirname(sys.modules[str(__package__)].__path__[0])
    spec = PathFinder.find_spec(package, [beside])
    folder = _folder(spec)
    if folder is None or not (_is_regular(spec) or os.path.isfile(f"{folder}/{FILE_NAME}")):
        spec = PathFinder.find_spec(package, _searched()[0])
        folder = _folder(spec) if _is_regular(spec) else None
    if spec is None or folder is None:
        return None
    return folder, getattr(spec.loader, "archive", None)


def passed_over(package: str) -> "str | None":
    """Return the folder of a package that `find` does not take, because of where it is."""
    spec = PathFinder.find_spec(package, _searched()[1])
    return _folder(spec) if _is_regular(spec) else None


def _folder(spec: "ModuleSpec | None") -> "str | None":
    places: Iterable[str] = (spec and spec.submodule_search_locations) or ()
    return next(iter(places), None)


def _is_regular(spec: "ModuleSpec | None") -> bool:
    """Return whether a package has a file; an uninstalled one may leave a folder without any."""
    return spec is not None and spec.origin is not None


def _searched() -> "tuple[list[str], list[str]]":
    """Return the entries of `sys.path` where runtimes may be installed, and the other ones.

    The others are what Python puts first to find the files of the program itself: the working
    directory or the folder of the script. Nothing is installed there, and others may be able to
    write to it. Where such a folder is listed twice, the second is there on purpose.
    """
    installed: list[str] = []
    own: list[str] = []
    starts = _starts()
    for entry in sys.path:
        folder = os.path.realpath(entry) if os.path.isabs(entry) else entry or _working()
        (own if folder in starts or not entry else installed).append(entry)
        starts.discard(folder)
    return installed, own


def _starts() -> "set[str]":
    """Return the folders that Python may have added to `sys.path` for the program."""
    # Python 3.10 has only the stricter `-I`.
    if getattr(sys.flags, "safe_path", sys.flags.isolated):
        return set()
    main = sys.modules.get("__main__")
    found = {_working()}
    # What `-m` runs has a spec, and may be installed.
    if (script := getattr(main, "__file__", None)) and getattr(main, "__spec__", None) is None:
        found.add(os.path.dirname(os.path.realpath(script)))
    return found


def _working() -> str:
    try:
        return os.getcwd()
    except OSError:  # The folder is gone.
        return ""
