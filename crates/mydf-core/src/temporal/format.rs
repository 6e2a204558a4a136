//! Dates and datetimes in the formats of `strftime` and `strptime`.

use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;

use super::calendar::{DAY, SECOND, civil, days};
use crate::error::{Error, Result};

/// A format such as `%Y-%m-%d %H:%M:%S`, which is known to be valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    /// As it was given.
    text: String,
    /// As it is read and written.
    used: String,
}

const HINT: &str =
    "use codes such as `%Y-%m-%d`, `%d.%m.%Y`, `%H:%M:%S` and `%z`; `%%` is a percent sign";
/// 2001-02-03T04:05:06.789012, a sample.
const SAMPLE: i64 = 981_173_106_789_012;

impl Format {
    /// A format that is written: `%f` has six digits.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] for an unknown code.
    pub fn to_write(text: &str) -> Result<Self> {
        let format = Format { text: text.to_owned(), used: text.replace("%f", "%6f") };
        let sample = fields(SAMPLE, Some(0));
        let written = sample.and_then(|sample| sample.to_string(&format.used).ok());
        if written.is_none() || text.contains("%Z") || text.contains("%c") {
            return Err(format.unusable("has a code that can't be written"));
        }
        Ok(format)
    }

    /// A format that is read, which has a date.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] for an unknown code or if a part of the date is missing.
    pub fn to_read(text: &str) -> Result<Self> {
        let format = Format { text: text.to_owned(), used: text.to_owned() };
        let sample = fields(SAMPLE, Some(0)).and_then(|sample| sample.to_string(text).ok());
        let Some(sample) = sample else {
            return Err(format.unusable("has a code that can't be read"));
        };
        if BrokenDownTime::parse(text, &sample).is_err() {
            return Err(format.unusable("has a code that can't be read"));
        }
        if format.read(&sample).is_none() {
            return Err(format.unusable("leaves the date open"));
        }
        Ok(format)
    }

    fn unusable(&self, fact: &str) -> Error {
        Error::InvalidOption {
            what: "format",
            message: format!("`{}` {fact}", self.text),
            hint: HINT,
        }
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True if the text has an offset from UTC.
    pub fn has_offset(&self) -> bool {
        ["%z", "%:z", "%::z", "%:::z"].iter().any(|code| self.text.contains(code))
    }

    /// Wall-clock microseconds as text, with their offset from UTC; `None` outside the years from
    /// -9999 to 9999.
    pub fn write(&self, local: i64, offset: i64) -> Option<String> {
        fields(local, Some(offset))?.to_string(&self.used).ok()
    }

    /// Wall-clock microseconds and the offset from UTC; `None` if the text has another format.
    /// Digits beyond microseconds are cut off.
    pub fn read(&self, text: &str) -> Option<(i64, Option<i64>)> {
        let found = BrokenDownTime::parse(&self.used, text).ok()?;
        let date = found.to_date().ok()?;
        // Without an hour there is no time of day; with one, missing parts are zero.
        let parts = [found.hour(), found.minute(), found.second()];
        let time = if parts.iter().all(Option::is_none) {
            0
        } else {
            let time = found.to_time().ok()?;
            let seconds = (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60
                + i64::from(time.second());
            seconds * SECOND + i64::from(time.subsec_nanosecond()) / 1_000
        };
        let day = days(date.year().into(), date.month().into(), date.day().into())?;
        let offset = found.offset().map(|offset| i64::from(offset.seconds()) * SECOND);
        Some((day * DAY + time, offset))
    }
}

fn fields(local: i64, offset: Option<i64>) -> Option<BrokenDownTime> {
    let (year, month, day) = civil(local.div_euclid(DAY));
    let time = local.rem_euclid(DAY);
    let (seconds, micros) = (time / SECOND, time % SECOND);
    let moment = DateTime::new(
        i16::try_from(year).ok()?,
        month as i8,
        day as i8,
        (seconds / 3_600) as i8,
        (seconds / 60 % 60) as i8,
        (seconds % 60) as i8,
        micros as i32 * 1_000,
    );
    let mut fields = BrokenDownTime::from(moment.ok()?);
    let offset = offset.and_then(|micros| i32::try_from(micros / SECOND).ok());
    fields.set_offset(offset.and_then(|seconds| Offset::from_seconds(seconds).ok()));
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_checked_before_they_are_used() {
        for wrong in ["%", "%Y-%K", "%H:%M", "%Y-%m", "%Z %F", "date"] {
            let error = Format::to_read(wrong).expect_err(wrong);
            assert!(error.to_string().starts_with("format: `"), "{error}");
        }
        for wrong in ["%", "%K", "%Z", "%c"] {
            assert!(Format::to_write(wrong).is_err(), "{wrong}");
        }
        assert!(Format::to_read("%d.%m.%y").is_ok() && Format::to_write("").is_ok());
    }

    #[test]
    fn what_is_written_is_read() {
        let text = "%Y-%m-%d %H:%M:%S.%f %z";
        let (write, read) =
            (Format::to_write(text).expect("valid"), Format::to_read(text).expect("valid"));
        for local in [-1, 0, SAMPLE, -62_135_596_800 * SECOND] {
            let written = write.write(local, 5_400 * SECOND).expect("in range");
            assert_eq!(read.read(&written), Some((local, Some(5_400 * SECOND))), "{written}");
        }
        assert_eq!(write.write(i64::MAX, 0), None);
        assert_eq!(read.read("2001-02-30 00:00:00.0 +0000"), None);
    }
}
