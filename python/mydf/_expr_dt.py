"""Parts of dates and datetimes: `Expr.dt`."""

from __future__ import annotations

from mydf import _arguments
from mydf._guided import Guided
from mydf._native import core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mydf.expr import Expr


class DtNamespace(Guided):
    """Parts of dates and datetimes, in the time zone of the datetime, and durations as numbers.

    Null stays null.
    """

    __slots__ = ("_expr",)

    def __init__(self, expr: Expr) -> None:
        self._expr = expr

    def _part(self, op: str) -> Expr:
        return self._expr._like(self._expr._core.part(op))

    def _call(self, name: str, *arguments: object) -> Expr:
        return self._expr._like(core.Expr.function(f"dt.{name}", [self._expr._core], arguments))

    def year(self) -> Expr:
        """Return the year, as Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2013, 7, 4)]})
            >>> frame.select(mydf.col("a").dt.year()).to_dict()
            {'a': [2013]}
        """
        return self._part("year")

    def month(self) -> Expr:
        """Return the month from 1 to 12, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.month()).to_dict()
            {'x': [5, None]}
        """
        return self._part("month")

    def day(self) -> Expr:
        """Return the day of the month from 1 to 31, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.day()).to_dict()
            {'x': [17, None]}
        """
        return self._part("day")

    def hour(self) -> Expr:
        """Return the hour from 0 to 23, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.hour()).to_dict()
            {'x': [13, None]}
        """
        return self._part("hour")

    def minute(self) -> Expr:
        """Return the minute from 0 to 59, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.minute()).to_dict()
            {'x': [45, None]}
        """
        return self._part("minute")

    def second(self) -> Expr:
        """Return the second from 0 to 59, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.second()).to_dict()
            {'x': [30, None]}
        """
        return self._part("second")

    def weekday(self) -> Expr:
        """Return the day of the week from Monday, 1, to Sunday, 7, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.weekday()).to_dict()
            {'x': [5, None]}
        """
        return self._part("weekday")

    def date(self) -> Expr:
        """Return the calendar day as Date.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.date()).to_dict()
            {'x': [datetime.date(2024, 5, 17), None]}
        """
        return self._part("date")

    def quarter(self) -> Expr:
        """Return the quarter of the year from 1 to 4, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.quarter()).to_dict()
            {'x': [2, None]}
        """
        return self._part("quarter")

    def ordinal_day(self) -> Expr:
        """Return the day of the year from 1 to 366, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.ordinal_day()).to_dict()
            {'x': [138, None]}
        """
        return self._part("ordinal_day")

    def week(self) -> Expr:
        """Return the week of the year from 1 to 53 (ISO 8601), as Int32.

        Weeks begin on Monday, and the first one has the first Thursday of the year. `iso_year` is
        the year that a week belongs to.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.week()).to_dict()
            {'x': [20, None]}
        """
        return self._part("week")

    def iso_year(self) -> Expr:
        """Return the year that the week belongs to (ISO 8601), as Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 12, 31)]})
            >>> day = mydf.col("a").dt
            >>> frame.select(year=day.year(), iso_year=day.iso_year(), week=day.week()).to_dict()
            {'year': [2024], 'iso_year': [2025], 'week': [1]}
        """
        return self._part("iso_year")

    def millisecond(self) -> Expr:
        """Return the milliseconds since the last second, from 0 to 999, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.millisecond()).to_dict()
            {'x': [250, None]}
        """
        return self._part("millisecond")

    def microsecond(self) -> Expr:
        """Return the microseconds since the last second, from 0 to 999999, as Int32.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.datetime(2024, 5, 17, 13, 45, 30, 250000), None]})
            >>> frame.select(mydf.col("x").dt.microsecond()).to_dict()
            {'x': [250000, None]}
        """
        return self._part("microsecond")

    def total_days(self) -> Expr:
        """Return the whole days of a Duration, as Int64; a day has 24 hours.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(hours=49), None]})
            >>> frame.select(mydf.col("a").dt.total_days()).to_dict()
            {'a': [2, None]}
        """
        return self._part("total_days")

    def total_hours(self) -> Expr:
        """Return the whole hours of a Duration, as Int64.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(days=1, minutes=90)]})
            >>> frame.select(mydf.col("a").dt.total_hours()).item()
            25
        """
        return self._part("total_hours")

    def total_minutes(self) -> Expr:
        """Return the whole minutes of a Duration, as Int64.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(hours=2, seconds=59)]})
            >>> frame.select(mydf.col("a").dt.total_minutes()).item()
            120
        """
        return self._part("total_minutes")

    def total_seconds(self) -> Expr:
        """Return the whole seconds of a Duration, as Int64.

        With a fraction, it is the quotient of two durations.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(seconds=90, milliseconds=500)]})
            >>> frame.select(mydf.col("a").dt.total_seconds()).item()
            90
            >>> frame.select(mydf.col("a") / mydf.duration(seconds=1)).item()
            90.5
        """
        return self._part("total_seconds")

    def total_milliseconds(self) -> Expr:
        """Return the whole milliseconds of a Duration, as Int64.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(seconds=2, microseconds=1500)]})
            >>> frame.select(mydf.col("a").dt.total_milliseconds()).item()
            2001
        """
        return self._part("total_milliseconds")

    def total_microseconds(self) -> Expr:
        """Return the microseconds of a Duration, as Int64.

        Raises:
            DTypeError: If the values are no durations.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.timedelta(milliseconds=-3)]})
            >>> frame.select(mydf.col("a").dt.total_microseconds()).item()
            -3000
        """
        return self._part("total_microseconds")

    def truncate(self, every: str) -> Expr:
        """Return the start of the span that each moment is in, with the same dtype.

        Spans are those of wall-clock time. Months, quarters and years count from January 1970,
        weeks begin on Monday, and other spans count from 1970-01-01. If the clock skips the start,
        it is the first instant after it; if the clock shows it twice, the one with the same offset
        from UTC as the moment, or the first one for spans of days.

        Args:
            every: A number with one unit: `us`, `ms`, `s`, `m`, `h`, `d`, `w`, `mo` (months), `q`
                (quarters) or `y`, as in `15m` or `1mo`.

        Raises:
            ArgumentError: If `every` is something else.
            DTypeError: If a date is truncated to a part of a day.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.datetime(2024, 5, 16, 13, 45)]})
            >>> moment = mydf.col("a").dt
            >>> frame.select(hour=moment.truncate("1h").dt.strftime("%F %T")).to_dict()
            {'hour': ['2024-05-16 13:00:00']}
            >>> frame.select(month=moment.truncate("1mo").dt.date()).to_dict()
            {'month': [datetime.date(2024, 5, 1)]}
        """
        return self._call("truncate", _arguments.text("every", every))

    def offset_by(self, by: str) -> Expr:
        """Return the moment that is this much later, with the same dtype.

        Days, weeks, months and years keep the wall-clock time; a shorter month ends on its last
        day. Hours and shorter units are exact.

        Args:
            by: Numbers with units as for `truncate`, as in `1mo`, `1d12h` or `-2w`.

        Raises:
            ArgumentError: If `by` is something else; on evaluation, if a result is out of range or
                a wall-clock time that the clock skips, with its row.
            DTypeError: If a date is moved by a part of a day.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 1, 31), None]})
            >>> frame.select(mydf.col("a").dt.offset_by("1mo")).to_dict()
            {'a': [datetime.date(2024, 2, 29), None]}
        """
        return self._call("offset_by", _arguments.text("by", by))

    def month_start(self) -> Expr:
        """Return the first day of the month, at the same time of day, with the same dtype.

        Examples:
            >>> import mydf
            >>> import datetime as dt
            >>> frame = mydf.DataFrame({"x": [dt.date(2024, 5, 17), None]})
            >>> frame.select(mydf.col("x").dt.month_start()).to_dict()
            {'x': [datetime.date(2024, 5, 1), None]}
        """
        return self._call("month_start")

    def month_end(self) -> Expr:
        """Return the last day of the month, at the same time of day, with the same dtype.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 2, 3), None]})
            >>> frame.select(mydf.col("a").dt.month_end()).to_dict()
            {'a': [datetime.date(2024, 2, 29), None]}
        """
        return self._call("month_end")

    def days_in_month(self) -> Expr:
        """Return the number of days of the month, as Int32.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 2, 3), None]})
            >>> frame.select(mydf.col("a").dt.days_in_month()).to_dict()
            {'a': [29, None]}
        """
        return self.month_end().dt.day()

    def is_leap_year(self) -> Expr:
        """Return whether the year has 366 days, as Bool.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 2, 3)]})
            >>> frame.select(mydf.col("a").dt.is_leap_year()).to_dict()
            {'a': [True]}
        """
        year = self.year()
        return (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))

    def century(self) -> Expr:
        """Return the century as Int64: 20 for the years 1901 to 2000.

        Examples:
            >>> import datetime, mydf
            >>> days = [datetime.date(2000, 1, 1), datetime.date(2001, 1, 1)]
            >>> frame = mydf.DataFrame({"a": days})
            >>> frame.select(mydf.col("a").dt.century()).to_dict()
            {'a': [20, 21]}
        """
        return (self.year() - 1) // 100 + 1

    def millennium(self) -> Expr:
        """Return the millennium as Int64: 2 for the years 1001 to 2000.

        Examples:
            >>> import datetime, mydf
            >>> days = [datetime.date(2000, 1, 1), datetime.date(2001, 1, 1)]
            >>> frame = mydf.DataFrame({"a": days})
            >>> frame.select(mydf.col("a").dt.millennium()).to_dict()
            {'a': [2, 3]}
        """
        return (self.year() - 1) // 1000 + 1

    def strftime(self, format: str) -> Expr:  # noqa: A002 - as elsewhere
        """Return text in a format, in wall-clock time.

        Args:
            format: The codes of `strftime`: `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%f` (six digits),
                `%b` and `%A` (English names), `%z` (the offset), and others.

        Raises:
            ArgumentError: If the format has an unknown code; on evaluation, for a moment that has
                no text in it, such as the year 10000, with its row.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.date(2024, 5, 3), None]})
            >>> frame.select(mydf.col("a").dt.strftime("%d.%m.%y, %A")).to_dict()
            {'a': ['03.05.24, Friday', None]}
        """
        return self._call("strftime", _arguments.text("format", format))

    def convert_time_zone(self, time_zone: str) -> Expr:
        """Return the same instants in another time zone.

        Args:
            time_zone: A name such as `Europe/Berlin` or `UTC`, or an offset such as `+02:00`.

        Raises:
            ArgumentError: If the zone is unknown, or if the datetimes have none.

        Examples:
            >>> import datetime, mydf
            >>> noon = datetime.datetime(2024, 7, 1, 12, tzinfo=datetime.timezone.utc)
            >>> frame = mydf.DataFrame({"a": [noon]})
            >>> there = mydf.col("a").dt.convert_time_zone("Europe/Berlin")
            >>> frame.select(there.dt.hour()).to_dict()
            {'a': [14]}
        """
        return self._call("convert_time_zone", _arguments.text("time_zone", time_zone))

    def replace_time_zone(
        self, time_zone: str | None, *, ambiguous: str = "raise", non_existent: str = "raise"
    ) -> Expr:
        """Return the same wall-clock times in another time zone, or without one.

        Args:
            time_zone: A name such as `Europe/Berlin`, an offset such as `+02:00`, or None.
            ambiguous: What becomes of a time that the clock shows twice: `raise`, `earliest`,
                `latest` or `null`.
            non_existent: What becomes of a time that the clock skips: `raise` or `null`.

        Raises:
            ArgumentError: If the zone is unknown; on evaluation, for a time that the clock skips or
                shows twice, with its row.

        Examples:
            >>> import datetime, mydf
            >>> frame = mydf.DataFrame({"a": [datetime.datetime(2024, 7, 1, 12)]})
            >>> there = mydf.col("a").dt.replace_time_zone("Europe/Berlin")
            >>> frame.select(there.dt.convert_time_zone("UTC").dt.hour()).to_dict()
            {'a': [10]}
        """
        _arguments.choice("ambiguous", ambiguous, ("raise", "earliest", "latest", "null"))
        _arguments.choice("non_existent", non_existent, ("raise", "null"))
        zone = None if time_zone is None else _arguments.text("time_zone", time_zone)
        return self._call("replace_time_zone", zone, ambiguous, non_existent == "null")
