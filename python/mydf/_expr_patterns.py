"""The methods of `Expr.str` that search and replace."""

from __future__ import annotations

from mydf import _arguments
from mydf._guided import Guided
from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mydf.expr import Expr


class PatternMethods(Guided):
    """What operations on text find and replace."""

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _text(self, op: str) -> Expr:
        return self._expr._like(self._expr._core.text(op))

    def _call(self, name: str, *arguments: object) -> Expr:
        return self._expr._like(core.Expr.function(f"str.{name}", [self._expr._core], arguments))

    def contains(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return whether the text contains a pattern, as Bool.

        Args:
            pattern: A regular expression (syntax of the Rust crate `regex`), or a text.
            literal: Whether the pattern is plain text.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["bat", "b.t"]})
            >>> frame.filter(mydf.col("a").str.contains(".t", literal=True)).to_dict()
            {'a': ['b.t']}
        """
        _arguments.text("pattern", pattern)
        _arguments.boolean("literal", literal)
        return self._expr._like(self._expr._core.contains(pattern, literal))

    def contains_any(self, patterns: Iterable[str]) -> Expr:
        """Return whether the text contains one of several plain texts, as Bool.

        Args:
            patterns: The texts.

        Raises:
            ArgumentError: If there are none.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["apple", "plum", None]})
            >>> frame.select(mydf.col("a").str.contains_any(["pp", "x"])).to_dict()
            {'a': [True, False, None]}
        """
        texts = _arguments.names("patterns", [patterns])
        if not texts:
            hint = "pass at least one text"
            raise ArgumentError("patterns: an empty list", hint=hint, what="patterns")
        found = self._expr._core.contains(texts[0], True)
        for text in texts[1:]:
            found = found.binary("|", self._expr._core.contains(text, True))
        return self._expr._like(found)

    def starts_with(self, prefix: str) -> Expr:
        """Return whether the text starts with this one, as Bool.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", "pen", None]})
            >>> frame.select(mydf.col("x").str.starts_with("p")).to_dict()
            {'x': [False, True, None]}
        """
        return self._expr._like(self._expr._core.starts_with(_arguments.text("prefix", prefix)))

    def ends_with(self, suffix: str) -> Expr:
        """Return whether the text ends with this one, as Bool.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"x": ["ink", "pen", None]})
            >>> frame.select(mydf.col("x").str.ends_with("k")).to_dict()
            {'x': [True, False, None]}
        """
        return self._expr._like(self._expr._core.ends_with(_arguments.text("suffix", suffix)))

    def extract(self, pattern: str, group: int = 1) -> Expr:
        """Return a group of the first match of a regular expression; null if there is none.

        Args:
            pattern: A regular expression, as for `contains`.
            group: The number of the group, from 1; 0 is the whole match.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression or has no such
                group.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["size 12", "none", None]})
            >>> frame.select(mydf.col("a").str.extract("([0-9]+)")).to_dict()
            {'a': ['12', None, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("extract", pattern, _arguments.count("group", group))

    def replace(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Return the text with the first match of a pattern replaced.

        Args:
            pattern: A regular expression, as for `contains`.
            value: The replacement. `$1` or `${name}` is a group, and `$$` a dollar sign.
            literal: Whether pattern and value are exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["Ada Lovelace", None]})
            >>> frame.select(mydf.col("a").str.replace("([A-z]+) ([A-z]+)", "$2, $1")).to_dict()
            {'a': ['Lovelace, Ada', None]}
        """
        return self._replaced("replace", pattern, value, literal)

    def replace_all(self, pattern: str, value: str, *, literal: bool = False) -> Expr:
        """Return the text with all matches of a pattern replaced, as `replace` does.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["1.234.567", None]})
            >>> frame.select(mydf.col("a").str.replace_all(".", "", literal=True)).to_dict()
            {'a': ['1234567', None]}
        """
        return self._replaced("replace_all", pattern, value, literal)

    def _replaced(self, name: str, pattern: str, value: str, literal: bool) -> Expr:
        _arguments.text("pattern", pattern)
        _arguments.text("value", value)
        _arguments.boolean("literal", literal)
        digit = value.find("\\") + 1
        if not literal and digit and value[digit : digit + 1].isdigit():
            fact = f"value: `{value}` has a group as Python writes it"
            group = value[digit]
            hint = f"write `${{{group}}}` for the group, or pass `literal=True`"
            raise ArgumentError(fact, hint=hint, what="value")
        return self._call(name, pattern, value, literal)

    def count_matches(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return the number of matches that do not overlap, as Int64.

        Args:
            pattern: A regular expression, as for `contains`.
            literal: Whether the pattern is exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["banana", None]})
            >>> frame.select(mydf.col("a").str.count_matches("an")).to_dict()
            {'a': [2, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("count_matches", pattern, _arguments.boolean("literal", literal))

    def find(self, pattern: str, *, literal: bool = False) -> Expr:
        """Return the place of the first match, as Int64; null if there is none.

        Places count Unicode scalar values from 0, as in `slice`.

        Args:
            pattern: A regular expression, as for `contains`.
            literal: Whether the pattern is exactly these characters.

        Raises:
            ArgumentError: On evaluation, if the pattern is not a regular expression.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": ["äb", "c"]})
            >>> frame.select(mydf.col("a").str.find("b")).to_dict()
            {'a': [1, None]}
        """
        _arguments.text("pattern", pattern)
        return self._call("find", pattern, _arguments.boolean("literal", literal))
