"""The command `rtvariants`: one module of this folder per subcommand.

Each module has `arguments(parser)`, and `run(options)`, which returns the exit status. Only the
module of the given subcommand is imported. Errors that a user can fix are shown on stderr as facts
and hints, with exit status 1 and without a traceback.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from rtvariants.errors import BuildError, RtvariantsError, near

from . import examples
from .output import complain

#: The subcommands with their help, in the order in which `rtvariants --help` lists them.
COMMANDS = {
    "plan": "show what a build would do, without building",
    "build": "build the runtimes and leave them in a folder, ready to import",
    "wheel": "build a wheel with runtimes from unchanged sources",
    "package": "write fat, split or variant wheels",
    "test": "install wheels into a clean environment and run each runtime",
    "pgo": "run a command with each runtime, and store the profiles for later builds",
    "repro": "build twice under different circumstances and compare",
    "sdist": "write the sdist, with `--vendor` also the crates",
    "develop": "install the project for development, or update one runtime",
    "version": "show, set or check the one version of all files",
    "release": "plan, build, test, freeze, publish and verify a whole release",
    "toolchain": "download what is needed to build for other platforms",
    "loader": "write the loader for extension modules that another tool has built",
    "schema": "print the JSON schema of the configuration",
    "explain": "show which runtime an installed package gets here, and why",
    "inspect": "show what extension modules are and need, without loading them",
    "size": "show the size of extension modules by section and crate",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns its exit status."""
    _print_anything()
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(_overview(), file=sys.stdout if words else sys.stderr)
        return 0 if words else 2
    name = words[0]
    if name in ("-V", "--version"):
        print(_version())
        return 0
    if name not in COMMANDS:
        complain(f"error: unknown command: `{name}`\nhint: {near(name, tuple(COMMANDS))}")
        return 2
    command = importlib.import_module(f".{name.replace('-', '_')}", __name__)
    parser = argparse.ArgumentParser(
        prog=f"rtvariants {name}",
        description=command.__doc__,
        epilog=examples.epilog(name),
        formatter_class=examples.Formatter,
    )
    command.arguments(parser)
    options = parser.parse_args(words[1:])
    with _ended_by_sigterm():
        return _reported(lambda: int(command.run(options)))


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exit, so that temporary folders go, as they do after Ctrl-C."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _reported(run: Callable[[], int]) -> int:
    """Run a subcommand; errors that a user can fix are shown as facts and hints."""
    try:
        return run()
    except BrokenPipeError:
        # The reader of the output, such as `head`, has closed it. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except RtvariantsError as error:
        if isinstance(error, BuildError) and error.log:
            sys.stderr.write(error.log + "\n")
        for problem in error.problems:
            complain(f"error: {problem.render()}")
        return 1
    except OSError as error:
        if _is_gone():
            complain(
                "error: the current folder does not exist any more\n"
                "hint: change to a folder that exists: cd"
            )
            return 1
        if error.filename is None:
            raise
        complain(f"error: {error.filename}: {error.strerror}")
        return 1
    except KeyboardInterrupt:
        print("rtvariants: interrupted", file=sys.stderr)
        return 130


def _is_gone() -> bool:
    """Return whether the current folder has been deleted."""
    try:
        os.getcwd()
    except OSError:
        return True
    return False


def _print_anything() -> None:
    """Show characters that a terminal's encoding lacks as escapes, as Python does on stderr."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _version() -> str:
    from importlib import metadata  # slow to import, and rarely needed

    try:
        return f"rtvariants {metadata.version('rtvariants')}"
    except metadata.PackageNotFoundError:
        return "rtvariants, not installed"


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {text}" for name, text in COMMANDS.items()]
    return "\n".join(
        [
            "usage: rtvariants COMMAND …",
            "",
            *lines,
            "",
            "`rtvariants COMMAND --help` shows options and examples, `--version` the version.",
        ]
    )
