"""Other names for expressions: `Expr.name`."""

from __future__ import annotations

from mydf import _arguments
from mydf._guided import Guided
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from mydf.expr import Expr


class NameNamespace(Guided):
    """Other names for an expression, also for one that stands for several columns.

    Each method starts from the name that the expression has so far.
    """

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def suffix(self, suffix: str) -> Expr:
        """Append a text to the name.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2], "b": [3, 4]})
            >>> frame.select(mydf.all().sum().name.suffix("_sum")).to_dict()
            {'a_sum': [3], 'b_sum': [7]}
        """
        return self._expr._like(
            self._expr._core.rename("suffix", _arguments.text("suffix", suffix))
        )

    def prefix(self, prefix: str) -> Expr:
        """Put a text in front of the name.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1]}).select(mydf.all().name.prefix("x_")).columns
            ['x_a']
        """
        return self._expr._like(
            self._expr._core.rename("prefix", _arguments.text("prefix", prefix))
        )

    def keep(self) -> Expr:
        """Return to the name of the leftmost column.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1]})
            >>> frame.select(mydf.col("a").alias("b").name.keep()).columns
            ['a']
        """
        return self._expr._like(self._expr._core.rename("keep", ""))

    def to_lowercase(self) -> Expr:
        """Write the name in lower case, according to Unicode.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"Ab": [1]}).select(mydf.all().name.to_lowercase()).columns
            ['ab']
        """
        return self._expr._like(self._expr._core.rename("to_lowercase", ""))

    def to_uppercase(self) -> Expr:
        """Write the name in upper case, according to Unicode.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"Ab": [1]}).select(mydf.all().name.to_uppercase()).columns
            ['AB']
        """
        return self._expr._like(self._expr._core.rename("to_uppercase", ""))

    def replace(self, pattern: str, value: str) -> Expr:
        """Replace a text in the name, wherever it occurs.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a b": [1]}).select(mydf.all().name.replace(" ", "_")).columns
            ['a_b']
        """
        old, new = _arguments.text("pattern", pattern), _arguments.text("value", value)
        return self.map(lambda name: name.replace(old, new))

    def strip_prefix(self, prefix: str) -> Expr:
        """Leave out the beginning of the name, if it has it.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"x_a": [1]}).select(mydf.all().name.strip_prefix("x_")).columns
            ['a']
        """
        start = _arguments.text("prefix", prefix)
        return self.map(lambda name: name.removeprefix(start))

    def strip_suffix(self, suffix: str) -> Expr:
        """Leave out the end of the name, if it has it.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a_x": [1]}).select(mydf.all().name.strip_suffix("_x")).columns
            ['a']
        """
        end = _arguments.text("suffix", suffix)
        return self.map(lambda name: name.removesuffix(end))

    def map(self, function: Callable[[str], str]) -> Expr:
        """Take the name that a function returns for the name so far.

        Raises:
            ArgumentTypeError: If `function` is no function.
            ArgumentError: On evaluation, if the function fails or does not return a text.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1], "b": [2]})
            >>> frame.select(mydf.all().name.map(lambda name: name * 2)).columns
            ['aa', 'bb']
        """
        if not callable(function):
            fact = f"name.map: a value of type `{type(function).__name__}`"
            hint = "pass a function of one text; `rename` takes a dict of names"
            raise ArgumentTypeError(fact, hint=hint, what="function")
        return self._expr._like(self._expr._core.rename_by(function))
