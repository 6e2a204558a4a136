//! Converts Python values to columns and scalars, and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, NullArray,
    StringViewArray, TimestampMicrosecondArray, UInt64Array,
};
use mydf_core::{Column, DType};
use mydf_query::expr::Scalar;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString};

use crate::error::Fault;
use crate::temporal::Temporal;

/// What a list of values holds so far.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Null,
    Bool,
    Int,
    Float,
    String,
    Date,
    Datetime(Option<Arc<str>>),
}

impl Kind {
    fn name(&self) -> String {
        match self {
            Kind::Null => "None".into(),
            Kind::Bool => "bool".into(),
            Kind::Int => "int".into(),
            Kind::Float => "float".into(),
            Kind::String => "str".into(),
            Kind::Date => "date".into(),
            Kind::Datetime(None) => "datetime without zone".into(),
            Kind::Datetime(Some(zone)) => format!("datetime in `{zone}`"),
        }
    }

    /// The kind that holds both; only None and numbers mix.
    fn join(self, other: Kind) -> Result<Kind, (Kind, Kind)> {
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => Ok(kind),
            (Kind::Int, Kind::Float) | (Kind::Float, Kind::Int) => Ok(Kind::Float),
            (one, two) if one == two => Ok(one),
            (one, two) => Err((one, two)),
        }
    }
}

fn kind(value: &Bound<'_, PyAny>, temporal: &Temporal) -> PyResult<Option<Kind>> {
    // bool is a subclass of int, and datetime one of date: the order matters.
    Ok(Some(if value.is_none() {
        Kind::Null
    } else if value.is_instance_of::<PyFloat>() {
        Kind::Float
    } else if value.is_instance_of::<PyBool>() {
        Kind::Bool
    } else if value.is_instance_of::<PyInt>() {
        Kind::Int
    } else if value.is_instance_of::<PyString>() {
        Kind::String
    } else if temporal.is_datetime(value)? {
        // pandas' value for a missing time is a datetime only by class.
        if value.ne(value)? { Kind::Null } else { Kind::Datetime(Temporal::zone(value)?) }
    } else if temporal.is_date(value)? {
        Kind::Date
    } else {
        return Ok(None);
    }))
}

/// A numpy scalar as the equivalent Python value; other values stay as they are.
fn plain(value: Bound<'_, PyAny>) -> PyResult<Bound<'_, PyAny>> {
    let class = value.get_type();
    if class.module().is_ok_and(|module| module == "numpy") && value.hasattr("item")? {
        return value.call_method0("item");
    }
    Ok(value)
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".into(), |name| name.to_string())
}

/// One Python value as a scalar of an expression.
pub(crate) fn scalar(value: &Bound<'_, PyAny>) -> Result<Scalar, Fault> {
    let temporal = Temporal::get(value.py())?;
    let value = plain(value.clone())?;
    Ok(match kind(&value, temporal)? {
        Some(Kind::Null) => Scalar::Null,
        Some(Kind::Bool) => Scalar::Bool(value.extract()?),
        Some(Kind::Int) => Scalar::Int(value.extract().map_err(|_| {
            Fault::value("literal", format!("{value} has more than 127 bits"), "use a float")
        })?),
        Some(Kind::Float) => Scalar::Float(value.extract()?),
        Some(Kind::String) => Scalar::String(text(&value)?),
        Some(Kind::Date) => Scalar::Date(Temporal::days(&value)?),
        Some(Kind::Datetime(zone)) => Scalar::Datetime(temporal.microseconds(&value)?, zone),
        None => {
            return Err(Fault::value(
                "literal",
                format!("no dtype for a value of type `{}`", type_name(&value)),
                "a literal is None, bool, int, float, str, date or datetime",
            ));
        }
    })
}

fn text(value: &Bound<'_, PyAny>) -> Result<Arc<str>, Fault> {
    // Python allows a lone surrogate in a str, but it is not valid text anywhere else.
    let text = value.cast::<PyString>().map_err(PyErr::from)?;
    match text.to_cow() {
        Ok(text) => Ok(text.as_ref().into()),
        Err(_) => Err(Fault::value(
            "str",
            format!("{} has no UTF-8 form", value.repr()?),
            "a lone surrogate comes of decoding with `surrogateescape`",
        )),
    }
}

/// Makes a column of Python values.
pub(crate) fn column(name: &str, values: &Bound<'_, PyList>) -> Result<Column, Fault> {
    let temporal = Temporal::get(values.py())?;
    let mut plain_values = Vec::with_capacity(values.len());
    let mut found = Kind::Null;
    for (row, value) in values.iter().enumerate() {
        let value = plain(value)?;
        let Some(next) = kind(&value, temporal)? else {
            return Err(Fault::Mixed {
                column: name.into(),
                row,
                message: format!("no dtype for a value of type `{}`", type_name(&value)),
                hint: "a column holds None, bool, int, float, str, date or datetime",
            });
        };
        found = found.join(next).map_err(|(expected, actual)| Fault::Mixed {
            column: name.into(),
            row,
            message: format!("{}, after values of type {}", actual.name(), expected.name()),
            hint: "a column holds one type; only None mixes with all, and int with float",
        })?;
        plain_values.push(value);
    }
    let values = array(name, &plain_values, found, temporal)?;
    Ok(Column::new(name, values)?)
}

type Values<'a, 'py> = &'a [Bound<'py, PyAny>];

fn array(
    name: &str,
    values: Values<'_, '_>,
    kind: Kind,
    temporal: &Temporal,
) -> Result<ArrayRef, Fault> {
    Ok(match kind {
        Kind::Null => Arc::new(NullArray::new(values.len())),
        Kind::Bool => Arc::new(BooleanArray::from(extract(values, |v| Ok(v.extract()?))?)),
        Kind::Int => integers(name, values)?,
        Kind::Float => Arc::new(Float64Array::from(floats(name, values)?)),
        Kind::String => Arc::new(StringViewArray::from_iter(extract(values, text)?)),
        Kind::Date => Arc::new(Date32Array::from(extract(values, |v| Ok(Temporal::days(v)?))?)),
        Kind::Datetime(zone) => {
            let convert = |v: &Bound<'_, PyAny>| {
                // This is NaT, which counts as a null.
                if v.ne(v)? { Ok(None) } else { temporal.microseconds(v).map(Some) }
            };
            let micros: Vec<Option<Option<i64>>> = extract(values, |v| Ok(convert(v)?))?;
            let micros: TimestampMicrosecondArray =
                micros.into_iter().map(Option::flatten).collect();
            Arc::new(micros.with_timezone_opt(zone))
        }
    })
}

fn extract<T>(
    values: Values<'_, '_>,
    convert: impl Fn(&Bound<'_, PyAny>) -> Result<T, Fault>,
) -> Result<Vec<Option<T>>, Fault> {
    values.iter().map(|v| if v.is_none() { Ok(None) } else { convert(v).map(Some) }).collect()
}

/// `Int64`, or `UInt64` if a value needs it and none is negative.
fn integers(name: &str, values: Values<'_, '_>) -> Result<ArrayRef, Fault> {
    if let Ok(narrow) = extract(values, |v| Ok(v.extract::<i64>()?)) {
        return Ok(Arc::new(Int64Array::from(narrow)));
    }
    if let Ok(wide) = extract(values, |v| Ok(v.extract::<u64>()?)) {
        return Ok(Arc::new(UInt64Array::from(wide)));
    }
    let negative = values.iter().any(|v| !v.is_none() && v.lt(0).unwrap_or(false));
    let row = values.iter().position(|v| {
        !v.is_none() && v.extract::<i64>().is_err() && (negative || v.extract::<u64>().is_err())
    });
    let row = row.unwrap_or_default();
    Err(Fault::Mixed {
        column: name.into(),
        row,
        message: format!("{} does not fit into Int64, nor all values into UInt64", values[row]),
        hint: "use floats, or text",
    })
}

/// Floats and integers as floats; an integer that a float can't hold is an error instead of being
/// rounded.
fn floats(name: &str, values: Values<'_, '_>) -> Result<Vec<Option<f64>>, Fault> {
    let mut floats = Vec::with_capacity(values.len());
    for (row, value) in values.iter().enumerate() {
        if value.is_none() {
            floats.push(None);
            continue;
        }
        let float = value.extract::<f64>();
        if value.is_instance_of::<PyInt>()
            && !float.as_ref().is_ok_and(|f| value.eq(*f).is_ok_and(|e| e))
        {
            return Err(Fault::Mixed {
                column: name.into(),
                row,
                message: format!("the int {value} has no exact float, and the column has floats"),
                hint: "make all values int, or convert them with `float(...)` first",
            });
        }
        floats.push(Some(float?));
    }
    Ok(floats)
}

/// The values as Python objects.
pub(crate) fn to_list<'py>(py: Python<'py>, column: &Column) -> Result<Bound<'py, PyList>, Fault> {
    let values = column.values();
    macro_rules! numbers {
        ($kind:ty) => {
            PyList::new(py, values.as_primitive::<$kind>().iter())?
        };
    }
    Ok(match column.dtype() {
        DType::Null => PyList::new(py, std::iter::repeat_n(None::<bool>, values.len()))?,
        DType::Bool => PyList::new(
            py,
            (0..values.len()).map(|row| {
                let values = values.as_boolean();
                values.is_valid(row).then(|| values.value(row))
            }),
        )?,
        DType::Int8 => numbers!(Int8Type),
        DType::Int16 => numbers!(Int16Type),
        DType::Int32 => numbers!(Int32Type),
        DType::Int64 => numbers!(Int64Type),
        DType::UInt8 => numbers!(UInt8Type),
        DType::UInt16 => numbers!(UInt16Type),
        DType::UInt32 => numbers!(UInt32Type),
        DType::UInt64 => numbers!(UInt64Type),
        DType::Float32 => numbers!(Float32Type),
        DType::Float64 => numbers!(Float64Type),
        DType::String => PyList::new(
            py,
            (0..values.len()).map(|row| {
                let values = values.as_string_view();
                values.is_valid(row).then(|| values.value(row))
            }),
        )?,
        DType::Date => {
            let temporal = Temporal::get(py)?;
            let dates: Result<Vec<_>, Fault> = values
                .as_primitive::<Date32Type>()
                .iter()
                .map(|days| days.map(|days| temporal.to_date(py, days)).transpose())
                .collect();
            PyList::new(py, dates?)?
        }
        DType::Datetime(zone) => {
            let temporal = Temporal::get(py)?;
            let zone = zone.as_ref().map(|name| temporal.tzinfo(py, name)).transpose()?;
            let datetimes: Result<Vec<_>, Fault> = values
                .as_primitive::<TimestampMicrosecondType>()
                .iter()
                .map(|at| at.map(|at| temporal.to_datetime(py, at, zone.as_ref())).transpose())
                .collect();
            PyList::new(py, datetimes?)?
        }
    })
}
