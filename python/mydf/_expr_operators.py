"""The operators of expressions."""

from __future__ import annotations

from mydf import _operands
from mydf._guided import Guided
from mydf._native import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from mydf._types import Operand


class Operators(Guided):
    """An expression of the core, and what operators make of it."""

    __slots__ = ("_core",)
    # Comparison returns an expression, so expressions can't be keys of a dict.
    __hash__ = None  # type: ignore[assignment]

    _core: core.Expr

    def _like(self, inner: core.Expr) -> Self:
        """Return an expression without what only a subclass has."""
        raise NotImplementedError

    def _binary(self, op: str, other: Operand) -> Self:
        return self._like(self._core.binary(op, _operands.literal(other)))

    def _reflected(self, op: str, other: Operand) -> Self:
        return self._like(_operands.literal(other).binary(op, self._core))

    def _function(self, name: str, *arguments: object, inputs: tuple[Operand, ...] = ()) -> Self:
        operands = [self._core, *(_operands.literal(each) for each in inputs)]
        return self._like(core.Expr.function(name, operands, arguments))

    def __add__(self, other: Operand) -> Self:
        return self._binary("+", other)

    def __radd__(self, other: Operand) -> Self:
        return self._reflected("+", other)

    def __sub__(self, other: Operand) -> Self:
        return self._binary("-", other)

    def __rsub__(self, other: Operand) -> Self:
        return self._reflected("-", other)

    def __mul__(self, other: Operand) -> Self:
        return self._binary("*", other)

    def __rmul__(self, other: Operand) -> Self:
        return self._reflected("*", other)

    def __truediv__(self, other: Operand) -> Self:
        return self._binary("/", other)

    def __rtruediv__(self, other: Operand) -> Self:
        return self._reflected("/", other)

    def __floordiv__(self, other: Operand) -> Self:
        return self._binary("//", other)

    def __rfloordiv__(self, other: Operand) -> Self:
        return self._reflected("//", other)

    def __mod__(self, other: Operand) -> Self:
        return self._binary("%", other)

    def __rmod__(self, other: Operand) -> Self:
        return self._reflected("%", other)

    def __pow__(self, other: Operand) -> Self:
        return self._binary("**", other)

    def __rpow__(self, other: Operand) -> Self:
        return self._reflected("**", other)

    def __eq__(self, other: Operand) -> Self:  # type: ignore[override]
        return self._binary("==", other)

    def __ne__(self, other: Operand) -> Self:  # type: ignore[override]
        return self._binary("!=", other)

    def __lt__(self, other: Operand) -> Self:
        return self._binary("<", other)

    def __le__(self, other: Operand) -> Self:
        return self._binary("<=", other)

    def __gt__(self, other: Operand) -> Self:
        return self._binary(">", other)

    def __ge__(self, other: Operand) -> Self:
        return self._binary(">=", other)

    def __and__(self, other: Operand) -> Self:
        return self._binary("&", other)

    def __rand__(self, other: Operand) -> Self:
        return self._reflected("&", other)

    def __or__(self, other: Operand) -> Self:
        return self._binary("|", other)

    def __ror__(self, other: Operand) -> Self:
        return self._reflected("|", other)

    def __xor__(self, other: Operand) -> Self:
        return self._binary("^", other)

    def __rxor__(self, other: Operand) -> Self:
        return self._reflected("^", other)

    def __invert__(self) -> Self:
        return self._like(self._core.unary("~"))

    def __neg__(self) -> Self:
        return self._like(self._core.unary("-"))

    def __pos__(self) -> Self:
        return self

    def __abs__(self) -> Self:
        return self._like(self._core.unary("abs"))
