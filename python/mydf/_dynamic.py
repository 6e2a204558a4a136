"""Rows grouped by windows of time or of integers: each window starts `every` after the last one."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from mydf._native import core
from mydf._reshape import literal
from mydf.errors import ArgumentError, ArgumentTypeError, DTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = 86_400_000_000
#: The least and the most microseconds of each unit; `i` counts integers.
_UNITS = {
    "us": (1, 1),
    "ms": (1_000, 1_000),
    "s": (1_000_000, 1_000_000),
    "m": (60_000_000, 60_000_000),
    "h": (3_600_000_000, 3_600_000_000),
    # A day has 23 to 25 hours where a clock changes.
    "d": (_DAY - 3_600_000_000, _DAY + 3_600_000_000),
    "w": (7 * _DAY - 3_600_000_000, 7 * _DAY + 3_600_000_000),
    "mo": (28 * _DAY - 3_600_000_000, 31 * _DAY + 3_600_000_000),
    "q": (90 * _DAY - 3_600_000_000, 92 * _DAY + 3_600_000_000),
    "y": (365 * _DAY - 3_600_000_000, 366 * _DAY + 3_600_000_000),
    "i": (1, 1),
}
_PART = re.compile(r"(\d+)(us|ms|mo|s|m|h|d|w|q|y|i)")
_HINT = "pass a `datetime.timedelta`, or a number with a unit, e.g. `15m`, `1h`, `1d`, `1mo`"


@dataclass(frozen=True)
class Span:
    """A length of time, or of integers."""

    parts: tuple[tuple[int, str], ...]
    negative: bool = False

    def text(self, times: int) -> str:
        """Return this many of the span, as `dt.offset_by` takes it."""
        sign = "-" if (times < 0) != self.negative else ""
        return sign + "".join(f"{number * abs(times)}{unit}" for number, unit in self.parts)

    def moved(self, moment: core.Expr, times: int) -> core.Expr:
        """Return moments that are this many spans later."""
        if times == 0 or not any(number for number, _ in self.parts):
            return moment
        if self.is_whole:
            distance = (-times if self.negative else times) * self.parts[0][0]
            return moment.binary("+", literal(distance))
        return core.Expr.function("dt.offset_by", [moment], (self.text(times),))

    def start(self, moment: core.Expr) -> core.Expr:
        """Return the last multiple of the span that is not later."""
        if self.is_whole:
            every = literal(self.parts[0][0])
            return moment.binary("//", every).binary("*", every)
        return core.Expr.function("dt.truncate", [moment], (self.text(1),))

    @property
    def is_whole(self) -> bool:
        """Whether it counts integers."""
        return self.parts[0][1] == "i"

    @property
    def least(self) -> int:
        """The shortest that it can be."""
        return sum(number * _UNITS[unit][0] for number, unit in self.parts)

    @property
    def most(self) -> int:
        """The longest that it can be."""
        return sum(number * _UNITS[unit][1] for number, unit in self.parts)


def span(what: str, given: object) -> Span:
    """Return a span of time or of integers."""
    if isinstance(given, dt.timedelta):
        number = given // dt.timedelta(microseconds=1)
        return Span(((abs(number), "us"),), number < 0)
    if not isinstance(given, str):
        fact = f"{what}: {given!r}, of type `{type(given).__name__}`"
        raise ArgumentTypeError(fact, hint=_HINT, what=what)
    text = given.removeprefix("-")
    parts = tuple((int(number), unit) for number, unit in _PART.findall(text))
    units = {unit for _, unit in parts}
    if "".join(f"{number}{unit}" for number, unit in _PART.findall(text)) != text or not parts:
        raise ArgumentError(f"{what}: `{given}` is not a span of time", hint=_HINT, what=what)
    if "i" in units and len(parts) > 1:
        raise ArgumentError(f"{what}: `{given}`", hint="write one number, e.g. `10i`", what=what)
    return Span(parts, given.startswith("-"))


@dataclass(frozen=True)
class Windows:
    """Where windows start and end, and which of their bounds belong to them."""

    every: Span
    period: Span
    offset: Span
    closed: str
    label: str
    boundaries: bool

    @property
    def with_start(self) -> bool:
        """Whether a moment at the start of a window is in it."""
        return self.closed in ("left", "both")

    @property
    def with_end(self) -> bool:
        """Whether a moment at the end of a window is in it."""
        return self.closed in ("right", "both")

    @property
    def is_tumbling(self) -> bool:
        """Whether each moment is in exactly one window, the last one that starts before it."""
        return self.period == self.every and self.closed == "left"

    def latest(self, moment: core.Expr) -> core.Expr:
        """Return the start of the last window that a moment can be in."""
        start = self.offset.moved(self.every.start(self.offset.moved(moment, -1)), 1)
        if self.with_start:
            return start
        before = self.every.moved(start, -1)
        return core.Expr.when(start.binary("==", moment), before, start)

    def first(self, moment: core.Expr) -> core.Expr:
        """Return the start of the first window, if this is the first moment."""
        latest = self.latest(moment)
        # A negative offset begins with windows that start before the last one.
        start = self.offset.moved(self.every.start(moment), 1)
        return core.Expr.when(start.binary("<", latest), start, latest)


def windows(  # noqa: PLR0917 - the options of the method
    every: object, period: object, offset: object, closed: str, label: str, boundaries: bool
) -> Windows:
    """Return checked windows."""
    step = span("every", every)
    length = step if period is None else span("period", period)
    shift = Span(((0, step.parts[0][1]),)) if offset is None else span("offset", offset)
    for what, each in (("every", step), ("period", length)):
        if each.negative or each.least <= 0:
            fact = f"{what}: `{each.text(1)}` is not longer than nothing"
            raise ArgumentError(fact, hint="pass a span above 0, e.g. `1h`", what=what)
    if len(step.parts) > 1:
        hint = "use one unit, e.g. `90m` instead of `1h30m`"
        raise ArgumentError(f"every: `{step.text(1)}` has several units", hint=hint, what="every")
    if len({each.is_whole for each in (step, length, shift)}) > 1:
        fact = "windows: spans of time next to spans of integers"
        hint = "write all of `every`, `period` and `offset` with `i`, or none of them"
        raise ArgumentError(fact, hint=hint, what="every")
    return Windows(step, length, shift, closed, label, boundaries)


@dataclass(frozen=True)
class Expanded:
    """Each row once for each window that it is in, in the order of groups and windows."""

    frame: core.Frame
    keys: list[core.Expr]
    hidden: list[str]


def expanded(
    frame: core.Frame, index: core.Expr, keys: Sequence[core.Expr], how: Windows
) -> Expanded:
    """Return the rows of each window."""
    wanted = ["start", "moment", "first", "group", "row", *map(str, range(len(keys)))]
    names = _free(frame.names(), wanted)
    start, moment, _, group, row, *known = (core.Expr.column(name) for name in names)
    # The keys see the rows of the frame, each of them once.
    made = [key.alias(name) for key, name in zip(keys, names[5:], strict=True)]
    source = frame.with_columns([index.alias(names[1]), *made])
    column = source.column(names[1])
    _check(column, index.name(), how)
    if how.every.is_whole:
        source = source.with_columns([moment.cast("Int64", True).alias(names[1])])
    number = moment.unary("is_null").cumulative("cum_count", False)
    latest = how.latest(moment)
    source = source.with_columns([latest.alias(names[0]), number.alias(names[4])])
    lowest, place = how.first(moment).agg("min"), row.agg("first")
    if keys:
        lowest, place = (each.in_groups(known, [], [], []) for each in (lowest, place))
    source = source.with_columns([lowest.alias(names[2]), place.alias(names[3])])
    parts = [source]
    if not how.is_tumbling:
        count = -(-how.period.most // how.every.least) + 1
        parts = [_window(source, how, names, number) for number in range(count)]
    found = core.Frame.concat_rows(parts)
    found = found.sort([group, start, row], [False] * 3, [False] * 3)
    end = how.period.moved(start, 1)
    if how.every.is_whole:
        start, end = (each.cast(column.dtype(), True) for each in (start, end))
    shown = [key.alias(each.name()) for key, each in zip(known, keys, strict=True)]
    if how.boundaries:
        shown += [start.alias("_lower_boundary"), end.alias("_upper_boundary")]
    shown.append((start if how.label == "left" else end).alias(index.name()))
    return Expanded(found, shown, names)


def _window(source: core.Frame, how: Windows, hidden: Sequence[str], number: int) -> core.Frame:
    """Return the rows that are in the window this many before their last one."""
    start, moment, first = (core.Expr.column(name) for name in hidden[:3])
    moved = source.with_columns([how.every.moved(start, -number).alias(hidden[0])])
    end = how.period.moved(start, 1)
    return moved.filter([
        start.binary(">=", first), moment.binary("<=" if how.with_end else "<", end)
    ])  # fmt: skip


def _free(taken: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return names that a frame does not have."""
    found = []
    for name in wanted:
        free = f"window {name}"
        while free in taken:
            free += "_"
        found.append(free)
    return found


def _check(column: core.Series, name: str, how: Windows) -> None:
    """Raise an error for a column that can't be cut into windows."""
    dtype = column.dtype()
    whole = dtype.startswith(("Int", "UInt"))
    if not (whole if how.every.is_whole else dtype.startswith("Date")):
        wanted = "an integer dtype" if how.every.is_whole else "Date or Datetime"
        fact = f"group_by_dynamic of `{name}`: {dtype}, expected {wanted}"
        hint = "write `every` with `i` for integers, e.g. `10i`" if whole else None
        attributes = {"operation": "group_by_dynamic", "what": name, "expected": wanted}
        raise DTypeError(fact, hint=hint, actual=dtype, **attributes)
    if column.null_count():
        fact = f"group_by_dynamic: `{name}` has {column.null_count()} nulls, which are in no window"
        hint = f"leave them out first: `.drop_nulls({name!r})`"
        raise ArgumentError(fact, hint=hint, what=name)
