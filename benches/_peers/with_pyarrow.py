"""pyarrow's compute functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from .data import JOINS, Task


def own(table: pa.Table) -> Any:
    """Return a table in pyarrow's own form."""
    return table


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    if isinstance(result, (pa.Array, pa.ChunkedArray)):
        return pa.table({"value": result})
    return result.as_py() if isinstance(result, pa.Scalar) else result


def grouped(t: pa.Table, keys: list[str], aggregations: dict[str, str]) -> pa.Table:
    """Return a group-by with the columns' own names."""
    found = t.group_by(keys).aggregate(list(aggregations.items()))
    names = {f"{name}_{how}": name for name, how in aggregations.items()}
    return found.rename_columns([names.get(name, name) for name in found.column_names])


def ranges(t: pa.Table) -> pa.Table:
    """Answer question 7."""
    found = grouped(t, ["id3"], {"v1": "max", "v2": "min"})
    return pa.table({"id3": found["id3"], "range": pc.subtract(found["v1"], found["v2"])})


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in pyarrow's own form."""
    t, y = inputs.get("t"), inputs.get("y")
    if name in JOINS:
        on, how = JOINS[name]
        how = "left outer" if how == "left" else how
        return lambda: inputs["x"].join(y, on, join_type=how, right_suffix="_right")
    sums = dict.fromkeys(("v1", "v2", "v3"), "sum")
    value = {"sort_i64": "k", "sort_f64": "d", "sort_str": "id3", "argsort_f64": "d"}.get(name)
    if value:
        values = t[value].chunk(0)
        if name == "argsort_f64":
            return lambda: pc.sort_indices(values)
        return lambda: values.take(pc.sort_indices(values))

    def fused() -> Any:
        c, d = pc.subtract(t["c"], 0.5), pc.add(t["d"], 1.0)
        return pc.sum(pc.multiply(pc.multiply(c, d), 2.0))

    return {
        "gb_q1": lambda: grouped(t, ["id1"], {"v1": "sum"}),
        "gb_q2": lambda: grouped(t, ["id1", "id2"], {"v1": "sum"}),
        "gb_q3": lambda: grouped(t, ["id3"], {"v1": "sum", "v3": "mean"}),
        "gb_q5": lambda: grouped(t, ["id6"], sums),
        "gb_q7": lambda: ranges(t),
        "sort_df": lambda: t.sort_by("k"),
        "filter_50": lambda: t.filter(pc.greater(t["c"], 0.5)),
        "gather": lambda: t.take(inputs["order"]["order"]),
        "fused_expr": fused,
        "str_contains": lambda: pc.sum(pc.match_substring(t["id3"], "99")),
        "sum_f64": lambda: pc.sum(t["f"]),
        "mean_f64": lambda: pc.mean(t["f"]),
        "csv_read": lambda: pa.csv.read_csv(folder / "group.csv"),
        "parquet_read": lambda: pa.parquet.read_table(folder / "group.parquet"),
        "parquet_q1": lambda: grouped(
            pa.parquet.read_table(folder / "group.parquet", columns=["id1", "v1"]),
            ["id1"],
            {"v1": "sum"},
        ),
    }.get(name)
