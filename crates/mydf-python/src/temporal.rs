//! Converts dates, datetimes and durations between Python's `datetime` and the core's integers.

use std::sync::Arc;

use mydf_core::temporal::{DAY, SECOND, Zone};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::error::Fault;
use crate::zones;

/// `datetime.date(1970, 1, 1).toordinal()`.
const EPOCH_ORDINAL: i64 = 719_163;

/// What we need from Python's `datetime` module. The stable ABI of Python 3.10 has no C interface
/// to it, so its objects are called like any others.
pub(crate) struct Temporal {
    date: Py<PyAny>,
    datetime: Py<PyAny>,
    timedelta: Py<PyAny>,
    time: Py<PyAny>,
    timezone: Py<PyAny>,
    utc: Py<PyAny>,
    epoch: Py<PyAny>,
    epoch_utc: Py<PyAny>,
    from_ordinal: Py<PyAny>,
    /// `datetime.datetime.__sub__`, because a subclass may return something else than a timedelta.
    minus: Py<PyAny>,
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
                minus: datetime.getattr("__sub__")?.unbind(),
                from_ordinal: date.getattr("fromordinal")?.unbind(),
                epoch: datetime.call1((1970, 1, 1))?.unbind(),
                epoch_utc: datetime.call((1970, 1, 1), Some(&aware))?.unbind(),
                timedelta: module.getattr("timedelta")?.unbind(),
                time: module.getattr("time")?.unbind(),
                timezone: module.getattr("timezone")?.unbind(),
                date: date.unbind(),
                datetime: datetime.unbind(),
                utc: utc.unbind(),
            })
        })
    }

    /// True for dates, datetimes and durations of Python's own classes.
    pub(crate) fn is_plain(&self, value: &Bound<'_, PyAny>) -> bool {
        let class = value.get_type();
        class.is(&self.datetime) || class.is(&self.date) || class.is(&self.timedelta)
    }

    pub(crate) fn is_date(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.date.bind(value.py()))
    }

    pub(crate) fn is_datetime(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.datetime.bind(value.py()))
    }

    pub(crate) fn is_duration(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.timedelta.bind(value.py()))
    }

    /// The microseconds of a `datetime.timedelta`, which may be more than 64 bits hold.
    pub(crate) fn duration(value: &Bound<'_, PyAny>) -> Result<i64, Fault> {
        let part = |name| -> PyResult<i64> { value.getattr(name)?.extract() };
        let (days, seconds, micros) = (part("days")?, part("seconds")?, part("microseconds")?);
        let all = i128::from(days) * i128::from(DAY)
            + i128::from(seconds) * i128::from(SECOND)
            + i128::from(micros);
        i64::try_from(all).map_err(|_| {
            let message =
                format!("a duration of {days} days, whose microseconds need more than 64 bits");
            Fault::value("value", message, "use None in its place, or a number of days")
        })
    }

    /// The `datetime.timedelta` of so many microseconds.
    pub(crate) fn to_duration<'py>(
        &self,
        py: Python<'py>,
        micros: i64,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let (seconds, rest) = (micros.div_euclid(SECOND), micros.rem_euclid(SECOND));
        Ok(self.timedelta.bind(py).call1((0, seconds, rest))?)
    }

    pub(crate) fn is_time(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        value.is_instance(self.time.bind(value.py()))
    }

    /// The microseconds of a `datetime.time` since midnight.
    pub(crate) fn time(value: &Bound<'_, PyAny>) -> Result<i64, Fault> {
        if !value.getattr("tzinfo")?.is_none() {
            let message =
                format!("{} has a time zone, which a time of day can't have", value.str()?);
            return Err(Fault::value(
                "value",
                message,
                "drop it with `value.replace(tzinfo=None)`",
            ));
        }
        let part = |name| -> PyResult<i64> { value.getattr(name)?.extract() };
        let seconds = (part("hour")? * 60 + part("minute")?) * 60 + part("second")?;
        Ok(seconds * SECOND + part("microsecond")?)
    }

    /// The `datetime.time` of so many microseconds since midnight.
    pub(crate) fn to_time<'py>(&self, py: Python<'py>, micros: i64) -> PyResult<Bound<'py, PyAny>> {
        let (seconds, rest) = (micros / SECOND, micros % SECOND);
        let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
        self.time.bind(py).call1((hour, minute, seconds % 60, rest))
    }

    /// Days since 1970-01-01.
    pub(crate) fn days(value: &Bound<'_, PyAny>) -> PyResult<i32> {
        let ordinal: i64 = value.call_method0("toordinal")?.extract()?;
        Ok((ordinal - EPOCH_ORDINAL) as i32)
    }

    /// Microseconds since 1970-01-01T00:00:00, in UTC for an aware datetime.
    pub(crate) fn microseconds(&self, value: &Bound<'_, PyAny>) -> PyResult<i64> {
        let py = value.py();
        let epoch = if is_aware(value)? { &self.epoch_utc } else { &self.epoch };
        let since = self.minus.bind(py).call1((value, epoch.bind(py)))?;
        micros_of(&since)
    }

    /// The name of an aware datetime's zone: its key or its offset from UTC.
    pub(crate) fn zone(value: &Bound<'_, PyAny>) -> Result<Option<Arc<str>>, Fault> {
        let zone = value.getattr("tzinfo")?;
        if zone.is_none() || !is_aware(value)? {
            return Ok(None);
        }
        // zoneinfo calls it `key`, pytz calls it `zone`.
        for attribute in ["key", "zone"] {
            if let Some(name) = zone.getattr_opt(attribute)?
                && let Ok(name) = name.extract::<String>()
            {
                let name = Arc::from(name);
                if Zone::new(Some(&name)).is_ok() {
                    return Ok(Some(name));
                }
            }
        }
        let offset = micros_of(&value.call_method0("utcoffset")?)?;
        if offset == 0 {
            return Ok(Some("UTC".into()));
        }
        if offset % (60 * SECOND) != 0 {
            return Err(Fault::value(
                "value",
                format!("{} has an offset that is not of whole minutes", value.str()?),
                "move it to UTC, with `value.astimezone(datetime.timezone.utc)`",
            ));
        }
        let sign = if offset < 0 { '-' } else { '+' };
        let minutes = offset.abs() / (60 * SECOND);
        Ok(Some(format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60).into()))
    }

    /// The `datetime.date` for these days since 1970-01-01.
    pub(crate) fn to_date<'py>(
        &self,
        py: Python<'py>,
        days: i32,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let ordinal = i64::from(days) + EPOCH_ORDINAL;
        self.from_ordinal.bind(py).call1((ordinal,)).map_err(|error| beyond(py, error, "date"))
    }

    /// The `datetime.datetime` for these microseconds since 1970-01-01, with or without a zone.
    pub(crate) fn to_datetime<'py>(
        &self,
        py: Python<'py>,
        microseconds: i64,
        zone: Option<&Bound<'py, PyAny>>,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        let convert = || {
            let (seconds, rest) =
                (microseconds.div_euclid(SECOND), microseconds.rem_euclid(SECOND));
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

    /// The `tzinfo` for a zone's name.
    pub(crate) fn tzinfo<'py>(
        &self,
        py: Python<'py>,
        name: &str,
    ) -> Result<Bound<'py, PyAny>, Fault> {
        if name == "UTC" {
            return Ok(self.utc.bind(py).clone());
        }
        if name.starts_with(['+', '-'])
            && let Ok(Zone::Fixed(offset)) = Zone::new(Some(&name.into()))
        {
            let offset = self.timedelta.bind(py).call1((0, offset / SECOND))?;
            return Ok(self.timezone.bind(py).call1((offset,))?);
        }
        zones::zone_info(py, name)
    }
}

/// Python calls a datetime naive if its `tzinfo` gives no offset.
fn is_aware(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(!value.getattr("tzinfo")?.is_none() && !value.call_method0("utcoffset")?.is_none())
}

/// The microseconds of a `datetime.timedelta` between two datetimes.
fn micros_of(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let part = |name| -> PyResult<i64> { value.getattr(name)?.extract() };
    Ok(part("days")? * DAY + part("seconds")? * SECOND + part("microseconds")?)
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
