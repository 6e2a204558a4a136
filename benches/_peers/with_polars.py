"""polars, with the engine that its `collect` chooses, and as mydf the calls of the same names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from .data import JOINS, Task

col = pl.col


def own(table: Any) -> Any:
    """Return a table in polars' own form."""
    return pl.from_arrow(table, rechunk=True)


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    if isinstance(result, pl.Series):
        result = result.to_frame()
    return result.to_arrow() if isinstance(result, pl.DataFrame) else result


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in polars' own form."""
    t, y = inputs.get("t"), inputs.get("y")
    lazy = t.lazy() if t is not None else None
    order = inputs["order"]["order"].cast(pl.UInt32) if "order" in inputs else None
    if name in JOINS:
        on, how = JOINS[name]
        x = inputs["x"].lazy()
        return lambda: x.join(y.lazy(), on=on, how=how).collect()  # type: ignore[arg-type]
    v1, total = col("v1").sum(), lambda *names: [col(name).sum() for name in names]
    return {
        "gb_q1": lambda: lazy.group_by("id1").agg(v1).collect(),
        "gb_q2": lambda: lazy.group_by("id1", "id2").agg(v1).collect(),
        "gb_q3": lambda: lazy.group_by("id3").agg(v1, col("v3").mean()).collect(),
        "gb_q5": lambda: lazy.group_by("id6").agg(total("v1", "v2", "v3")).collect(),
        "gb_q7": lambda: (
            lazy.group_by("id3").agg((col("v1").max() - col("v2").min()).alias("range")).collect()
        ),
        "sort_i64": lambda: t["k"].sort(),
        "sort_f64": lambda: t["d"].sort(),
        "sort_df": lambda: t.sort("k"),
        "sort_str": lambda: t["id3"].sort(),
        "argsort_f64": lambda: t["d"].arg_sort(),
        "filter_50": lambda: t.filter(col("c") > 0.5),
        "gather": lambda: t[order],
        "fused_expr": lambda: lazy.select(
            ((col("c") - 0.5) * (col("d") + 1.0) * 2.0).sum()
        ).collect(),
        "str_contains": lambda: lazy.select(
            col("id3").str.contains("99", literal=True).sum()
        ).collect(),
        "sum_f64": lambda: t["f"].sum(),
        "mean_f64": lambda: t["f"].mean(),
        "csv_read": lambda: pl.read_csv(folder / "group.csv"),
        "parquet_read": lambda: pl.read_parquet(folder / "group.parquet"),
        "parquet_q1": lambda: (
            pl.scan_parquet(folder / "group.parquet").group_by("id1").agg(v1).collect()
        ),
    }.get(name)
