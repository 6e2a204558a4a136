//! Whether a value occurs more than once in its group.

use std::sync::Arc;

use arrow_array::BooleanArray;

use super::super::bits;
use super::super::groups::group;
use super::partition::Partition;
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;

/// Whether the number of equal rows is one, or is not. Null equals null.
pub(super) fn occurs_once<I: Idx>(
    column: &Column,
    once: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    let groups = group::<I>(&partition.pairs(column), column.len())?;
    let mut several = vec![false; groups.first.len()];
    for (row, id) in groups.ids.iter().enumerate() {
        several[id.to_usize()] |= groups.first[id.to_usize()].to_usize() != row;
    }
    let bit = |row: usize| several[groups.ids[row].to_usize()] != once;
    let values = BooleanArray::new(bits::collect(column.len(), bit), None);
    Column::new(column.shared_name(), Arc::new(values))
}

/// Whether a row is the first or last one among equal rows.
pub(super) fn is_edge<I: Idx>(
    column: &Column,
    last: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    let groups = group::<I>(&partition.pairs(column), column.len())?;
    let mut edges = vec![0; groups.first.len()];
    let visit = |place: usize| {
        let row = partition.row(place);
        edges[groups.ids[row].to_usize()] = row;
    };
    // The one that is visited at the end stays.
    if last {
        (0..column.len()).for_each(visit);
    } else {
        (0..column.len()).rev().for_each(visit);
    }
    let bit = |row: usize| edges[groups.ids[row].to_usize()] == row;
    let values = BooleanArray::new(bits::collect(column.len(), bit), None);
    Column::new(column.shared_name(), Arc::new(values))
}
