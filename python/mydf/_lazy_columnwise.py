"""The methods of a lazy frame that go through its columns, or combine all rows of each."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import Guided
from mydf._native import core
from mydf.dtypes import DType
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from typing_extensions import Self

    from mydf._types import IntoExpr, IntoPredicate, Operand
    from mydf.dtypes import DTypeLike


class LazyColumnwise(Guided):
    """Verbs that expressions over the columns are enough for."""

    __slots__ = ()

    if TYPE_CHECKING:
        # The lazy frame's own.
        _core: core.Plan

        def _then(self, verb: str, *args: Any) -> Self: ...

        def head(self, n: int = 5) -> Self: ...

        def sort(
            self, by: IntoExpr | Iterable[IntoExpr], *more_by: IntoExpr, descending: Any = False,
            nulls_last: Any = False,
        ) -> Self: ...  # fmt: skip

    def _columns(self, floats: bool = False) -> list[core.Expr]:
        """Return all columns, or those of floats."""
        names = zip(self._core.names(), self._core.dtypes(), strict=True)
        return [
            core.Expr.column(name)
            for name, dtype in names
            if not floats or dtype.startswith("Float")
        ]

    def _aggregated(self, op: str) -> Self:
        return self._then("select", [column.agg(op) for column in self._columns()])

    # ------------------------------------------------------------------------------------ values

    def fill_null(self, value: Operand) -> Self:
        """Return the frame with another value for each null, see `DataFrame.fill_null`.

        Raises:
            ArgumentError: If the value is None.
            DTypeError: If an expression does not fit a column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).lazy().fill_null(0).collect().to_dict()
            {'a': [1, 0]}
        """
        if value is None:
            hint = "pass a value, e.g. `fill_null(0)`"
            raise ArgumentError("fill_null: None", hint=hint, what="value")
        if isinstance(value, dict):
            hint = "use `frame.with_columns(mydf.col('a').fill_null(0), ...)`"
            raise ArgumentTypeError("fill_null: a dict", hint=hint, what="value")
        filler = _operands.literal(value)
        names = _operands.fillable(self._core.empty(), value)
        filled = [core.Expr.column(name).fill_null(filler).alias(name) for name in names]
        return self._then("with_columns", filled)

    def fill_nan(self, value: Operand) -> Self:
        """Return the frame with another value, or null for None, for each NaN of its floats.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [0.5, float("nan")]})
            >>> frame.lazy().fill_nan(None).collect().to_dict()
            {'a': [0.5, None]}
        """
        filler = _operands.literal(value)
        return self._then(
            "with_columns",
            [
                core.Expr.when(column.unary("is_nan"), filler, column).alias(column.name())
                for column in self._columns(floats=True)
            ],
        )

    def cast(self, dtypes: DTypeLike | Mapping[str, DTypeLike], *, strict: bool = True) -> Self:
        """Return the frame with all or some columns in other dtypes, see `DataFrame.cast`.

        Raises:
            CastError: On evaluation, if a value does not fit.
            ColumnNotFoundError: If the frame does not have a column.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["1"]}).lazy().cast(mydf.Int64).collect().to_dict()
            {'a': [1]}
        """
        _arguments.boolean("strict", strict)
        if hasattr(dtypes, "items"):
            wanted = {name: DType._to_core(dtype) for name, dtype in dtypes.items()}
        else:
            wanted = dict.fromkeys(self._core.names(), DType._to_core(dtypes))
        found = [core.Expr.column(name).cast(dtype, strict) for name, dtype in wanted.items()]
        return self._then("with_columns", found)

    # -------------------------------------------------------------------------------------- rows

    def drop_nulls(self, subset: str | Sequence[str] | None = None) -> Self:
        """Return the rows without a null in any column, or in any of these.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).lazy().drop_nulls().collect().to_dict()
            {'a': [1]}
        """
        names = self._core.names() if subset is None else _arguments.names("subset", [subset])
        return self._then("filter", [core.Expr.column(name).unary("is_not_null") for name in names])

    def drop_nans(self, subset: str | Sequence[str] | None = None) -> Self:
        """Return the rows without NaN in any column, or in any of these. Null is not NaN.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [0.5, float("nan"), None]})
            >>> frame.lazy().drop_nans().collect().to_dict()
            {'a': [0.5, None]}
        """
        wanted = None if subset is None else _arguments.names("subset", [subset])
        for name in wanted or ():
            # The core raises the error, with similar names in its hint.
            self._core.column_dtype(name)
        known = [
            column.unary("is_not_nan").fill_null(core.Expr.literal(True))
            for column in self._columns(floats=True)
            if wanted is None or column.name() in wanted
        ]
        return self._then("filter", known)

    def remove(
        self, *predicates: IntoPredicate | Iterable[IntoPredicate], **equal: Operand
    ) -> Self:
        """Return the rows for which not all predicates are true, those of `filter` left out.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"a": [1, 2, None]}).lazy()
            >>> lazy.remove(mydf.col("a") > 1).collect().to_dict()
            {'a': [1, None]}
        """
        found = _operands.predicates(predicates, equal)
        if not found:
            return self.clear()
        every = found[0]
        for other in found[1:]:
            every = every.binary("&", other)
        return self._then("filter", [every.fill_null(core.Expr.literal(False)).unary("~")])

    def limit(self, n: int = 5) -> Self:
        """Return the first rows: `head` by the name that other libraries have.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().limit(2).collect().to_dict()
            {'a': [1, 2]}
        """
        return self.head(n)

    def clear(self) -> Self:
        """Return the frame without rows.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().clear().collect().to_dict()
            {'a': []}
        """
        return self.head(0)

    def reverse(self) -> Self:
        """Return the rows from the last to the first.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().reverse().collect().to_dict()
            {'a': [3, 2, 1]}
        """
        return self._then("select", [column.window("reverse") for column in self._columns()])

    def shift(self, n: int = 1, *, fill_value: Operand = None) -> Self:
        """Return the rows `n` places later, see `Expr.shift`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 3]}).lazy().shift(1).collect().to_dict()
            {'a': [None, 1, 2]}
        """
        moved = [Expr(column).shift(n, fill_value=fill_value)._core for column in self._columns()]
        return self._then("select", moved)

    def top_k(
        self,
        k: int,
        *,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the `k` rows with the largest values, see `DataFrame.top_k`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"k": ["x", "y", "z"], "a": [1, None, 2]}).lazy()
            >>> lazy.top_k(1, by="a").collect().to_dict()
            {'k': ['z'], 'a': [2]}
        """
        return self._first(k, by, reverse, largest=True)

    def bottom_k(
        self,
        k: int,
        *,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool] = False,
    ) -> Self:
        """Return the `k` rows with the smallest values, see `DataFrame.bottom_k`.

        Examples:
            >>> import mydf
            >>> lazy = mydf.DataFrame({"k": ["x", "y", "z"], "a": [1, None, 2]}).lazy()
            >>> lazy.bottom_k(1, by="a").collect().to_dict()
            {'k': ['x'], 'a': [1]}
        """
        return self._first(k, by, reverse, largest=False)

    def _first(
        self,
        k: int,
        by: IntoExpr | Iterable[IntoExpr],
        reverse: bool | Sequence[bool],
        *,
        largest: bool,
    ) -> Self:
        rows = _arguments.count("k", k)
        keys = self._core.empty().expand(_operands.keys("sort", [by]))
        turned = _arguments.flags("reverse", reverse, len(keys))
        descending = [each != largest for each in turned]
        return self.sort([Expr(key) for key in keys], descending=descending, nulls_last=True).head(
            rows
        )

    # -------------------------------------------------------------------------------- one row

    def sum(self) -> Self:
        """Return one row with the sum of each column, see `Expr.sum`.

        Raises:
            DTypeError: If a column has no sum; `select(mydf.col(mydf.Int64).sum())` chooses some.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().sum().collect().to_dict()
            {'a': [3]}
        """
        return self._aggregated("sum")

    def mean(self) -> Self:
        """Return one row with the mean of each column, see `Expr.mean`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().mean().collect().to_dict()
            {'a': [1.5]}
        """
        return self._aggregated("mean")

    def median(self) -> Self:
        """Return one row with the median of each column, see `Expr.median`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2, 9]}).lazy().median().collect().to_dict()
            {'a': [2.0]}
        """
        return self._aggregated("median")

    def min(self) -> Self:
        """Return one row with the smallest value of each column, see `Expr.min`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().min().collect().to_dict()
            {'a': [1]}
        """
        return self._aggregated("min")

    def max(self) -> Self:
        """Return one row with the largest value of each column, see `Expr.max`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).lazy().max().collect().to_dict()
            {'a': [2]}
        """
        return self._aggregated("max")

    def std(self) -> Self:
        """Return one row with the standard deviation of each column, see `Expr.std`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 5]}).lazy().std().collect().to_dict()
            {'a': [2.0]}
        """
        return self._aggregated("std")

    def var(self) -> Self:
        """Return one row with the variance of each column, see `Expr.var`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 5]}).lazy().var().collect().to_dict()
            {'a': [4.0]}
        """
        return self._aggregated("var")

    def quantile(self, quantile: float, interpolation: str = "nearest") -> Self:
        """Return one row with a quantile of each column, see `Expr.quantile`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 3, 9]}).lazy().quantile(0.5).collect().to_dict()
            {'a': [3.0]}
        """
        found = [Expr(each).quantile(quantile, interpolation)._core for each in self._columns()]
        return self._then("select", found)

    def count(self) -> Self:
        """Return one row with the number of values that are not null of each column, as Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).lazy().count().collect().to_dict()
            {'a': [1]}
        """
        return self._aggregated("count")

    def null_count(self) -> Self:
        """Return one row with the number of nulls in each column, as Int64.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).lazy().null_count().collect().to_dict()
            {'a': [1]}
        """
        return self._aggregated("null_count")
