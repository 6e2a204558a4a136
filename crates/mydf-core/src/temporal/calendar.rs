//! Days to dates of the proleptic Gregorian calendar and back.

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a day.
pub const DAY: i64 = 86_400 * SECOND;

/// Days in 400 years of the Gregorian calendar, after which it repeats.
pub(super) const DAYS_PER_ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01. If years begin in March, the leap day is at their end.
const EPOCH_FROM_MARCH_0000: i64 = 719_468;

/// Year, month (1–12) and day (1–31) of a day counted from 1970-01-01.
#[inline]
pub fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + EPOCH_FROM_MARCH_0000;
    let era = shifted.div_euclid(DAYS_PER_ERA);
    let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The day of a date, counted from 1970-01-01, or `None` if the calendar has no such date.
#[inline]
pub const fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    // `i32` days cover less than ten million years, which is far from overflow here.
    if year < -10_000_000
        || year > 10_000_000
        || month < 1
        || month > 12
        || day < 1
        || day > month_length(year, month)
    {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (month + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * DAYS_PER_ERA + day_of_era - EPOCH_FROM_MARCH_0000)
}

#[inline]
const fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
