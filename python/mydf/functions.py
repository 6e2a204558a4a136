"""Functions of the package: expressions, and frames joined to one."""

from __future__ import annotations

import sys

from mydf import _arguments, _construct, _operands
from mydf._guided import Guided, guided
from mydf._native import core
from mydf.dtypes import Date, Int64
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.expr import Expr
from mydf.frame import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TypeVar

    from mydf._types import IntoExpr, Operand
    from mydf.dtypes import DTypeLike

    # DataFrame or LazyFrame.
    Frame = TypeVar("Frame")


@guided
def col(name: str | DTypeLike | Iterable[str | DTypeLike], *more: str | DTypeLike) -> Expr:
    """Return the column of this name as an expression, or several columns at once.

    An expression over several columns stands for one expression for each of them: `select`,
    `with_columns`, `agg`, `sort` and `filter` replace it before they compute anything. Several
    such parts of one expression have the same number of columns, and go side by side.

    Args:
        name: A name, a dtype, or a list of names or dtypes. A dtype stands for all columns that
            have it, in the order of the frame, which may be none.
        more: Further names or dtypes. Names and dtypes don't mix.

    Raises:
        ColumnNotFoundError: If it is evaluated over a frame without a column of this name.
        ArgumentTypeError: If an argument is neither a name nor a dtype, or if the two mix.
        ArgumentError: If the list is empty.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4], "c": ["x", "y"]})
        >>> frame.select(mydf.col("a") * 10).to_dict()
        {'a': [10, 20]}
        >>> frame.select(mydf.col("a", "b").sum(), mydf.col(mydf.String).first()).to_dict()
        {'a': [3], 'b': [7], 'c': ['x']}
    """
    if not more and isinstance(name, str):
        return Expr(core.Expr.column(_arguments.encodable("col", name)))
    names, dtypes = _operands.selectors("col", [name, *more])
    if names and dtypes:
        fact = "col: names and dtypes together"
        hint = "pass them to `select` one by one: `select('a', mydf.col(mydf.Int64))`"
        raise ArgumentTypeError(fact, hint=hint, what="col")
    if not names and not dtypes:
        fact = "col: an empty list"
        raise ArgumentError(fact, hint="pass names or dtypes; `mydf.all()` is all", what="col")
    return Expr(core.Expr.selected(names, dtypes))


@guided
def all() -> Expr:  # noqa: A001 - the usual name in DataFrame libraries
    """Return all columns as an expression, see `col`. In `agg`, the keys are left out.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
        >>> frame.select(mydf.all().max()).to_dict()
        {'a': [2], 'b': [4]}
    """
    return Expr(core.Expr.selected([], []))


@guided
def exclude(name: str | DTypeLike | Iterable[str | DTypeLike], *more: str | DTypeLike) -> Expr:
    """Return all columns but these as an expression: `all().exclude(...)`, see `Expr.exclude`.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2], "b": ["x", "y"]})
        >>> frame.select(mydf.exclude(mydf.String)).columns
        ['a']
    """
    return all().exclude(name, *more)


@guided
def lit(value: Operand, dtype: DTypeLike | None = None) -> Expr:
    """Return a value as an expression, which is repeated to the length of the other operand.

    An int or float takes the dtype of the other operand; alone, it is Int64 or Float64.

    Args:
        value: None, bool, int, float, str, date or datetime.
        dtype: The dtype, if it should be a particular one.

    Raises:
        ArgumentError: If the value has another type.
        CastError: If `dtype` does not hold the whole value.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": [1, 2]}).with_columns(b=mydf.lit("x")).to_dict()
        {'a': [1, 2], 'b': ['x', 'x']}
    """
    expr = Expr(_operands.literal(value))
    if dtype is None:
        return expr
    if _operands.is_plain(value):
        # The cast alone would cut a fraction or a time of day.
        _construct.series("literal", [value], dtype)
    return expr.cast(dtype)


@guided
def len() -> Expr:  # noqa: A001 - the usual name in DataFrame libraries
    """Return the number of rows of the frame or of each group, as Int64 named `len`.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": ["x", "y", "x"]}).group_by("a").agg(mydf.len()).to_dict()
        {'a': ['x', 'y'], 'len': [2, 1]}
    """
    return Expr(core.Expr.rows())


@guided
def coalesce(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return the first value of each row that is not null; null if all are.

    Args:
        exprs: Names of columns, expressions or values, one by one or in lists. All have a common
            dtype, as for `fill_null`. The result has the name of the first one.

    Raises:
        ArgumentError: If there are none.
        DTypeError: If they have no common dtype.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, None, None], "b": [7, 8, None]})
        >>> frame.select(mydf.coalesce("a", "b", 0)).to_dict()
        {'a': [1, 8, 0]}
    """
    return _horizontal("coalesce", exprs)


@guided
def sum_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return the sum of the values of each row, without nulls; 0 if there are none.

    Int64 for signed integers and Bool, UInt64 for unsigned ones, floats if one is a float.

    Raises:
        ArgumentError: If there are no columns.
        DTypeError: If one is neither a number nor Bool.
        IntegerOverflowError: On evaluation, if a sum exceeds the range of its dtype.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, None], "b": [2, 5]})
        >>> frame.select(mydf.sum_horizontal("a", "b")).to_dict()
        {'a': [3, 5]}
    """
    return _horizontal("sum_horizontal", exprs)


@guided
def mean_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return the mean of the values of each row as Float64, without nulls; null if there are none.

    Raises:
        ArgumentError: If there are no columns.
        DTypeError: If one is neither a number nor Bool.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, None], "b": [2, 5]})
        >>> frame.select(mydf.mean_horizontal("a", "b")).to_dict()
        {'a': [1.5, 5.0]}
    """
    return _horizontal("mean_horizontal", exprs)


@guided
def min_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return the smallest value of each row, without nulls; null if there are none.

    NaN only if all values are NaN. The values have a common dtype.

    Raises:
        ArgumentError: If there are no columns.
        DTypeError: If they have no common dtype.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, None], "b": [2, 5]})
        >>> smallest, largest = mydf.min_horizontal("a", "b"), mydf.max_horizontal("b", "a")
        >>> frame.select(smallest, largest).to_dict()
        {'a': [1, 5], 'b': [2, 5]}
    """
    return _horizontal("min_horizontal", exprs)


@guided
def max_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return the largest value of each row, without nulls; null if there are none.

    NaN only if all values are NaN. The values have a common dtype.

    Raises:
        ArgumentError: If there are no columns.
        DTypeError: If they have no common dtype.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 5, None], "b": [2, None, None]})
        >>> frame.select(mydf.max_horizontal("a", "b").alias("max")).to_dict()
        {'max': [2, 5, None]}
    """
    return _horizontal("max_horizontal", exprs)


@guided
def any_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return whether one of the conditions is true, as `|` does: null if one is null and none true.

    Raises:
        ArgumentError: If there are no conditions.
        DTypeError: If one is not Bool.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [True, None, False], "b": [None, None, False]})
        >>> frame.select(mydf.any_horizontal("a", "b")).to_dict()
        {'a': [True, None, False]}
    """
    return _horizontal("any_horizontal", exprs)


@guided
def all_horizontal(*exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return whether all conditions are true, as `&` does: null if one is null and none false.

    Raises:
        ArgumentError: If there are no conditions.
        DTypeError: If one is not Bool.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [True, True, None], "b": [True, False, True]})
        >>> frame.select(mydf.all_horizontal("a", "b").alias("both")).to_dict()
        {'both': [True, False, None]}
    """
    return _horizontal("all_horizontal", exprs)


@guided
def concat_str(
    *exprs: IntoExpr | Iterable[IntoExpr], separator: str = "", ignore_nulls: bool = False
) -> Expr:
    """Return the values of each row as one text; other dtypes become text as by `cast`.

    Args:
        exprs: Names of columns or expressions; `mydf.lit("text")` is a text itself.
        separator: The text between two values.
        ignore_nulls: Whether nulls are left out, with their separators; otherwise a null gives
            null.

    Raises:
        ArgumentError: If there are no columns.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": ["x", None], "b": [1, 2]})
        >>> frame.select(mydf.concat_str("a", "b", separator="-")).to_dict()
        {'a': ['x-1', None]}
        >>> frame.select(mydf.concat_str("a", "b", separator="-", ignore_nulls=True)).to_dict()
        {'a': ['x-1', '2']}
    """
    _arguments.text("separator", separator)
    _arguments.boolean("ignore_nulls", ignore_nulls)
    inputs = _inputs("concat_str", exprs)
    return Expr(core.Expr.function("concat_str", inputs, (separator, ignore_nulls)))


@guided
def date(year: IntoExpr, month: IntoExpr, day: IntoExpr) -> Expr:
    """Return dates from their parts; null if there is no such day.

    Args:
        year: The year: a number, the name of a column, or an expression.
        month: The month, from 1 to 12.
        day: The day of the month.

    Raises:
        DTypeError: On evaluation, if a part is not an integer.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"y": [2024, 2023], "m": [2, 2]})
        >>> frame.select(day=mydf.date("y", "m", 29)).to_dict()
        {'day': [datetime.date(2024, 2, 29), None]}
    """
    y, m, d = (Expr(_operands.column(each)).cast(Int64) for each in (year, month, day))
    # Years that begin in March have the leap day last, so that a formula gives the day's number.
    since, place = y - (m <= 2).cast(Int64), (m + 9) % 12
    days = since * 365 + since // 4 - since // 100 + since // 400 + (place * 153 + 2) // 5 + d
    known = (y.is_between(-9999, 9999)) & m.is_between(1, 12) & d.is_between(1, 31)
    found = when(known).then(days - 719469).otherwise(None).cast(Date)
    same = (found.dt.month() == m) & (found.dt.day() == d)
    return when(same).then(found).otherwise(None).name.keep()


@guided
def format(template: str, *exprs: IntoExpr) -> Expr:  # noqa: A001 - as elsewhere
    """Return the template with each `{}` replaced by a value as text; null if one is null.

    Args:
        template: The text; `{{` and `}}` are braces.
        exprs: Names of columns or expressions, one for each `{}`.

    Raises:
        ArgumentError: If their number differs from that of the places, or if there are none.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, None], "b": [3, 4]})
        >>> frame.select(mydf.format("{} of {}", "a", "b")).to_dict()
        {'a': ['1 of 3', None]}
    """
    _arguments.text("template", template)
    return Expr(core.Expr.function("format", _inputs("format", exprs), (template,)))


def _horizontal(name: str, exprs: Iterable[IntoExpr | Iterable[IntoExpr]]) -> Expr:
    return Expr(core.Expr.function(name, _inputs(name, exprs), ()))


def _inputs(name: str, exprs: Iterable[object]) -> list[core.Expr]:
    found = _operands.outputs(name, exprs)
    if not found:
        raise ArgumentError(f"{name}: no columns", hint="pass at least one", what=name)
    return found


@guided
def when(condition: IntoExpr) -> When:
    """Start a conditional expression: `when(...).then(...).otherwise(...)`.

    Each row takes the first `then` whose condition is true; a null condition is not true. Without
    `otherwise`, the remaining rows are null. A text is a value here, not a column.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 5, 9]})
        >>> size = mydf.when(mydf.col("a") > 6).then("big").when(mydf.col("a") > 3).then("medium")
        >>> frame.select(size.otherwise("small").alias("size")).to_dict()
        {'size': ['small', 'medium', 'big']}
    """
    return When([], condition)


class When(Guided):
    """A condition without its `then`."""

    __slots__ = ("_branches", "_condition")

    def __init__(self, branches: list[tuple[Expr, Expr]], condition: IntoExpr) -> None:
        self._branches = branches
        self._condition = Expr(_operands.condition("when", condition))

    def then(self, value: Operand) -> Then:
        """Return the expression with this value where the condition is true."""
        return Then([*self._branches, (self._condition, Expr(_operands.literal(value)))])


class Then(Expr):
    """A conditional expression, which `when` extends and `otherwise` ends."""

    __slots__ = ("_branches",)

    def __init__(self, branches: list[tuple[Expr, Expr]]) -> None:
        self._branches = branches
        super().__init__(self.otherwise(None)._core)

    def when(self, condition: IntoExpr) -> When:
        """Return the expression with one more condition, for rows where no earlier one is true."""
        return When(self._branches, condition)

    def otherwise(self, value: Operand) -> Expr:
        """Return the expression with this value where no condition is true."""
        choice = _operands.literal(value)
        for condition, then in reversed(self._branches):
            choice = core.Expr.when(condition._core, then._core, choice)
        return Expr(choice)


@guided
def concat(frames: Iterable[Frame], how: str = "vertical") -> Frame:
    """Return several frames as one, one below the other or side by side.

    Args:
        frames: At least one frame. If one is lazy, so is the result, and `how` is `vertical`.
        how: `vertical`: the rows of all frames, in order; all have the same columns with equal
            dtypes (a column of only nulls fits any dtype). `vertical_relaxed`: the same, with
            columns in a dtype that holds the values of all frames. `diagonal`: the columns of all
            frames, in the order in which they first occur, with nulls where a frame does not have
            one. `diagonal_relaxed`: both. `horizontal`: the columns of all frames, in order; all
            have the same number of rows.

    Raises:
        ArgumentError: If there are no frames, or if `how` is unknown.
        ColumnNotFoundError: If the columns differ.
        DTypeError: If the dtypes differ, or if there is none for all.
        CastError: If an integer next to floats is one that no float equals.
        LengthMismatchError: If the numbers of rows differ.
        DuplicateColumnError: If two columns have the same name.
        RowLimitError: If there are more rows than this runtime can index.

    Examples:
        >>> import mydf
        >>> one, two = mydf.DataFrame({"a": [1]}), mydf.DataFrame({"a": [2]})
        >>> mydf.concat([one, two]).to_dict()
        {'a': [1, 2]}
        >>> mydf.concat([one, mydf.DataFrame({"a": [0.5], "b": ["x"]})], "diagonal_relaxed").rows()
        [(1.0, None), (0.5, 'x')]
    """
    known = ("vertical", "vertical_relaxed", "diagonal", "diagonal_relaxed", "horizontal")
    _arguments.choice("how", how, known)
    if isinstance(frames, (DataFrame, dict)) or not hasattr(frames, "__iter__"):
        fact = f"concat: a value of type `{type(frames).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a list of frames", what="frames")
    return _concatenated([*frames], how)  # type: ignore[no-any-return]


def _concatenated(given: list[Any], how: str) -> Any:
    # Where no lazy frame has been made, their module is not imported.
    lazy = sys.modules.get("mydf.lazy")
    if lazy is not None and any(isinstance(frame, lazy.LazyFrame) for frame in given):
        return lazy.concat_lazy(given, how)
    parts = []
    for frame in given:
        if not isinstance(frame, DataFrame):
            fact = f"concat: a value of type `{type(frame).__name__}`"
            raise ArgumentTypeError(
                fact, hint="convert it with `mydf.DataFrame(...)`", what="frames"
            )
        parts.append(frame._core)
    if how == "horizontal":
        return DataFrame._from_core(core.Frame.concat_columns(parts))
    if how == "vertical" or not parts:
        return DataFrame._from_core(core.Frame.concat_rows(parts))
    from mydf import _reshape

    diagonal, relaxed = how.startswith("diagonal"), how.endswith("relaxed")
    return DataFrame._from_core(_reshape.stacked(parts, diagonal=diagonal, relaxed=relaxed))
