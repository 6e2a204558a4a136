//! Values of numpy and pandas as the equivalent Python values, and advice for values without a
//! dtype.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyType};

use crate::error::Fault;
use crate::temporal::Temporal;

/// What a [`Moment`] is.
pub(crate) enum MomentKind {
    Date,
    Datetime(Option<Arc<str>>),
    Duration,
}

/// A date, datetime or duration that came from numpy or pandas, whose ranges are wider than
/// Python's.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Moment {
    /// Days or microseconds since 1970, in UTC if there is a zone; the microseconds of a duration.
    pub(crate) since: i128,
    pub(crate) kind: MomentKind,
}

impl Moment {
    /// The days of a date or the microseconds of a datetime or duration.
    pub(crate) fn fitting<T: TryFrom<i128>>(&self) -> Result<T, Fault> {
        T::try_from(self.since).map_err(|_| {
            let (what, bits) = match self.kind {
                MomentKind::Date => ("date whose days since 1970", 32),
                MomentKind::Datetime(_) => ("datetime whose microseconds since 1970", 64),
                MomentKind::Duration => ("duration whose microseconds", 64),
            };
            let message = format!("a {what} need more than {bits} bits");
            Fault::value("value", message, "use None in its place")
        })
    }
}

/// A value of numpy or pandas as the equivalent Python value, None for one that is missing; other
/// values stay as they are, and so do those without an equivalent.
pub(crate) fn plain(value: Bound<'_, PyAny>) -> Result<Bound<'_, PyAny>, Fault> {
    // Most values need no look at their class's module, which costs more than all of these.
    if value.is_none()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyBool>()
    {
        return Ok(value);
    }
    let class = value.get_type();
    let (Ok(module), Ok(name)) = (class.module(), class.name()) else { return Ok(value) };
    let (module, name) = (module.to_string(), name.to_string());
    match (module.split('.').next(), name.as_str()) {
        (Some("pandas"), "NAType" | "NaTType") | (Some("numpy"), "MaskedConstant") => {
            Ok(value.py().None().into_bound(value.py()))
        }
        (Some("pandas"), "Timestamp") => timestamp(&value),
        (Some("numpy"), "datetime64") => moment(&value, None),
        // pandas' Timedelta is a timedelta by class, but has nanoseconds.
        (Some("pandas"), "Timedelta") => duration(&value.getattr("asm8")?),
        (Some("numpy"), "timedelta64") => duration(&value),
        (Some("numpy"), "ndarray") => {
            let dimensions: usize = value.getattr("ndim")?.extract()?;
            // An array without a dimension is one value.
            if dimensions == 0 { plain(value.get_item(())?) } else { Ok(value) }
        }
        (Some("numpy"), _) if value.hasattr("item")? => Ok(value.call_method0("item")?),
        _ => Ok(value),
    }
}

fn timestamp<'py>(value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
    // pandas' Timestamp is a datetime by class, but has nanoseconds, and years that those lack.
    let zone = Temporal::zone(value)?;
    moment(&value.getattr("asm8")?, zone)
}

fn moment<'py>(
    value: &Bound<'py, PyAny>,
    zone: Option<Arc<str>>,
) -> Result<Bound<'py, PyAny>, Fault> {
    static READ: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let read = READ.get_or_try_init(py, || {
        PyResult::Ok(py.import("mydf._numpy")?.getattr("moment")?.unbind())
    })?;
    let found: Option<(bool, i128)> = read.bind(py).call1((value,))?.extract()?;
    match found {
        None => Ok(py.None().into_bound(py)),
        Some((is_date, since)) => {
            let kind = if is_date { MomentKind::Date } else { MomentKind::Datetime(zone) };
            Ok(Bound::new(py, Moment { since, kind })?.into_any())
        }
    }
}

fn duration<'py>(value: &Bound<'py, PyAny>) -> Result<Bound<'py, PyAny>, Fault> {
    static READ: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let read = READ.get_or_try_init(py, || {
        PyResult::Ok(py.import("mydf._numpy")?.getattr("duration")?.unbind())
    })?;
    let found: Option<i128> = read.bind(py).call1((value,))?.extract()?;
    Ok(match found {
        None => py.None().into_bound(py),
        Some(since) => Bound::new(py, Moment { since, kind: MomentKind::Duration })?.into_any(),
    })
}

/// What to do with a value for which mydf has no dtype.
pub(crate) fn advice(value: &Bound<'_, PyAny>) -> String {
    let class = value.get_type();
    let classes = class.mro();
    let names: Vec<String> = classes
        .iter()
        .filter_map(|base| base.cast_into::<PyType>().ok())
        .filter_map(|base| Some(base.fully_qualified_name().ok()?.to_string()))
        .collect();
    let is = |name: &str| names.iter().any(|known| known == name);
    let text = if is("datetime.time") {
        "mydf has no times of day: `value.isoformat()` makes text of one"
    } else if is("decimal.Decimal") || is("fractions.Fraction") {
        "`float(value)` makes the nearest float of it, `str(value)` an exact text"
    } else if is("numpy.longdouble") {
        "`float(value)` makes the nearest float of it"
    } else if is("builtins.complex") || is("complex") || is("numpy.clongdouble") {
        "make two columns, of `value.real` and `value.imag`"
    } else if ["bytes", "bytearray", "memoryview"].into_iter().any(is) {
        "decode it, e.g. `value.decode()`"
    } else if is("pyarrow.lib.Scalar") {
        "use `value.as_py()`, or pass the array"
    } else if is("enum.Enum") {
        "use `member.value`"
    } else if ["list", "tuple", "dict", "set", "frozenset", "numpy.ndarray"].into_iter().any(is) {
        "a column holds no nested values: make one column of each part"
    } else {
        "a column holds None, bool, int, float, str, date, datetime or timedelta; `str(value)` makes text"
    };
    text.to_owned()
}
