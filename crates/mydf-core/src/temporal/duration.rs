//! Durations as text.

use std::fmt::Write as _;

use super::calendar::{DAY, SECOND};

/// Writes a duration as ISO 8601: `P1DT2H3.5S`, `-PT5M`, `PT0S`.
pub fn write_duration(out: &mut String, micros: i64) {
    let all = micros.unsigned_abs();
    if micros < 0 {
        out.push('-');
    }
    out.push('P');
    let (days, time) = (all / DAY.unsigned_abs(), all % DAY.unsigned_abs());
    if days > 0 {
        put(out, days, "D");
    }
    if time == 0 && days > 0 {
        return;
    }
    out.push('T');
    let (seconds, fraction) = (time / SECOND.unsigned_abs(), time % SECOND.unsigned_abs());
    for (part, unit) in [(seconds / 3_600, "H"), (seconds / 60 % 60, "M")] {
        if part > 0 {
            put(out, part, unit);
        }
    }
    if fraction > 0 {
        let digits = format!("{fraction:06}");
        put(out, seconds % 60, ".");
        out.extend([digits.trim_end_matches('0'), "S"]);
    } else if seconds % 60 > 0 || time == 0 {
        put(out, seconds % 60, "S");
    }
}

/// Writes a duration as a table shows it: `1d 2h 3s 500ms`, `-5µs`, `0µs`.
pub fn write_short(out: &mut String, micros: i64) {
    const UNITS: [(i64, &str); 4] =
        [(DAY, "d"), (3_600 * SECOND, "h"), (60 * SECOND, "m"), (SECOND, "s")];
    if micros == 0 {
        out.push_str("0µs");
        return;
    }
    let start = out.len();
    let mut part = |number: i64, unit: &str| {
        if number != 0 {
            let space = if out.len() > start { " " } else { "" };
            let written = write!(out, "{space}{number}{unit}");
            debug_assert!(written.is_ok(), "writing to a String can't fail");
        }
    };
    let mut rest = micros;
    for (size, unit) in UNITS {
        part(rest / size, unit);
        rest %= size;
    }
    if rest % 1_000 == 0 { part(rest / 1_000, "ms") } else { part(rest, "µs") }
}

fn put(out: &mut String, number: u64, unit: &str) {
    let written = write!(out, "{number}{unit}");
    debug_assert!(written.is_ok(), "writing to a String can't fail");
}

/// The microseconds of an ISO 8601 duration of weeks, days, hours, minutes and seconds; years and
/// months have no fixed length, and microseconds are the finest unit.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let text = text.strip_prefix('P')?;
    let (date, time) = match text.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None if text.is_empty() => return None,
        None => (text, ""),
    };
    let day = i128::from(DAY);
    let days = parts(date, &[('W', 7 * day), ('D', day)])?;
    let second = i128::from(SECOND);
    let time = parts(time, &[('H', 3_600 * second), ('M', 60 * second), ('S', second)])?;
    let all = days.checked_add(time)?;
    i64::try_from(if negative { -all } else { all }).ok()
}

/// The sum of numbers with units, each at most once and in this order.
fn parts(mut text: &str, units: &[(char, i128)]) -> Option<i128> {
    let mut total: i128 = 0;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, rest) = text.split_at(end);
        let unit = rest.chars().next()?;
        let (_, size) = units.by_ref().find(|(known, _)| *known == unit)?;
        text = &rest[unit.len_utf8()..];
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if unit == 'S' => (whole, fraction),
            Some(_) => return None,
            None => (number, "0"),
        };
        let whole: i64 = whole.parse().ok()?;
        let cut = fraction.trim_end_matches('0');
        if fraction.is_empty() || cut.len() > 6 {
            return None;
        }
        let fraction: i128 = format!("{cut:0<6}").parse().ok()?;
        total = total.checked_add(i128::from(whole).checked_mul(*size)?)?.checked_add(fraction)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(micros: i64) -> String {
        let mut out = String::new();
        write_duration(&mut out, micros);
        out
    }

    #[test]
    fn durations_are_written_and_read_back() {
        for (micros, text) in [
            (0, "PT0S"),
            (DAY, "P1D"),
            (-5, "-PT0.000005S"),
            (93_603_500_000, "P1DT2H3.5S"),
            (300 * SECOND, "PT5M"),
            (-DAY - 3_600 * SECOND, "-P1DT1H"),
            (i64::MAX, "P106751991DT4H54.775807S"),
            (i64::MIN, "-P106751991DT4H54.775808S"),
        ] {
            assert_eq!(iso(micros), text);
            assert_eq!(parse_duration(text), Some(micros), "{text}");
        }
        assert_eq!(parse_duration("P2W"), Some(14 * DAY));
        assert_eq!(parse_duration("+PT90M"), Some(5_400 * SECOND));
    }

    #[test]
    fn text_that_is_no_duration_is_refused() {
        for text in ["", "P", "PT", "1h", "P1Y", "P1M", "PT1.5H", "PT1S1S", "PT1M1H", "PT1", "PTS"]
            .into_iter()
            .chain(["PT0.0000001S", "P106751992D", "PT1.S", "P1DT", "--P1D", "PT١S"])
        {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn tables_show_the_largest_units_first() {
        let short = |micros| {
            let mut out = String::new();
            write_short(&mut out, micros);
            out
        };
        assert_eq!(short(0), "0µs");
        assert_eq!(short(93_603_001_500), "1d 2h 3s 1500µs");
        assert_eq!(short(-DAY - 7_200 * SECOND), "-1d -2h");
        assert_eq!(short(7_000), "7ms");
    }
}
