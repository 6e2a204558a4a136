//! Arrow's forms of a dtype in that of mydf, and values that a dtype does not have.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_schema::{DataType, TimeUnit};

use crate::categories;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::nested::list_of;
use crate::temporal::{self, DAY, Zone};
use crate::units;

/// The dtype of an array, and its values in the representation of this dtype.
pub(crate) fn own_form(column: &str, values: ArrayRef) -> Result<(DType, ArrayRef)> {
    let dtype = DType::from_arrow(values.data_type()).ok_or_else(|| Error::UnsupportedType {
        column: column.to_owned(),
        arrow_type: values.data_type().to_string(),
    })?;
    let dtype = known_zone(dtype, column)?;
    if dtype == DType::Categorical {
        let values = categories::own_form(column, &values)?;
        return Ok((dtype, values));
    }
    let values = units::in_micros(column, values, &dtype)?;
    let values = nested(column, values, &dtype)?;
    let wanted = dtype.to_arrow();
    let values = if *values.data_type() == wanted {
        values
    } else {
        let options = arrow_cast::CastOptions { safe: false, ..Default::default() };
        arrow_cast::cast_with_options(&values, &wanted, &options).map_err(|source| {
            Error::Arrow { operation: format!("conversion of column `{column}`"), source }
        })?
    };
    Ok((dtype, values))
}

/// The dtype with the one spelling of its zone.
fn known_zone(dtype: DType, column: &str) -> Result<DType> {
    let zone = match dtype {
        DType::Datetime(Some(zone)) => zone,
        DType::List(inner) => {
            return Ok(DType::List(Arc::new(known_zone(inner.as_ref().clone(), column)?)));
        }
        dtype => return Ok(dtype),
    };
    let zone = temporal::canonical(&zone);
    Zone::new(Some(&zone)).map_err(|error| Error::ArrowData {
        column: column.to_owned(),
        message: error.to_string(),
        hint: "give the column another zone first, such as `UTC`",
    })?;
    Ok(DType::Datetime(Some(zone)))
}

/// Finds a value that its type does not have, also in lists. Arrow's own checks find neither.
pub(crate) fn check(column: &str, values: &ArrayRef) -> Result<()> {
    match values.data_type() {
        DataType::Time64(TimeUnit::Microsecond) => check_times(column, values.as_primitive()),
        DataType::Decimal128(precision, _) => {
            let decimals = values.as_primitive::<Decimal128Type>();
            decimals.validate_decimal_precision(*precision).map_err(|_| Error::ArrowData {
                column: column.to_owned(),
                message: format!("a number has more digits than {}", values.data_type()),
                hint: "give the column a larger precision where it is made",
            })
        }
        DataType::List(_) => check(column, values.as_list::<i32>().values()),
        DataType::LargeList(_) => check(column, values.as_list::<i64>().values()),
        DataType::FixedSizeList(..) => check(column, values.as_fixed_size_list().values()),
        _ => Ok(()),
    }
}

fn check_times(column: &str, times: &PrimitiveArray<Time64MicrosecondType>) -> Result<()> {
    let outside = |row: &usize| times.is_valid(*row) && !(0..DAY).contains(&times.value(*row));
    // Most columns have no such value, so nothing asks for nulls until there is one.
    if times.values().iter().all(|micros| (0..DAY).contains(micros)) {
        return Ok(());
    }
    match (0..times.len()).find(outside) {
        Some(row) => Err(no_time(column, row)),
        None => Ok(()),
    }
}

fn no_time(column: &str, row: usize) -> Error {
    Error::ArrowData {
        column: column.to_owned(),
        message: format!("row {row} is no time of day in whole microseconds"),
        hint: "round the times to microseconds first, e.g. in polars with \
               `.dt.truncate('1us')`, or make them null",
    }
}

/// Lists and times of day in the representation of their dtype; other arrays stay as they are.
fn nested(column: &str, values: ArrayRef, dtype: &DType) -> Result<ArrayRef> {
    match (dtype, values.data_type()) {
        (DType::Time, DataType::Time64(TimeUnit::Microsecond)) => Ok(values),
        (DType::Time, DataType::Time32(_) | DataType::Time64(_)) => time(column, &values),
        (DType::List(inner), stored) if *stored != dtype.to_arrow() => list(column, &values, inner),
        _ => Ok(values),
    }
}

fn list(column: &str, values: &ArrayRef, inner: &DType) -> Result<ArrayRef> {
    let (DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _)) =
        values.data_type()
    else {
        return Ok(Arc::clone(values));
    };
    let wide = DataType::LargeList(Arc::clone(item));
    let wide = arrow_cast::cast(values, &wide).map_err(|source| Error::Arrow {
        operation: format!("conversion of column `{column}`"),
        source,
    })?;
    let wide = wide.as_list::<i64>();
    let (found, items) = own_form(column, Arc::clone(wide.values()))?;
    let items = match found {
        DType::Categorical => Arc::new(categories::texts(items.as_dictionary())?),
        _ => items,
    };
    let offsets = wide.offsets().to_vec();
    Ok(Arc::new(list_of(inner, items, offsets, wide.nulls().cloned())?))
}

fn time(column: &str, values: &ArrayRef) -> Result<ArrayRef> {
    let wide = |factor: i64| move |value: i64| value.checked_mul(factor);
    let micros: PrimitiveArray<Time64MicrosecondType> = match values.data_type() {
        DataType::Time32(TimeUnit::Second) => {
            let seconds = values.as_primitive::<Time32SecondType>();
            seconds.unary_opt(|value| wide(1_000_000)(i64::from(value)))
        }
        DataType::Time32(_) => {
            let millis = values.as_primitive::<Time32MillisecondType>();
            millis.unary_opt(|value| wide(1_000)(i64::from(value)))
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            let nanos = values.as_primitive::<Time64NanosecondType>();
            nanos.unary_opt(|value| (value % 1_000 == 0).then_some(value / 1_000))
        }
        _ => return Ok(Arc::clone(values)),
    };
    let lost = |row: &usize| values.is_valid(*row) && micros.is_null(*row);
    if let Some(row) = (0..values.len()).find(lost) {
        return Err(no_time(column, row));
    }
    check_times(column, &micros)?;
    Ok(Arc::new(micros))
}
