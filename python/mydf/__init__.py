"""DataFrames with a Rust core in several runtimes; mydf uses the best one for this CPU.

`import mydf` chooses the runtime; the environment variable `MYDF_RUNTIME` overrides the choice.
`mydf.runtime()` and `python -m mydf runtime` report the choice and its reasons.
"""

from __future__ import annotations

from mydf._native import core as _core_of_this_process
from mydf._native import failure as _failure

TYPE_CHECKING = False

# Without a core, the package offers only the report of `python -m mydf runtime`.
if _failure is None:
    from mydf import errors
    from mydf.dtypes import (
        Binary,
        Bool,
        Categorical,
        Date,
        Datetime,
        Decimal,
        DType,
        Duration,
        Float32,
        Float64,
        Int8,
        Int16,
        Int32,
        Int64,
        List,
        Null,
        String,
        Time,
        UInt8,
        UInt16,
        UInt32,
        UInt64,
    )
    from mydf.errors import MydfError
    from mydf.expr import Expr
    from mydf.frame import DataFrame
    from mydf.functions import (
        all,  # noqa: A004
        all_horizontal,
        any_horizontal,
        coalesce,
        col,
        concat,
        concat_str,
        date,
        exclude,
        format,  # noqa: A004
        len,  # noqa: A004
        lit,
        max_horizontal,
        mean_horizontal,
        min_horizontal,
        sum_horizontal,
        when,
    )
    from mydf.io import (
        from_arrow,
        read_csv,
        read_ipc,
        read_ipc_stream,
        read_ndjson,
        read_parquet,
    )

    if TYPE_CHECKING:
        from mydf._aggregating import (
            corr,
            count,
            cov,
            cum_sum,
            first,
            fold,
            last,
            max,  # noqa: A004
            mean,
            median,
            min,  # noqa: A004
            n_unique,
            quantile,
            reduce,
            std,
            sum,  # noqa: A004
            var,
        )
        from mydf._durations import duration
        from mydf._progress import show_progress
        from mydf._ranges import date_range, datetime_range, int_range
        from mydf._runtime import Runtime, runtime, show_versions
        from mydf.groups import GroupBy
        from mydf.lazy import LazyFrame, LazyGroupBy, scan_csv, scan_parquet
        from mydf.series import Series

    # Their many methods would make the import slower for programs that don't need them.
    _LATE = {
        "GroupBy": "groups",
        "LazyFrame": "lazy",
        "LazyGroupBy": "lazy",
        "Runtime": "_runtime",
        "Series": "series",
        "corr": "_aggregating",
        "count": "_aggregating",
        "cov": "_aggregating",
        "cum_sum": "_aggregating",
        "date_range": "_ranges",
        "datetime_range": "_ranges",
        "duration": "_durations",
        "first": "_aggregating",
        "fold": "_aggregating",
        "int_range": "_ranges",
        "last": "_aggregating",
        "max": "_aggregating",
        "mean": "_aggregating",
        "median": "_aggregating",
        "min": "_aggregating",
        "n_unique": "_aggregating",
        "quantile": "_aggregating",
        "reduce": "_aggregating",
        "runtime": "_runtime",
        "scan_csv": "lazy",
        "scan_parquet": "lazy",
        "show_progress": "_progress",
        "show_versions": "_runtime",
        "std": "_aggregating",
        "sum": "_aggregating",
        "var": "_aggregating",
    }

    __version__: str = _core_of_this_process.build_info()["version"]

    # A type checker would believe that the module has every name.
    if not TYPE_CHECKING:

        def __getattr__(name: str) -> object:
            if name not in _LATE:
                # Not `from mydf import ...`, which asks this function for the submodule first.
                from mydf._guesses import refuse

                refuse("mydf", name, __all__)
            from importlib import import_module

            found = getattr(import_module(f"mydf.{_LATE[name]}"), name)
            globals()[name] = found
            return found

        def __dir__() -> list[str]:
            return sorted({*globals(), *__all__})


__all__ = [
    "Binary",
    "Bool",
    "Categorical",
    "DType",
    "DataFrame",
    "Date",
    "Datetime",
    "Decimal",
    "Duration",
    "Expr",
    "Float32",
    "Float64",
    "GroupBy",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "LazyFrame",
    "LazyGroupBy",
    "List",
    "MydfError",
    "Null",
    "Runtime",
    "Series",
    "String",
    "Time",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "__version__",
    "all",
    "all_horizontal",
    "any_horizontal",
    "coalesce",
    "col",
    "concat",
    "concat_str",
    "corr",
    "count",
    "cov",
    "cum_sum",
    "date",
    "date_range",
    "datetime_range",
    "duration",
    "errors",
    "exclude",
    "first",
    "fold",
    "format",
    "from_arrow",
    "int_range",
    "last",
    "len",
    "lit",
    "max",
    "max_horizontal",
    "mean",
    "mean_horizontal",
    "median",
    "min",
    "min_horizontal",
    "n_unique",
    "quantile",
    "read_csv",
    "read_ipc",
    "read_ipc_stream",
    "read_ndjson",
    "read_parquet",
    "reduce",
    "runtime",
    "scan_csv",
    "scan_parquet",
    "show_progress",
    "show_versions",
    "std",
    "sum",
    "sum_horizontal",
    "var",
    "when",
]
