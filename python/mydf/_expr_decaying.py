"""The methods of expressions that weigh all rows so far, the latest ones most."""

from __future__ import annotations

import math

from mydf import _arguments
from mydf._expr_operators import Operators
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self


class DecayingMethods(Operators):
    """Aggregations of all rows up to each one, with weights that decay exponentially."""

    __slots__ = ()

    def ewm_mean(
        self,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Self:
        """Return the mean of all rows up to each one, the latest with the largest weights.

        Float32 for Float32, and Float64 for other numbers and Bool. Null where the value is null,
        and NaN from the first NaN on.

        Args:
            com: The decay as a centre of mass: `alpha` is `1 / (1 + com)`.
            span: The decay as a span: `alpha` is `2 / (span + 1)`.
            half_life: The decay as the number of rows in which a weight halves.
            alpha: The decay itself: a weight is multiplied by `1 - alpha` from row to row.
            adjust: Whether the sum of the weights divides the weighted sum. Otherwise each mean is
                `alpha` times its value plus `1 - alpha` times the mean before.
            min_samples: The least number of values so far; with fewer, the result is null.
            ignore_nulls: Whether weights don't decay in rows with null.

        Raises:
            ArgumentError: If not one of `com`, `span`, `half_life`, `alpha` is given, or if it is
                out of its range.
            DTypeError: On evaluation, if the values are neither numbers nor Bool.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2, None, 4]})
            >>> frame.select(mydf.col("a").ewm_mean(alpha=0.5, adjust=False)).to_dict()
            {'a': [1.0, 1.5, None, 3.1666666666666665]}
        """
        share = _share(com, span, half_life, alpha)
        given = {"adjust": adjust, "ignore_nulls": ignore_nulls}
        return self._decaying("ewm_mean", share, given, min_samples)

    def ewm_std(
        self,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        bias: bool = False,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Self:
        """Return the standard deviation of all rows up to each one, see `ewm_var`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 3, None, 5]})
            >>> frame.select(mydf.col("a").ewm_std(alpha=0.5, ignore_nulls=True).round(3)).to_dict()
            {'a': [None, 1.414, None, 1.927]}
        """
        share = _share(com, span, half_life, alpha)
        given = {"adjust": adjust, "bias": bias, "ignore_nulls": ignore_nulls}
        return self._decaying("ewm_std", share, given, min_samples)

    def ewm_var(
        self,
        *,
        com: float | None = None,
        span: float | None = None,
        half_life: float | None = None,
        alpha: float | None = None,
        adjust: bool = True,
        bias: bool = False,
        min_samples: int = 1,
        ignore_nulls: bool = False,
    ) -> Self:
        """Return the variance of all rows up to each one, the latest with the largest weights.

        Its dtypes, null rules, errors and other arguments are those of `ewm_mean`. Null where a
        single value has all the weight, unless `bias` is true.

        Args:
            com: See `ewm_mean`.
            span: See `ewm_mean`.
            half_life: See `ewm_mean`.
            alpha: See `ewm_mean`.
            adjust: See `ewm_mean`.
            bias: Whether the variance is that of a whole population; otherwise that of a sample.
            min_samples: See `ewm_mean`.
            ignore_nulls: See `ewm_mean`.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 3, None, 5]})
            >>> frame.select(mydf.col("a").ewm_var(alpha=0.5, bias=True).round(3)).to_dict()
            {'a': [0.0, 0.889, None, 1.653]}
        """
        share = _share(com, span, half_life, alpha)
        given = {"adjust": adjust, "bias": bias, "ignore_nulls": ignore_nulls}
        return self._decaying("ewm_var", share, given, min_samples)

    def _decaying(self, op: str, share: float, given: dict[str, bool], min_samples: int) -> Self:
        flags = {name: _arguments.boolean(name, value) for name, value in given.items()}
        adjust, ignored, bias = flags["adjust"], flags["ignore_nulls"], flags.get("bias", False)
        least = _arguments.count("min_samples", min_samples)
        return self._like(self._core.decaying(op, share, adjust, ignored, least, bias))


def _share(
    com: float | None, span: float | None, half_life: float | None, alpha: float | None
) -> float:
    """Return `alpha` from the one of the four that is given."""
    all_four = {"com": com, "span": span, "half_life": half_life, "alpha": alpha}
    given = {name: value for name, value in all_four.items() if value is not None}
    if len(given) != 1:
        names = " and ".join(f"`{name}`" for name in given) or "none of them"
        fact = f"com, span, half_life, alpha: {names} given"
        hint = "pass one of the four: `alpha`, or what it follows from"
        raise ArgumentError(fact, hint=hint, what="alpha")
    ((name, value),) = given.items()
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        fact = f"{name}: {value!r}, of type `{type(value).__name__}`"
        raise ArgumentTypeError(fact, hint="pass a number", what=name)
    number = float(value)
    fits, hint = {
        "com": (0 <= number < math.inf, "pass a number of at least 0"),
        "span": (1 <= number < math.inf, "pass a number of at least 1"),
        "half_life": (0 < number < math.inf, "pass a number above 0"),
        "alpha": (0 < number <= 1, "pass a number above 0 and up to 1"),
    }[name]
    if not fits:
        raise ArgumentError(f"{name}: {value}", hint=hint, what=name)
    if name == "com":
        return 1 / (1 + number)
    if name == "span":
        return 2 / (number + 1)
    return -math.expm1(-math.log(2) / number) if name == "half_life" else number
