//! The calendar: days and microseconds to fields and back, ISO 8601 text, time zones.
//!
//! Plain integer arithmetic on the proleptic Gregorian calendar, so every `i32` day and every `i64`
//! microsecond has a date; only named time zones need a library.

mod calendar;
mod duration;
mod format;
mod span;
mod zone;

use std::fmt::Write as _;

pub use calendar::{DAY, SECOND, civil, days};
pub use duration::{parse_duration, write_duration, write_short};
pub use format::Format;
pub use span::Span;
pub use zone::{Source, Twice, Zone, bundled, canonical, set_source};

/// Monday is 1, Sunday is 7.
#[inline]
pub fn weekday(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// Writes a date as ISO 8601; years outside 0–9999 have a sign.
pub fn write_date(out: &mut String, days: i64) {
    let (year, month, day) = civil(days);
    let written = if (0..=9999).contains(&year) {
        write!(out, "{year:04}-{month:02}-{day:02}")
    } else {
        write!(out, "{year:+05}-{month:02}-{day:02}")
    };
    debug_assert!(written.is_ok(), "writing to a String can't fail");
}

/// Writes wall-clock microseconds as ISO 8601 with this separator between date and time; without a
/// fraction if it is zero.
pub fn write_datetime(out: &mut String, local: i64, separator: char) {
    write_date(out, local.div_euclid(DAY));
    let time = local.rem_euclid(DAY);
    let (seconds, micros) = (time / SECOND, time % SECOND);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut written = write!(out, "{separator}{hour:02}:{minute:02}:{second:02}");
    if micros != 0 {
        written = if micros % 1000 == 0 {
            write!(out, ".{:03}", micros / 1000)
        } else {
            write!(out, ".{micros:06}")
        };
    }
    debug_assert!(written.is_ok(), "writing to a String can't fail");
}

/// Writes microseconds since midnight as ISO 8601, without a fraction if it is zero.
pub fn write_time(out: &mut String, micros: i64) {
    let start = out.len();
    write_datetime(out, micros.rem_euclid(DAY), 'T');
    // The day is always `1970-01-01T`.
    out.replace_range(start..start + 11, "");
}

/// The microseconds since midnight of an ISO 8601 time of day, `05:00`, `05:00:00.25`.
pub fn parse_time(text: &str) -> Option<i64> {
    let mut input = Input(text.as_bytes());
    let time = input.time()?;
    input.0.is_empty().then_some(time)
}

/// The day of an ISO 8601 date, `2013-01-31`.
pub fn parse_date(text: &str) -> Option<i32> {
    let mut input = Input(text.as_bytes());
    let day = input.date()?;
    if input.0.is_empty() { i32::try_from(day).ok() } else { None }
}

/// Wall-clock microseconds of an ISO 8601 datetime and, if it names one, its offset from UTC in
/// microseconds: `2013-01-31`, `2013-01-31T05:00`, `2013-01-31 05:00:00.25`, `…Z`, `…+01:00`.
pub fn parse_datetime(text: &str) -> Option<(i64, Option<i64>)> {
    let mut input = Input(text.as_bytes());
    let midnight = input.date()?.checked_mul(DAY)?;
    if input.0.is_empty() {
        return Some((midnight, None));
    }
    if !(input.skip(b'T') || input.skip(b't') || input.skip(b' ')) {
        return None;
    }
    let time = input.time()?;
    let offset = input.offset()?;
    if input.0.is_empty() { Some((midnight.checked_add(time)?, offset)) } else { None }
}

/// What is left to parse.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        let found = self.0.first() == Some(&byte);
        if found {
            self.0 = &self.0[1..];
        }
        found
    }

    /// Between `least` and `most` digits.
    fn digits(&mut self, least: usize, most: usize) -> Option<i64> {
        let count = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (number, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(number.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    fn date(&mut self) -> Option<i64> {
        let negative = self.skip(b'-');
        let signed = negative || self.skip(b'+');
        let year = self.digits(4, if signed { 8 } else { 4 })?;
        let month = if self.skip(b'-') { self.digits(2, 2)? } else { return None };
        let day = if self.skip(b'-') { self.digits(2, 2)? } else { return None };
        days(if negative { -year } else { year }, month, day)
    }

    /// Hours and minutes, optionally seconds and their fraction; digits beyond microseconds are cut
    /// off.
    fn time(&mut self) -> Option<i64> {
        let hour = self.digits(2, 2)?;
        let minute = if self.skip(b':') { self.digits(2, 2)? } else { return None };
        let second = if self.skip(b':') { self.digits(2, 2)? } else { 0 };
        let mut micros = 0;
        if self.skip(b'.') {
            let before = self.0.len();
            micros = self.digits(1, 6)?;
            for _ in (before - self.0.len())..6 {
                micros *= 10;
            }
            let finer = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
            self.0 = &self.0[finer..];
        }
        let valid = hour < 24 && minute < 60 && second < 60;
        valid.then_some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
    }

    /// Nothing, `Z`, `+01`, `+0100`, `+01:00` or `+00:53:28`. The outer `None` is an error.
    #[allow(clippy::option_option, reason = "absence and error differ")]
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if self.skip(b'Z') || self.skip(b'z') {
            return Some(Some(0));
        }
        let negative = self.skip(b'-');
        if !negative && !self.skip(b'+') {
            return None;
        }
        let hour = self.digits(2, 2)?;
        let minute = if self.skip(b':') {
            self.digits(2, 2)?
        } else if self.0.is_empty() {
            0
        } else {
            self.digits(2, 2)?
        };
        let second = if self.skip(b':') { self.digits(2, 2)? } else { 0 };
        let offset = ((hour * 60 + minute) * 60 + second) * SECOND;
        (hour < 24 && minute < 60 && second < 60).then_some(Some(if negative {
            -offset
        } else {
            offset
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_round_trips() {
        let mut previous = civil(-150_000);
        for day in -149_999..=150_000 {
            let fields = civil(day);
            assert!(fields > previous, "{fields:?} after {previous:?}");
            assert_eq!(days(fields.0, fields.1, fields.2), Some(day));
            previous = fields;
        }
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(weekday(0), 4);
        assert_eq!(days(1900, 2, 29), None);
        assert_eq!(days(2000, 2, 29), Some(11_016));
    }

    #[test]
    fn extremes_are_written_and_read_back() {
        for day in [i32::MIN, -719_529, 0, 2_932_897, i32::MAX] {
            let mut text = String::new();
            write_date(&mut text, i64::from(day));
            assert_eq!(parse_date(&text), Some(day), "{text}");
        }
        for micros in [i64::MIN + DAY, -1, 0, 1_500_000, 999, i64::MAX] {
            let mut text = String::new();
            write_datetime(&mut text, micros, 'T');
            assert_eq!(parse_datetime(&text), Some((micros, None)), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_datetime_is_refused() {
        for text in ["", "2013", "2013-02-30", "2013-1-1", "2013-01-01T", "2013-01-01T24:00"]
            .into_iter()
            .chain(["2013-01-01T05:00+", "2013-01-01T05:00:00.", "2013-01-01x", "13-01-01"])
        {
            assert_eq!(parse_datetime(text), None, "{text}");
        }
        let hour = 3_600 * SECOND;
        assert_eq!(parse_datetime("1970-01-01T01:00+01:00"), Some((hour, Some(hour))));
        assert_eq!(parse_datetime("1970-01-01 01:00:00Z"), Some((hour, Some(0))));
        assert_eq!(parse_datetime("1970-01-01T00:00:00.1234567"), Some((123_456, None)));
        let long = format!("1970-01-01T00:00:00.{}", "9".repeat(100));
        assert_eq!(parse_datetime(&long), Some((999_999, None)));
    }
}
