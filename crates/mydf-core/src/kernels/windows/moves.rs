//! Operators that put the value of one row into another.

use std::sync::Arc;

use arrow_array::{Array, BooleanArray, Int64Array};

use super::super::sort_order::SortOrder;
use super::super::take::take_column;
use super::super::{bits, pieces, rows};
use super::partition::Partition;
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// The value so many rows before.
pub(super) fn shift<I: Idx>(column: &Column, by: i64, partition: &Partition<I>) -> Result<Column> {
    partition.moved(column, shifted(by, partition)?)
}

/// True where a shift finds no row.
pub(super) fn gaps<I: Idx>(column: &Column, by: i64, partition: &Partition<I>) -> Result<Column> {
    let numbers = partition.numbers(shifted(by, partition)?);
    let values = bits::collect(numbers.len(), |row| numbers[row].is_none());
    Column::new(column.shared_name(), Arc::new(BooleanArray::new(values, None)))
}

fn shifted<I: Idx>(by: i64, partition: &Partition<I>) -> Result<Vec<I>> {
    let distance = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    from_places(partition, &|group, place| {
        let source = if by < 0 { place.checked_add(distance) } else { place.checked_sub(distance) };
        source.filter(|source| group.contains(source))
    })
}

/// The rows of each group from the last to the first.
pub(super) fn reverse<I: Idx>(column: &Column, partition: &Partition<I>) -> Result<Column> {
    let sources =
        from_places(partition, &|group, place| Some(group.start + group.end - 1 - place))?;
    partition.moved(column, sources)
}

/// For each place, the place in the same group whose value it gets.
fn from_places<I: Idx>(
    partition: &Partition<I>,
    source: &(dyn Fn(&std::ops::Range<usize>, usize) -> Option<usize> + Sync),
) -> Result<Vec<I>> {
    pieces::in_tasks(&Interrupt::current(), partition.len(), |start, len, piece| {
        for (group, part) in partition.groups_in(start..start + len) {
            for place in part {
                piece.push(source(&group, place).map_or(I::NONE, I::from_usize));
            }
        }
    })
}

/// The nearest value before or, backward, after a null of the same group.
pub(super) fn fill<I: Idx>(
    column: &Column,
    limit: Option<usize>,
    backward: bool,
    partition: &Partition<I>,
) -> Result<Column> {
    let Some(nulls) = column.values().logical_nulls().filter(|nulls| nulls.null_count() > 0) else {
        return Ok(column.clone());
    };
    let limit = limit.unwrap_or(usize::MAX);
    // The nearest place with a value, and the number of nulls since.
    let step = |(last, nulls_since): &mut (Option<usize>, usize), place: usize| {
        if nulls.is_valid(partition.row(place)) {
            (*last, *nulls_since) = (Some(place), 0);
        } else {
            *nulls_since += 1;
        }
        let source = last.filter(|_| *nulls_since <= limit);
        source.map_or(I::NONE, I::from_usize)
    };
    let sources = partition.accumulate(backward, step)?;
    partition.moved(column, sources)
}

/// The values of each group in order.
pub(super) fn sort<I: Idx>(
    column: &Column,
    order: SortOrder,
    partition: &Partition<I>,
) -> Result<Column> {
    let sorted = partition.sorted(column, order)?;
    let sorted = take_column(column, &sorted)?;
    partition.spread(sorted)
}

/// The number in its group, from 0, of each row in the order of the values.
pub(in super::super) fn arg_sort<I: Idx>(
    column: &Column,
    order: SortOrder,
    partition: &Partition<I>,
) -> Result<Column> {
    let sorted = partition.sorted(column, order)?;
    let by_row = by_row(partition);
    let Some(places) = by_row else {
        return rows::to_column(column.name(), &sorted);
    };
    let numbers = Int64Array::from_iter_values(sorted.iter().map(|row| places[row.to_usize()]));
    partition.spread(Column::new(column.shared_name(), Arc::new(numbers))?)
}

/// The number of each row in its group; `None` if that is the number of the row.
fn by_row<I: Idx>(partition: &Partition<I>) -> Option<Vec<i64>> {
    if partition.is_plain() {
        return None;
    }
    let mut numbers = vec![0; partition.len()];
    for (group, _) in partition.groups_in(0..partition.len()) {
        for (number, place) in group.enumerate() {
            numbers[partition.row(place)] = number as i64;
        }
    }
    Some(numbers)
}
