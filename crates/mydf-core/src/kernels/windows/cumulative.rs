//! Aggregations that grow from row to row.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, Float64Array, Int64Array, PrimitiveArray};

use super::super::aggregate::AggOp;
use super::super::aggregate::sums::Compensated;
use super::op::Cumulative;
use super::order::Codes;
use super::partition::Partition;
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::idx::Idx;

/// The aggregation of the rows of each group up to each one or, in reverse, from it on. Null where
/// the value is null, except for a count.
pub(super) fn apply<I: Idx>(
    column: &Column,
    what: Cumulative,
    reverse: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    match what {
        Cumulative::Sum => sum(column, reverse, partition),
        Cumulative::Count => count(column, reverse, partition),
        Cumulative::Min => best(column, false, reverse, partition),
        Cumulative::Max => best(column, true, reverse, partition),
    }
}

fn count<I: Idx>(column: &Column, reverse: bool, partition: &Partition<I>) -> Result<Column> {
    let nulls = column.values().logical_nulls();
    let step = |count: &mut i64, place: usize| {
        let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(partition.row(place)));
        *count += i64::from(valid);
        *count
    };
    let counts = Int64Array::from(partition.accumulate(reverse, step)?);
    partition.spread(Column::new(column.shared_name(), Arc::new(counts))?)
}

/// The value that no other one so far is better than; NaN only while there are no numbers.
fn best<I: Idx>(
    column: &Column,
    largest: bool,
    reverse: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    let codes = Codes::of::<I>(&partition.gather(column)?, largest)?;
    let step = |best: &mut Option<(u64, I)>, place: usize| {
        let Some(code) = codes.get(place) else { return I::NONE };
        let known = best.filter(|(known, _)| *known <= code);
        let (code, place) = known.unwrap_or((code, I::from_usize(place)));
        *best = Some((code, place));
        place
    };
    partition.moved(column, partition.accumulate(reverse, step)?)
}

fn sum<I: Idx>(column: &Column, reverse: bool, partition: &Partition<I>) -> Result<Column> {
    let dtype = AggOp::Sum.dtype(column.dtype(), || column.name().to_owned())?;
    let wide = match &dtype {
        float if float.is_float() => DType::Float64,
        DType::Duration => DType::Int64,
        integer => integer.clone(),
    };
    let values = cast(&partition.gather(column)?, &wide, true)?;
    let values = values.values();
    let overflow = AtomicBool::new(false);
    let sums = match wide {
        DType::Int64 => {
            let values = values.as_primitive::<Int64Type>();
            integers(values, reverse, partition, i64::checked_add, &overflow)?
        }
        DType::UInt64 => {
            let values = values.as_primitive::<UInt64Type>();
            integers(values, reverse, partition, u64::checked_add, &overflow)?
        }
        _ => floats(values.as_primitive(), reverse, partition)?,
    };
    if overflow.into_inner() {
        let operation = Cumulative::Sum.name().to_owned();
        return Err(Error::Overflow { operation, what: column.name().to_owned(), dtype });
    }
    partition.spread(cast(&Column::new(column.shared_name(), sums)?, &dtype, true)?)
}

/// Sets `overflow` where a sum leaves the range.
fn integers<I: Idx, P: ArrowPrimitiveType>(
    values: &PrimitiveArray<P>,
    reverse: bool,
    partition: &Partition<I>,
    add: fn(P::Native, P::Native) -> Option<P::Native>,
    overflow: &AtomicBool,
) -> Result<ArrayRef> {
    let step = |sum: &mut P::Native, place: usize| {
        if values.is_valid(place) {
            match add(*sum, values.value(place)) {
                Some(total) => *sum = total,
                None => overflow.store(true, Ordering::Relaxed),
            }
        }
        *sum
    };
    let sums = partition.accumulate(reverse, step)?;
    Ok(Arc::new(PrimitiveArray::<P>::new(sums.into(), values.nulls().cloned())))
}

fn floats<I: Idx>(
    values: &PrimitiveArray<Float64Type>,
    reverse: bool,
    partition: &Partition<I>,
) -> Result<ArrayRef> {
    let step = |sum: &mut Compensated, place: usize| {
        if values.is_valid(place) {
            sum.add_float(values.value(place));
        }
        sum.total()
    };
    let sums = partition.accumulate(reverse, step)?;
    Ok(Arc::new(Float64Array::new(sums.into(), values.nulls().cloned())))
}
