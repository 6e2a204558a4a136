"""numpy, for the tasks on plain numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .data import Task


def own(table: pa.Table) -> Any:
    """Return the columns of numbers, by name."""
    # A copy, because what Arrow hands out is read-only and of its own allocator.
    return {name: np.array(table[name].to_numpy()) for name in table.column_names}


def arrow(result: Any) -> Any:
    """Return a result as an Arrow table."""
    if isinstance(result, np.ndarray):
        return pa.table({"value": result})
    return pa.table(result) if isinstance(result, dict) else result


def task(name: str, inputs: dict[str, Any], _folder: Path) -> Task | None:
    """Return a task over arrays, or None if numpy does not have it."""
    t = inputs.get("t")
    if t is None:
        return None

    def filtered() -> Any:
        mask = t["c"] > 0.5
        return {name: values[mask] for name, values in t.items()}

    return {
        "sort_i64": lambda: np.sort(t["k"]),
        "sort_f64": lambda: np.sort(t["d"]),
        "argsort_f64": lambda: np.argsort(t["d"]),
        "filter_50": filtered,
        "gather": lambda: {n: values[inputs["order"]["order"]] for n, values in t.items()},
        "sum_f64": lambda: t["f"].sum(),
        "mean_f64": lambda: t["f"].mean(),
    }.get(name)
