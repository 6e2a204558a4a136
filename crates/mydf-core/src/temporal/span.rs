//! Spans of the calendar such as `1h` and `2mo`: rounding to them, and moving by them.

use super::calendar::{DAY, SECOND, civil, days};
use super::zone::Zone;
use crate::error::{Error, Result};

/// A length of time in the calendar. Months and days have no fixed number of microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    months: i64,
    weeks: i64,
    days: i64,
    micros: i64,
}

const HINT: &str = "use a number with `us`, `ms`, `s`, `m`, `h`, `d`, `w`, `mo`, `q` or `y`, as in \
                    `1h` or `3mo`";

impl Span {
    /// Reads numbers with units: `1h`, `1d12h`, `-2mo`.
    ///
    /// # Errors
    /// [`Error::InvalidOption`].
    pub fn new(text: &str) -> Result<Self> {
        Span::parse(text).ok_or_else(|| invalid(text, "is no length of time"))
    }

    /// A span to which times are rounded: one unit, and not negative.
    ///
    /// # Errors
    /// [`Error::InvalidOption`].
    pub fn every(text: &str) -> Result<Self> {
        let span = Span::new(text)?;
        let parts = [span.months, span.weeks, span.days, span.micros];
        if parts.iter().filter(|part| **part != 0).count() != 1
            || parts.iter().any(|part| *part < 0)
        {
            return Err(invalid(text, "is not one unit, once or several times"));
        }
        Ok(span)
    }

    fn parse(text: &str) -> Option<Self> {
        let (sign, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let mut span = Span::default();
        if rest.is_empty() {
            return None;
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = rest.split_at_checked(digits)?;
            let letters = unit.bytes().take_while(u8::is_ascii_lowercase).count();
            let (unit, after) = unit.split_at_checked(letters)?;
            let number = sign * number.parse::<i64>().ok()?;
            let (part, factor) = match unit {
                "us" => (&mut span.micros, 1),
                "ms" => (&mut span.micros, 1_000),
                "s" => (&mut span.micros, SECOND),
                "m" => (&mut span.micros, 60 * SECOND),
                "h" => (&mut span.micros, 3_600 * SECOND),
                "d" => (&mut span.days, 1),
                "w" => (&mut span.weeks, 1),
                "mo" => (&mut span.months, 1),
                "q" => (&mut span.months, 3),
                "y" => (&mut span.months, 12),
                _ => return None,
            };
            *part = part.checked_add(number.checked_mul(factor)?)?;
            rest = after;
        }
        Some(span)
    }

    /// True if a date can be moved by this, or rounded to it.
    pub fn is_of_days(&self) -> bool {
        self.micros == 0
    }

    /// The first day of the span that this day is in. Months count from January 1970, weeks begin on
    /// Monday, and days count from 1970-01-01.
    pub fn first_day(&self, day: i64) -> Option<i64> {
        if self.months != 0 {
            let (year, month, _) = civil(day);
            let month = (year - 1970) * 12 + month - 1;
            return first_of(month.div_euclid(self.months).checked_mul(self.months)?);
        }
        let (length, start) =
            if self.weeks != 0 { (self.weeks.checked_mul(7)?, -3) } else { (self.days, 0) };
        Some((day - start).div_euclid(length) * length + start)
    }

    /// The start of the span that this instant is in, in the wall-clock time of a zone. Where the
    /// clock skips the start, it is the first instant after it; where the clock shows it twice, the
    /// one with the offset of the instant. `None` out of range.
    pub fn start(&self, instant: i64, zone: &Zone) -> Option<i64> {
        let local = zone.local(instant)?;
        if self.is_of_days() {
            return zone.start_of_day(self.first_day(local.div_euclid(DAY))?);
        }
        let start = local.checked_sub(local.rem_euclid(self.micros))?;
        let same_offset = start.checked_sub(local - instant)?;
        if zone.local(same_offset) == Some(start) { Some(same_offset) } else { zone.first(start) }
    }

    /// The day that is this much later; in a shorter month, its last day. `None` out of range.
    pub fn later_day(&self, day: i64) -> Option<i64> {
        let mut day = day;
        if self.months != 0 {
            let (year, month, of_month) = civil(day);
            let months = ((year - 1970) * 12 + month - 1).checked_add(self.months)?;
            let (first, next) = (first_of(months)?, first_of(months.checked_add(1)?)?);
            day = (first + of_month - 1).min(next - 1);
        }
        day.checked_add(self.weeks.checked_mul(7)?)?.checked_add(self.days)
    }

    /// Wall-clock microseconds that are this many days and months later. `None` out of range.
    pub fn later_local(&self, local: i64) -> Option<i64> {
        let day = self.later_day(local.div_euclid(DAY))?;
        day.checked_mul(DAY)?.checked_add(local.rem_euclid(DAY))
    }

    /// The microseconds of the units of fixed length.
    pub fn micros(&self) -> i64 {
        self.micros
    }
}

/// The first day of a month that is counted from January 1970.
fn first_of(month: i64) -> Option<i64> {
    days(month.div_euclid(12).checked_add(1970)?, month.rem_euclid(12) + 1, 1)
}

fn invalid(text: &str, fact: &str) -> Error {
    Error::InvalidOption { what: "span", message: format!("`{text}` {fact}"), hint: HINT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read() {
        let wide = Span { months: 15, weeks: 0, days: 0, micros: 0 };
        assert_eq!(Span::new("1y1q").unwrap(), wide);
        let mixed = Span { months: 0, weeks: 0, days: -1, micros: -5_400 * SECOND };
        assert_eq!(Span::new("-1d1h30m").unwrap(), mixed);
        for wrong in
            ["", "-", "1", "h", "1 h", "1x", "1H", "99999999999999999999d", "9999999999999y1"]
        {
            assert!(Span::new(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0d", "-1d", "1d1h", ""] {
            assert!(Span::every(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn days_move_within_the_calendar() {
        let day = |year, month, day| days(year, month, day).expect("a date");
        let later = |text, from| Span::new(text).unwrap().later_day(from);
        assert_eq!(later("1mo", day(2023, 1, 31)), Some(day(2023, 2, 28)));
        assert_eq!(later("-1mo", day(2024, 3, 31)), Some(day(2024, 2, 29)));
        assert_eq!(later("1y1d", day(2024, 2, 29)), Some(day(2025, 3, 1)));
        let first = |text, from| Span::every(text).unwrap().first_day(from);
        assert_eq!(first("1w", day(2024, 5, 16)), Some(day(2024, 5, 13)));
        assert_eq!(first("1q", day(2024, 5, 16)), Some(day(2024, 4, 1)));
        assert_eq!(first("1y", day(1969, 12, 31)), Some(day(1969, 1, 1)));
        assert_eq!(first("2d", day(1969, 12, 31)), Some(day(1969, 12, 30)));
    }
}
