"""Functions of the package that make a Series of evenly spaced values."""

from __future__ import annotations

import datetime as dt
import re
from array import array

from mydf import _arguments
from mydf._durations import UNITS
from mydf._guided import guided
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError
from mydf.series import Series

# The units of an interval, in microseconds, or in months.
_FIXED = {
    "us": 1, "ms": UNITS["milliseconds"], "s": UNITS["seconds"], "m": UNITS["minutes"],
    "h": UNITS["hours"], "d": UNITS["days"], "w": UNITS["weeks"],
}  # fmt: skip
_MONTHS = {"mo": 1, "q": 3, "y": 12}
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - a wall clock's
_DAY = _FIXED["d"]


@guided
def int_range(start: int, end: int | None = None, step: int = 1) -> Series:
    """Return a Series `int` of the integers from `start` to `end`, without `end`, as Int64.

    Args:
        start: The first number; with no `end`, the end, and the first number is 0.
        end: The number after the last one.
        step: The distance of two numbers, which may be negative.

    Raises:
        ArgumentError: If the step is 0.

    Examples:
        >>> import mydf
        >>> mydf.int_range(3).to_list(), mydf.int_range(5, 0, -2).to_list()
        ([0, 1, 2], [5, 3, 1])
    """
    first, last = (0, start) if end is None else (start, end)
    first, last = _arguments.integer("start", first), _arguments.integer("end", last)
    if not _arguments.integer("step", step):
        raise ArgumentError("step: 0", hint="pass a number that is not 0", what="step")
    return Series._from_core(_integers("int", range(first, last, step)))


@guided
def date_range(
    start: dt.date, end: dt.date, interval: str = "1d", *, closed: str = "both"
) -> Series:
    """Return a Series `date` of dates from `start` to `end`, at even distances.

    Args:
        start: The first date.
        end: The last date that may be there.
        interval: A number and a unit: `d` (days), `w`, `mo`, `q` or `y`. Months are counted from
            `start`; where a month does not have its day, the last day of the month is taken.
        closed: Whether `start` and `end` belong to it: `both`, `left`, `right` or `none`.

    Raises:
        ArgumentError: If the interval or `closed` is unknown, or the interval is not positive.
        ArgumentTypeError: If a bound is not a date.

    Examples:
        >>> import mydf
        >>> import datetime as dt
        >>> ends = dt.date(2024, 1, 31), dt.date(2024, 3, 31)
        >>> mydf.date_range(*ends, "1mo").dt.strftime("%d %b").to_list()
        ['31 Jan', '29 Feb', '31 Mar']
    """
    for name, bound in (("start", start), ("end", end)):
        if not isinstance(bound, dt.date) or isinstance(bound, dt.datetime):
            fact = f"{name}: a value of type `{type(bound).__name__}`"
            hint = "pass a `datetime.date`; `datetime_range` takes datetimes"
            raise ArgumentTypeError(fact, hint=hint, what=name)
    count, unit = _interval(interval)
    if unit in _FIXED and count * _FIXED[unit] % _DAY:
        hint = "pass whole days, such as `1d`; `datetime_range` has hours"
        raise ArgumentError(f"interval: `{interval}` is no whole days", hint=hint, what="interval")
    ends = [dt.datetime.combine(each, dt.time()) for each in (start, end)]
    found = _times(ends[0], ends[1], count, unit, closed)
    days = [each // _DAY for each in found] if isinstance(found, list) else _days(found)
    return Series._from_core(_integers("date", days).cast("Int32", True).cast("Date", True))


@guided
def datetime_range(
    start: dt.datetime, end: dt.datetime, interval: str = "1d", *, closed: str = "both"
) -> Series:
    """Return a Series `datetime` of datetimes without a zone, at even distances.

    `dt.replace_time_zone` gives them a zone.

    Args:
        start: The first datetime.
        end: The last one that may be there.
        interval: A number and a unit: `us`, `ms`, `s`, `m` (minutes), `h`, `d`, `w`, `mo` (months),
            `q` or `y`. Months are counted as in `date_range`.
        closed: Whether `start` and `end` belong to it: `both`, `left`, `right` or `none`.

    Raises:
        ArgumentError: If the interval or `closed` is unknown, or the interval is not positive.
        ArgumentTypeError: If a bound is not a datetime, or has a zone.

    Examples:
        >>> import mydf
        >>> import datetime as dt
        >>> noon = dt.datetime(2024, 5, 31, 12)
        >>> mydf.datetime_range(noon, noon + dt.timedelta(hours=1), "30m").dt.minute().to_list()
        [0, 30, 0]
    """
    for name, bound in (("start", start), ("end", end)):
        if not isinstance(bound, dt.datetime) or bound.tzinfo is not None:
            zone = " with a zone" if isinstance(bound, dt.datetime) else ""
            fact = f"{name}: a value of type `{type(bound).__name__}`{zone}"
            hint = "pass a `datetime.datetime` without a zone; `.dt.replace_time_zone` adds one"
            raise ArgumentTypeError(fact, hint=hint, what=name)
    count, unit = _interval(interval)
    found = _times(start, end, count, unit, closed)
    return Series._from_core(_integers("datetime", found).cast("Datetime", True))


def _interval(interval: str) -> tuple[int, str]:
    """Return the number and the unit of an interval."""
    found = re.fullmatch(r"([0-9]+)([a-z]+)", _arguments.text("interval", interval))
    count, unit = (int(found[1]), found[2]) if found else (0, "")
    if unit not in _FIXED and unit not in _MONTHS:
        units = ", ".join(f"`{each}`" for each in (*_FIXED, *_MONTHS))
        hint = f"pass a number and a unit, such as `1d`; the units are {units}"
        raise ArgumentError(f"interval: `{interval}`", hint=hint, what="interval")
    if not count:
        hint = "pass a number above 0"
        raise ArgumentError(f"interval: `{interval}` is not positive", hint=hint, what="interval")
    return count, unit


def _times(
    start: dt.datetime, end: dt.datetime, count: int, unit: str, closed: str
) -> range | list[int]:
    """Return microseconds since 1970."""
    if closed not in ("both", "left", "right", "none"):
        hint = "use `both`, `left`, `right` or `none`"
        raise ArgumentError(f"closed: `{closed}`", hint=hint, what="closed")
    first, last = ((each - _EPOCH) // dt.timedelta(microseconds=1) for each in (start, end))
    found: range | list[int]
    if unit in _FIXED:
        found = range(first, last + 1, count * _FIXED[unit])
    else:
        found = _monthly(start, last, count * _MONTHS[unit])
    if found and closed in ("right", "none") and found[0] == first:
        found = found[1:]
    if found and closed in ("left", "none") and found[-1] == last:
        found = found[:-1]
    return found


def _monthly(start: dt.datetime, last: int, months: int) -> list[int]:
    """Return `start` and the same day of each following month, or its last day."""
    import calendar

    found: list[int] = []
    year, month = start.year, start.month - 1
    while year <= dt.MAXYEAR:
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        at = start.replace(year=year, month=month + 1, day=day)
        if (micros := (at - _EPOCH) // dt.timedelta(microseconds=1)) > last:
            break
        found.append(micros)
        years, month = divmod(month + months, 12)
        year += years
    return found


def _days(found: range) -> range:
    if not found:
        return range(0)
    return range(found.start // _DAY, found[-1] // _DAY + 1, found.step // _DAY)


def _integers(name: str, values: range | list[int]) -> core.Series:
    return core.Series.from_bytes(name, "Int64", array("q", values).tobytes(), None)
