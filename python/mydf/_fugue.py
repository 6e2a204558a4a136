"""Fugue's plugin for mydf, named by an entry point; needs `pip install mydf[fugue]`.

It makes `fugue.api.transform` accept functions of a `mydf.DataFrame`, or of an iterable of them, on
every engine of Fugue: Ray, Dask, Spark, or this process. A partition comes in and goes out as Arrow
data.
"""

from __future__ import annotations

from collections.abc import Iterable as AbstractIterable
from collections.abc import Iterator as AbstractIterator
from typing import Any, Iterable, Iterator  # noqa: UP035  Fugue compares with these, too.

from fugue import ArrowDataFrame, IterableArrowDataFrame, LocalDataFrameIterableDataFrame
from fugue import DataFrame as FugueFrame
from fugue.dev import LocalDataFrameParam, fugue_annotated_param
from fugue.plugins import as_fugue_dataset, is_df
from pyarrow.lib import ArrowInvalid, ArrowNotImplementedError
from triad import Schema, make_empty_aware
from triad.utils.pyarrow import (
    LARGE_TYPES_REPLACEMENT,
    get_alter_func,
    replace_types_in_table,
)

from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.frame import DataFrame

FRAMES = (
    Iterable[DataFrame],
    Iterator[DataFrame],
    AbstractIterable[DataFrame],
    AbstractIterator[DataFrame],
)


@is_df.candidate(lambda df: isinstance(df, DataFrame))  # type: ignore[untyped-decorator]
def _is_frame(df: Any) -> bool:  # noqa: ARG001 - the condition is the answer
    return True


@as_fugue_dataset.candidate(  # type: ignore[untyped-decorator]
    lambda df, **_: isinstance(df, DataFrame)
)
def _as_fugue(df: DataFrame, **options: Any) -> ArrowDataFrame:
    return ArrowDataFrame(_table(df), **options)


def _table(frame: DataFrame) -> Any:
    """Return a table of the types that Fugue knows: text has 32-bit offsets there."""
    return replace_types_in_table(frame.to_arrow(), LARGE_TYPES_REPLACEMENT)


@fugue_annotated_param(DataFrame)
class _FrameParam(LocalDataFrameParam):  # type: ignore[misc]
    """A parameter or a result that is a frame."""

    def to_input_data(self, df: FugueFrame, ctx: Any) -> DataFrame:  # noqa: ARG002
        return DataFrame(df.as_arrow())

    def to_output_df(self, output: Any, schema: Any, ctx: Any) -> ArrowDataFrame:  # noqa: ARG002
        return _partition(output, schema)

    def count(self, df: DataFrame) -> int:
        return df.height

    def format_hint(self) -> str:
        return "pyarrow"


@fugue_annotated_param(Iterable[DataFrame], matcher=lambda found: found in FRAMES)
class _FramesParam(LocalDataFrameParam):  # type: ignore[misc]
    """A parameter or a result that is one frame after another."""

    def to_input_data(self, df: FugueFrame, ctx: Any) -> Iterator[DataFrame]:  # noqa: ARG002
        parts = df.native if isinstance(df, LocalDataFrameIterableDataFrame) else [df]
        return (DataFrame(part.as_arrow()) for part in parts)

    def to_output_df(self, output: Any, schema: Any, ctx: Any) -> IterableArrowDataFrame:  # noqa: ARG002
        wanted = None if schema is None else Schema(schema)
        if not isinstance(output, AbstractIterable):
            raise _no_frame(output)
        found = make_empty_aware(_partition(frame, wanted) for frame in output)
        return IterableArrowDataFrame(found) if not found.empty else _nothing(wanted)

    def count(self, df: Iterable[DataFrame]) -> int:
        return sum(frame.height for frame in df)

    def format_hint(self) -> str:
        return "pyarrow"


def _partition(frame: Any, schema: Any) -> ArrowDataFrame:
    if not isinstance(frame, DataFrame):
        raise _no_frame(frame)
    table = _table(frame)
    if schema is None:
        return ArrowDataFrame(table)
    wanted = Schema(schema)
    absent = [name for name in wanted.names if name not in table.column_names]
    if absent:
        fact = f"result of the function: column not found: `{absent[0]}`, which the schema has"
        raise ArgumentError(
            fact, hint=f"the columns are: {', '.join(frame.columns)}", what="result"
        )
    try:
        # With checks: a value that the schema would cut is an error.
        return ArrowDataFrame(get_alter_func(table.schema, wanted.pa_schema, safe=True)(table))
    except (ArrowInvalid, ArrowNotImplementedError) as error:
        fact = f"result of the function, with the schema `{wanted}`: {error}"
        hint = "name the dtypes of the result in `schema`, or cast in the function"
        raise ArgumentError(fact, hint=hint, what="result") from error


def _nothing(schema: Schema | None) -> IterableArrowDataFrame:
    return IterableArrowDataFrame([], schema=schema)


def _no_frame(found: object) -> ArgumentTypeError:
    fact = f"result of the function: a value of type `{type(found).__name__}`"
    hint = "return a `mydf.DataFrame`, and annotate the function with `-> mydf.DataFrame`"
    return ArgumentTypeError(fact, hint=hint, what="result")
