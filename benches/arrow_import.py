"""Time the import of large Arrow columns next to other readers of the same memory.

`python3 dev.py bench arrow_import`. mydf checks and copies what comes in. Next to it: a plain copy
of the same bytes, pyarrow's own complete check, which copies nothing, and polars, which neither
copies nor checks numbers and rebuilds texts. The last line of each table is one aggregation over
the imported column, for scale.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from _measure import machine, table

Acts = dict[str, Callable[[], object]]


def columns(rows: int) -> dict[str, object]:
    """Return one column of each kind that is checked in its own way."""
    import numpy as np
    import polars as pl
    import pyarrow as pa

    numbers = np.random.default_rng(7).integers(0, 1000, rows)
    short = pa.array(numbers).cast(pa.string())
    long = pl.select(pl.format("a text of more than twelve bytes {}", pl.Series(numbers)))
    words = pa.array([f"word {number}" for number in range(1000)])
    return {
        "integers": pa.array(numbers),
        "short texts": short,
        "short texts as views": pl.Series(short).to_arrow(compat_level=pl.CompatLevel.newest()),
        "long texts as views": long.to_series().to_arrow(compat_level=pl.CompatLevel.newest()),
        "dictionary": pa.DictionaryArray.from_arrays(pa.array(numbers.astype("int16")), words),
    }


def acts(column: object) -> Acts:
    """Return what is timed for a column, a pyarrow array."""
    import polars as pl
    import pyarrow as pa

    import mydf

    made = pa.table({"a": column})
    frame = mydf.from_arrow(made)
    # A dictionary is an array of its own, which pyarrow does not count.
    buffers = [each for each in column.buffers() if each is not None]  # type: ignore[attr-defined]
    return {
        "copy of the bytes": lambda: [bytes(memoryview(each)) for each in buffers],
        "mydf": lambda: mydf.from_arrow(made),
        "pyarrow, complete check": lambda: made.validate(full=True),
        "polars": lambda: pl.from_arrow(made),
        "mydf, then max()": lambda: frame.select(mydf.col("a").max()),
    }


def main() -> None:
    """Print one table for each kind of column."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    machine(["polars", "pyarrow"])
    for name, column in columns(options.rows).items():
        timed = acts(column)
        samples: dict[str, list[float]] = {act: [] for act in timed}
        for number in range(options.rounds + 1):
            for act, run in timed.items():
                start = time.perf_counter()
                run()
                if number:
                    samples[act].append((time.perf_counter() - start) * 1e3)
        table(f"{name}, {options.rows:,} rows", "ms", samples, "copy of the bytes")


if __name__ == "__main__":
    main()
