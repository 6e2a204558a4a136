//! The place of each value in the order of its group.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Float64Array, Int64Array};
use arrow_buffer::NullBuffer;

use super::super::plain_keys;
use super::super::sort_order::SortOrder;
use super::super::take::take_column;
use super::op::RankMethod;
use super::order::Equal;
use super::partition::{Partition, scattered};
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;

/// The ranks, from 1; null for null. NaN is larger than every number.
pub(super) fn rank<I: Idx>(
    column: &Column,
    method: RankMethod,
    descending: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    let plain = plain_keys::key(column, "rank")?;
    let column = plain.as_ref().unwrap_or(column);
    // Nulls at the end leave the places of the values as they are.
    let rows = partition.sorted(column, SortOrder { descending, nulls_last: true })?;
    let sorted = take_column(column, &rows)?;
    let nulls = sorted.values().logical_nulls().filter(|nulls| nulls.null_count() > 0);
    let doubled = doubled(&sorted, method, nulls.as_ref(), partition);
    let ranks: ArrayRef = if method == RankMethod::Average {
        let halves = doubled.iter().map(|twice| *twice as f64 / 2.0);
        Arc::new(Float64Array::new(halves.collect(), nulls))
    } else {
        Arc::new(Int64Array::new(doubled.iter().map(|twice| twice / 2).collect(), nulls))
    };
    let places = scattered(&rows, &I::from_usize);
    take_column(&Column::new(column.shared_name(), ranks)?, &places)
}

/// Twice the rank of each sorted row, because a mean of two places may be a half.
fn doubled<I: Idx>(
    sorted: &Column,
    method: RankMethod,
    nulls: Option<&NullBuffer>,
    partition: &Partition<I>,
) -> Vec<i64> {
    let equal = Equal::of(sorted);
    let mut ranks: Vec<i64> = Vec::with_capacity(sorted.len());
    for (group, _) in partition.groups_in(0..sorted.len()) {
        let valid = |place: usize| nulls.is_none_or(|nulls| nulls.is_valid(place));
        let (mut start, mut distinct) = (group.start, 0);
        while start < group.end && valid(start) {
            let mut end = start + 1;
            while end < group.end && valid(end) && equal.rows(end - 1, end) {
                end += 1;
            }
            distinct += 1;
            let (first, last) = ((start - group.start + 1) as i64, (end - group.start) as i64);
            ranks.extend((first..=last).map(|own| match method {
                RankMethod::Average => first + last,
                RankMethod::Min => 2 * first,
                RankMethod::Max => 2 * last,
                RankMethod::Dense => 2 * distinct,
                RankMethod::Ordinal => 2 * own,
            }));
            start = end;
        }
        ranks.resize(group.end, 0);
    }
    ranks
}
