//! Arrow's units of time in those of mydf: microseconds and days. Points in time are rounded down;
//! a duration that is no whole number of microseconds is an error.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use crate::dtype::DType;
use crate::error::{Error, Result};

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

/// Dates, timestamps and durations in the representation of their dtype; other arrays stay as they are.
/// Arrow's own conversion rounds towards zero, which is up for times before 1970.
pub(crate) fn in_micros(column: &str, values: ArrayRef, dtype: &DType) -> Result<ArrayRef> {
    if *values.data_type() == dtype.to_arrow() {
        return Ok(values);
    }
    let micros: PrimitiveArray<TimestampMicrosecondType> = match values.data_type() {
        DataType::Date64 => return days(column, &values),
        DataType::Duration(_) => return durations(column, &values),
        DataType::Timestamp(TimeUnit::Second, _) => {
            let seconds = values.as_primitive::<TimestampSecondType>();
            let made = seconds.unary_opt(|value| value.checked_mul(1_000_000));
            checked(column, &values, made, "microseconds in 64 bits")?
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            let millis = values.as_primitive::<TimestampMillisecondType>();
            let made = millis.unary_opt(|value| value.checked_mul(1_000));
            checked(column, &values, made, "microseconds in 64 bits")?
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            let nanos = values.as_primitive::<TimestampNanosecondType>();
            nanos.unary(|value| value.div_euclid(1_000))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            values.as_primitive::<TimestampMicrosecondType>().clone()
        }
        DataType::Dictionary(_, inner) if inner.is_temporal() => {
            let unpacked = arrow_cast::cast(&values, inner).map_err(|source| Error::Arrow {
                operation: format!("conversion of column `{column}`"),
                source,
            })?;
            return in_micros(column, unpacked, dtype);
        }
        _ => return Ok(values),
    };
    Ok(Arc::new(micros.with_data_type(dtype.to_arrow())))
}

fn durations(column: &str, values: &ArrayRef) -> Result<ArrayRef> {
    type Micros = PrimitiveArray<DurationMicrosecondType>;
    let wide = |factor: i64| move |value: i64| value.checked_mul(factor);
    let made: Micros = match values.data_type() {
        DataType::Duration(TimeUnit::Second) => {
            values.as_primitive::<DurationSecondType>().unary_opt(wide(1_000_000))
        }
        DataType::Duration(TimeUnit::Millisecond) => {
            values.as_primitive::<DurationMillisecondType>().unary_opt(wide(1_000))
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            let nanos = values.as_primitive::<DurationNanosecondType>();
            let whole = |value: i64| (value % 1_000 == 0).then_some(value / 1_000);
            let made: Micros = nanos.unary_opt(whole);
            if let Some(row) = lost(values, &made) {
                return Err(Error::ArrowData {
                    column: column.to_owned(),
                    message: format!(
                        "row {row}: {} ns is no whole number of microseconds",
                        nanos.value(row)
                    ),
                    hint: "round the durations to microseconds first, e.g. in pandas with \
                           `.dt.round('us')`, in polars with `.cast(pl.Duration('us'))`",
                });
            }
            made
        }
        _ => values.as_primitive::<DurationMicrosecondType>().clone(),
    };
    Ok(Arc::new(checked(column, values, made, "microseconds in 64 bits")?))
}

/// The first row that became null.
fn lost(before: &ArrayRef, after: &dyn Array) -> Option<usize> {
    if after.null_count() == before.null_count() {
        return None;
    }
    (0..before.len()).find(|&row| after.is_null(row) && before.is_valid(row))
}

fn days(column: &str, values: &ArrayRef) -> Result<ArrayRef> {
    let millis = values.as_primitive::<Date64Type>();
    let made = millis.unary_opt(|value| i32::try_from(value.div_euclid(DAY)).ok());
    let days: PrimitiveArray<Date32Type> = checked(column, values, made, "days in 32 bits")?;
    Ok(Arc::new(days))
}

/// The converted values, unless one became null.
fn checked<T: Array>(column: &str, before: &ArrayRef, after: T, wanted: &str) -> Result<T> {
    let Some(row) = lost(before, &after) else { return Ok(after) };
    Err(Error::ArrowData {
        column: column.to_owned(),
        message: format!("row {row}: the {} does not fit into {wanted}", before.data_type()),
        hint: "make such values null first",
    })
}
