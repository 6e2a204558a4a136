//! Functions of dates and datetimes that have arguments, in wall-clock time in the dtype's zone.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::types::{Date32Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use mydf_core::temporal::{DAY, Format, Span, Zone, civil, days};
use mydf_core::{DType, Error, Result};

use super::super::values::{Typed, arrow_error};
use super::only;
use crate::expr::{Ambiguous, Expr, MomentOp};

/// A function of dates or datetimes, in the dtype of its result.
pub(in crate::exec) fn apply(
    op: &MomentOp,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let value = only(values);
    let array: ArrayRef = match &value.dtype {
        DType::Date => {
            if let MomentOp::Strftime(format) = op {
                let local = |day: i32| Some((i64::from(day).checked_mul(DAY)?, 0));
                written::<Date32Type>(&value, &format.value, expr, &local)?
            } else {
                let moved = |day: i32| i32::try_from(of_day(op, i64::from(day))?).ok();
                each::<Date32Type>(&value, op, dtype, expr, &|day| moved(day).ok_or(RANGE))?
            }
        }
        DType::Datetime(name) => {
            let zone = Zone::new(name.as_ref())?;
            if let MomentOp::Strftime(format) = op {
                let local = |at: i64| Some((zone.local(at)?, zone.offset(at)));
                written::<TimestampMicrosecondType>(&value, &format.value, expr, &local)?
            } else {
                let new = match op {
                    MomentOp::ReplaceZone { zone, .. } => Zone::new(zone.as_ref())?,
                    _ => zone,
                };
                let moved = |at: i64| of_instant(op, at, &zone, &new);
                each::<TimestampMicrosecondType>(&value, op, dtype, expr, &moved)?
            }
        }
        // Only nulls.
        _ => return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit)),
    };
    Ok(Typed::new(array, dtype.clone(), value.unit))
}

/// Why a moment has no result: the fact, and what fixes it; the empty fact stands for null.
type Problem = (&'static str, &'static str);

const RANGE: Problem = ("leads out of the range of dates", "leave it out with `filter` first");
const NULL: Problem = ("", "");
const SKIPPED: Problem = (
    "leads to a wall-clock time that the clock skips",
    "`non_existent=\"null\"` of `replace_time_zone` makes such times null; `convert_time_zone(\"UTC\")` \
     first counts without clock changes",
);
const TWICE: Problem = (
    "is a wall-clock time that the clock shows twice",
    "pass `ambiguous=\"earliest\"`, `\"latest\"` or `\"null\"`",
);

fn of_day(op: &MomentOp, day: i64) -> Option<i64> {
    match op {
        MomentOp::Truncate(span) => span.value.first_day(day),
        MomentOp::OffsetBy(span) => span.value.later_day(day),
        MomentOp::MonthStart => first_of_month(day),
        MomentOp::MonthEnd => {
            let (year, month, _) = civil(day);
            days(year + month / 12, month % 12 + 1, 1).map(|next| next - 1)
        }
        MomentOp::Strftime(_) | MomentOp::ConvertZone(_) | MomentOp::ReplaceZone { .. } => {
            Some(day)
        }
    }
}

fn first_of_month(day: i64) -> Option<i64> {
    let (year, month, _) = civil(day);
    days(year, month, 1)
}

fn of_instant(op: &MomentOp, at: i64, zone: &Zone, new: &Zone) -> Result<i64, Problem> {
    match op {
        MomentOp::Truncate(span) => span.value.start(at, zone).ok_or(RANGE),
        MomentOp::OffsetBy(span) => {
            let moved = if is_fixed(span.value) {
                at
            } else {
                let local = zone.local(at).ok_or(RANGE)?;
                let local = span.value.later_local(local).ok_or(RANGE)?;
                near(local, at, zone)?
            };
            moved.checked_add(span.value.micros()).ok_or(RANGE)
        }
        MomentOp::MonthStart | MomentOp::MonthEnd => {
            let local = zone.local(at).ok_or(RANGE)?;
            let day = of_day(op, local.div_euclid(DAY)).ok_or(RANGE)?;
            let local = day.checked_mul(DAY).and_then(|day| day.checked_add(local.rem_euclid(DAY)));
            near(local.ok_or(RANGE)?, at, zone)
        }
        MomentOp::ReplaceZone { ambiguous, skipped_to_null, .. } => {
            let local = zone.local(at).ok_or(RANGE)?;
            if let Some(instant) = new.instant(local) {
                return Ok(instant);
            }
            match (new.twice(local), ambiguous) {
                (Some(twice), Ambiguous::Earliest) => Ok(twice.earliest),
                (Some(twice), Ambiguous::Latest) => Ok(twice.latest),
                (Some(_), Ambiguous::Null) => Err(NULL),
                (Some(_), Ambiguous::Raise) => Err(TWICE),
                (None, _) if *skipped_to_null => Err(NULL),
                (None, _) => Err(SKIPPED),
            }
        }
        MomentOp::Strftime(_) | MomentOp::ConvertZone(_) => Ok(at),
    }
}

fn is_fixed(span: Span) -> bool {
    span.later_day(0) == Some(0)
}

/// The instant of a wall-clock time; of two, the one with the offset of another instant.
fn near(local: i64, at: i64, zone: &Zone) -> Result<i64, Problem> {
    if let Some(instant) = zone.instant(local) {
        return Ok(instant);
    }
    let twice = zone.twice(local).ok_or(SKIPPED)?;
    let same = zone.offset(twice.latest) == zone.offset(at);
    Ok(if same { twice.latest } else { twice.earliest })
}

/// Moves each value; the first one without a result is the error.
fn each<T: ArrowPrimitiveType>(
    value: &Typed,
    op: &MomentOp,
    dtype: &DType,
    expr: &Expr,
    moved: &dyn Fn(T::Native) -> Result<T::Native, Problem>,
) -> Result<ArrayRef> {
    let values = value.primitive::<T>();
    let mut failed: Option<(usize, Problem)> = None;
    let array: PrimitiveArray<T> = values
        .iter()
        .enumerate()
        .map(|(row, value)| match moved(value?) {
            Ok(value) => Some(value),
            Err(problem) => {
                if failed.is_none() && problem != NULL {
                    failed = Some((row, problem));
                }
                None
            }
        })
        .collect();
    match failed {
        None => Ok(Arc::new(array.with_data_type(dtype.to_arrow()))),
        Some((row, (fact, hint))) => Err(problem(value, op.name(), row, fact, hint, expr)),
    }
}

fn problem(
    value: &Typed,
    operation: &'static str,
    row: usize,
    fact: &str,
    hint: &'static str,
    expr: &Expr,
) -> Error {
    let what = expr.children().first().map_or_else(String::new, |input| input.label());
    let value = mydf_core::cast::text_of(&value.array, &value.dtype, row);
    Error::Moment { operation, what, value, row, fact: fact.to_owned(), hint }
}

/// Each value as text; `local` gives wall-clock time and offset.
fn written<T: ArrowPrimitiveType>(
    value: &Typed,
    format: &Format,
    expr: &Expr,
    local: &dyn Fn(T::Native) -> Option<(i64, i64)>,
) -> Result<ArrayRef> {
    let values = value.primitive::<T>();
    let mut builder = StringViewBuilder::with_capacity(values.len());
    for (row, moment) in values.iter().enumerate() {
        let Some(moment) = moment else {
            builder.append_null();
            continue;
        };
        let text = local(moment).and_then(|(local, offset)| format.write(local, offset));
        let Some(text) = text else {
            let fact = "has no text in this format";
            return Err(problem(value, "dt.strftime", row, fact, RANGE.1, expr));
        };
        builder.try_append_value(&text).map_err(arrow_error("dt.strftime"))?;
    }
    Ok(Arc::new(builder.finish()))
}
