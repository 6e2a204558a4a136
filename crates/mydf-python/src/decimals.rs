//! Decimals between Python's `decimal` and the core's integers.

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyList;

use crate::error::Fault;

/// The largest number of 38 digits.
const LARGEST: i128 = 10_i128.pow(38) - 1;

/// `decimal.Decimal`.
fn class(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let class = CLASS
        .get_or_try_init(py, || PyResult::Ok(py.import("decimal")?.getattr("Decimal")?.unbind()))?;
    Ok(class.bind(py))
}

pub(crate) fn is_decimal(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    value.is_instance(class(value.py())?)
}

/// The digits after the point.
pub(crate) fn scale(value: &Bound<'_, PyAny>) -> Result<i8, Fault> {
    let exponent = value.call_method0("as_tuple")?.getattr("exponent")?;
    let Ok(exponent) = exponent.extract::<i64>() else {
        let message = format!("{} is no number", value.str()?);
        return Err(Fault::value("value", message, "use None for a missing value"));
    };
    i8::try_from((-exponent).max(0))
        .ok()
        .filter(|scale| *scale <= 38)
        .ok_or_else(|| too_long(value))
}

fn too_long(value: &Bound<'_, PyAny>) -> Fault {
    let text = value.str().map_or_else(|_| "the number".to_owned(), |text| text.to_string());
    let message = format!("{text} needs more than 38 digits, or the column does with its scale");
    Fault::value("value", message, "round it first, e.g. with `round(value, 2)`, or use text")
}

/// The number without its point, of so many digits after it.
pub(crate) fn number(value: &Bound<'_, PyAny>, scale: i8) -> Result<i128, Fault> {
    let text: String = value.call_method1("__format__", ("f",))?.extract()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = format!("{whole}{fraction:0<width$}", width = scale.unsigned_abs().into());
    let number: Option<i128> = digits.parse().ok();
    number.filter(|number| number.abs() <= LARGEST).ok_or_else(|| too_long(value))
}

/// Decimals as Python objects.
pub(crate) fn to_list<'py>(
    py: Python<'py>,
    values: &ArrayRef,
    scale: i8,
) -> Result<Bound<'py, PyList>, Fault> {
    let class = class(py)?;
    let values = values.as_primitive::<Decimal128Type>();
    let made: PyResult<Vec<_>> = values
        .iter()
        .map(|value| {
            value.map(|value| class.call1((format!("{value}e{}", -i32::from(scale)),))).transpose()
        })
        .collect();
    Ok(PyList::new(py, made?)?)
}
