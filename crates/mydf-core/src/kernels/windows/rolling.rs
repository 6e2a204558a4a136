//! Aggregations of windows of rows.
//!
//! A window moves over the rows of a group. Its rows are in two parts: the older ones, with the
//! aggregation from each to the end of the part, and the newer ones, with one aggregation of all.
//! A row enters at one end and leaves at the other, and nothing is ever subtracted: so sums of
//! floats have no error from rows that have left, and NaN and infinities leave with their rows.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, PrimitiveArray, UInt64Array};

use super::super::aggregate::AggOp;
use super::super::aggregate::sums::{Compensated, Total};
use super::super::{TASK_ROWS, bits, pieces};
use super::op::Rolling;
use super::order::Codes;
use super::partition::Partition;
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// Which rows are in the window of a row, and how many values it must have.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) window: usize,
    pub(super) least: usize,
    pub(super) center: bool,
}

impl Shape {
    /// The places in the window of a place. A centered window of even length has one more place
    /// before than after.
    fn places(&self, group: &Range<usize>, place: usize) -> Range<usize> {
        let after = if self.center { self.window.div_ceil(2) } else { 1 };
        let start = place.saturating_sub(self.window - after).max(group.start);
        start..place.saturating_add(after).min(group.end)
    }
}

/// The aggregation of the window of each row; null below so many values as `shape` demands.
pub(super) fn apply<I: Idx>(
    column: &Column,
    what: Rolling,
    shape: Shape,
    partition: &Partition<I>,
) -> Result<Column> {
    let largest = match what {
        Rolling::Min => false,
        Rolling::Max => true,
        _ => return partition.spread(numbers(&partition.gather(column)?, what, shape, partition)?),
    };
    let codes = Codes::of::<I>(&partition.gather(column)?, largest)?;
    let value = |place: usize| Some((codes.get(place)?, I::from_usize(place)));
    // Of equal values, the first.
    let best = |older: (u64, I), newer: (u64, I)| if newer.0 < older.0 { newer } else { older };
    let place = |best: Option<(u64, I)>, _: usize| best.map_or(I::NONE, |best| best.1);
    partition.moved(column, slide(partition, shape, value, best, place)?)
}

fn numbers<I: Idx>(
    column: &Column,
    what: Rolling,
    shape: Shape,
    partition: &Partition<I>,
) -> Result<Column> {
    let sum = AggOp::Sum.dtype(column.dtype(), || column.name().to_owned())?;
    let values = match what {
        Rolling::Std => deviations(column, shape, partition, f64::sqrt)?,
        Rolling::Var => deviations(column, shape, partition, |square| square)?,
        _ if sum.is_float() => floats(column, what, shape, partition)?,
        _ => integers(column, what, shape, partition, &sum)?,
    };
    let column = Column::new(column.shared_name(), values)?;
    if what == Rolling::Sum { cast(&column, &sum, true) } else { Ok(column) }
}

/// The sums or means of integers, which are exact as 128-bit integers.
fn integers<I: Idx>(
    column: &Column,
    what: Rolling,
    shape: Shape,
    partition: &Partition<I>,
    dtype: &DType,
) -> Result<ArrayRef> {
    let wide =
        if *dtype == DType::Duration { column.physical() } else { cast(column, dtype, true)? };
    let wide = wide.values();
    let signed = wide.as_primitive_opt::<Int64Type>();
    let unsigned = wide.as_primitive_opt::<UInt64Type>();
    let integer = |place| match (signed, unsigned) {
        (Some(signed), _) => i128::from(signed.value(place)),
        (_, Some(unsigned)) => i128::from(unsigned.value(place)),
        _ => 0,
    };
    let value = |place| wide.is_valid(place).then(|| integer(place));
    let add = |older: i128, newer: i128| older + newer;
    if what == Rolling::Mean {
        let mean = |sum: Option<i128>, count: usize| sum.map(|sum| sum as f64 / count as f64);
        return Ok(optional(slide(partition, shape, value, add, mean)?));
    }
    let sums = slide(partition, shape, value, add, |sum: Option<i128>, _| sum)?;
    let (low, high) = match dtype {
        DType::UInt64 => (0, i128::from(u64::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    };
    if sums.iter().flatten().any(|sum| !(low..=high).contains(sum)) {
        let operation = what.name().to_owned();
        return Err(Error::Overflow {
            operation,
            what: column.name().to_owned(),
            dtype: dtype.clone(),
        });
    }
    let nulls = bits::nulls(sums.len(), |row| sums[row].is_some());
    let sums = sums.into_iter().map(Option::unwrap_or_default);
    Ok(match dtype {
        DType::UInt64 => {
            Arc::new(UInt64Array::new(sums.map(|sum| sum as u64).collect(), nulls)) as ArrayRef
        }
        _ => Arc::new(Int64Array::new(sums.map(|sum| sum as i64).collect(), nulls)),
    })
}

fn floats<I: Idx>(
    column: &Column,
    what: Rolling,
    shape: Shape,
    partition: &Partition<I>,
) -> Result<ArrayRef> {
    let array = as_floats(column)?;
    let value = |place| {
        array.is_valid(place).then(|| {
            let mut sum = Compensated::default();
            sum.add_float(array.value(place));
            sum
        })
    };
    let add = |mut older: Compensated, newer: Compensated| {
        older.merge(&newer);
        older
    };
    let result = |sum: Option<Compensated>, count: usize| {
        let divisor = if what == Rolling::Mean { count as f64 } else { 1.0 };
        sum.map(|sum| sum.total() / divisor)
    };
    Ok(optional(slide(partition, shape, value, add, result)?))
}

/// The number of values, their mean, and the sum of the squared distances to it.
#[derive(Clone, Copy)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    /// That of the values of both (the parallel algorithm of Chan and others).
    fn merge(self, later: Moments) -> Moments {
        let count = self.count + later.count;
        let distance = later.mean - self.mean;
        let mean = self.mean + distance * (later.count / count);
        let between = distance * distance * (self.count * later.count / count);
        Moments { count, mean, squares: self.squares + later.squares + between }
    }
}

/// What `finish` makes of the sample variance; null below two values.
fn deviations<I: Idx>(
    column: &Column,
    shape: Shape,
    partition: &Partition<I>,
    finish: fn(f64) -> f64,
) -> Result<ArrayRef> {
    let array = as_floats(column)?;
    let value = |place| {
        array.is_valid(place).then(|| Moments {
            count: 1.0,
            mean: array.value(place),
            squares: 0.0,
        })
    };
    let result = |moments: Option<Moments>, count: usize| {
        moments.filter(|_| count > 1).map(|all| finish(all.squares / (all.count - 1.0)))
    };
    Ok(optional(slide(partition, shape, value, Moments::merge, result)?))
}

fn as_floats(column: &Column) -> Result<PrimitiveArray<Float64Type>> {
    Ok(cast(column, &DType::Float64, true)?.values().as_primitive::<Float64Type>().clone())
}

fn optional(values: Vec<Option<f64>>) -> ArrayRef {
    let nulls = bits::nulls(values.len(), |row| values[row].is_some());
    let values = values.into_iter().map(Option::unwrap_or_default).collect();
    Arc::new(Float64Array::new(values, nulls))
}

/// The result for the window of each place: `value` is that of a place, `merge` joins those of
/// older and newer places, and `result` gets all of them, if any, and their number.
fn slide<I: Idx, A: Copy, T: Copy + Send>(
    partition: &Partition<I>,
    shape: Shape,
    value: impl Fn(usize) -> Option<A> + Sync,
    merge: impl Fn(A, A) -> A + Sync,
    result: impl Fn(Option<A>, usize) -> T + Sync,
) -> Result<Vec<T>> {
    // Each piece reads one window before its first row, which must be a small part of its work.
    let each = shape.window.min(partition.len()).saturating_mul(4).max(TASK_ROWS);
    let pieces: Vec<Range<usize>> = (0..partition.len())
        .step_by(each)
        .map(|start| start..partition.len().min(start + each))
        .collect();
    let lengths: Vec<usize> = pieces.iter().map(Range::len).collect();
    let both = |older: Option<A>, newer: Option<A>| match (older, newer) {
        (Some(older), Some(newer)) => Some(merge(older, newer)),
        (older, newer) => older.or(newer),
    };
    pieces::in_pieces(&Interrupt::current(), &lengths, |task, piece| {
        let mut older = Vec::new();
        for (group, part) in partition.groups_in(pieces[task].clone()) {
            older.clear();
            let (mut newer, mut count) = (None, 0);
            let mut held = shape.places(&group, part.start);
            held.end = held.start;
            for place in part {
                let wanted = shape.places(&group, place);
                for place in held.end..wanted.end {
                    let value = value(place);
                    count += usize::from(value.is_some());
                    newer = both(newer, value);
                }
                held.end = wanted.end;
                for place in held.start..wanted.start {
                    if older.is_empty() {
                        let mut all = None;
                        older.extend((place..held.end).rev().map(|place| {
                            all = both(value(place), all);
                            all
                        }));
                        newer = None;
                    }
                    older.pop();
                    count -= usize::from(value(place).is_some());
                }
                held.start = wanted.start;
                let all = both(older.last().copied().flatten(), newer);
                piece.push(result(all.filter(|_| count >= shape.least), count));
            }
        }
    })
}
