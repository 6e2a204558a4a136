"""mydf, in the runtime that the environment names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mydf

from .data import JOINS, Task

col = mydf.col


def own(table: Any) -> Any:
    """Return a table in mydf's own form."""
    return mydf.from_arrow(table)


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    if isinstance(result, mydf.Series):
        result = result.to_frame()
    return result.to_arrow() if isinstance(result, mydf.DataFrame) else result


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in mydf's own form."""
    t, y = inputs.get("t"), inputs.get("y")
    order = inputs["order"]["order"] if "order" in inputs else None
    if name in JOINS:
        on, how = JOINS[name]
        return lambda: inputs["x"].join(y, on=on, how=how)
    v1, total = col("v1").sum(), lambda *names: [col(name).sum() for name in names]
    return {
        "gb_q1": lambda: t.group_by("id1").agg(v1),
        "gb_q2": lambda: t.group_by("id1", "id2").agg(v1),
        "gb_q3": lambda: t.group_by("id3").agg(v1, col("v3").mean()),
        "gb_q5": lambda: t.group_by("id6").agg(total("v1", "v2", "v3")),
        "gb_q7": lambda: t.group_by("id3").agg((col("v1").max() - col("v2").min()).alias("range")),
        "sort_i64": lambda: t["k"].sort(),
        "sort_f64": lambda: t["d"].sort(),
        "sort_df": lambda: t.sort("k"),
        "sort_str": lambda: t["id3"].sort(),
        "argsort_f64": lambda: t["d"].arg_sort(),
        "filter_50": lambda: t.filter(col("c") > 0.5),
        "gather": lambda: t.gather(order),
        "fused_expr": lambda: t.select(((col("c") - 0.5) * (col("d") + 1.0) * 2.0).sum()),
        "str_contains": lambda: t.select(col("id3").str.contains("99", literal=True).sum()),
        "sum_f64": lambda: t["f"].sum(),
        "mean_f64": lambda: t["f"].mean(),
        "csv_read": lambda: mydf.read_csv(folder / "group.csv"),
        "parquet_read": lambda: mydf.read_parquet(folder / "group.parquet"),
        "parquet_q1": lambda: (
            mydf.scan_parquet(folder / "group.parquet").group_by("id1").agg(v1).collect()
        ),
    }.get(name)
