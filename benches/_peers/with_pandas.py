"""pandas with its own strings, which are pyarrow's from version 3 on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from .data import JOINS, Task


def own(table: pa.Table) -> Any:
    """Return a table in pandas' own form."""
    return table.to_pandas(split_blocks=False)


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    if isinstance(result, pd.Series):
        result = result.to_frame()
    if not isinstance(result, pd.DataFrame):
        return result
    return pa.Table.from_pandas(result, preserve_index=False)


def ranges(t: pd.DataFrame) -> pd.DataFrame:
    """Answer question 7."""
    found = t.groupby("id3", as_index=False, sort=False).agg(v1=("v1", "max"), v2=("v2", "min"))
    return pd.DataFrame({"id3": found["id3"], "range": found["v1"] - found["v2"]})


def task(name: str, inputs: dict[str, Any], folder: Path) -> Task | None:
    """Return a task over inputs in pandas' own form."""
    t, y = inputs.get("t"), inputs.get("y")
    if name in JOINS:
        on, how = JOINS[name]
        return lambda: inputs["x"].merge(y, on=on, how=how, suffixes=("", "_right"))

    def groups(*keys: str) -> Any:
        return t.groupby(list(keys), as_index=False, sort=False, observed=True)

    def first(frame: pd.DataFrame) -> Any:
        return frame.groupby("id1", as_index=False, sort=False)["v1"].sum()

    return {
        "gb_q1": lambda: first(t),
        "gb_q2": lambda: groups("id1", "id2")["v1"].sum(),
        "gb_q3": lambda: groups("id3").agg({"v1": "sum", "v3": "mean"}),
        "gb_q5": lambda: groups("id6").agg({"v1": "sum", "v2": "sum", "v3": "sum"}),
        "gb_q7": lambda: ranges(t),
        "sort_i64": lambda: t["k"].sort_values(),
        "sort_f64": lambda: t["d"].sort_values(),
        "sort_df": lambda: t.sort_values("k"),
        "sort_str": lambda: t["id3"].sort_values(),
        "argsort_f64": lambda: t["d"].argsort(),
        "filter_50": lambda: t[t["c"] > 0.5],
        "gather": lambda: t.take(inputs["order"]["order"]),
        "fused_expr": lambda: ((t["c"] - 0.5) * (t["d"] + 1.0) * 2.0).sum(),
        "str_contains": lambda: t["id3"].str.contains("99", regex=False).sum(),
        "sum_f64": lambda: t["f"].sum(),
        "mean_f64": lambda: t["f"].mean(),
        "csv_read": lambda: pd.read_csv(folder / "group.csv", engine="pyarrow"),
        "parquet_read": lambda: pd.read_parquet(folder / "group.parquet"),
        "parquet_q1": lambda: first(
            pd.read_parquet(folder / "group.parquet", columns=["id1", "v1"])
        ),
    }.get(name)
