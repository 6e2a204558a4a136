//! Conversion between dtypes.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType, UInt8Type,
    UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, PrimitiveArray, StringViewArray, new_empty_array, new_null_array,
};
use arrow_buffer::NullBuffer;

use crate::categories;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::nested::list_of;
use crate::temporal::{self, DAY, Zone};

/// Converts the column to another dtype. A value that does not fit (text that is not a number, a
/// float outside an integer's range, …) is an error if `strict` and null otherwise. A float is
/// truncated towards zero.
///
/// - Numbers to numbers: integers are checked; an integer becomes the nearest float; a float beyond the range of `Float32` becomes
///   infinite, as IEEE 754 rounds.
/// - Bool is 1 and 0; a number is true unless it is zero, and NaN fails.
/// - Text is read without the white space around it: numbers as Rust writes them (`1e400` fails, as
///   no float is near it), `true` and `false` in any case, dates and datetimes as ISO 8601. Text without an offset is wall-clock
///   time in the dtype's zone; text with an offset fails if the dtype has no zone.
/// - Anything to text: a float gets as many digits as it takes to read back the same float.
/// - Dates convert to and from integers as `Int32` days, datetimes as `Int64` microseconds since
///   1970, durations as `Int64` microseconds. Durations are ISO 8601 text, `P1DT2H`.
/// - Between a datetime without a zone and one with a zone, the wall-clock time stays the same;
///   between two zones, the instant does. A wall-clock time that a clock change skips or repeats
///   fails. A date becomes the first instant of its day.
/// - Text becomes categories, numbered in the order of their first row. Categories convert like
///   their texts.
/// - Null converts to every dtype; only nulls convert to Null.
///
/// # Errors
/// [`crate::Error::Cast`] naming the first value that does not fit; [`crate::Error::DType`] if
/// there is no conversion between the two dtypes; [`crate::Error::UnknownZone`].
pub fn cast(column: &Column, dtype: &DType, strict: bool) -> Result<Column> {
    let name = || column.name().to_owned();
    let values = cast_array(column.values(), column.dtype(), dtype, strict, &name)?;
    Column::new(column.shared_name(), values)
}

/// Converts the column to the dtype that its values are said to have: like a strict [`cast`], but a
/// value that would lose something is an error: a fraction, the digits of a large integer, a time of
/// day, a time zone. Only the nearest `Float32` counts as the same `Float64`.
///
/// # Errors
/// [`crate::Error::Inexact`] naming the first value that would not survive, and those of [`cast`].
pub fn exact(column: &Column, dtype: &DType) -> Result<Column> {
    let converted = cast(column, dtype, true)?;
    if let Some(row) = first_lost(column, &converted)? {
        return Err(Error::Inexact {
            what: column.name().to_owned(),
            from: column.dtype().clone(),
            to: dtype.clone(),
            value: text_of(column.values(), column.dtype(), row),
            row,
        });
    }
    Ok(converted)
}

/// The first row that a conversion did not keep.
fn first_lost(before: &Column, after: &Column) -> Result<Option<usize>> {
    let (from, to) = (before.dtype(), after.dtype());
    let rows = 0..before.len();
    match (from, to) {
        (DType::Float64, DType::Float32) => {
            let (wide, narrow) = (
                before.values().as_primitive::<Float64Type>(),
                after.values().as_primitive::<Float32Type>(),
            );
            let lost = |&row: &usize| {
                wide.is_valid(row) && wide.value(row).is_finite() && narrow.value(row).is_infinite()
            };
            return Ok(rows.into_iter().find(lost));
        }
        (DType::Datetime(Some(_)), DType::Datetime(None)) => {
            return Ok(rows.into_iter().find(|&row| before.values().is_valid(row)));
        }
        (DType::Datetime(_), DType::Date) => {}
        (DType::Decimal(..), to) if to.is_numeric() || matches!(to, DType::Decimal(..)) => {}
        (from, DType::Decimal(..)) if from.is_numeric() => {}
        (from, to) if from.is_numeric() && (to.is_numeric() || *to == DType::Bool) => {}
        _ => return Ok(None),
    }
    let Some(back) = convert(after.values(), to, from)? else { return Ok(None) };
    // Both have the same nulls, except where a value did not come back.
    if back.as_ref() == before.values().as_ref() {
        return Ok(None);
    }
    let same = arrow_ord::cmp::not_distinct(&back, before.values())
        .map_err(|source| Error::Arrow { operation: format!("comparison as {from}"), source })?;
    Ok(rows.into_iter().find(|&row| !same.value(row) && !is_zero(&back, before.values(), row)))
}

/// True if both values are zero: a negative zero is an integer's zero too.
fn is_zero(back: &ArrayRef, before: &ArrayRef, row: usize) -> bool {
    let zero = |values: &ArrayRef| match values.data_type() {
        arrow_schema::DataType::Float32 => values.as_primitive::<Float32Type>().value(row) == 0.0,
        arrow_schema::DataType::Float64 => values.as_primitive::<Float64Type>().value(row) == 0.0,
        _ => false,
    };
    back.is_valid(row) && zero(back) && zero(before)
}

/// Checks that one dtype converts to another, before there are any values; `what` names the input
/// in an error.
///
/// # Errors
/// [`crate::Error::DType`] if there is no conversion; [`crate::Error::UnknownZone`].
pub fn check(from: &DType, to: &DType, what: &dyn Fn() -> String) -> Result<()> {
    // Only `convert` knows the conversions, so ask it with an empty array, which costs nothing.
    cast_array(&new_empty_array(&from.to_arrow()), from, to, true, what).map(drop)
}

/// Does the same as [`cast`] for a bare array; `what` names it in errors.
///
/// # Errors
/// The same as for [`cast`].
pub fn cast_array(
    values: &ArrayRef,
    from: &DType,
    to: &DType,
    strict: bool,
    what: &dyn Fn() -> String,
) -> Result<ArrayRef> {
    if from == to {
        return Ok(Arc::clone(values));
    }
    let converted = convert(values, from, to)?.ok_or_else(|| Error::DType {
        operation: format!("cast to {to}"),
        what: what(),
        expected: "a dtype that it can be made from".into(),
        actual: from.clone(),
    })?;
    if strict && converted.logical_null_count() > values.logical_null_count() {
        let before = values.logical_nulls();
        let after = converted.logical_nulls();
        let is_null =
            |nulls: &Option<NullBuffer>, row| nulls.as_ref().is_some_and(|n| n.is_null(row));
        let row = (0..values.len()).find(|&row| is_null(&after, row) && !is_null(&before, row));
        let row = row.unwrap_or(0);
        return Err(Error::Cast {
            what: what(),
            from: from.clone(),
            to: to.clone(),
            value: text_of(values, from, row),
            row,
        });
    }
    Ok(converted)
}

/// One value as a cast to text writes it, cut if it is very long; `null` for a null.
pub fn text_of(values: &ArrayRef, dtype: &DType, row: usize) -> String {
    const LONGEST: usize = 60;
    if let DType::Binary | DType::List(_) = dtype {
        return nested_text(values, dtype, row, LONGEST);
    }
    let text = match convert(&values.slice(row, 1), dtype, &DType::String) {
        Ok(Some(text)) if text.is_valid(0) => text.as_string_view().value(0).to_owned(),
        _ if *dtype == DType::String && values.is_valid(row) => {
            values.as_string_view().value(row).to_owned()
        }
        _ => "null".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Bytes as `b"a\xff"`, and a list as `[1, 2]`, with their first parts.
fn nested_text(values: &ArrayRef, dtype: &DType, row: usize, longest: usize) -> String {
    match dtype {
        _ if values.is_null(row) => "null".to_owned(),
        DType::Binary => {
            let bytes = values.as_binary_view().value(row);
            format!("b\"{}\"", bytes[..bytes.len().min(longest)].escape_ascii())
        }
        DType::List(inner) => {
            const MOST: usize = 10;
            let items = values.as_list::<i64>().value(row);
            let shown = (0..items.len().min(MOST)).map(|item| text_of(&items, inner, item));
            let mut shown: Vec<String> = shown.collect();
            if items.len() > MOST {
                shown.push("…".to_owned());
            }
            format!("[{}]", shown.join(", "))
        }
        _ => text_of(values, dtype, row),
    }
}

/// The array with null for each value that does not fit; `None` if there is no conversion.
fn convert(values: &ArrayRef, from: &DType, to: &DType) -> Result<Option<ArrayRef>> {
    let length = values.len();
    Ok(Some(match (from, to) {
        (from, to) if from == to => Arc::clone(values),
        (DType::Null, _) | (_, DType::Null) => new_null_array(&to.to_arrow(), length),
        (DType::Categorical, to) => {
            let texts: ArrayRef = Arc::new(categories::texts(values.as_dictionary())?);
            return convert(&texts, &DType::String, to);
        }
        (DType::String, DType::Categorical) => {
            Arc::new(categories::encode(values.as_string_view())?)
        }
        (_, DType::Categorical) => return Ok(None),
        (from, DType::Bool) if from.is_numeric() => number_to_bool(values, from)?,
        (from, to) if (from.is_numeric() || *from == DType::Bool) && to.is_numeric() => {
            arrow(values, to)?
        }
        (DType::Decimal(..) | DType::String, DType::Decimal(..))
        | (DType::Decimal(..) | DType::Binary, DType::String)
        | (DType::String, DType::Binary) => arrow(values, to)?,
        (DType::Decimal(..), other) | (other, DType::Decimal(..)) if other.is_numeric() => {
            arrow(values, to)?
        }
        (DType::List(_), DType::List(wanted)) if **wanted == DType::Categorical => {
            return Ok(None);
        }
        (DType::List(inner), DType::List(wanted)) => return lists(values, inner, wanted),
        (DType::Binary | DType::List(_), _) | (_, DType::Binary | DType::List(_)) => {
            return Ok(None);
        }
        (DType::String, _) => return parse(values.as_string_view(), to),
        (_, DType::String) => Arc::new(write(values, from)?),
        (DType::Date, DType::Datetime(zone)) => {
            let zone = Zone::new(zone.as_ref())?;
            let days = values.as_primitive::<Date32Type>();
            let starts = days.unary_opt(|day| zone.start_of_day(i64::from(day)));
            datetimes(starts, to)
        }
        (DType::Datetime(zone), DType::Date) => {
            let zone = Zone::new(zone.as_ref())?;
            let instants = values.as_primitive::<TimestampMicrosecondType>();
            Arc::new(instants.unary_opt::<_, Date32Type>(|instant| {
                i32::try_from(zone.local(instant)?.div_euclid(DAY)).ok()
            }))
        }
        (DType::Datetime(before), DType::Datetime(after)) => {
            let instants = values.as_primitive::<TimestampMicrosecondType>();
            if before.is_some() && after.is_some() {
                Zone::new(after.as_ref())?;
                datetimes(instants.clone(), to)
            } else {
                let (before, after) = (Zone::new(before.as_ref())?, Zone::new(after.as_ref())?);
                datetimes(instants.unary_opt(|at| after.instant(before.local(at)?)), to)
            }
        }
        (DType::Datetime(zone), DType::Time) => {
            let zone = Zone::new(zone.as_ref())?;
            let instants = values.as_primitive::<TimestampMicrosecondType>();
            Arc::new(instants.unary_opt::<_, Time64MicrosecondType>(|instant| {
                Some(zone.local(instant)?.rem_euclid(DAY))
            }))
        }
        (from, to) if (from.is_temporal() || *from == DType::Duration) && to.is_integer() => {
            let integers = match from {
                DType::Date => {
                    values.as_primitive::<Date32Type>().reinterpret_cast::<Int32Type>().into_ref()
                }
                DType::Duration => values
                    .as_primitive::<DurationMicrosecondType>()
                    .reinterpret_cast::<Int64Type>()
                    .into_ref(),
                _ => values
                    .as_primitive::<TimestampMicrosecondType>()
                    .reinterpret_cast::<Int64Type>()
                    .into_ref(),
            };
            arrow(&integers, to)?
        }
        (from, DType::Date) if from.is_integer() => {
            let days = arrow(values, &DType::Int32)?;
            days.as_primitive::<Int32Type>().reinterpret_cast::<Date32Type>().into_ref()
        }
        (from, DType::Duration) if from.is_integer() => {
            let micros = arrow(values, &DType::Int64)?;
            micros
                .as_primitive::<Int64Type>()
                .reinterpret_cast::<DurationMicrosecondType>()
                .into_ref()
        }
        (from, DType::Datetime(zone)) if from.is_integer() => {
            Zone::new(zone.as_ref())?;
            let micros = arrow(values, &DType::Int64)?;
            datetimes(micros.as_primitive::<Int64Type>().reinterpret_cast(), to)
        }
        _ => return Ok(None),
    }))
}

/// Lists with their items in another dtype. An item that does not fit is an error, since a list has
/// no other place for its failure.
fn lists(values: &ArrayRef, inner: &DType, wanted: &DType) -> Result<Option<ArrayRef>> {
    let lists = values.as_list::<i64>();
    let before = lists.values();
    let Some(items) = convert(before, inner, wanted)? else { return Ok(None) };
    if items.logical_null_count() > before.logical_null_count() {
        let lost = |row: &usize| before.is_valid(*row) && items.is_null(*row);
        let row = (0..before.len()).find(lost).unwrap_or_default();
        return Err(Error::Cast {
            what: "an item of a list".into(),
            from: inner.clone(),
            to: wanted.clone(),
            value: text_of(before, inner, row),
            row: lists.value_offsets().partition_point(|start| *start as usize <= row).max(1) - 1,
        });
    }
    let offsets = lists.offsets().to_vec();
    Ok(Some(Arc::new(list_of(wanted, items, offsets, lists.nulls().cloned())?)))
}

/// Puts an array behind a pointer; short for `Arc::new` at the end of a chain.
trait IntoRef {
    fn into_ref(self) -> ArrayRef;
}

impl<A: Array + 'static> IntoRef for A {
    fn into_ref(self) -> ArrayRef {
        Arc::new(self)
    }
}

/// Arrow's own conversion between numbers; a value that does not fit becomes null.
fn arrow(values: &ArrayRef, to: &DType) -> Result<ArrayRef> {
    arrow_cast::cast(values, &to.to_arrow())
        .map_err(|source| Error::Arrow { operation: format!("cast to {to}"), source })
}

fn datetimes(instants: PrimitiveArray<TimestampMicrosecondType>, dtype: &DType) -> ArrayRef {
    Arc::new(instants.with_data_type(dtype.to_arrow()))
}

fn number_to_bool(values: &ArrayRef, from: &DType) -> Result<ArrayRef> {
    if from.is_integer() {
        return arrow(values, &DType::Bool);
    }
    let wide = arrow(values, &DType::Float64)?;
    let floats = wide.as_primitive::<Float64Type>();
    let valid = BooleanArray::from_unary(floats, |value| !value.is_nan());
    let valid = NullBuffer::new(valid.values().clone());
    let truth = BooleanArray::from_unary(floats, |value| value != 0.0);
    let nulls = NullBuffer::union(floats.nulls(), Some(&valid));
    Ok(Arc::new(BooleanArray::new(truth.values().clone(), nulls)))
}

/// Text as another dtype.
fn parse(texts: &StringViewArray, to: &DType) -> Result<Option<ArrayRef>> {
    /// Parses each text with a function that returns `None` for text that it can't read.
    fn each<T: ArrowPrimitiveType>(
        texts: &StringViewArray,
        read: impl Fn(&str) -> Option<T::Native>,
    ) -> PrimitiveArray<T> {
        texts.iter().map(|text| read(text?.trim())).collect()
    }
    Ok(Some(match to {
        DType::Int8 => each::<Int8Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::Int16 => each::<Int16Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::Int32 => each::<Int32Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::Int64 => each::<Int64Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::UInt8 => each::<UInt8Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::UInt16 => each::<UInt16Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::UInt32 => each::<UInt32Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::UInt64 => each::<UInt64Type>(texts, |text| text.parse().ok()).into_ref(),
        DType::Float32 => each::<Float32Type>(texts, |text| {
            text.parse().ok().filter(|value: &f32| value.is_finite() || is_word(text))
        })
        .into_ref(),
        DType::Float64 => each::<Float64Type>(texts, |text| {
            text.parse().ok().filter(|value: &f64| value.is_finite() || is_word(text))
        })
        .into_ref(),
        DType::Bool => {
            texts.iter().map(|text| parse_bool(text?.trim())).collect::<BooleanArray>().into_ref()
        }
        DType::Date => each::<Date32Type>(texts, temporal::parse_date).into_ref(),
        DType::Duration => {
            each::<DurationMicrosecondType>(texts, temporal::parse_duration).into_ref()
        }
        DType::Datetime(zone) => {
            let zone = Zone::new(zone.as_ref())?;
            datetimes(each(texts, |text| parse_instant(text, &zone)), to)
        }
        DType::Time => each::<Time64MicrosecondType>(texts, temporal::parse_time).into_ref(),
        DType::Null
        | DType::String
        | DType::Categorical
        | DType::Binary
        | DType::Decimal(..)
        | DType::List(_) => {
            return Ok(None);
        }
    }))
}

/// True for `inf` or `NaN`; a number beyond the range of its float dtype has digits instead.
fn is_word(text: &str) -> bool {
    !text.bytes().any(|byte| byte.is_ascii_digit())
}

fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The microseconds that an ISO 8601 text means in a zone.
pub fn parse_instant(text: &str, zone: &Zone) -> Option<i64> {
    match temporal::parse_datetime(text)? {
        (local, None) => zone.instant(local),
        (local, Some(offset)) if !matches!(zone, Zone::Naive) => local.checked_sub(offset),
        _ => None,
    }
}

/// Values as text. A datetime outside its zone's range becomes null.
fn write(values: &ArrayRef, from: &DType) -> Result<StringViewArray> {
    macro_rules! each {
        ($kind:ty, $($format:tt)+) => {
            written(values.as_primitive::<$kind>().iter(), |out, value| {
                write!(out, $($format)+, value).is_ok()
            })
        };
    }
    Ok(match from {
        DType::Int8 => each!(Int8Type, "{}"),
        DType::Int16 => each!(Int16Type, "{}"),
        DType::Int32 => each!(Int32Type, "{}"),
        DType::Int64 => each!(Int64Type, "{}"),
        DType::UInt8 => each!(UInt8Type, "{}"),
        DType::UInt16 => each!(UInt16Type, "{}"),
        DType::UInt32 => each!(UInt32Type, "{}"),
        DType::UInt64 => each!(UInt64Type, "{}"),
        DType::Float32 => each!(Float32Type, "{:?}"),
        DType::Float64 => each!(Float64Type, "{:?}"),
        DType::Bool => written(values.as_boolean().iter(), |out, value| {
            out.push_str(if value { "true" } else { "false" });
            true
        }),
        DType::Date => written(values.as_primitive::<Date32Type>().iter(), |out, day| {
            temporal::write_date(out, i64::from(day));
            true
        }),
        DType::Duration => {
            let durations = values.as_primitive::<DurationMicrosecondType>();
            written(durations.iter(), |out, micros| {
                temporal::write_duration(out, micros);
                true
            })
        }
        DType::Datetime(zone) => {
            let zone = Zone::new(zone.as_ref())?;
            let instants = values.as_primitive::<TimestampMicrosecondType>();
            written(instants.iter(), |out, instant| write_instant(out, instant, &zone, 'T'))
        }
        DType::Time => {
            let times = values.as_primitive::<Time64MicrosecondType>();
            written(times.iter(), |out, micros| {
                temporal::write_time(out, micros);
                true
            })
        }
        DType::Null | DType::Categorical | DType::Binary | DType::Decimal(..) | DType::List(_) => {
            StringViewArray::new_null(values.len())
        }
        DType::String => values.as_string_view().clone(),
    })
}

/// Writes an instant as wall-clock time and, in a zone, its offset; false if it is out of range.
pub(crate) fn write_instant(out: &mut String, instant: i64, zone: &Zone, separator: char) -> bool {
    let Some(local) = zone.local(instant) else { return false };
    temporal::write_datetime(out, local, separator);
    if matches!(zone, Zone::Naive) {
        return true;
    }
    let seconds = zone.offset(instant) / temporal::SECOND;
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() / 60 % 60);
    let written = write!(out, "{sign}{hours:02}:{minutes:02}").is_ok();
    // Local mean time has an offset with seconds, as in most zones before about 1900.
    match seconds.abs() % 60 {
        0 => written,
        rest => written && write!(out, ":{rest:02}").is_ok(),
    }
}

/// Text for each value, written through one reused buffer.
fn written<T: Copy>(
    values: impl ExactSizeIterator<Item = Option<T>>,
    write: impl Fn(&mut String, T) -> bool,
) -> StringViewArray {
    let mut builder = StringViewBuilder::with_capacity(values.len());
    let mut text = String::new();
    for value in values {
        text.clear();
        match value {
            Some(value) if write(&mut text, value) => builder.append_value(&text),
            _ => builder.append_null(),
        }
    }
    builder.finish()
}
