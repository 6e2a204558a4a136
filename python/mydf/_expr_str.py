"""Operations on text: `Expr.str`."""

from __future__ import annotations

from mydf import _arguments
from mydf._expr_patterns import PatternMethods
from mydf.dtypes import Date, Datetime
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf.expr import Expr


class StrNamespace(PatternMethods):
    """Operations on text. Null stays null; dtypes other than String raise `DTypeError`."""

    __slots__ = ()

    def to_lowercase(self) -> Expr:
        """Return the text in lower case, according to Unicode.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["Ink", None]})
            >>> frame.select(mydf.col("x").str.to_lowercase()).to_dict()
            {'x': ['ink', None]}
        """
        return self._text("to_lowercase")

    def to_uppercase(self) -> Expr:
        """Return the text in upper case, according to Unicode.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["straße"]})
            >>> frame.select(mydf.col("a").str.to_uppercase()).to_dict()
            {'a': ['STRASSE']}
        """
        return self._text("to_uppercase")

    def len_chars(self) -> Expr:
        """Return the number of Unicode scalar values, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", "né", None]})
            >>> frame.select(mydf.col("x").str.len_chars()).to_dict()
            {'x': [3, 2, None]}
        """
        return self._text("len_chars")

    def len_bytes(self) -> Expr:
        """Return the number of bytes in UTF-8, as Int64.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", "né", None]})
            >>> frame.select(mydf.col("x").str.len_bytes()).to_dict()
            {'x': [3, 3, None]}
        """
        return self._text("len_bytes")

    def strip_chars(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at both ends.

        Args:
            chars: The characters, in any order; white space without them.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["--x- ", None]})
            >>> frame.select(mydf.col("a").str.strip_chars("- ")).to_dict()
            {'a': ['x', None]}
        """
        if chars is None:
            return self._text("strip_chars")
        return self._call("strip_chars", _arguments.text("chars", chars))

    def strip_chars_start(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at its start, as `strip_chars` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["  ink  ", None]})
            >>> frame.select(mydf.col("x").str.strip_chars_start()).to_dict()
            {'x': ['ink  ', None]}
        """
        return self._stripped("strip_chars_start", chars)

    def strip_chars_end(self, chars: str | None = None) -> Expr:
        """Return the text without these characters at its end, as `strip_chars` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["  ink  ", None]})
            >>> frame.select(mydf.col("x").str.strip_chars_end()).to_dict()
            {'x': ['  ink', None]}
        """
        return self._stripped("strip_chars_end", chars)

    def _stripped(self, name: str, chars: str | None) -> Expr:
        return self._call(name, None if chars is None else _arguments.text("chars", chars))

    def strip_prefix(self, prefix: str) -> Expr:
        """Return the text without this beginning, once; a text without it stays as it is.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["id-7", "7"]})
            >>> frame.select(mydf.col("a").str.strip_prefix("id-")).to_dict()
            {'a': ['7', '7']}
        """
        return self._call("strip_prefix", _arguments.text("prefix", prefix))

    def strip_suffix(self, suffix: str) -> Expr:
        """Return the text without this end, once; a text without it stays as it is.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["a.csv", "b.txt"]})
            >>> frame.select(mydf.col("x").str.strip_suffix(".csv")).to_dict()
            {'x': ['a', 'b.txt']}
        """
        return self._call("strip_suffix", _arguments.text("suffix", suffix))

    def slice(self, offset: int, length: int | None = None) -> Expr:
        """Return a part of the text, counted in Unicode scalar values.

        Args:
            offset: The first place, from 0; a negative one counts from the end.
            length: The length of the part; up to the end without it.

        Raises:
            ArgumentError: If `length` is negative.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["2024-05", "x"]})
            >>> frame.select(mydf.col("a").str.slice(0, 4)).to_dict()
            {'a': ['2024', 'x']}
        """
        start = _arguments.integer("offset", offset)
        if not -(2**63) <= start < 2**63:
            raise ArgumentError(f"offset: {start}", hint="use a smaller number", what="offset")
        count = None if length is None else _arguments.count("length", length)
        return self._call("slice", start, count)

    def head(self, n: int = 5) -> Expr:
        """Return the first characters of the text.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["paper", None]})
            >>> frame.select(mydf.col("x").str.head(3)).to_dict()
            {'x': ['pap', None]}
        """
        return self.slice(0, _arguments.count("n", n))

    def tail(self, n: int = 5) -> Expr:
        """Return the last characters of the text.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["paper", None]})
            >>> frame.select(mydf.col("x").str.tail(3)).to_dict()
            {'x': ['per', None]}
        """
        last = _arguments.count("n", n)
        return self.slice(-last, last)

    def split(self, by: str) -> Expr:
        """Return the parts between separators, as List(String).

        Args:
            by: The separator, exactly these characters; an empty one makes a part of each
                character.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["ink,pen", "", None]})
            >>> frame.select(mydf.col("a").str.split(",")).to_dict()
            {'a': [['ink', 'pen'], [''], None]}
        """
        return self._call("split", _arguments.text("by", by))

    def split_part(self, by: str, index: int) -> Expr:
        """Return one of the parts between separators; null if there are not so many.

        Args:
            by: The separator, exactly these characters.
            index: The place of the part, from 0; a negative one counts from the end.

        Raises:
            ArgumentError: If the separator is empty.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["2024-05", "x"]})
            >>> part = mydf.col("a").str.split_part
            >>> frame.select(year=part("-", 0), month=part("-", 1), last=part("-", -1)).to_dict()
            {'year': ['2024', 'x'], 'month': ['05', None], 'last': ['05', 'x']}
        """
        if not _arguments.text("by", by):
            hint = "use `slice` for parts of a fixed length"
            raise ArgumentError("by: an empty separator", hint=hint, what="by")
        place = _arguments.integer("index", index)
        if not -(2**31) <= place < 2**31:
            raise ArgumentError(f"index: {place}", hint="use a smaller number", what="index")
        return self._call("split_part", by, place)

    def to_date(self, format: str | None = None, *, strict: bool = True) -> Expr:  # noqa: A002
        """Read the text as a date.

        Args:
            format: The format, with the codes of `strptime`: `%Y` is the year, `%m` the month, `%d`
                the day, `%b` the name of the month, `%y` a year from 1969 to 2068. ISO 8601
                (`2024-05-31`) without it.
            strict: Whether a text with another format is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If the format has an unknown code, or leaves the date open.
            CastError: On evaluation, with the first text that can't be read and its row. A time of
                day other than midnight can't be read as a date.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["31.05.2024", "31.06.2024"]})
            >>> frame.select(mydf.col("a").str.to_date("%d.%m.%Y", strict=False)).to_dict()
            {'a': [datetime.date(2024, 5, 31), None]}
        """
        _arguments.boolean("strict", strict)
        if format is None:
            return self._expr.cast(Date, strict=strict)
        return self._call("to_date", _arguments.text("format", format), strict)

    def to_datetime(self, format: str | None = None, *, strict: bool = True) -> Expr:  # noqa: A002
        """Read the text as a datetime.

        Without a zone; if the format has an offset (`%z`), in UTC. Digits beyond microseconds are
        cut off. `dt.replace_time_zone` gives a result without zone its zone.

        Args:
            format: The format, as for `to_date`: `%H`, `%M` and `%S` are hour, minute and second,
                `%.f` is an optional fraction with its dot, and `%z` an offset. ISO 8601
                (`2024-05-31T12:30:00`) without it.
            strict: Whether a text with another format is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If the format has an unknown code, or leaves the date open.
            CastError: On evaluation, with the first text that can't be read and its row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["5/31/24 1:05 PM"]})
            >>> frame.select(mydf.col("a").str.to_datetime("%m/%d/%y %I:%M %p")).to_dict()
            {'a': [datetime.datetime(2024, 5, 31, 13, 5)]}
        """
        _arguments.boolean("strict", strict)
        if format is None:
            return self._expr.cast(Datetime(), strict=strict)
        return self._call("to_datetime", _arguments.text("format", format), strict)

    def to_integer(self, base: int = 10, *, strict: bool = True) -> Expr:
        """Read the text as an integer, as Int64, without the white space around it.

        Args:
            base: The base, from 2 to 36.
            strict: Whether another text is an error; otherwise it becomes null.

        Raises:
            ArgumentError: If there is no such base.
            CastError: On evaluation, with the first text that can't be read and its row.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["ff", "-10", None]})
            >>> frame.select(mydf.col("a").str.to_integer(16)).to_dict()
            {'a': [255, -16, None]}
        """
        number = _arguments.integer("base", base)
        _arguments.boolean("strict", strict)
        if not 2 <= number <= 36:
            raise ArgumentError(f"base: {number}", hint="use a base from 2 to 36", what="base")
        return self._call("to_integer", number, strict)

    def zfill(self, length: int) -> Expr:
        """Fill the text up to a length with zeros, behind its sign.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["7", "-7", "12345"]})
            >>> frame.select(mydf.col("a").str.zfill(4)).to_dict()
            {'a': ['0007', '-007', '12345']}
        """
        return self._call("zfill", _arguments.count("length", length))

    def pad_start(self, length: int, fill_char: str = " ") -> Expr:
        """Fill the text up to a length at its start.

        Raises:
            ArgumentError: If `fill_char` is not one character.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["7", "12345"]})
            >>> frame.select(mydf.col("a").str.pad_start(3, "*")).to_dict()
            {'a': ['**7', '12345']}
        """
        return self._padded("pad_start", length, fill_char)

    def pad_end(self, length: int, fill_char: str = " ") -> Expr:
        """Fill the text up to a length at its end, as `pad_start` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ab", None]})
            >>> frame.select(mydf.col("x").str.pad_end(4, "-")).to_dict()
            {'x': ['ab--', None]}
        """
        return self._padded("pad_end", length, fill_char)

    def _padded(self, name: str, length: int, fill_char: str) -> Expr:
        count = _arguments.count("length", length)
        if len(_arguments.text("fill_char", fill_char)) != 1:
            fact = f"fill_char: `{fill_char}` has {len(fill_char)} characters"
            raise ArgumentError(fact, hint="pass one character", what="fill_char")
        return self._call(name, count, fill_char)

    def reverse(self) -> Expr:
        """Return the Unicode scalar values in reverse order.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", None]})
            >>> frame.select(mydf.col("x").str.reverse()).to_dict()
            {'x': ['kni', None]}
        """
        return self._call("reverse")

    def to_titlecase(self) -> Expr:
        """Return each word with its first letter in upper case and the rest in lower case.

        A word is a row of letters and digits.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["ada LOVELACE-king"]})
            >>> frame.select(mydf.col("a").str.to_titlecase()).to_dict()
            {'a': ['Ada Lovelace-King']}
        """
        return self._call("to_titlecase")
