"""What is under `.str` and `.dt` of an expression."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf.expr import Expr


class StrNamespace:
    """Operations on text. Null stays null; other dtypes than String raise `DTypeError`."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _text(self, op: str) -> Expr:
        return type(self._expr)(self._expr._core.text(op))

    def contains(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return whether the text contains a pattern, as Bool.

        Args:
            pattern: A regular expression (syntax of the Rust crate `regex`), or a text.
            literal: Whether the pattern is to be found as it stands.

        Raises:
            ArgumentError: When evaluated, for a pattern that is no regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["bat", "b.t"]})
            >>> frame.filter(mydf.col("a").str.contains(".t", literal=True)).to_dict()
            {'a': ['b.t']}
        """
        return type(self._expr)(self._expr._core.contains(pattern, literal))

    def starts_with(self, prefix: str) -> Expr:
        """Return whether the text starts with this one, as Bool."""
        return type(self._expr)(self._expr._core.starts_with(prefix))

    def ends_with(self, suffix: str) -> Expr:
        """Return whether the text ends with this one, as Bool."""
        return type(self._expr)(self._expr._core.ends_with(suffix))

    def to_lowercase(self) -> Expr:
        """Return the text in lower case, by Unicode's rules."""
        return self._text("to_lowercase")

    def to_uppercase(self) -> Expr:
        """Return the text in upper case, by Unicode's rules.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["straße"]})
            >>> frame.select(mydf.col("a").str.to_uppercase()).to_dict()
            {'a': ['STRASSE']}
        """
        return self._text("to_uppercase")

    def len_chars(self) -> Expr:
        """Return the number of Unicode scalar values, Int64."""
        return self._text("len_chars")

    def len_bytes(self) -> Expr:
        """Return the number of bytes in UTF-8, Int64."""
        return self._text("len_bytes")

    def strip_chars(self) -> Expr:
        """Return the text without white space at both ends."""
        return self._text("strip_chars")


class DtNamespace:
    """Parts of dates and datetimes. Null stays null; a datetime's parts are those of its zone."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _part(self, op: str) -> Expr:
        return type(self._expr)(self._expr._core.part(op))

    def year(self) -> Expr:
        """Return the year, Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2013, 7, 4)]})
            >>> frame.select(mydf.col("a").dt.year()).to_dict()
            {'a': [2013]}
        """
        return self._part("year")

    def month(self) -> Expr:
        """Return the month from 1 to 12, Int32."""
        return self._part("month")

    def day(self) -> Expr:
        """Return the day of the month from 1 to 31, Int32."""
        return self._part("day")

    def hour(self) -> Expr:
        """Return the hour from 0 to 23, Int32."""
        return self._part("hour")

    def minute(self) -> Expr:
        """Return the minute from 0 to 59, Int32."""
        return self._part("minute")

    def second(self) -> Expr:
        """Return the second from 0 to 59, Int32."""
        return self._part("second")

    def weekday(self) -> Expr:
        """Return the day of the week from Monday, 1, to Sunday, 7, Int32."""
        return self._part("weekday")

    def date(self) -> Expr:
        """Return the calendar day as Date."""
        return self._part("date")
