"""The only door to the extension module: other modules use `core`, however it was chosen."""

from __future__ import annotations

import sys

__all__ = ["core", "decision", "facts", "failure", "report"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mydf import _core as core


failure: ImportError | None = None


def _locating_main() -> bool:
    """Return whether Python imports this package only to find `mydf.__main__` in it."""
    # Python imports a package before it looks for its `__main__`, and meanwhile sets argv[0] to
    # "-m" (documented there). The argument of `-m` comes before the program's own arguments.
    if sys.argv[:1] != ["-m"] or len(sys.orig_argv) < len(sys.argv):
        return False
    name = sys.orig_argv[-len(sys.argv)]
    return name == "mydf" or (name.startswith("-") and name.endswith("mmydf"))


if not TYPE_CHECKING:
    try:
        try:
            from mydf import _core as core
        except ModuleNotFoundError as error:
            if error.name != "_mydf_loader":
                raise
            message = (
                "mydf is not built: it has no runtimes\n"
                "hint: run `pip install mydf`, or `pip install .` in the source tree"
            )
            raise ImportError(message, name="mydf") from None
    except ImportError as error:
        # `python -m mydf runtime` has to report why no runtime can be loaded.
        if not _locating_main():
            raise
        core, failure = None, error


def decision() -> Any:
    """Return the loader's decision: the chosen runtime and why it rejected each other one."""
    # Everything except `load` is in files that `import mydf` does not have to read.
    from _mydf_loader import decision

    return decision()


def facts() -> dict[str, Any]:
    """Return the facts that `python -m mydf runtime --json` prints, about this process."""
    from _mydf_loader.explain import of_process

    found: dict[str, Any] = of_process()
    return found


def report(arguments: list[str]) -> int:
    """Print which runtime this machine gets and why; return the exit status."""
    try:
        from _mydf_loader.__main__ import main
    except ModuleNotFoundError:
        sys.stderr.write(f"error: {failure}\n")
        return 1
    sys.argv = ["python -m mydf runtime", *arguments]
    return int(main())
