"""Methods of expressions that a Series has too, taken from `Expr`.

`_delegated.pyi` states their types; `python tests/support/series_stub.py` writes it.
"""

from __future__ import annotations

from mydf._guided import Guided
from mydf.expr import Expr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

OPERATORS = frozenset(
    f"__{name}__"
    for name in (
        "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv",
        "mod", "rmod", "pow", "rpow", "eq", "ne", "lt", "le", "gt", "ge", "and", "rand", "or",
        "ror", "xor", "rxor", "invert", "neg", "pos", "abs",
    )
)  # fmt: skip
#: These have a meaning only in a frame: names of results, and groups by other columns.
#: The number of nulls of a Series is a property.
ONLY_EXPR = frozenset({"name", "exclude", "over", "null_count"})


class Delegated(Guided):
    """A column whose methods evaluate expressions over its own rows."""

    __slots__ = ()


class Namespace:
    """Operations on the values of a Series, such as those of `series.str`."""

    __slots__ = ("_name", "_series")

    def __init__(self, series: Any, name: str) -> None:
        self._series = series
        self._name = name

    def __getattr__(self, name: str) -> Any:
        # The namespace of the expression raises the error for a name that it does not have.
        method = getattr(getattr(self._series._own(), self._name), name)
        series = self._series

        def call(*args: Any, **kwargs: Any) -> Any:
            return series._evaluated(method(*args, **kwargs))

        return _described(call, method)

    def __dir__(self) -> list[str]:
        known = dir(getattr(self._series._own(), self._name))
        return [each for each in known if not each.startswith("_")]


def _described(call: Callable[..., Any], method: Any) -> Callable[..., Any]:
    call.__name__ = method.__name__
    call.__doc__ = method.__doc__
    # `inspect.signature` and `help` follow this.
    call.__wrapped__ = method  # type: ignore[attr-defined]
    return call


def _method(method: Any) -> Callable[..., Any]:
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._evaluated(method(self._own(), *args, **kwargs))

    return _described(call, method)


def _operator(method: Any) -> Callable[..., Any]:
    def call(self: Any, *other: Any) -> Any:
        # With an expression, the result has the rows of the frame that evaluates it.
        if other and isinstance(other[0], Expr):
            return method(self._leaf(), *other)
        return self._evaluated(method(self._own(), *other).alias(self.name))

    return _described(call, method)


def _namespace(name: str, known: property) -> property:
    return property(lambda self: Namespace(self, name), doc=known.__doc__)


def members(cls: type) -> dict[str, Any]:
    """Return what a class and its bases define, without what every guided class has."""
    bases = [base for base in reversed(cls.__mro__) if base not in (object, Guided)]
    return {name: known for base in bases for name, known in vars(base).items()}


def _fill() -> None:
    for name, known in members(Expr).items():
        if name in OPERATORS:
            setattr(Delegated, name, _operator(known))
        elif name.startswith("_") or name in ONLY_EXPR:
            continue
        elif isinstance(known, property):
            setattr(Delegated, name, _namespace(name, known))
        else:
            setattr(Delegated, name, _method(known))


_fill()
