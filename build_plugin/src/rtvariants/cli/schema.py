"""Print the JSON schema of the configuration, or update the files that are generated from it."""

from __future__ import annotations

import argparse
from pathlib import Path

from rtvariants.config import model, reference, schema
from rtvariants.errors import Problem, RtvariantsError


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants schema`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", nargs="+", metavar="FILE", help="update .json and .md files")
    what.add_argument("--check", nargs="+", metavar="FILE", help="fail if one is out of date")


def run(options: argparse.Namespace) -> int:
    """Print the schema, write files, or compare them."""
    if not options.write and not options.check:
        print(schema.text(model.Config, model.TITLE), end="")
        return 0
    problems = []
    for path in map(Path, options.write or options.check):
        wanted = _wanted(path)
        if path.is_file() and path.read_text(encoding="utf-8") == wanted:
            continue
        if options.write:
            path.write_text(wanted, encoding="utf-8")
            print(f"written: {path}")
        else:
            problems.append(
                Problem(f"out of date: `{path}`", f"run `rtvariants schema --write {path}`")
            )
    if problems:
        raise RtvariantsError(problems)
    return 0


def _wanted(path: Path) -> str:
    """Return what a file must contain: the schema, or the page with a new generated part."""
    if path.suffix == ".json":
        return schema.text(model.Config, model.TITLE)
    try:
        page = path.read_text(encoding="utf-8")
        return reference.replaced(page, model.Config, model.TABLE)
    except (OSError, ValueError) as error:
        raise RtvariantsError(Problem(str(error), where=str(path))) from error
