"""The operators of expressions as methods, for chains of methods and for `functools.reduce`."""

from __future__ import annotations

from functools import reduce

from mydf._expr_operators import Operators

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from mydf._types import Operand


class NamedOperators(Operators):
    """Each operator by the name that it has in polars."""

    __slots__ = ()

    def add(self, other: Operand) -> Self:
        """Return `expression + other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").add(1)).to_dict()
            {'a': [4, None]}
        """
        return self + other

    def sub(self, other: Operand) -> Self:
        """Return `expression - other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").sub(1)).to_dict()
            {'a': [2, None]}
        """
        return self - other

    def mul(self, other: Operand) -> Self:
        """Return `expression * other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").mul(2)).to_dict()
            {'a': [6, None]}
        """
        return self * other

    def truediv(self, other: Operand) -> Self:
        """Return `expression / other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").truediv(2)).to_dict()
            {'a': [1.5, None]}
        """
        return self / other

    def floordiv(self, other: Operand) -> Self:
        """Return `expression // other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").floordiv(2)).to_dict()
            {'a': [1, None]}
        """
        return self // other

    def mod(self, other: Operand) -> Self:
        """Return `expression % other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").mod(2)).to_dict()
            {'a': [1, None]}
        """
        return self % other

    def eq(self, other: Operand) -> Self:
        """Return `expression == other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").eq(3)).to_dict()
            {'a': [True, None]}
        """
        return self == other

    def ne(self, other: Operand) -> Self:
        """Return `expression != other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").ne(3)).to_dict()
            {'a': [False, None]}
        """
        return self != other

    def lt(self, other: Operand) -> Self:
        """Return `expression < other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").lt(3)).to_dict()
            {'a': [False, None]}
        """
        return self < other

    def le(self, other: Operand) -> Self:
        """Return `expression <= other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").le(3)).to_dict()
            {'a': [True, None]}
        """
        return self <= other

    def gt(self, other: Operand) -> Self:
        """Return `expression > other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").gt(3)).to_dict()
            {'a': [False, None]}
        """
        return self > other

    def ge(self, other: Operand) -> Self:
        """Return `expression >= other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").ge(3)).to_dict()
            {'a': [True, None]}
        """
        return self >= other

    def xor(self, other: Operand) -> Self:
        """Return `expression ^ other`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"b": [True, None]}).select(mydf.col("b").xor(True)).to_dict()
            {'b': [False, None]}
        """
        return self ^ other

    def and_(self, *others: Operand) -> Self:
        """Return whether all operands are true, as `&` between them; null is not known.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"b": [True, None]}).select(mydf.col("b").and_(True)).to_dict()
            {'b': [True, None]}
        """
        return reduce(lambda left, right: left & right, others, self)

    def or_(self, *others: Operand) -> Self:
        """Return whether any operand is true, as `|` between them; null is not known.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"b": [True, None]}).select(mydf.col("b").or_(True)).to_dict()
            {'b': [True, True]}
        """
        return reduce(lambda left, right: left | right, others, self)

    def not_(self) -> Self:
        """Return `~expression`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"b": [True, None]}).select(mydf.col("b").not_()).to_dict()
            {'b': [False, None]}
        """
        return ~self

    def neg(self) -> Self:
        """Return `-expression`.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [3, None]}).select(mydf.col("a").neg()).to_dict()
            {'a': [-3, None]}
        """
        return -self
