"""Durations of numbers."""

from __future__ import annotations

from mydf._guided import guided
from mydf._native import core
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf.expr import Expr

# Microseconds in each unit, from the largest; the names are those of `datetime.timedelta`.
UNITS = {
    "weeks": 604_800_000_000,
    "days": 86_400_000_000,
    "hours": 3_600_000_000,
    "minutes": 60_000_000,
    "seconds": 1_000_000,
    "milliseconds": 1_000,
    "microseconds": 1,
}


@guided
def duration(
    *,
    weeks: Expr | int = 0,
    days: Expr | int = 0,
    hours: Expr | int = 0,
    minutes: Expr | int = 0,
    seconds: Expr | int = 0,
    milliseconds: Expr | int = 0,
    microseconds: Expr | int = 0,
) -> Expr:
    """Return the sum of these lengths of time, as Duration; it is null if one of them is.

    Each is an integer, or an expression or the name of a column with one for each row; floats are
    rounded to microseconds. A day has 24 hours; months and years, which have no fixed length, are
    steps of `dt.offset_by`.

    Raises:
        ArgumentTypeError: If an argument is neither a number nor an expression.
        IntegerOverflowError: If the sum needs more than 64 bits of microseconds.

    Examples:
        >>> import datetime, mydf
        >>> frame = mydf.DataFrame({"day": [datetime.date(2024, 2, 28)], "n": [2]})
        >>> frame.select(mydf.col("day") + mydf.duration(days=mydf.col("n"))).to_dict()
        {'day': [datetime.date(2024, 3, 1)]}
    """
    from mydf.expr import Expr

    given = dict(zip(
        UNITS, (weeks, days, hours, minutes, seconds, milliseconds, microseconds), strict=True,
    ))  # fmt: skip
    fixed, parts = 0, []
    for name, value in given.items():
        if isinstance(value, int) and not isinstance(value, bool):
            fixed += value * UNITS[name]
        elif isinstance(value, (Expr, float, str)):
            number = core.Expr.column(value) if isinstance(value, str) else _core(value)
            parts.append(number.binary("*", _lit(UNITS[name])))
        else:
            fact = f"duration: {name} of type `{type(value).__name__}`"
            hint = "pass a number, or an expression such as `mydf.col('n')`"
            raise ArgumentTypeError(fact, hint=hint, what=name)
    if fixed or not parts:
        parts.append(_lit(fixed))
    total = parts[0]
    for part in parts[1:]:
        total = total.binary("+", part)
    return Expr(total.alias("duration"))


def _core(value: Expr | float) -> core.Expr:
    return core.Expr.literal(value) if isinstance(value, float) else value._core


def _lit(micros: int) -> core.Expr:
    from datetime import timedelta

    # A number of days that a timedelta does not hold is out of the range of 64 bits too.
    days, rest = divmod(micros, UNITS["days"])
    try:
        return core.Expr.literal(timedelta(days=days, microseconds=rest))
    except OverflowError:
        fact = f"duration: {days} days, which need more than 64 bits of microseconds"
        hint = "use fewer"
        from mydf.errors import ArgumentError

        raise ArgumentError(fact, hint=hint, what="duration") from None
