//! Converts Python values to columns and scalars, and back.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, Date32Array, Decimal128Array,
    DurationMicrosecondArray, Float64Array, Int64Array, NullArray, StringViewArray,
    Time64MicrosecondArray, TimestampMicrosecondArray, UInt64Array,
};
use arrow_buffer::NullBuffer;
use mydf_core::nested::list_of;
use mydf_core::{Column, DType};
use mydf_query::expr::Scalar;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::decimals;
use crate::error::Fault;
use crate::foreign::{Moment, MomentKind, advice, plain};
use crate::runtime::RowIdx;
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
    Duration,
    Time,
    Binary,
    /// Decimals of so many digits after the point.
    Decimal(i8),
    List,
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
            Kind::Duration => "timedelta".into(),
            Kind::Time => "time".into(),
            Kind::Binary => "bytes".into(),
            Kind::Decimal(_) => "Decimal".into(),
            Kind::List => "list".into(),
        }
    }

    /// The kind that holds both; only None and numbers mix.
    fn join(self, other: Kind) -> Result<Kind, (Kind, Kind)> {
        match (self, other) {
            (Kind::Null, kind) | (kind, Kind::Null) => Ok(kind),
            (Kind::Int, Kind::Float) | (Kind::Float, Kind::Int) => Ok(Kind::Float),
            (Kind::Decimal(one), Kind::Decimal(two)) => Ok(Kind::Decimal(one.max(two))),
            (one, two) if one == two => Ok(one),
            (one, two) => Err((one, two)),
        }
    }
}

fn kind(value: &Bound<'_, PyAny>, temporal: &Temporal) -> Result<Option<Kind>, Fault> {
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
    } else if let Ok(moment) = value.cast::<Moment>() {
        let moment = moment.get();
        match &moment.kind {
            MomentKind::Date => Kind::Date,
            MomentKind::Datetime(zone) => Kind::Datetime(zone.clone()),
            MomentKind::Duration => Kind::Duration,
        }
    } else if temporal.is_datetime(value)? {
        Kind::Datetime(Temporal::zone(value)?)
    } else if temporal.is_date(value)? {
        Kind::Date
    } else if temporal.is_duration(value)? {
        Kind::Duration
    } else if temporal.is_time(value)? {
        Kind::Time
    } else if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() {
        Kind::Binary
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        Kind::List
    } else if decimals::is_decimal(value)? {
        Kind::Decimal(decimals::scale(value)?)
    } else {
        return Ok(None);
    }))
}

fn type_name(value: &Bound<'_, PyAny>) -> String {
    value.get_type().name().map_or_else(|_| "object".into(), |name| name.to_string())
}

/// One Python value as a scalar of an expression.
pub(crate) fn scalar(value: &Bound<'_, PyAny>) -> Result<Scalar, Fault> {
    made_scalar(value).map_err(|fault| match fault {
        Fault::Value { message, hint, .. } => Fault::value("literal", message, hint),
        other => other,
    })
}

fn made_scalar(value: &Bound<'_, PyAny>) -> Result<Scalar, Fault> {
    let temporal = Temporal::get(value.py())?;
    let value = plain(value.clone())?;
    Ok(match kind(&value, temporal)? {
        Some(Kind::Null) => Scalar::Null,
        Some(Kind::Bool) => Scalar::Bool(value.extract()?),
        Some(Kind::Int) => Scalar::Int(value.extract().map_err(|_| {
            let message = format!("{} has more than 127 bits", shown(&value));
            Fault::value("value", message, "use a float")
        })?),
        Some(Kind::Float) => Scalar::Float(value.extract()?),
        Some(Kind::String) => Scalar::String(text(&value)?),
        Some(Kind::Date) => Scalar::Date(days(&value)?),
        Some(Kind::Datetime(zone)) => Scalar::Datetime(microseconds(&value, temporal)?, zone),
        Some(Kind::Duration) => Scalar::Duration(duration(&value)?),
        Some(Kind::Time) => Scalar::Time(Temporal::time(&value)?),
        // Columns have such values, but expressions have no literals of them.
        Some(Kind::Binary | Kind::Decimal(_) | Kind::List) => {
            let message = format!("no literal for a value of type `{}`", type_name(&value));
            let hint = "compare with a column, e.g. `mydf.Series(\"value\", [value])` in `join`";
            return Err(Fault::value("value", message, hint));
        }
        None => return Err(no_dtype(&value)),
    })
}

fn no_dtype(value: &Bound<'_, PyAny>) -> Fault {
    let message = format!("no dtype for a value of type `{}`", type_name(value));
    Fault::value("value", message, advice(value))
}

fn text(value: &Bound<'_, PyAny>) -> Result<Arc<str>, Fault> {
    // Python allows a lone surrogate in a str, but it is not valid text anywhere else.
    let text = value.cast::<PyString>().map_err(PyErr::from)?;
    match text.to_cow() {
        Ok(text) => Ok(text.as_ref().into()),
        Err(_) => Err(Fault::value(
            "value",
            format!("{} has no UTF-8 form", cut(&value.repr()?.to_string())),
            "a lone surrogate comes of decoding with `surrogateescape`",
        )),
    }
}

/// An integer for a message. Python refuses to write very long ones.
fn shown(value: &Bound<'_, PyAny>) -> String {
    match value.str() {
        Ok(text) => format!("the int {}", cut(&text.to_string())),
        Err(_) => "an int of thousands of digits".to_owned(),
    }
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn days(value: &Bound<'_, PyAny>) -> Result<i32, Fault> {
    match value.cast::<Moment>() {
        Ok(moment) => moment.get().fitting(),
        Err(_) => Ok(Temporal::days(value)?),
    }
}

fn microseconds(value: &Bound<'_, PyAny>, temporal: &Temporal) -> Result<i64, Fault> {
    match value.cast::<Moment>() {
        Ok(moment) => moment.get().fitting(),
        Err(_) => Ok(temporal.microseconds(value)?),
    }
}

fn duration(value: &Bound<'_, PyAny>) -> Result<i64, Fault> {
    match value.cast::<Moment>() {
        Ok(moment) => moment.get().fitting(),
        Err(_) => Temporal::duration(value),
    }
}

/// Makes a column of Python values.
pub(crate) fn column(name: &str, values: &Bound<'_, PyList>) -> Result<Column, Fault> {
    let temporal = Temporal::get(values.py())?;
    let mut plain_values = Vec::with_capacity(values.len());
    let mut found = Kind::Null;
    for (row, value) in values.iter().enumerate() {
        let value = if temporal.is_plain(&value) { value } else { plain(value)? };
        let next = kind(&value, temporal).and_then(|kind| kind.ok_or_else(|| no_dtype(&value)));
        let next = next.map_err(|fault| fault.in_row(name, row))?;
        found = found.join(next).map_err(|(expected, actual)| Fault::Mixed {
            column: name.into(),
            row,
            message: format!("{}, after values of type {}", actual.name(), expected.name()),
            hint: mixed(&expected, &actual).into(),
        })?;
        plain_values.push(value);
    }
    let values = array(name, &plain_values, found, temporal)?;
    Ok(Column::new(name, values)?)
}

/// What to do with values of two types in one list.
fn mixed(expected: &Kind, actual: &Kind) -> &'static str {
    use Kind::{Bool, Date, Datetime, Float, Int};
    match (expected, actual) {
        (Datetime(Some(_)), Datetime(Some(_))) => {
            "move all to one zone, e.g. `value.astimezone(datetime.timezone.utc)`"
        }
        (Datetime(_), Datetime(_)) => {
            "give each the same zone, e.g. `value.replace(tzinfo=datetime.timezone.utc)`, or none"
        }
        (Date, Datetime(_)) | (Datetime(_), Date) => {
            "make all datetimes, e.g. `datetime.datetime.combine(value, datetime.time())`, or all \
             dates with `value.date()`"
        }
        (Bool, Int | Float) | (Int | Float, Bool) => "make all numbers, e.g. with `int(value)`",
        (_, Float) => "a column holds one type; use None for a missing value, not NaN",
        _ => "a column holds one type; only None mixes with all, and int with float",
    }
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
        Kind::Bool => {
            Arc::new(BooleanArray::from(extract(name, values, |v| Ok(v.extract::<bool>()?))?))
        }
        Kind::Int => integers(name, values)?,
        Kind::Float => Arc::new(Float64Array::from(extract(name, values, float)?)),
        Kind::String => Arc::new(StringViewArray::from_iter(extract(name, values, text)?)),
        Kind::Date => Arc::new(Date32Array::from(extract(name, values, days)?)),
        Kind::Datetime(zone) => {
            let micros = extract(name, values, |v| microseconds(v, temporal))?;
            Arc::new(TimestampMicrosecondArray::from(micros).with_timezone_opt(zone))
        }
        Kind::Duration => {
            Arc::new(DurationMicrosecondArray::from(extract(name, values, duration)?))
        }
        Kind::Time => {
            Arc::new(Time64MicrosecondArray::from(extract(name, values, Temporal::time)?))
        }
        Kind::Binary => {
            let bytes = |value: &Bound<'_, PyAny>| Ok(value.extract::<Vec<u8>>()?);
            Arc::new(BinaryViewArray::from_iter(extract(name, values, bytes)?))
        }
        Kind::Decimal(scale) => {
            let numbers = extract(name, values, |value| decimals::number(value, scale))?;
            let array = Decimal128Array::from(numbers).with_precision_and_scale(38, scale);
            Arc::new(array.map_err(|source| mydf_core::Error::Arrow {
                operation: format!("column `{name}`"),
                source,
            })?)
        }
        Kind::List => lists(name, values)?,
    })
}

/// Lists of Python values: their items as one column, in the dtype of all of them.
fn lists(name: &str, values: Values<'_, '_>) -> Result<ArrayRef, Fault> {
    let Some(first) = values.first() else { unreachable!("a list is among the values") };
    let items = PyList::empty(first.py());
    let (mut offsets, mut valid) = (vec![0_i64], Vec::with_capacity(values.len()));
    for value in values {
        valid.push(!value.is_none());
        if !value.is_none() {
            for item in value.try_iter()? {
                items.append(item?)?;
            }
        }
        offsets.push(items.len() as i64);
    }
    mydf_core::frame::check_rows::<RowIdx>(items.len() as u64)?;
    // The error of an item names the row of its list.
    let row_of = |item: usize| offsets.partition_point(|start| *start as usize <= item).max(1) - 1;
    let made = column(name, &items).map_err(|fault| match fault {
        Fault::Mixed { column, row, message, hint } => {
            let message = format!("in a list: {message}");
            Fault::Mixed { column, row: row_of(row), message, hint }
        }
        other => other,
    })?;
    let nulls = NullBuffer::from(valid);
    let nulls = Some(nulls).filter(|nulls| nulls.null_count() > 0);
    Ok(Arc::new(list_of(made.dtype(), Arc::clone(made.values()), offsets, nulls)?))
}

fn extract<T>(
    name: &str,
    values: Values<'_, '_>,
    convert: impl Fn(&Bound<'_, PyAny>) -> Result<T, Fault>,
) -> Result<Vec<Option<T>>, Fault> {
    let rows = values.iter().enumerate();
    rows.map(|(row, value)| {
        if value.is_none() {
            return Ok(None);
        }
        convert(value).map(Some).map_err(|fault| fault.in_row(name, row))
    })
    .collect()
}

/// `Int64`, or `UInt64` if a value needs it and none is negative.
fn integers(name: &str, values: Values<'_, '_>) -> Result<ArrayRef, Fault> {
    if let Ok(narrow) = extract(name, values, |v| Ok(v.extract::<i64>()?)) {
        return Ok(Arc::new(Int64Array::from(narrow)));
    }
    if let Ok(wide) = extract(name, values, |v| Ok(v.extract::<u64>()?)) {
        return Ok(Arc::new(UInt64Array::from(wide)));
    }
    let negative = values.iter().any(|v| v.extract::<i64>().is_ok_and(|value| value < 0));
    let row = values.iter().position(|v| {
        !v.is_none() && v.extract::<i64>().is_err() && (negative || v.extract::<u64>().is_err())
    });
    let row = row.unwrap_or_default();
    let value = shown(&values[row]);
    Err(Fault::Mixed {
        column: name.into(),
        row,
        message: format!("{value} does not fit into Int64, nor all values into UInt64"),
        hint: "use floats, or text".into(),
    })
}

/// A float or an integer as a float; an integer that a float can't hold is an error instead of
/// being rounded.
fn float(value: &Bound<'_, PyAny>) -> Result<f64, Fault> {
    if !value.is_instance_of::<PyInt>() {
        return Ok(value.extract()?);
    }
    let float = match value.extract::<i128>() {
        // The integer itself is read, whatever methods its class has. The upper limit rounds up to
        // a float that no longer converts back.
        Ok(int) => Some(int as f64).filter(|&f| f < i128::MAX as f64 && f as i128 == int),
        Err(_) => value.extract::<f64>().ok().filter(|&f| value.eq(f).unwrap_or(false)),
    };
    float.ok_or_else(|| {
        Fault::value(
            "value",
            format!("{} has no exact float, and the column has floats", shown(value)),
            "make all values int, or convert them with `float(...)` first",
        )
    })
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
        DType::Categorical => {
            // Rows of one category share one object.
            let categories = values.as_dictionary::<Int32Type>();
            let texts: Vec<_> = categories
                .values()
                .as_string_view()
                .iter()
                .map(|text| text.map(|text| PyString::new(py, text)))
                .collect();
            let text = |code: Option<i32>| code.and_then(|code| texts.get(code as usize)?.as_ref());
            PyList::new(py, categories.keys().iter().map(text))?
        }
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
        DType::Duration => {
            let temporal = Temporal::get(py)?;
            let durations: Result<Vec<_>, Fault> = values
                .as_primitive::<DurationMicrosecondType>()
                .iter()
                .map(|micros| micros.map(|micros| temporal.to_duration(py, micros)).transpose())
                .collect();
            PyList::new(py, durations?)?
        }
        DType::Time => {
            let temporal = Temporal::get(py)?;
            let times: PyResult<Vec<_>> = values
                .as_primitive::<Time64MicrosecondType>()
                .iter()
                .map(|micros| micros.map(|micros| temporal.to_time(py, micros)).transpose())
                .collect();
            PyList::new(py, times?)?
        }
        DType::Binary => {
            let bytes = values.as_binary_view().iter();
            PyList::new(py, bytes.map(|each| each.map(|bytes| PyBytes::new(py, bytes))))?
        }
        DType::Decimal(_, scale) => decimals::to_list(py, values, *scale)?,
        DType::List(_) => {
            let lists = values.as_list::<i64>();
            let all = to_list(py, &Column::new(column.name(), Arc::clone(lists.values()))?)?;
            let offsets = lists.value_offsets();
            let row = |row: usize| {
                lists
                    .is_valid(row)
                    .then(|| all.get_slice(offsets[row] as usize, offsets[row + 1] as usize))
            };
            PyList::new(py, (0..lists.len()).map(row))?
        }
    })
}
