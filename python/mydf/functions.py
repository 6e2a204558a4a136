"""Functions that make expressions, and frames out of frames."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.expr import Expr, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mydf._types import IntoExpr
    from mydf.dtypes import DTypeLike
    from mydf.expr import Operand
    from mydf.frame import DataFrame


def col(name: str) -> Expr:
    """Return the column of this name as an expression.

    Raises:
        ColumnNotFoundError: When evaluated over a frame that lacks it.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": [1, 2]}).select(mydf.col("a") * 10).to_dict()
        {'a': [10, 20]}
    """
    if not isinstance(name, str):
        fact = f"col: a name of type `{type(name).__name__}`"
        raise ArgumentTypeError(fact, hint="`mydf.lit(...)` for a value", what="col")
    return Expr(core.Expr.column(name))


def lit(value: Operand, dtype: DTypeLike | None = None) -> Expr:
    """Return a value as an expression that fits the length of what it meets.

    An int or float takes the dtype of what it meets; alone, it is Int64 or Float64.

    Args:
        value: None, bool, int, float, str, date or datetime.
        dtype: The dtype, where it has to be a certain one.

    Raises:
        ArgumentError: For a value of another type.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": [1, 2]}).with_columns(b=mydf.lit("x")).to_dict()
        {'a': [1, 2], 'b': ['x', 'x']}
    """
    expr = literal(value)
    return expr if dtype is None else expr.cast(dtype)


def len() -> Expr:  # noqa: A001 - what every library of the field calls it
    """Return the number of rows, of the frame or of each group, as Int64 named `len`.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": ["x", "y", "x"]}).group_by("a").agg(mydf.len()).to_dict()
        {'a': ['x', 'y'], 'len': [2, 1]}
    """
    return Expr(core.Expr.rows())


def when(condition: IntoExpr) -> When:
    """Begin an expression that chooses: `when(...).then(...).otherwise(...)`.

    The first `then` whose condition is true counts; a null condition is not true. Without
    `otherwise`, the rest is null. Text is a value here, not a column.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 5, 9]})
        >>> size = mydf.when(mydf.col("a") > 6).then("big").when(mydf.col("a") > 3).then("medium")
        >>> frame.select(size.otherwise("small").alias("size")).to_dict()
        {'size': ['small', 'medium', 'big']}
    """
    return When([], condition)


class When:
    """A condition that waits for its `then`."""

    __slots__ = ("_branches", "_condition")

    def __init__(self, branches: list[tuple[Expr, Expr]], condition: IntoExpr) -> None:
        self._branches = branches
        self._condition = literal(condition)

    def then(self, value: Operand) -> Then:
        """Return the choice with the value for this condition."""
        return Then([*self._branches, (self._condition, literal(value))])


class Then(Expr):
    """A choice that may go on by `when` or end by `otherwise`; as it is, the rest is null."""

    __slots__ = ("_branches",)

    def __init__(self, branches: list[tuple[Expr, Expr]]) -> None:
        self._branches = branches
        super().__init__(self.otherwise(None)._core)

    def when(self, condition: IntoExpr) -> When:
        """Return the choice with one more condition, asked where none before was true."""
        return When(self._branches, condition)

    def otherwise(self, value: Operand) -> Expr:
        """Return the choice with the value where no condition is true."""
        choice = literal(value)._core
        for condition, then in reversed(self._branches):
            choice = core.Expr.when(condition._core, then._core, choice)
        return Expr(choice)


def concat(frames: Iterable[DataFrame], how: str = "vertical") -> DataFrame:
    """Return frames below each other or beside each other.

    Args:
        frames: At least one.
        how: `vertical`: rows of all frames, in order; all have the same columns, and equal dtypes
            (a column of nulls alone fits any). `horizontal`: columns of all frames, in order; all
            have as many rows.

    Raises:
        ArgumentError: Without frames, or for another `how`.
        ColumnNotFoundError: Where columns differ.
        DTypeError: Where dtypes differ.
        LengthMismatchError: Where rows differ in number.
        DuplicateColumnError: Where two columns have one name.
        RowLimitError: Where there are more rows than this runtime can number.

    Examples:
        >>> import mydf
        >>> one, two = mydf.DataFrame({"a": [1]}), mydf.DataFrame({"a": [2]})
        >>> mydf.concat([one, two]).to_dict()
        {'a': [1, 2]}
    """
    from mydf.frame import DataFrame

    parts = []
    for frame in frames:
        if not isinstance(frame, DataFrame):
            fact = f"concat: a value of type `{type(frame).__name__}`"
            raise ArgumentTypeError(fact, hint="`mydf.DataFrame(...)` makes a frame", what="frames")
        parts.append(frame._core)
    if how == "vertical":
        return DataFrame._from_core(core.Frame.concat_rows(parts))
    if how == "horizontal":
        return DataFrame._from_core(core.Frame.concat_columns(parts))
    fact = f"how: `{how}` is unknown"
    raise ArgumentError(fact, hint="one of `vertical`, `horizontal`", what="how")
