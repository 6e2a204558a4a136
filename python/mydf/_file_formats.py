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

#: The format of a name that ends like this.
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv",
    ".csv.zst": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
#: What a compressed file has at its end; these formats are read, not written.
COMPRESSED = (".gz", ".zst")
SENTENCE = f"The end of a file's name says its format: {', '.join(SUFFIXES)}."


def read(name: str, columns: list[str] | None, rows: int | None, csv: dict[str, Any]) -> DataFrame:
    """Return the frame of a file, or of CSV on standard input if the name is `-`."""
    suffix = ".csv" if name == "-" else _suffix(name)
    if SUFFIXES[suffix] == "parquet":
        given = [f"--{option}" for option, value in csv.items() if value]
        if given:
            fact = f"`{given[0]}` is for CSV, and `{name}` is a Parquet file"
            raise ArgumentError(fact, hint=f"leave out `{given[0]}`", what="file")
        return io.read_parquet(name, columns=columns, n_rows=rows)
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
    if suffix.endswith(COMPRESSED):
        fact = f"`{name}`: a compressed file can be read, not written"
        raise ArgumentError(fact, hint="write .parquet, which is compressed", what="target")
    if os.path.exists(name) and not force:
        fact = f"`{name}`: the file exists"
        raise ArgumentError(fact, hint="add `--force` to replace it", what="target")
    if SUFFIXES[suffix] == "parquet":
        return lambda frame: frame.write_parquet(name)
    separator = "\t" if suffix == ".tsv" else ","
    return lambda frame: frame.write_csv(name, separator=separator)


def _suffix(name: str) -> str:
    lower = name.lower()
    for suffix in sorted(SUFFIXES, key=len, reverse=True):
        if lower.endswith(suffix):
            return suffix
    fact = f"`{name}`: the end of the name is not that of a known format"
    raise ArgumentError(fact, hint=f"known ends: {', '.join(SUFFIXES)}", what="file")
