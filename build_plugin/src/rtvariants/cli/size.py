"""Show the size of extension modules by section and crate, and what has changed."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rtvariants.native import sizes
from rtvariants.native.sizes import shown
from rtvariants.wheels.inspection import inspect
from rtvariants.wheels.report import Report


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants size`."""
    parser.add_argument(
        "thing", help="an extension module, a wheel, a folder, or the name of a package"
    )
    parser.add_argument("--against", metavar="THING", help="an older one to compare with")
    parser.add_argument(
        "--top",
        type=_most,
        default=15,
        metavar="N",
        help="number of lines of each table (default: 15)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def _most(text: str) -> int:
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"not a number of lines: `{text}`")
    return int(text)


@dataclasses.dataclass(frozen=True)
class Size:
    """One extension module: its size, that in the wheel or 0, sections, code by crate."""

    file: str
    runtime: str
    bytes: int
    packed: int
    sections: Mapping[str, int]
    crates: Mapping[str, int]


def run(options: argparse.Namespace) -> int:
    """Print the tables of each extension module, and the total size."""
    now = _measured(options.thing)
    before = {size.runtime: size for size in _measured(options.against)} if options.against else {}
    if options.json:
        print(json.dumps([dataclasses.asdict(size) for size in now], indent=2))
        return 0
    for size in now:
        print(_head(size, before.get(size.runtime)))
        old = before.get(size.runtime)
        _table("section", size.sections, old.sections if old else None, options.top)
        _table("crate, code", size.crates, old.crates if old else None, options.top)
        if not size.crates:
            print("  no SBOM: the code of each crate is not known")
        print()
    total = sum(size.bytes for size in now)
    old_total = sum(size.bytes for size in before.values())
    print(f"installed: {shown(total)}{_change(total, old_total) if before else ''}")
    _whole_file(options.thing, options.against)
    return 0


def _measured(thing: str) -> list[Size]:
    reports = inspect(thing, sys.path, audit="none")
    packed = {}
    if Path(thing).is_file() and zipfile.is_zipfile(thing):
        with zipfile.ZipFile(thing) as archive:
            packed = {info.filename: info.compress_size for info in archive.infolist()}
    return [_size(report, packed.get(report.file, 0)) for report in reports]


def _size(report: Report, packed: int) -> Size:
    return Size(
        file=report.file,
        runtime=report.stamp.get("runtime", ""),
        bytes=report.size,
        packed=packed,
        sections=dict(sorted(report.sections.items(), key=lambda each: -each[1])),
        crates=dict(sizes.recorded(report.recorded)),
    )


def _head(size: Size, old: Size | None) -> str:
    change = _change(size.bytes, old.bytes) if old else ""
    packed = f", {shown(size.packed)} in the wheel" if size.packed else ""
    return f"{size.file}\n  {shown(size.bytes)}{change}{packed}"


def _change(now: int, before: int) -> str:
    sign = "+" if now >= before else "-"
    return f" ({sign}{shown(abs(now - before))})"


def _table(title: str, now: Mapping[str, int], before: Mapping[str, int] | None, most: int) -> None:
    """Print the largest entries, or those that changed most; the rest is one line."""
    names: Sequence[str] = list(now)
    if before is not None:
        names = sorted({*now, *before}, key=lambda n: -abs(now.get(n, 0) - before.get(n, 0)))
        names = [name for name in names if now.get(name) != before.get(name)]
    if not names:
        return
    width = max(len(title), *map(len, names[:most]))
    whole = sum(now.values()) or 1
    print(f"  {title:<{width}}  {'size':>9}  share")
    for name in names[:most]:
        size = now.get(name, 0)
        change = "" if before is None else _change(size, before.get(name, 0))
        print(f"  {name:<{width}}  {shown(size):>9}  {size / whole:5.1%}{change}")
    if rest := names[most:]:
        left = _sum(now, rest)
        print(f"  {f'… {len(rest)} more':<{width}}  {shown(left):>9}  {left / whole:5.1%}")


def _sum(sizes_of: Mapping[str, int], names: Iterable[str]) -> int:
    return sum(sizes_of.get(name, 0) for name in names)


def _whole_file(thing: str, against: str | None) -> None:
    path = Path(thing)
    if path.is_file() and zipfile.is_zipfile(path):
        size = path.stat().st_size
        old = Path(against) if against else None
        change = _change(size, old.stat().st_size) if old and old.is_file() else ""
        print(f"wheel: {shown(size)}{change}")
