"""Show what the natives of a file, a wheel or an installed package are, without loading them."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from rtvariants.inspection import Report, inspect


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants inspect`."""
    parser.add_argument("thing", help="a native, a wheel, a folder, or the name of a package")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--audit", action="store_true", help="read all instructions, also where that is recorded"
    )


def run(options: argparse.Namespace) -> int:
    """Print a report of each native; 1 where one contradicts itself."""
    reports = inspect(options.thing, sys.path, audit="again" if options.audit else "recorded")
    if options.json:
        print(json.dumps([dataclasses.asdict(report) for report in reports], indent=2))
    else:
        print("\n\n".join(_text(report) for report in reports))
    return 1 if any(report.faults for report in reports) else 0


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
        *(("fault", fault) for fault in report.faults),
    ]  # fmt: skip
    lines = [(key, value) for key, value in lines if value]
    width = max(len(key) for key, _ in lines)
    return "\n".join([report.file, *(f"  {key:<{width}}  {value}" for key, value in lines)])
