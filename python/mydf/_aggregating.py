"""Functions of the package that aggregate columns, or combine several by a function in Python."""

from __future__ import annotations

from mydf import _arguments, _operands
from mydf._guided import guided
from mydf._native import core
from mydf.dtypes import Float64
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.expr import Expr
from mydf.functions import col, when

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mydf._types import IntoExpr, Operand


@guided
def sum(*names: str) -> Expr:  # noqa: A001 - as elsewhere
    """Return `mydf.col(*names).sum()`, see `Expr.sum`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.sum("a", "b")).to_dict()
        {'a': [4], 'b': [8]}
    """
    return col(names).sum()


@guided
def mean(*names: str) -> Expr:
    """Return `mydf.col(*names).mean()`, see `Expr.mean`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.mean("a", "b")).to_dict()
        {'a': [2.0], 'b': [2.6666666666666665]}
    """
    return col(names).mean()


@guided
def median(*names: str) -> Expr:
    """Return `mydf.col(*names).median()`, see `Expr.median`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.median("a", "b")).to_dict()
        {'a': [2.0], 'b': [2.0]}
    """
    return col(names).median()


@guided
def min(*names: str) -> Expr:  # noqa: A001 - as elsewhere
    """Return `mydf.col(*names).min()`, see `Expr.min`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.min("a", "b")).to_dict()
        {'a': [1], 'b': [2]}
    """
    return col(names).min()


@guided
def max(*names: str) -> Expr:  # noqa: A001 - as elsewhere
    """Return `mydf.col(*names).max()`, see `Expr.max`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.max("a", "b")).to_dict()
        {'a': [3], 'b': [4]}
    """
    return col(names).max()


@guided
def count(*names: str) -> Expr:
    """Return `mydf.col(*names).count()`, see `Expr.count`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.count("a", "b")).to_dict()
        {'a': [2], 'b': [3]}
    """
    return col(names).count()


@guided
def first(*names: str) -> Expr:
    """Return `mydf.col(*names).first()`, see `Expr.first`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.first("a", "b")).to_dict()
        {'a': [1], 'b': [4]}
    """
    return col(names).first()


@guided
def last(*names: str) -> Expr:
    """Return `mydf.col(*names).last()`, see `Expr.last`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.last("a", "b")).to_dict()
        {'a': [None], 'b': [2]}
    """
    return col(names).last()


@guided
def n_unique(*names: str) -> Expr:
    """Return `mydf.col(*names).n_unique()`, see `Expr.n_unique`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.n_unique("a", "b")).to_dict()
        {'a': [3], 'b': [2]}
    """
    return col(names).n_unique()


@guided
def std(name: str, ddof: int = 1) -> Expr:
    """Return `mydf.col(name).std(ddof)`, see `Expr.std`.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": [1, 3, None]}).select(mydf.std("a")).to_dict()
        {'a': [1.4142135623730951]}
    """
    return col(name).std(ddof)


@guided
def var(name: str, ddof: int = 1) -> Expr:
    """Return `mydf.col(name).var(ddof)`, see `Expr.var`.

    Examples:
        >>> import mydf
        >>> mydf.DataFrame({"a": [1, 3, None]}).select(mydf.var("a")).to_dict()
        {'a': [2.0]}
    """
    return col(name).var(ddof)


@guided
def cum_sum(*names: str) -> Expr:
    """Return `mydf.col(*names).cum_sum()`, see `Expr.cum_sum`.

    Raises:
        ArgumentError: If there is no name.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, None], "b": [4, 2, 2]})
        >>> frame.select(mydf.cum_sum("a", "b")).to_dict()
        {'a': [1, 4, None], 'b': [4, 6, 8]}
    """
    return col(names).cum_sum()


@guided
def quantile(name: str, quantile: float, interpolation: str = "nearest") -> Expr:
    """Return `mydf.col(name).quantile(quantile, interpolation)`, see `Expr.quantile`.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 3, 9]})
        >>> frame.select(mydf.quantile("a", 0.5)).to_dict()
        {'a': [3.0]}
    """
    return col(name).quantile(quantile, interpolation)


def _together(left: IntoExpr, right: IntoExpr) -> tuple[Expr, Expr]:
    """Return the distances of two columns from their means, where neither of them is null."""
    x, y = (Expr(_operands.column(each)).cast(Float64) for each in (left, right))
    known = x.is_not_null() & y.is_not_null()
    x, y = (when(known).then(each).otherwise(None) for each in (x, y))
    return x - x.mean(), y - y.mean()


@guided
def cov(a: IntoExpr, b: IntoExpr, ddof: int = 1) -> Expr:
    """Return the covariance of two columns as Float64, from the rows in which neither is null.

    Args:
        a: The name of a column, or an expression.
        b: The other one.
        ddof: What is subtracted from the number of rows to divide by it. Null if nothing is left.

    Raises:
        DTypeError: On evaluation, if the values are not numbers.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2, 3, None], "b": [2, 4, 9, 5]})
        >>> frame.select(mydf.cov("a", "b")).to_dict()
        {'a': [3.5]}
    """
    x, y = _together(a, b)
    product = x * y
    rows = product.count() - _arguments.count("ddof", ddof)
    return when(rows > 0).then(product.sum() / rows).otherwise(None).name.keep()


@guided
def corr(a: IntoExpr, b: IntoExpr) -> Expr:
    """Return Pearson's correlation of two columns as Float64, where neither is null.

    NaN if all values of a column are equal, and if there are fewer than two rows.

    Args:
        a: The name of a column, or an expression.
        b: The other one.

    Raises:
        DTypeError: On evaluation, if the values are not numbers.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2, 3, None], "b": [2, 4, 6, 5]})
        >>> frame.select(mydf.corr("a", "b")).to_dict()
        {'a': [1.0]}
    """
    x, y = _together(a, b)
    spread = ((x * x).sum() * (y * y).sum()).sqrt()
    # Rounding must not make a correlation larger than 1.
    found = ((x * y).sum() / spread).clip(-1.0, 1.0)
    enough = (x * y).count() > 1
    return when(enough).then(found).otherwise(float("nan")).name.keep()


@guided
def fold(
    acc: Operand, function: Callable[[Expr, Expr], Expr], exprs: IntoExpr | Iterable[IntoExpr]
) -> Expr:
    """Return `function(function(acc, first), second)` and so on, over expressions.

    `function` is called in Python once for each expression, and gives an expression.

    Args:
        acc: The start: a value or an expression.
        function: Takes what there is so far, and the next expression.
        exprs: Names of columns or expressions.

    Raises:
        ArgumentTypeError: If `function` does not return an expression.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
        >>> frame.select(n=mydf.fold(1, lambda acc, x: acc * x, ["a", "b"])).to_dict()
        {'n': [3, 8]}
    """
    found = Expr(_operands.literal(acc))
    for each in _operands.outputs("fold", [exprs]):
        found = _called(function, found, Expr(each))
    return found


@guided
def reduce(function: Callable[[Expr, Expr], Expr], exprs: IntoExpr | Iterable[IntoExpr]) -> Expr:
    """Return `fold` of the expressions, from the first one.

    Args:
        function: Takes what there is so far, and the next expression.
        exprs: Names of columns or expressions, at least one.

    Raises:
        ArgumentError: If there is no expression.
        ArgumentTypeError: If `function` does not return an expression.

    Examples:
        >>> import mydf
        >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
        >>> frame.select(n=mydf.reduce(lambda acc, x: acc - x, ["b", "a"])).to_dict()
        {'n': [2, 2]}
    """
    found = [Expr(each) for each in _operands.outputs("reduce", [exprs])]
    if not found:
        hint = "pass names of columns or expressions"
        raise ArgumentError("reduce: no expression", hint=hint, what="exprs")
    made, *others = found
    for each in others:
        made = _called(function, made, each)
    return made


def _called(function: Callable[[Expr, Expr], Expr], left: Expr, right: Expr) -> Expr:
    made = function(left, right)
    if not isinstance(getattr(made, "_core", None), core.Expr):
        fact = f"function: it returned a value of type `{type(made).__name__}`"
        hint = "return an expression, e.g. `lambda acc, x: acc + x`"
        raise ArgumentTypeError(fact, hint=hint, what="function")
    return made
