"""Arguments that people know from other libraries, each with what does the same here.

The lines are about `frame` and `other`, which have the columns `key`, `x` and `day`, and about
`series`. The tests run every one of them, and pass every option of polars' and pandas' methods of
the same name to ours.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

#: What other libraries call our options, by the name of the function.
OURS = {
    "DataFrame": {"records": "data", "schema_overrides": "schema", "dtypes": "schema"},
    "Series": {"data": "values"},
    "clip": {"lower_bound": "lower", "upper_bound": "upper", "min": "lower", "max": "upper"},
    "concat": {"objs": "frames", "items": "frames"},
    "contains": {"pat": "pattern"},
    "convert_time_zone": {"tz": "time_zone"},
    "date_range": {"freq": "interval", "inclusive": "closed", "periods": "end"},
    "diff": {"periods": "n"},
    "exclude": {"columns": "name"},
    "extract": {"pat": "pattern", "group_index": "group"},
    "fill_nan": {"fill_value": "value"},
    "fill_null": {"fill_value": "value"},
    "filter": {"predicate": "mask", "cond": "mask"},
    "find": {"sub": "pattern", "pat": "pattern"},
    "format": {"f_string": "template"},
    "gather": {"indices": "rows", "idx": "rows"},
    "glimpse": {"max_items_per_column": "max_items", "return_type": "return_as_string"},
    "index_of": {"element": "value"},
    "is_between": {
        "lower_bound": "lower",
        "upper_bound": "upper",
        "left": "lower",
        "right": "upper",
        "inclusive": "closed",
    },
    "is_in": {"other": "values"},
    "item": {"index": "row"},
    "join": {"right": "other", "suffixes": "suffix", "rsuffix": "suffix", "lsuffix": "suffix"},
    "pct_change": {"periods": "n"},
    "pipe": {"func": "function"},
    "pivot": {"columns": "on", "aggfunc": "aggregate_function", "column_naming": "separator"},
    "pow": {"other": "exponent"},
    "quantile": {"q": "quantile", "column": "name"},
    "rank": {"ascending": "descending"},
    "rename": {"index": "name"},
    "replace": {"pat": "pattern", "repl": "value", "regex": "literal"},
    "replace_all": {"pat": "pattern", "repl": "value", "regex": "literal"},
    "replace_time_zone": {"tz": "time_zone", "nonexistent": "non_existent"},
    "rolling_mean": {"window": "window_size", "min_periods": "min_samples"},
    "rolling_sum": {"window": "window_size", "min_periods": "min_samples"},
    "round": {"n": "decimals", "ndigits": "decimals"},
    "sample": {"frac": "fraction", "replace": "with_replacement", "random_state": "seed"},
    "shift": {"periods": "n"},
    "slice": {"start": "offset"},
    "split": {"pat": "by", "pattern": "by", "separator": "by"},
    "std": {"column": "name"},
    "strftime": {"date_format": "format"},
    "strip_chars": {"characters": "chars"},
    "strip_chars_end": {"characters": "chars"},
    "strip_chars_start": {"characters": "chars"},
    "to_dummies": {"prefix_sep": "separator"},
    "truncate": {"freq": "every"},
    "unpivot": {"id_vars": "index", "value_vars": "on", "var_name": "variable_name"},
    "zfill": {"width": "length"},
}
_REPLACED = 'mydf.col("x").replace({1: 2})'
_CONSTANT = 'mydf.DataFrame({"key": ["a", "b"], "x": [1, 2]})'
_STACKED = 'mydf.concat([frame, other], how="diagonal")'
_POPULATION = (
    'frame.select(mydf.col("x").var() * (mydf.col("x").count() - 1) / mydf.col("x").count())'
)
_FIRST_VALUE = 'frame.select(mydf.col("x").backward_fill().first())'
_LAST_VALUE = 'frame.select(mydf.col("x").forward_fill().last())'
_CHECKED = 'other["key"].is_duplicated().any()'
_ACROSS = 'frame.select(result=mydf.{}_horizontal("x", 2))'
#: The line for an option that is none here, by the function, or by class and function.
LINES = {
    "DataFrame": {"columns": _CONSTANT, "orient": _CONSTANT},
    "DataFrame.corr": {"method": 'frame.to_pandas().corr(method="kendall", numeric_only=True)'},
    "DataFrame.quantile": {"method": 'frame.select("x").quantile(0.5, "linear")'},
    "DataFrame.count": {"axis": "frame.select(2 - mydf.sum_horizontal(mydf.all().is_null()))"},
    "DataFrame.fill_null": {
        "strategy": "frame.with_columns(mydf.all().forward_fill())",
        "limit": "frame.with_columns(mydf.all().forward_fill(limit=1))",
    },
    "DataFrame.filter": {
        "items": 'frame.select("key", "x")',
        "like": 'frame.select(name for name in frame.columns if "a" in name)',
        "regex": 'frame.select(name for name in frame.columns if name.startswith("d"))',
    },
    "DataFrame.get_column": {"default": 'frame["x"] if "x" in frame else None'},
    "DataFrame.max": {"axis": _ACROSS.format("max")},
    "DataFrame.mean": {"axis": _ACROSS.format("mean")},
    "DataFrame.min": {"axis": _ACROSS.format("min")},
    "DataFrame.rename": dict.fromkeys(("columns", "mapping", "mapper"), 'frame.rename({"x": "y"})'),
    "DataFrame.row": {"by_predicate": 'frame.filter(mydf.col("x") == 1).row(0)'},
    "DataFrame.sum": {"axis": _ACROSS.format("sum")},
    "Expr.replace": dict.fromkeys(("old", "new", "to_replace", "value"), _REPLACED)
    | {"regex": 'mydf.col("key").str.replace_all("^a", "b")'},
    "Series.filter": dict.fromkeys(("items", "like", "regex"), "series.filter(series > 1)"),
    "concat": {
        "axis": 'mydf.concat([frame, other.rename({"key": "k", "x": "y", "day": "d"})], '
        'how="horizontal")',
        "join": _STACKED,
        "keys": "mydf.concat([frame.with_columns(source=1), other.with_columns(source=2)])",
        "names": "mydf.concat([frame.with_columns(source=1), other.with_columns(source=2)])",
        "sort": 'mydf.concat([frame, other]).sort("x")',
        "strict": _STACKED,
        "verify_integrity": 'mydf.concat([frame, other])["key"].is_duplicated().any()',
    },
    "contains": {
        "case": 'mydf.col("key").str.contains("(?i)A")',
        "flags": 'mydf.col("key").str.contains("(?i)A")',
        "na": 'mydf.col("key").str.contains("a").fill_null(False)',
        "regex": 'mydf.col("key").str.contains(".", literal=True)',
    },
    "describe": dict.fromkeys(
        ("include", "exclude"), "frame.select(mydf.col(mydf.Int64, mydf.Float64)).describe()"
    ),
    "extract": {
        "flags": 'mydf.col("key").str.extract("(?i)(A)")',
        "expand": 'frame.select(first=mydf.col("key").str.extract("(a)"))',
    },
    "fill_null": {
        "strategy": 'mydf.col("x").forward_fill()',
        "limit": 'mydf.col("x").forward_fill(limit=1)',
    },
    "first": {"ignore_nulls": _FIRST_VALUE, "skipna": _FIRST_VALUE},
    "from_arrow": {
        "schema": 'mydf.from_arrow(frame).with_columns(mydf.col("x").cast(mydf.Float64))',
        "schema_overrides": 'mydf.from_arrow(frame).with_columns(mydf.col("x").cast(mydf.Float64))',
    },
    "is_in": {"nulls_equal": 'mydf.col("x").is_in([1, 2]) | mydf.col("x").is_null()'},
    "join": {
        "coalesce": 'frame.join(other, on="key", how="full").drop("key_right")',
        "nulls_equal": 'frame.join(other, on=mydf.col("key").fill_null("missing"))',
        "sort": 'frame.join(other, on="key").sort("key")',
        "validate": _CHECKED,
    },
    "join_asof": {
        "coalesce": 'frame.sort("x").join_asof(other.sort("x"), on="x").drop("day_right")',
    },
    "last": {"ignore_nulls": _LAST_VALUE, "skipna": _LAST_VALUE},
    "over": {"partition_by": 'mydf.col("x").sum().over("key")'},
    "rank": {
        "pct": 'mydf.col("x").rank() / mydf.col("x").count()',
        "na_option": 'mydf.col("x").fill_null(0).rank()',
    },
    "replace": {
        "case": 'mydf.col("key").str.replace("(?i)A", "b")',
        "flags": 'mydf.col("key").str.replace("(?i)A", "b")',
        "n": 'mydf.col("key").str.replace_all("a", "b")',
    },
    "replace_strict": {
        "old": 'mydf.col("x").replace_strict({1: "one"}, default="other")',
        "new": 'mydf.col("x").replace_strict({1: "one"}, default="other")',
        "return_dtype": 'mydf.col("x").replace_strict({1: 2}).cast(mydf.Int32)',
    },
    "rows_by_key": {
        "include_key": 'frame.partition_by("key", as_dict=True)',
        "unique": 'frame.unique("key").rows_by_key("key")',
    },
    "pct_change": {
        "fill_method": 'mydf.col("x").forward_fill().pct_change()',
        "freq": 'mydf.col("x").pct_change(2)',
    },
    "interpolate": {
        "limit": 'mydf.col("x").forward_fill(limit=1)',
        "limit_area": 'mydf.col("x").interpolate().forward_fill().backward_fill()',
        "limit_direction": 'mydf.col("x").interpolate().forward_fill().backward_fill()',
        "method": 'mydf.col("x").forward_fill()',
    },
    "contains_any": {"ascii_case_insensitive": 'mydf.col("key").str.contains("(?i)a|b")'},
    "mode": {"dropna": "series.drop_nulls().mode()"},
    "round": {"mode": '(mydf.col("x") + 0.5).floor()'},
    "second": {"fractional": 'mydf.col("day").cast(mydf.Datetime).dt.microsecond() / 1_000_000'},
    "shift": {
        "freq": 'mydf.col("day").dt.offset_by("1d")',
        "suffix": 'mydf.col("x").name.suffix("_1")',
    },
    "slice": {"stop": 'mydf.col("key").str.slice(0, 2)', "step": 'mydf.col("key").str.slice(0, 2)'},
    "split": {
        "expand": 'frame.select(a=mydf.col("key").str.split("-").list.get(0, null_on_oob=True))',
        "n": 'mydf.col("key").str.extract("-(.*)")',
        "inclusive": 'mydf.col("key").str.replace_all("-", "-|", literal=True).str.split("|")',
        **dict.fromkeys(
            ("regex", "literal", "strict"),
            'mydf.col("key").str.replace_all("[,;]", ",").str.split(",")',
        ),
    },
    "arg_sort": {"na_position": 'frame.arg_sort("x", nulls_last=True)'},
    "sort": {"na_position": 'frame.sort("x", nulls_last=True)'},
    "std": {"ddof": f"{_POPULATION[:-1]}).sqrt())".replace("select(", "select((", 1)},
    "sum": {"min_count": 'mydf.when(mydf.col("x").count() > 0).then(mydf.col("x").sum())'},
    "to_date": {"exact": 'mydf.col("key").str.slice(0, 10).str.to_date(strict=False)'},
    "to_datetime": {
        "time_zone": 'mydf.col("day").cast(mydf.Datetime).dt.replace_time_zone("UTC")',
        "ambiguous": 'mydf.col("day").cast(mydf.Datetime).dt.replace_time_zone("UTC", '
        'ambiguous="earliest")',
        "exact": 'mydf.col("key").str.slice(0, 10).str.to_datetime(strict=False)',
    },
    "to_dict": {
        "orient": "frame.to_dicts()",
        "as_series": "{column.name: column for column in frame}",
        "into": "frame.to_dict()",
    },
    "to_dummies": {"drop_nulls": 'frame.drop_nulls("key").to_dummies("key")'},
    "to_integer": {"dtype": 'mydf.col("key").str.to_integer(strict=False).cast(mydf.Int32)'},
    "to_numpy": {
        "dtype": 'frame.select("x").to_numpy().astype("float32")',
        "na_value": "frame.fill_null(0).to_numpy()",
    },
    "var": {"ddof": _POPULATION},
    "value_counts": {
        "bins": "series.value_counts()",
        "dropna": "series.drop_nulls().value_counts()",
    },
    "mydf.corr": {"method": 'frame.select(mydf.corr(mydf.col("x").rank(), mydf.col("x").rank()))'},
    "mydf.date_range": {"name": 'series.rename("day")'},
    "mydf.var": {"column": 'frame.select(mydf.var("x"))'},
}
#: The line for an argument too many, by function and argument.
EXTRA = {
    ("to_dict", "records"): "frame.to_dicts()",
    ("to_dict", "list"): "frame.to_dict()",
    ("to_dict", "index"): "frame.to_dicts()",
    ("to_dict", "split"): "frame.rows()",
    ("DataFrame", None): _CONSTANT,
}
_NULLS = "leave it out: nulls are left out"
#: What to do with an option that is none here, whatever the function.
_ADVICE = {
    "ascending reverse": "use `descending=True` for the largest value first; the default is the "
    "smallest",
    "axis": "leave it out: `drop` removes columns, `filter` keeps rows, and `sum_horizontal` and "
    "its kin compute across columns",
    "columns labels": "pass the names of the columns without a keyword",
    "index level ignore_index": "leave it out: a frame has no index",
    "index levels group_keys as_index": "leave it out: a frame has no index",
    "inplace in_place": "leave it out: a frame never changes; use the frame that is returned",
    "copy rechunk allow_copy writable order": "leave it out: data is copied where it must be",
    "compat_level use_pyarrow_extension_array structured masked allow_object": "leave it out: the "
    "dtypes follow from the data",
    "errors": "use `strict=False` to skip names that are unknown",
    "maintain_order kind": "leave it out: rows keep their order, and so do rows with equal keys",
    "multithreaded parallel engine engine_kwargs": "leave it out: all processors are used",
    "bias fisher": "leave it out: the result is that of polars and scipy without it",
    "min_periods": "leave it out: only rows without a null count",
    "label": "leave it out: rows are in the order of the columns",
    "literal": "leave it out: the pattern is plain text; `name.map` takes a function",
    "skip_nulls _disable_inefficient_map_warning": "leave it out: null stays null",
    "nanoseconds": "use `microseconds`: durations have no smaller unit",
    "fractional": "divide by a duration: `mydf.col('t') / mydf.duration(hours=1)`",
    "start_by": "use `offset`: windows start with those of the calendar, moved by it",
    "allow_parallel force_parallel": "leave it out: all processors are used",
    "check_sortedness": "leave it out: the order is always checked",
    "build_side buffer_size cache eager union_categories": "leave it out: it is chosen "
    "automatically",
    "skipna ignore_nulls nan_to_null": _NULLS,
    "min_count": "leave it out: `count()` is the number of values that are not null",
    "numeric_only bool_only": "choose the columns: `frame.select(mydf.col(mydf.Int64, "
    "mydf.Float64))`",
    "by": "pass the names of the columns without a keyword",
    "key": "pass an expression: `frame.sort(mydf.col('x').abs())`",
    "fill_value": "use `.fill_null(...)` first",
    "weights": "leave it out: all rows count alike; `(x * w).sum() / w.sum()` is a weighted mean",
    "strict": "leave it out: a value that does not fit is always an error here; `cast` has it",
    "dtype": "use `.cast(...)` on the result",
    "wrap_numerical": "leave it out: a number that does not fit is an error, or null with "
    "`strict=False`",
    "null_equal nulls_equal": "leave it out: null equals null here",
    "check_dtypes check_names": "leave it out: compare `.schema` for names and dtypes",
    "null_on_oob": "leave it out: a row that the frame does not have is an error; null gives null",
    "null_behavior": "use `.drop_nulls()` on the result",
    "matches_supertype": "leave it out: a value fills the columns whose dtype it fits",
    "mapping_strategy": "leave it out: the result has one value for each row",
    "interpolation": "leave it out: a percentile between two values lies between them in "
    "proportion",
    "max_colname_length": "leave it out: names are shown whole",
    "on_columns": "filter the rows first: `frame.filter(mydf.col('key').is_in(['a', 'b']))`",
    "infer_schema_length": "leave it out: all values are looked at",
    "after before": "filter the rows first: `frame.filter(...)`",
    "decimals": "leave it out, or use `.round(...)`",
    "ambiguous nonexistent time_zone tz": "use `.dt.replace_time_zone(...)` on the result",
    "propagate_nans": "leave it out: NaN gives NaN",
    "return_dtype returns_scalar": "leave it out: the expressions say it; `.cast(...)` changes it",
    "ascii_tables decimal_separator float_precision fmt_float fmt_str_lengths "
    "fmt_table_cell_list_len tbl_cell_alignment tbl_cell_numeric_alignment tbl_cols "
    "tbl_column_data_type_inline tbl_dataframe_shape_below tbl_formatting "
    "tbl_hide_column_data_types tbl_hide_column_names tbl_hide_dataframe_shape "
    "tbl_hide_dtype_separator tbl_width_chars thousands_separator "
    "trim_decimal_zeros": "leave it out: tables are shown in one form",
    "height": "leave it out: the columns have a length",
    "time_unit unit normalize": "leave it out: datetimes have microseconds",
    "case flags": "write `(?i)` at the start of the pattern",
    "start end": "use `.str.slice(...)` first",
    "na": "use `.fill_null(...)` on the result",
    "pat": "use `pattern`",
    "arg": "use `is_in`",
    "func": "pass expressions: `mydf.col('x').sum()`",
    "seed": "leave it out: equal values are ranked by their order",
    "col_name": "use `name`",
    "as_json": "leave it out: `mydf.runtime()` has the facts as attributes",
    "ddof": "use `mydf.col('x').std(ddof=0)`",
}


def hint(owners: Iterable[str], method: str, name: str, options: Iterable[str]) -> str | None:
    """Return what to write instead of an option that a function does not have.

    Args:
        owners: The class of a method and those that it inherits from, or `mydf`.
        method: The function.
        name: The unknown option.
        options: The options that there are.
    """
    for place in (*(f"{owner}.{method}" for owner in owners), method):
        if name in LINES.get(place, {}):
            return f"use `{LINES[place][name]}`"
    ours = OURS.get(method, {}).get(name)
    if ours is not None and ours in options:
        return f"use `{ours}`"
    for names, advice in _ADVICE.items():
        if name in names.split():
            return advice
    return None


def extra(method: str, given: object) -> str | None:
    """Return what to write instead of an argument too many."""
    line = EXTRA.get((method, given if isinstance(given, str) else None))
    return line and f"use `{line}`"
