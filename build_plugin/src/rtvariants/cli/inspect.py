"""Show what the extension modules of wheels or installed packages are, without loading them.

A wheel is also checked by every rule of `rtvariants test`. A base package has no extension module.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rtvariants.errors import Problem, RtvariantsError, WheelError
from rtvariants.wheels import check
from rtvariants.wheels.contents import contents
from rtvariants.wheels.inspection import inspect
from rtvariants.wheels.report import Audit, Report


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants inspect`."""
    parser.add_argument(
        "things", nargs="+", metavar="THING",
        help="an extension module, a wheel, a folder, or the name of a package",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--audit",
        action="store_true",
        help="read all instructions again, even if the build recorded them",
    )


def run(options: argparse.Namespace) -> int:
    """Print a report of each extension module; returns 1 if one has a violation."""
    found = [_look(thing, "again" if options.audit else "recorded") for thing in options.things]
    reports = [report for each, _ in found for report in each]
    problems = [problem for _, each in found for problem in each]
    if options.json:
        print(json.dumps([dataclasses.asdict(report) for report in reports], indent=2))
    elif reports:
        print("\n\n".join(map(_text, reports)))
    if problems:
        raise RtvariantsError(problems)
    return 1 if any(report.violations for report in reports) else 0


def _look(thing: str, audit: Audit) -> tuple[Sequence[Report], Sequence[Problem]]:
    """Return the extension modules of one thing, and the violations if it is a wheel."""
    problems: list[Problem] = []
    base = False
    if thing.endswith(".whl"):
        try:
            base = contents(check.checked(Path(thing))).kind == "base"
        except WheelError as error:
            problems += error.problems
    try:
        return () if base else inspect(thing, sys.path, audit=audit), problems
    except RtvariantsError as error:
        # The violation of a wheel says more than that one of its files can't be read.
        return (), problems or error.problems


def _text(report: Report) -> str:
    lines = [("machine", report.machine), *report.stamp.items()]
    lines += [
        ("glibc", report.glibc or "none needed"),
        ("init", ", ".join(report.init) or "none"),
        ("libraries", ", ".join(report.libraries) or "none"),
        ("static TLS", "yes" if report.static_tls else "no"),
        *((key, report.recorded[key]) for key in ("cargo-features", "rustflags", "cflags")
          if report.recorded.get(key)),
        ("size", f"{report.size} bytes"),
        ("sha256", report.sha256),
        *(("audit", line) for line in report.audit),
        *(("violation", v) for v in report.violations),
    ]  # fmt: skip
    lines = [(key, value) for key, value in lines if value]
    width = max(len(key) for key, _ in lines)
    return "\n".join([report.file, *(f"  {key:<{width}}  {value}" for key, value in lines)])
