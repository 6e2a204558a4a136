"""Column expressions."""

from __future__ import annotations

from mydf import _arguments
from mydf._expr_aggregations import AggregationMethods
from mydf._expr_composed import ComposedMethods
from mydf._expr_decaying import DecayingMethods
from mydf._expr_derived import DerivedMethods
from mydf._expr_named import NamedOperators
from mydf._expr_values import ValueMethods
from mydf._expr_windows import WindowMethods
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from typing_extensions import Self

    from mydf._expr_dt import DtNamespace
    from mydf._expr_list import ListNamespace
    from mydf._expr_name import NameNamespace
    from mydf._expr_str import StrNamespace
    from mydf._native import core


class Expr(
    ValueMethods,
    ComposedMethods,
    DerivedMethods,
    NamedOperators,
    AggregationMethods,
    WindowMethods,
    DecayingMethods,
):
    """A computation over columns, which a frame evaluates.

    Create expressions with `mydf.col`, `mydf.lit`, `mydf.len` and `mydf.when`, and combine them
    with operators. A text operand is a value, not a column; only the bounds of `is_between` and
    `clip` are names of columns, as in polars. A Series or a numpy array as an operand has one value
    for each row of the frame.

    Null means unknown. An operator with a null operand gives null: also `==`, `!=`, `~`, `is_in`
    and `is_between`. `&` and `|` give null only if the other operand does not decide the result
    (Kleene's logic: `False & null` is False, `True | null` is True). `filter` keeps only rows for
    which a condition is true, and `when` takes a null condition as not true. `is_null` finds nulls.

    Numbers compare by their exact values, whatever their dtypes: an Int64 of 2**53 + 1 equals no
    float, and -1 equals no UInt64. This holds for columns and literals, for `is_in`, `is_between`
    and the keys of a join; only a float literal next to Float32 is rounded to it first. NaN equals
    NaN and is larger than every number; -0.0 equals 0.0. `when` and `fill_null` of integers and
    floats give floats, and raise CastError for an integer that no float equals. Arithmetic of an
    integer and a float rounds as Python does.

    Examples:
        >>> import mydf
        >>> (mydf.col("a") + 1).alias("b")
        (col("a") + 1).alias("b")
    """

    __slots__ = ()
    # numpy leaves `array < expression` to the expression.
    __array_ufunc__ = None
    # So does pandas, whose own classes have up to 4000.
    __pandas_priority__ = 5000

    def __init__(self, inner: core.Expr) -> None:
        self._core = inner

    def _like(self, inner: core.Expr) -> Self:
        return Expr(inner)  # type: ignore[return-value]

    def __repr__(self) -> str:
        return self._core.show()

    def __bool__(self) -> NoReturn:
        fact = "truth value of an expression: each row has its own"
        hint = f"{_arguments.TRUTH}; `is_in` for `in`"
        raise ArgumentTypeError(fact, hint=hint, what="expression")

    def __contains__(self, value: object) -> NoReturn:
        fact = f"{value!r} in an expression: each row has its own value"
        raise ArgumentTypeError(fact, hint="use `==`, or `is_in` for a list", what="expression")

    @property
    def name(self) -> NameNamespace:
        """Other names.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1], "b": [2]})
            >>> frame.select(mydf.col("a", "b").sum().name.suffix("_sum")).columns
            ['a_sum', 'b_sum']
        """
        from mydf._expr_name import NameNamespace

        return NameNamespace(self)

    @property
    def str(self) -> StrNamespace:
        """Operations on text.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", "Pen"]})
            >>> frame.select(mydf.col("x").str.to_uppercase()).to_dict()
            {'x': ['INK', 'PEN']}
        """
        from mydf._expr_str import StrNamespace

        return StrNamespace(self)

    @property
    def list(self) -> ListNamespace:
        """Functions of lists.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": [[1, 2], [3]]})
            >>> frame.select(mydf.col("x").list.len()).to_dict()
            {'x': [2, 1]}
        """
        from mydf._expr_list import ListNamespace

        return ListNamespace(self)

    @property
    def dt(self) -> DtNamespace:
        """Parts of dates and datetimes.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.date(2024, 5, 17)]})
            >>> frame.select(mydf.col("x").dt.year()).to_dict()
            {'x': [2024]}
        """
        from mydf._expr_dt import DtNamespace

        return DtNamespace(self)
