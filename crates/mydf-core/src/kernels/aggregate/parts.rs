//! The values of each group next to each other, for what depends on their order.

use std::cmp::Ordering;

use arrow_array::{Array, Float64Array};

use super::super::bits::{self, for_each_valid};
use super::super::{PARALLEL_ROWS, TASK_ROWS, tasks};
use super::assignment::{Assignment, named};
use super::sizes::counts;
use super::sums::floats;
use crate::column::Column;
use crate::error::Result;

/// One value for each group, from its values in any order; null if it has none.
pub(super) fn each(
    column: &Column,
    groups: &impl Assignment,
    operation: &str,
    one: &(dyn Fn(&mut [f64]) -> f64 + Sync),
) -> Result<Column> {
    let values = floats(column, operation)?;
    let counts = counts(column, groups)?;
    let mut starts = Vec::with_capacity(counts.len());
    let mut total = 0;
    for count in &counts {
        starts.push(total);
        total += *count as usize;
    }
    let mut grouped = vec![0.0; total];
    for_each_valid(values.len(), values.nulls(), |row| {
        let place = &mut starts[groups.group(row)];
        grouped[*place] = values.value(row);
        *place += 1;
    });
    let mut rest = grouped.as_mut_slice();
    let mut parts = Vec::with_capacity(counts.len());
    for count in &counts {
        let (group, others) = rest.split_at_mut(*count as usize);
        parts.push(group);
        rest = others;
    }
    let mut found = vec![0.0; counts.len()];
    let pick = |(parts, found): (&mut [&mut [f64]], &mut [f64])| {
        for (values, found) in parts.iter_mut().zip(found).filter(|(values, _)| !values.is_empty())
        {
            *found = one(values);
        }
    };
    if total < PARALLEL_ROWS {
        pick((&mut parts, &mut found));
    } else {
        // So many groups have about as many values as a task has rows.
        let many = (TASK_ROWS * counts.len() / total).max(1);
        tasks::each(parts.chunks_mut(many).zip(found.chunks_mut(many)), pick);
    }
    let nulls = bits::nulls(counts.len(), |group| counts[group] > 0);
    named(column, Float64Array::new(found.into(), nulls))
}

/// The value at a place in the order of the values, and the one before it. NaN is larger than every
/// number.
pub(super) fn neighbours(values: &mut [f64], place: usize) -> (Option<f64>, f64) {
    let (below, value, _) = values.select_nth_unstable_by(place, order);
    (below.iter().copied().max_by(order), *value)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the standard library compares references")]
fn order(left: &f64, right: &f64) -> Ordering {
    left.partial_cmp(right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}
