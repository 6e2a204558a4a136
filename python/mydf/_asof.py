"""The arguments of a join on the nearest key."""

from __future__ import annotations

import datetime as dt
import re

from mydf import _arguments
from mydf._native import core
from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mydf._frame_base import FrameBase

#: Microseconds of each unit that has a fixed length.
_UNITS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 7 * 86_400_000_000,
}
_TEXT = re.compile(r"(\d+)(us|ms|s|m|h|d|w)")


def keys(
    on: str | None, left_on: str | None, right_on: str | None, what: str = "join_asof"
) -> tuple[str, str]:
    """Return the names of the ordered key in both frames."""
    for name, given in (("on", on), ("left_on", left_on), ("right_on", right_on)):
        if given is not None:
            _arguments.text(name, given)
    if on is not None and left_on is None and right_on is None:
        return on, on
    if on is None and left_on is not None and right_on is not None:
        return left_on, right_on
    hint = "pass `on`, or both `left_on` and `right_on`"
    raise ArgumentError(f"key of {what}: missing or given twice", hint=hint, what="on")


def equal_keys(
    by: str | Iterable[str] | None,
    by_left: str | Iterable[str] | None,
    by_right: str | Iterable[str] | None,
) -> tuple[list[str], list[str]]:
    """Return the names of the keys that must be equal."""
    if by is not None and by_left is None and by_right is None:
        found = _arguments.names("by", [by])
        return found, found
    if by is not None or (by_left is None) != (by_right is None):
        hint = "pass `by`, or both `by_left` and `by_right`"
        raise ArgumentError("by of join_asof: missing or given twice", hint=hint, what="by")
    left = [] if by_left is None else _arguments.names("by_left", [by_left])
    right = [] if by_right is None else _arguments.names("by_right", [by_right])
    if len(left) != len(right):
        fact = f"by of join_asof: {len(left)} keys on the left, {len(right)} on the right"
        raise ArgumentError(fact, hint="pass the same number on both sides", what="by")
    return left, right


def limit(given: object, dtypes: tuple[str, str]) -> float | None:
    """Return the tolerance in the unit of the keys: days of two dates, else microseconds."""
    if given is None:
        return None
    if any(dtype.startswith("Date") for dtype in dtypes):
        span = _microseconds(given)
        return span // _UNITS["d"] if dtypes == ("Date", "Date") else span
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        fact = f"tolerance: {given!r}, of type `{type(given).__name__}`, for keys that are numbers"
        raise ArgumentTypeError(fact, hint="pass a number", what="tolerance")
    if not given >= 0:
        raise ArgumentError(f"tolerance: {given!r}", hint="pass 0 or more", what="tolerance")
    if any(dtype.startswith("Float") for dtype in dtypes):
        return float(given)
    # No two integers are further apart, and a fraction adds nothing.
    return int(min(given, 2**64 - 1))


def _microseconds(given: object) -> int:
    hint = 'pass a `datetime.timedelta`, or a text such as "2h" or "1d12h"'
    if isinstance(given, dt.timedelta):
        span = given // dt.timedelta(microseconds=1)
        if span < 0:
            raise ArgumentError(f"tolerance: {given!r}", hint="pass 0 or more", what="tolerance")
        return span
    if not isinstance(given, str):
        fact = f"tolerance: {given!r}, of type `{type(given).__name__}`, for keys that are times"
        raise ArgumentTypeError(fact, hint=hint, what="tolerance")
    parts = _TEXT.findall(given)
    if not parts or "".join(number + unit for number, unit in parts) != given:
        if re.search(r"\d(mo|q|y)", given):
            hint = "use days or weeks: months, quarters and years have no fixed length"
        raise ArgumentError(
            f"tolerance: `{given}` is not a span of time", hint=hint, what="tolerance"
        )
    return sum(int(number) * _UNITS[unit] for number, unit in parts)


def join(  # noqa: PLR0917 - the options of the method
    frames: tuple[FrameBase, FrameBase],
    on: tuple[str, str],
    by: tuple[list[str], list[str]],
    strategy: str,
    tolerance: object,
    equal: bool,
    suffix: str,
) -> core.Frame:
    """Return the join of two frames on the nearest key."""
    left, right = frames[0]._core, frames[1]._core
    dtypes = left.column(on[0]).dtype(), right.column(on[1]).dtype()
    most = limit(tolerance, dtypes)
    return core.join_asof(left, right, on, by, strategy, most, equal, suffix)
