//! Dates and datetimes between Python's `datetime` and the core's integers.

use std::sync::Arc;

use pyo3::exceptions::{PyKeyError, PyOverflowError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::error::Fault;

/// `datetime.date(1970, 1, 1).toordinal()`.
const EPOCH_ORDINAL: i64 = 719_163;
const MICROSECONDS_A_SECOND: i64 = 1_000_000;
const SECONDS_A_DAY: i64 = 86_400;

/// What is needed of Python's module `datetime`. The stable ABI of Python 3.10 has no C interface
/// to it, so its objects are called like any others.
pub(crate) struct Temporal {
    date: Py<PyAny>,
    datetime: Py<PyAny>,
    timedelta: Py<PyAny>,
    timezone: Py<PyAny>,
    utc: Py<PyAny>,
    epoch: Py<PyAny>,
    epoch_utc: Py<PyAny>,
    from_ordinal: Py<PyAny>,
}

static TEMPORAL: PyOnceLock<Temporal> = PyOnceLock::new();

impl Temporal {
    pub(crate) fn get(py: Python<'_>) -> PyResult<&Temporal> {
        TEMPORAL.get_or_try_init(py, || {
            let module = py.import("datetime")?;
            let (date, datetime) = (module.getattr("date")?, module.getattr("datetime")?);
            let utc = module.getattr("timezone")?.getattr("utc")?;
            let aware = PyDict::new(py);
            aware.set_item("tzinfo", &utc)?;
            Ok(Temporal {
                from_ordinal: date.getattr("fromordinal")?.unbind(),
                epoch: datetime.call1((1970, 1, 1))?.unbind(),
                epoch_utc: datetime.call((1970, 1, 1), Some(&aware))?.unbind(),
                timedelta: module.getattr("timedelta")?.unbind(),
                timezone: module.getattr("timezone")?.unbind(),
                date: date.unbind(),
                datetime: datetime.unbind(),
                utc: utc.unbind(),
            })
        })
    }

    pub(crate) fn is_date(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.date.bind(value.py()))
    }

    pub(crate) fn is_datetime(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.datetime.bind(value.py()))
    }

    /// Days since 1970-01-01.
    pub(crate) fn days(value: &Bound<'_, PyAny>) -> PyResult<i32> {
        let ordinal: i64 = value.call_method0("toordinal")?.extract()?;
        Ok((ordinal - EPOCH_ORDINAL) as i32)
    }

    /// Microseconds since 1970-01-01T00:00:00, of an aware datetime in UTC.
    pub(crate) fn microseconds(&self, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        let py = value.py();
        let aware = !value.getattr("tzinfo")?.is_none();
        let epoch = if aware { &self.epoch_utc } else { &self.epoch };
        let since = value.sub(epoch.bind(py))?;
        let part = |name| -> PyResult<i64> { since.getattr(name)?.extract() };
        let seconds = part("days")? * SECONDS_A_DAY + part("seconds")?;
        Ok(seconds * MICROSECONDS_A_SECOND + part("microseconds")?)
    }

    /// The name of an aware datetime's zone: its key, or its offset from UTC.
    pub(crate) fn zone(value: &Bound<'_, PyAny>) -> PyResult<Option<Arc<str>>> {
        let zone = value.getattr("tzinfo")?;
        if zone.is_none() {
            return Ok(None);
        }
        // `key` is what zoneinfo calls it, `zone` is what pytz calls it.
        for attribute in ["key", "zone"] {
            if let Some(name) = zone.getattr_opt(attribute)?
                && let Ok(name) = name.extract::<String>()
            {
                return Ok(Some(name.into()));
            }
        }
        let offset = value.call_method0("utcoffset")?;
        let seconds: f64 = offset.call_method0("total_seconds")?.extract()?;
        let minutes = (seconds / 60.0) as i64;
        if minutes == 0 {
            return Ok(Some("UTC".into()));
        }
        let sign = if minutes < 0 { '-' } else { '+' };
        let minutes = minutes.abs();
        Ok(Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60).into()))
    }

    /// `datetime.date` of these days since 1970-01-01.
    pub(crate) fn to_date<'py>(
        &self,
        py: Python<'py>,
        days: i32,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let ordinal = i64::from(days) + EPOCH_ORDINAL;
        self.from_ordinal.bind(py).call1((ordinal,)).map_err(|error| beyond(py, error, "date"))
    }

    /// `datetime.datetime` of these microseconds since 1970-01-01, in a zone or without one.
    pub(crate) fn to_datetime<'py>(
        &self,
        py: Python<'py>,
        microseconds: i64,
        zone: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let convert = || {
            let (seconds, rest) = (
                microseconds.div_euclid(MICROSECONDS_A_SECOND),
                microseconds.rem_euclid(MICROSECONDS_A_SECOND),
            );
            let since = self.timedelta.bind(py).call1((0, seconds, rest))?;
            match zone {
                None => self.epoch.bind(py).add(since),
                Some(zone) => {
                    self.epoch_utc.bind(py).add(since)?.call_method1("astimezone", (zone,))
                }
            }
        };
        convert().map_err(|error| beyond(py, error, "datetime"))
    }

    /// The `tzinfo` of a zone's name.
    pub(crate) fn tzinfo<'py>(
        &self,
        py: Python<'py>,
        name: &str,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        if name == "UTC" {
            return Ok(self.utc.bind(py).clone());
        }
        if let Some(minutes) = offset_minutes(name) {
            let offset = self.timedelta.bind(py).call1((0, minutes * 60))?;
            return Ok(self.timezone.bind(py).call1((offset,))?);
        }
        py.import("zoneinfo")?.getattr("ZoneInfo")?.call1((name,)).map_err(|error| {
            if error.is_instance_of::<PyKeyError>(py) {
                let message = format!("Python does not know `{name}`");
                Fault::value("time zone", message, "`pip install tzdata`")
            } else {
                error.into()
            }
        })
    }
}

/// The minutes of `+02:00`, `-0330` and the like.
fn offset_minutes(name: &str) -> Option<i64> {
    let (sign, rest) = match name.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|&c| c != ':').collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    let minutes: i64 = if minutes.is_empty() { 0 } else { minutes.parse().ok()? };
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes))
}

fn beyond(py: Python<'_>, error: PyErr, what: &str) -> Fault {
    if error.is_instance_of::<PyOverflowError>(py)
        || error.is_instance_of::<pyo3::exceptions::PyValueError>(py)
    {
        let message = "a value lies outside the years 1 to 9999 that Python can express";
        return Fault::value(what, message, "take it out with `filter`, or cast to `mydf.Int64`");
    }
    error.into()
}
