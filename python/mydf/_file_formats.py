"""The formats of files that the command line reads and writes, by the ends of their names."""

from __future__ import annotations

import os
import sys

from mydf import io
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from mydf.frame import DataFrame

#: The format of a name that ends like this, as in `read_csv` and `write_csv`.
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".parq": "parquet",
    ".pq": "parquet",
    ".arrow": "ipc",
    ".feather": "ipc",
    ".ipc": "ipc",
    ".arrows": "ipc_stream",
}
NAMES = {
    "ndjson": "JSON lines",
    "parquet": "Parquet",
    "ipc": "Arrow IPC",
    "ipc_stream": "a stream of Arrow IPC",
}
#: What the name of a compressed text file has at its end; such files are read, not written.
COMPRESSED = (".gz", ".zst")
TEXT = ("csv", "ndjson")
SENTENCE = (
    "The end of a file's name says its format: .csv or .tsv, .ndjson or .jsonl (JSON lines), "
    ".parquet, .parq or .pq, .arrow, .feather or .ipc (Arrow IPC), .arrows (a stream of Arrow "
    "IPC). CSV and JSON lines may be compressed: .csv.gz, .jsonl.zst."
)


def read(name: str, columns: list[str] | None, rows: int | None, csv: dict[str, Any]) -> DataFrame:
    """Return the frame of a file, or of CSV on standard input if the name is `-`."""
    suffix = ".csv" if name == "-" else _suffix(name)
    form = SUFFIXES[suffix]
    if form != "csv":
        given = [f"--{option}" for option, value in csv.items() if value]
        if given:
            fact = f"`{given[0]}` is for CSV, and `{name}` is {NAMES[form]}"
            raise ArgumentError(fact, hint=f"leave out `{given[0]}`", what="file")
        frame: DataFrame = getattr(io, f"read_{form}")(name, columns=columns, n_rows=rows)
        return frame
    separator = csv["separator"] or ("\t" if suffix == ".tsv" else ",")
    return io.read_csv(
        sys.stdin.buffer if name == "-" else name,
        columns=columns,
        n_rows=rows,
        null_values=csv["null"],
        separator=separator,
    )


def target(name: str, force: bool) -> Callable[[DataFrame], object]:
    """Return a function that writes a frame to a file, or as CSV to standard output for `-`.

    It is found before anything is read, so a name that can't be written costs no time.
    """
    if name == "-":
        return lambda frame: sys.stdout.write(frame.write_csv() or "")
    suffix = _suffix(name)
    if name.lower().endswith(COMPRESSED):
        fact = f"`{name}`: a compressed file can be read, not written"
        raise ArgumentError(fact, hint="write .parquet, which is compressed", what="target")
    if os.path.exists(name) and not force:
        fact = f"`{name}`: the file exists"
        raise ArgumentError(fact, hint="add `--force` to replace it", what="target")
    options = {"separator": "\t"} if suffix == ".tsv" else {}
    return lambda frame: getattr(frame, f"write_{SUFFIXES[suffix]}")(name, **options)


def _suffix(name: str) -> str:
    stem, suffix = os.path.splitext(name.lower())
    if suffix in COMPRESSED:
        inner = os.path.splitext(stem)[1]
        suffix = inner if SUFFIXES.get(inner) in TEXT else ""
    if suffix in SUFFIXES:
        return suffix
    fact = f"`{name}`: the end of the name is not that of a known format"
    raise ArgumentError(fact, hint=f"known ends: {', '.join(SUFFIXES)}", what="file")
