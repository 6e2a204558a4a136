"""The inputs: db-benchmark's tables by its own recipe, one table of numbers, and files of them.

The recipe is `_data/groupby-datagen.R` and `_data/join-datagen.R` of db-benchmark (G1_1e7_1e2_0_0
and J1_1e7_NA_0_0) with another generator of random numbers. Tables are Arrow files on disk, so that
every engine reads the same bytes and converts them to its own form before anything is timed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet

GROUPS = 100  # db-benchmark's K
Numbers = Any  # a numpy array


def labels(numbers: Numbers, form: str) -> pa.Array:
    """Return `form` filled with each number, as text."""
    distinct, places = np.unique(numbers, return_inverse=True)
    texts = pa.array([form.format(number) for number in distinct.tolist()])
    return texts.take(pa.array(places))


def group(rows: int, random: np.random.Generator) -> pa.Table:
    """Return the table of the group-by questions."""
    many = max(rows // GROUPS, 1)

    def sample(largest: int) -> Numbers:
        return random.integers(1, largest + 1, rows, dtype=np.int32)

    return pa.table({
        "id1": labels(sample(GROUPS), "id{:03}"),
        "id2": labels(sample(GROUPS), "id{:03}"),
        "id3": labels(sample(many), "id{:010}"),
        "id4": sample(GROUPS),
        "id5": sample(GROUPS),
        "id6": sample(many),
        "v1": sample(5),
        "v2": sample(15),
        "v3": np.round(random.uniform(0, 100, rows), 6),
    })  # fmt: skip


def joins(rows: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Return the left table of the join questions, and the right ones."""
    # 90% of the keys of each side are on both sides.
    left, right = {}, {}
    for name, n in (("id1", max(rows // 10**6, 10)), ("id2", max(rows // 1000, 10)), ("id3", rows)):
        keys = random.permutation(int(n * 1.1)).astype(np.int32) + 1
        both, ends = keys[: n * 9 // 10], keys[n * 9 // 10 :]
        half = n - len(both)
        left[name] = np.concatenate([both, ends[:half]])
        right[name] = np.concatenate([both, ends[half : 2 * half]])

    def table(names: list[str], keys: dict[str, Numbers], height: int, value: str) -> pa.Table:
        found: dict[str, Any] = {}
        for name in names:
            # Every key is there; those that are there more often are drawn.
            more = height - len(keys[name])
            drawn = random.choice(keys[name], more) if more > 0 else keys[name][:0]
            found[name] = random.permutation(np.concatenate([keys[name][:height], drawn]))
        for name, text in zip(names, ("id4", "id5", "id6"), strict=False):
            found[text] = labels(found[name], "id{}")
        return pa.table(found | {value: np.round(random.uniform(0, 100, height), 6)})

    names = ["id1", "id2", "id3"]
    return {
        "x": table(names, left, rows, "v1"),
        "small": table(names[:1], right, len(right["id1"]), "v2"),
        "medium": table(names[:2], right, len(right["id2"]), "v2"),
        "big": table(names, right, rows, "v2"),
    }


def numbers(rows: int, random: np.random.Generator) -> pa.Table:
    """Return five columns of numbers, 36 bytes a row, and the rows in random order."""
    info = np.iinfo(np.int64)
    return pa.table({
        "k": random.integers(info.min, info.max, rows),
        "a": random.integers(0, 1000, rows),
        "b": random.integers(0, 10**6, rows, dtype=np.int32),
        "c": random.uniform(0, 1, rows),
        "d": random.normal(0, 1, rows),
        "order": random.permutation(rows),
    })  # fmt: skip


def make(folder: Path, rows: int) -> None:
    """Write all files, if they are not there."""
    if folder.is_dir():
        return
    making = folder.with_name(folder.name + ".making")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    random = np.random.default_rng(108)
    tables = {"group": group(rows, random), "numbers": numbers(rows, random)}
    pa.csv.write_csv(tables["group"], making / "group.csv")
    pa.parquet.write_table(tables["group"], making / "group.parquet", row_group_size=10**6)
    tables |= joins(rows, random)
    tables["long"] = pa.table({"f": random.uniform(0, 1, rows * 10)})
    for name, table in tables.items():
        pa.feather.write_feather(table, making / f"{name}.arrow", compression="uncompressed")
    # Renamed last, so that an existing folder is complete.
    making.rename(folder)


def table(folder: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """Return one table, or some of its columns, in one piece."""
    return pa.feather.read_table(
        folder / f"{name}.arrow", columns, memory_map=False
    ).combine_chunks()


#: What a task needs: a table and its columns (None for all), under the names that its code uses.
Needs = dict[str, tuple[str, "list[str] | None"]]
FRAME = ["k", "a", "b", "c", "d"]
JOIN = {"x": ("x", None)}

#: The tasks with their inputs, and whether the order of the result's rows is part of it.
TASKS: dict[str, tuple[Needs, bool]] = {
    "gb_q1": ({"t": ("group", ["id1", "v1"])}, False),
    "gb_q2": ({"t": ("group", ["id1", "id2", "v1"])}, False),
    "gb_q3": ({"t": ("group", ["id3", "v1", "v3"])}, False),
    "gb_q5": ({"t": ("group", ["id6", "v1", "v2", "v3"])}, False),
    "gb_q7": ({"t": ("group", ["id3", "v1", "v2"])}, False),
    "jn_q1": (JOIN | {"y": ("small", None)}, False),
    "jn_q2": (JOIN | {"y": ("medium", None)}, False),
    "jn_q3": (JOIN | {"y": ("medium", None)}, False),
    "jn_q4": (JOIN | {"y": ("medium", None)}, False),
    "jn_q5": (JOIN | {"y": ("big", None)}, False),
    "sort_i64": ({"t": ("numbers", ["k"])}, True),
    "sort_f64": ({"t": ("numbers", ["d"])}, True),
    "sort_df": ({"t": ("numbers", FRAME)}, True),
    "sort_str": ({"t": ("group", ["id3"])}, True),
    "argsort_f64": ({"t": ("numbers", ["d"])}, True),
    "filter_50": ({"t": ("numbers", FRAME)}, False),
    "gather": ({"t": ("numbers", FRAME), "order": ("numbers", ["order"])}, True),
    "fused_expr": ({"t": ("numbers", ["c", "d"])}, True),
    "str_contains": ({"t": ("group", ["id3"])}, True),
    "sum_f64": ({"t": ("long", None)}, True),
    "mean_f64": ({"t": ("long", None)}, True),
    "csv_read": ({}, False),
    "parquet_read": ({}, False),
    "parquet_q1": ({}, False),
}
#: The keys of the joins, and how they join.
JOINS = {
    "jn_q1": ("id1", "inner"),
    "jn_q2": ("id2", "inner"),
    "jn_q3": ("id2", "left"),
    "jn_q4": ("id5", "inner"),
    "jn_q5": ("id3", "inner"),
}
#: A task of an engine, with its inputs bound.
Task = Callable[[], Any]
