//! Parts of dates and datetimes, in wall-clock time in the dtype's zone, and durations as numbers.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Int32Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use mydf_core::temporal::{DAY, SECOND, Zone, civil, days, weekday};
use mydf_core::{DType, Result};

use super::super::values::Typed;
use crate::expr::DtOp;

/// A part of a Date or Datetime operand, or a Duration as a number, in the dtype of the result.
pub(in crate::exec) fn apply(op: DtOp, value: Typed, dtype: &DType) -> Result<Typed> {
    let array: ArrayRef = match &value.dtype {
        DType::Date if op == DtOp::Date => return Ok(value),
        DType::Date => {
            let days = value.primitive::<Date32Type>();
            Arc::new(days.unary::<_, Int32Type>(|day| of_day(op, i64::from(day))))
        }
        DType::Datetime(zone) => {
            let zone = Zone::new(zone.as_ref())?;
            let instants = value.primitive::<TimestampMicrosecondType>();
            // Out of range there is no wall-clock time; such a value becomes null.
            let part = |instant| Some(of_local(op, zone.local(instant)?));
            if op == DtOp::Date {
                Arc::new(instants.unary_opt::<_, Date32Type>(part))
            } else {
                Arc::new(instants.unary_opt::<_, Int32Type>(part))
            }
        }
        DType::Time => {
            let times = value.primitive::<Time64MicrosecondType>();
            Arc::new(times.unary::<_, Int32Type>(|micros| of_local(op, micros)))
        }
        DType::Duration => {
            let unit = op.unit().unwrap_or(1);
            let micros = value.primitive::<DurationMicrosecondType>();
            Arc::new(micros.unary::<_, Int64Type>(|micros| micros / unit))
        }
        // Only nulls.
        _ => return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit)),
    };
    Ok(Typed::new(array, dtype.clone(), value.unit))
}

/// A part of wall-clock microseconds. Every part fits an `i32`: 64 bits of microseconds cover
/// 600,000 years.
fn of_local(op: DtOp, local: i64) -> i32 {
    let seconds = local.rem_euclid(DAY) / SECOND;
    match op {
        DtOp::Hour => (seconds / 3_600) as i32,
        DtOp::Minute => (seconds / 60 % 60) as i32,
        DtOp::Second => (seconds % 60) as i32,
        DtOp::Millisecond => (local.rem_euclid(SECOND) / 1_000) as i32,
        DtOp::Microsecond => local.rem_euclid(SECOND) as i32,
        _ => of_day(op, local.div_euclid(DAY)),
    }
}

fn of_day(op: DtOp, day: i64) -> i32 {
    let part = match op {
        DtOp::Year => civil(day).0,
        DtOp::Month => civil(day).1,
        DtOp::Day => civil(day).2,
        DtOp::Weekday => weekday(day),
        DtOp::Date => day,
        DtOp::Quarter => (civil(day).1 + 2) / 3,
        DtOp::OrdinalDay => day - first_day(civil(day).0) + 1,
        DtOp::Week => (thursday(day) - first_day(civil(thursday(day)).0)) / 7 + 1,
        DtOp::IsoYear => civil(thursday(day)).0,
        // Parts of a day or of a duration.
        _ => 0,
    };
    part as i32
}

/// The Thursday of the same week: ISO 8601 counts a week to the year of its Thursday.
fn thursday(day: i64) -> i64 {
    day - weekday(day) + 4
}

/// The first day of a year. Every `i32` day has one.
fn first_day(year: i64) -> i64 {
    days(year, 1, 1).unwrap_or_default()
}
