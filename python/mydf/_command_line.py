"""The commands of `python -m mydf` that read files."""

from __future__ import annotations

import argparse
import io
import os
import sys
import textwrap

from mydf import _display, _environment, _file_formats
from mydf._native import core
from mydf.errors import MydfError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from mydf.frame import DataFrame

PROG = "python -m mydf"
#: Examples of each command, by its name; the tests run them.
EXAMPLES = {
    "head": ["flights.csv", "-n 3 --columns carrier,dep_delay --null NA flights.csv"],
    "describe": ["--null NA flights.csv"],
    "convert": ["--null NA flights.csv flights.parquet", "flights.parquet -"],
    "runtime": ["", "--json"],
}


def run(arguments: list[str]) -> int:
    """Run one command; return its exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.action is None:
        parser.print_usage(sys.stderr)
        return 2
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Data may have characters that the encoding of the terminal lacks.
        sys.stdout.reconfigure(errors="backslashreplace")
    return _reported(options.action, options)


def _reported(action: Callable[[argparse.Namespace], None], options: argparse.Namespace) -> int:
    try:
        action(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of the output, such as `head`, has closed it. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except MydfError as error:
        _write_error(error.fact, error.hint)
        return 1
    except OSError as error:
        _write_error(f"standard output: {error.strerror}", None)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _write_error(fact: str, hint: str | None) -> None:
    red, cyan, end = ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m") if colors(sys.stderr) else ("",) * 3
    sys.stderr.write(f"{red}error:{end} {fact}\n")
    if hint:
        sys.stderr.write(f"{cyan}hint:{end} {hint}\n")


def colors(stream: TextIO) -> bool:
    """Return whether a stream takes colors: a terminal, unless the user has turned them off."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


# ------------------------------------------------------------------------------- the commands


def _head(options: argparse.Namespace) -> None:
    frame = _read(options, options.rows)
    sys.stdout.write(_display.text(frame._core, rows=options.rows) + "\n")


def _describe(options: argparse.Namespace) -> None:
    frame = _read(options)
    rows, columns = frame.shape
    summary = frame.describe()
    sys.stdout.write(f"{rows:,} rows, {columns:,} columns\n")
    sys.stdout.write(_display.text(summary._core, rows=summary.height) + "\n")


def _convert(options: argparse.Namespace) -> None:
    target = _file_formats.target(options.target, options.force)
    target(_read(options))


def _read(options: argparse.Namespace, rows: int | None = None) -> DataFrame:
    columns = options.columns.split(",") if options.columns else None
    csv = {"null": options.null or None, "separator": options.separator}
    return _file_formats.read(options.file, columns, rows, csv)


# -------------------------------------------------------------------------------- the parsers


def _parser() -> argparse.ArgumentParser:
    parser = _formatted(
        argparse.ArgumentParser,
        prog=PROG,
        description="Look at files, convert them, and report the runtime of this machine.",
        epilog="\n".join(
            ["examples:", *_examples(), "", "environment variables:", *_environment.lines()]
        ),
    )
    version = f"mydf {core.build_info()['version']}"
    parser.add_argument("-V", "--version", action="version", version=version)
    parser.set_defaults(action=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    head = _command(commands, "head", _head, "print the first rows of a file")
    head.add_argument("-n", "--rows", type=_rows, default=10, help="how many (default: 10)")
    _command(commands, "describe", _describe, "print a summary of each column of a file")
    convert = _command(commands, "convert", _convert, "write a file in another format")
    convert.add_argument("target", metavar="TARGET", help="the file to write, or `-` for CSV")
    convert.add_argument("-f", "--force", action="store_true", help="replace an existing file")
    commands.add_parser("runtime", help="show the runtime of this machine, and why it was chosen")
    return parser


def _examples(*names: str) -> list[str]:
    """Return the lines of the examples of these commands, or the first one of each command."""
    shown = [(name, words) for name in names for words in EXAMPLES[name]]
    shown = shown or [(name, words[0]) for name, words in EXAMPLES.items()]
    return [f"  {PROG} {name} {words}".rstrip() for name, words in shown]


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    action: Callable[[argparse.Namespace], None],
    text: str,
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _formatted(
        commands.add_parser,
        name,
        help=text,
        description=textwrap.fill(f"{text[0].upper()}{text[1:]}. {_file_formats.SENTENCE}", 80),
        epilog="\n".join(["examples:", *_examples(name)]),
    )
    parser.set_defaults(action=action)
    parser.add_argument("file", metavar="FILE", help="the file to read, or `-` for CSV")
    parser.add_argument("--columns", metavar="A,B", help="only these columns, in this order")
    parser.add_argument(
        "--null", metavar="TEXT", action="append", help="a text that means null, in CSV"
    )
    parser.add_argument("--separator", metavar="CHAR", help="the separator of CSV (default: `,`)")
    return parser


def _formatted(
    make: Callable[..., argparse.ArgumentParser], *words: str, **options: str
) -> argparse.ArgumentParser:
    return make(*words, formatter_class=argparse.RawDescriptionHelpFormatter, **options)


def _rows(text: str) -> int:
    if text.isascii() and text.isdigit():
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a number of rows")
