"""Names that people know from other libraries, each with the line that does the same here.

The lines are about `frame` and `other`, which have the columns `key`, `x` and `day`, and about
`series`. The tests run every one of them.
"""

from __future__ import annotations

from mydf.errors import UnknownNameError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

_GROUPS = 'frame.group_by("key").agg(mydf.col("x").sum())'
_ADDED = 'frame.with_columns(y=mydf.col("x") * 2)'
_ROW = "frame.row(0)"
_CELL = 'frame.item(0, "x")'
_OVER_ROWS = 'mydf.when(mydf.col("x") > 1).then(1).otherwise(0)'
_VALUES = "mydf.Series(series.name, [value for value in series.to_list()])"
_COUNTS = 'frame.group_by("key").len().sort("len", descending=True)'
# What other libraries call on a frame, a column or groups, as a method of an expression.
_ROWS = {
    "shift": "shift(1)",
    "diff": "diff()",
    "rank": "rank()",
    "cumsum": "cum_sum()",
    "cummin": "cum_min()",
    "cummax": "cum_max()",
    "ffill": "forward_fill()",
    "bfill": "backward_fill()",
    "rolling": "rolling_mean(3)",
}

_FRAME = {
    **{
        name: f'frame.with_columns(mydf.col("x").{call})'
        for name, call in _ROWS.items()
        if name != "shift"
    },
    "duplicated": 'frame.filter(mydf.col("key").is_duplicated())',
    "groupby": _GROUPS,
    "aggregate": _GROUPS,
    "merge": 'frame.join(other, on="key")',
    "query": 'frame.filter(mydf.col("x") > 1)',
    "where": 'frame.filter(mydf.col("x") > 1)',
    "loc": 'frame.filter(mydf.col("key") == "a")',
    "iloc": "frame[0:2]",
    "at": _CELL,
    "iat": _CELL,
    "assign": _ADDED,
    "with_column": _ADDED,
    "withColumn": _ADDED,
    "insert": _ADDED,
    "apply": _ADDED,
    "map_rows": _ADDED,
    "sort_values": 'frame.sort("x", descending=True)',
    "order_by": 'frame.sort("x", descending=True)',
    "orderBy": 'frame.sort("x", descending=True)',
    "nlargest": 'frame.top_k(3, by="x")',
    "nsmallest": 'frame.bottom_k(3, by="x")',
    "drop_duplicates": 'frame.unique("key")',
    "distinct": 'frame.unique("key")',
    "dropna": "frame.drop_nulls()",
    "fillna": "frame.fill_null(0)",
    "isna": 'frame.select(mydf.col("x").is_null())',
    "isnull": 'frame.select(mydf.col("x").is_null())',
    "astype": 'frame.with_columns(mydf.col("x").cast(mydf.Float64))',
    "append": "frame.vstack(other)",
    "extend": "mydf.concat([frame, other])",
    "value_counts": _COUNTS,
    "size": "frame.height * frame.width",
    "empty": "frame.is_empty()",
    "values": "frame.to_numpy()",
    "to_csv": "frame.write_csv(path)",
    "to_parquet": "frame.write_parquet(path)",
    "iterrows": "for row in frame.iter_rows(named=True): print(row)",
    "itertuples": "for row in frame.iter_rows(): print(row)",
    "to_df": "frame.to_pandas()",
    "toPandas": "frame.to_pandas()",
    "info": "frame.glimpse()",
    "pivot_table": 'frame.pivot("key", values="x", index="day", aggregate_function="mean")',
    "melt": 'frame.unpivot(["x"], index="key")',
    "get_dummies": 'frame.to_dummies("key")',
    "agg": 'frame.select(mydf.col("x").sum())',
    "write_json": "frame.write_ndjson(path)",
    "to_json": "frame.write_ndjson(path)",
    "to_feather": "frame.write_ipc(path)",
    "resample": 'frame.drop_nulls("day").group_by_dynamic("day", every="1mo").len()',
    "crosstab": 'frame.pivot("key", index="x", aggregate_function="len")',
    "nunique": 'frame.select(mydf.col("key").n_unique())',
}
_GROUP_BY = {
    **{
        name: f'frame.with_columns(mydf.col("x").{call}.over("key"))'
        for name, call in _ROWS.items()
    },
    "transform": 'frame.with_columns(mydf.col("x").mean().over("key"))',
    "ngroup": 'frame.with_columns(mydf.col("key").rank("dense"))',
    "aggregate": _GROUPS,
    "size": 'frame.group_by("key").len()',
    "nunique": 'frame.group_by("key").n_unique()',
    "apply": "[rows['x'].sum() for key, rows in frame.group_by('key')]",
    "get_group": 'frame.filter(mydf.col("key") == "a")',
    "groups": 'frame.partition_by("key", as_dict=True)',
    "nth": 'frame.group_by("key").head(1)',
    "all": 'frame.group_by("key").agg(mydf.all().first())',
}
_EXPR = {
    "isin": 'mydf.col("x").is_in([1, 2])',
    "isna": 'mydf.col("x").is_null()',
    "isnull": 'mydf.col("x").is_null()',
    "notna": 'mydf.col("x").is_not_null()',
    "notnull": 'mydf.col("x").is_not_null()',
    "fillna": 'mydf.col("x").fill_null(0)',
    "astype": 'mydf.col("x").cast(mydf.Float64)',
    "between": 'mydf.col("x").is_between(1, 2)',
    "nunique": 'mydf.col("x").n_unique()',
    "mode": 'frame["x"].mode()',
    "bin_intervals": 'mydf.col("x").cut([1, 2])',
    "qcut": 'mydf.col("x").rank() / mydf.col("x").count()',
    "value_counts": 'frame["x"].value_counts()',
    "avg": 'mydf.col("x").mean()',
    "size": 'mydf.col("x").len()',
    "rename": 'mydf.col("x").alias("y")',
    "suffix": 'mydf.col("x").name.suffix("_y")',
    "prefix": 'mydf.col("x").name.prefix("y_")',
    "div": 'mydf.col("x") / 2',
    "ln": 'mydf.col("x").log()',
    "log2": 'mydf.col("x").log(2)',
    "power": 'mydf.col("x") ** 2',
    "absolute": 'mydf.col("x").abs()',
    "ceiling": 'mydf.col("x").ceil()',
    "clip_lower": 'mydf.col("x").clip(0)',
    "clip_upper": 'mydf.col("x").clip(None, 10)',
    "apply": _OVER_ROWS,
    "map": _OVER_ROWS,
    "map_elements": _OVER_ROWS,
    "where": _OVER_ROWS,
    "desc": 'frame.sort("x", descending=True)',
    "asc": 'frame.sort("x")',
    "filter": 'frame.filter(mydf.col("x") > 1)',
    "unique": 'frame.unique("x")',
    "year": 'mydf.col("day").dt.year()',
    "month": 'mydf.col("day").dt.month()',
    "contains": 'mydf.col("key").str.contains("a")',
    "cumsum": 'mydf.col("x").cum_sum()',
    "cumcount": 'mydf.col("x").cum_count()',
    "cummin": 'mydf.col("x").cum_min()',
    "cummax": 'mydf.col("x").cum_max()',
    "ffill": 'mydf.col("x").forward_fill()',
    "bfill": 'mydf.col("x").backward_fill()',
    "lag": 'mydf.col("x").shift(1)',
    "lead": 'mydf.col("x").shift(-1)',
    "rolling": 'mydf.col("x").rolling_mean(3)',
    "argsort": 'mydf.col("x").arg_sort()',
    "duplicated": 'mydf.col("x").is_duplicated()',
    "partition_by": 'mydf.col("x").sum().over("key")',
    "transform": 'mydf.col("x").mean().over("key")',
}
_STR = {
    "lower": 'mydf.col("key").str.to_lowercase()',
    "upper": 'mydf.col("key").str.to_uppercase()',
    "startswith": 'mydf.col("key").str.starts_with("a")',
    "endswith": 'mydf.col("key").str.ends_with("a")',
    "len": 'mydf.col("key").str.len_chars()',
    "lengths": 'mydf.col("key").str.len_chars()',
    "length": 'mydf.col("key").str.len_chars()',
    "strip": 'mydf.col("key").str.strip_chars()',
    "trim": 'mydf.col("key").str.strip_chars()',
    "like": 'mydf.col("key").str.contains("a", literal=True)',
    "match": 'mydf.col("key").str.contains("^a")',
    "split_exact": 'mydf.col("key").str.split_part("-", 0)',
    "lstrip": 'mydf.col("key").str.strip_chars_start()',
    "rstrip": 'mydf.col("key").str.strip_chars_end()',
    "removeprefix": 'mydf.col("key").str.strip_prefix("a")',
    "removesuffix": 'mydf.col("key").str.strip_suffix("a")',
    "rjust": 'mydf.col("key").str.pad_start(8)',
    "ljust": 'mydf.col("key").str.pad_end(8)',
    "title": 'mydf.col("key").str.to_titlecase()',
    "count": 'mydf.col("key").str.count_matches("a")',
    "strptime": 'mydf.col("key").str.to_datetime("%Y-%m-%d", strict=False)',
    "cat": 'mydf.concat_str("key", "x", separator="-")',
}
_NAME = {
    "lower": "mydf.all().name.to_lowercase()",
    "upper": "mydf.all().name.to_uppercase()",
    "add_suffix": 'mydf.all().name.suffix("_x")',
    "add_prefix": 'mydf.all().name.prefix("x_")',
}
_DT = {
    "dayofweek": 'mydf.col("day").dt.weekday()',
    "day_of_week": 'mydf.col("day").dt.weekday()',
    "dayofyear": 'mydf.col("day").dt.ordinal_day()',
    "day_of_year": 'mydf.col("day").dt.ordinal_day()',
    "weekofyear": 'mydf.col("day").dt.week()',
    "day_name": 'mydf.col("day").dt.strftime("%A")',
    "month_name": 'mydf.col("day").dt.strftime("%B")',
    "to_string": 'mydf.col("day").dt.strftime("%Y-%m-%d")',
    "floor": 'mydf.col("day").dt.truncate("1mo")',
    "tz_localize": 'mydf.col("day").cast(mydf.Datetime).dt.replace_time_zone("UTC")',
    "tz_convert": 'mydf.col("day").cast(mydf.Datetime("UTC")).dt.convert_time_zone("Asia/Tokyo")',
}
_SERIES = {
    **{
        name: f"series.{call}"
        for name, call in _ROWS.items()
        if name not in ("shift", "diff", "rank")
    },
    "isin": "series.is_in([1, 2])",
    "isna": "series.is_null()",
    "isnull": "series.is_null()",
    "notna": "series.is_not_null()",
    "notnull": "series.is_not_null()",
    "between": "series.is_between(1, 2)",
    "astype": "series.cast(mydf.Float64)",
    "nunique": "series.n_unique()",
    "size": "len(series)",
    "height": "len(series)",
    "values": "series.to_numpy()",
    "tolist": "series.to_list()",
    "sort_values": "series.sort()",
    "argsort": "series.arg_sort()",
    "iloc": "series[0]",
    "loc": "series[0]",
    "fillna": "series.fill_null(0)",
    "dropna": "series.drop_nulls()",
    "drop_duplicates": "series.unique()",
    "take": "series.gather([0, 2])",
    "nlargest": "series.sort(descending=True).head(3)",
    "nsmallest": "series.sort().head(3)",
    "apply": _VALUES,
    "map": _VALUES,
    "over": 'frame.with_columns(total=mydf.col("x").sum())',
    "exclude": 'frame.drop("x")',
}
_MODULE = {
    "read_table": 'mydf.read_csv(path, separator="\\t")',
    "read_feather": "mydf.read_ipc(path)",
    "read_jsonl": "mydf.read_ndjson(path)",
    "read_excel": "mydf.DataFrame(pandas.read_excel(path))",
    "read_json": "mydf.DataFrame(pandas.read_json(path))",
    "read_sql": "mydf.DataFrame(pandas.read_sql(query, connection))",
    "read_database": "mydf.DataFrame(polars.read_database(query, connection))",
    "from_pandas": "mydf.DataFrame(frame.to_pandas())",
    "from_polars": "mydf.DataFrame(frame.to_polars())",
    "from_dict": 'mydf.DataFrame({"a": [1, 2]})',
    "from_dicts": 'mydf.DataFrame([{"a": 1}, {"a": 2}])',
    "from_records": 'mydf.DataFrame([{"a": 1}, {"a": 2}])',
    "from_numpy": 'mydf.DataFrame({"a": array})',
    "merge": 'frame.join(other, on="key")',
    "greatest": 'mydf.max_horizontal("x", 2)',
    "least": 'mydf.min_horizontal("x", 2)',
    "concat_ws": 'mydf.concat_str("key", "x", separator="-")',
    "ifnull": 'mydf.coalesce("x", 0)',
    "get_dummies": 'frame.to_dummies("key")',
    "melt": 'frame.unpivot(["x"], index="key")',
    "Utf8": "mydf.String",
    "Boolean": "mydf.Bool",
    "cs": "mydf.col(mydf.Int64)",
    "selectors": "mydf.col(mydf.Int64)",
    "columns": 'mydf.col("key", "x")',
    "cols": 'mydf.col("key", "x")',
    "isna": 'mydf.col("x").is_null()',
    "to_datetime": 'mydf.col("day").cast(mydf.Datetime)',
}
_TABLES = {
    "DataFrame": _FRAME,
    "GroupBy": _GROUP_BY,
    "Expr": _EXPR,
    "StrNamespace": _STR,
    "NameNamespace": _NAME,
    "DtNamespace": _DT,
    "Series": _SERIES,
    "mydf": _MODULE,
}
# What to do where no line helps, by the names.
_ADVICE = {
    "collect persist compute": "leave it out: a frame is in memory, and each method runs at once",
    "copy": "leave it out: a frame never changes",
    "set_index reset_index index": "leave it out: a frame has no index",
    "T": "use `frame.transpose()`",
    "ewm expanding resample window over": (
        "use `mydf.col('x').rolling_mean(3)` and its kin, `cum_sum` and `over`; for other windows "
        "use duckdb: `duckdb.sql('select *, sum(x) over (partition by key) from frame')`"
    ),
    "plot hist boxplot": "pass columns to a plotting library: `plt.plot(frame['x'].to_numpy())`",
    "Array": "use `mydf.List(dtype)`, whose lists have any length",
    "Struct struct": (
        "mydf has no structs: make a column of each field, or keep them in polars or pyarrow"
    ),
    "Enum": "use `mydf.Categorical`, which sorts as text",
    "memory_usage": "use `frame.estimated_size()`",
    "sql": "use duckdb: `duckdb.sql('select key, sum(x) from frame group by key')`",
}


def refuse(
    owner: str,
    name: str,
    known: Iterable[str],
    columns: Iterable[str] = (),
    bases: Iterable[str] = (),
) -> NoReturn:
    """Raise the error for a name that a class does not have, or that the module does not have.

    Args:
        owner: The class, or `mydf`.
        name: What was asked for.
        known: The names that there are.
        columns: The names of a frame's columns.
        bases: The class and those that it inherits from.

    Raises:
        UnknownNameError: Always; its hint has the line that does what the name promises elsewhere.
    """
    hint = None
    # Names with an underscore are questions of protocols, such as `__array_interface__`.
    if not name.startswith("_"):
        lines = [_TABLES[each] for each in bases or [owner] if each in _TABLES]
        hint = f"use `frame[{name!r}]`" if name in columns else _hint(name, lines, known)
    raise UnknownNameError(f"`{owner}` has no `{name}`", hint=hint, name=name)


def _hint(name: str, lines: list[dict[str, str]], known: Iterable[str]) -> str | None:
    for table in lines:
        if name in table:
            return f"use `{table[name]}`"
    for names, advice in _ADVICE.items():
        if name in names.split():
            return advice
    from difflib import get_close_matches

    public = [each for each in known if not each.startswith("_")]
    near = get_close_matches(name.lower(), public, 1)
    return f"did you mean `{near[0]}`?" if near else None
