//! Lists: rows into lists, lists into rows, and aggregations of each list.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, LargeListArray, UInt64Array};
use arrow_buffer::NullBuffer;
use arrow_schema::ArrowError;

use super::aggregate::{AggOp, aggregate_groups};
use super::groups::Groups;
use super::take::{take, take_column};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::memory;
use crate::nested::list_of;

/// The items of a column of lists, as a column of the same name.
///
/// # Errors
/// [`Error::DType`] if it has no lists.
pub fn items(column: &Column, operation: &str) -> Result<(Column, LargeListArray)> {
    if !matches!(column.dtype(), DType::List(_)) {
        return Err(Error::DType {
            operation: operation.to_owned(),
            what: column.name().to_owned(),
            expected: "a List".into(),
            actual: column.dtype().clone(),
        });
    }
    let lists = column.values().as_list::<i64>().clone();
    Ok((Column::new(column.shared_name(), Arc::clone(lists.values()))?, lists))
}

/// The items of row `row`, or none if it is null.
pub(super) fn range(lists: &LargeListArray, row: usize) -> std::ops::Range<usize> {
    let offsets = lists.value_offsets();
    let start = offsets[row] as usize;
    if lists.is_null(row) { start..start } else { start..offsets[row + 1] as usize }
}

/// What the rows become whose list has no items.
#[derive(Clone, Copy, Debug)]
pub struct Emptied {
    /// A row with null for an empty list, otherwise none.
    pub empty_as_null: bool,
    /// A row with null for a null list, otherwise none.
    pub keep_nulls: bool,
}

impl Emptied {
    /// The number of rows of a list.
    fn rows(self, lists: &LargeListArray, row: usize) -> usize {
        let one = if lists.is_null(row) { self.keep_nulls } else { self.empty_as_null };
        range(lists, row).len().max(usize::from(one))
    }
}

/// One row for each item of the lists in the columns `names`, with the other columns repeated.
///
/// # Errors
/// [`Error::ColumnNotFound`], [`Error::DType`] for a column without lists, [`Error::Value`] if two
/// of the columns have lists of different lengths in one row, [`Error::TooManyRows`],
/// [`Error::Memory`].
pub fn explode<I: Idx>(
    frame: &DataFrame<I>,
    names: &[&str],
    emptied: Emptied,
) -> Result<DataFrame<I>> {
    let Some(first) = names.first() else { return Ok(frame.clone()) };
    let found = names
        .iter()
        .map(|name| items(frame.column(name)?, "explode"))
        .collect::<Result<Vec<_>>>()?;
    let shape = &found[0].1;
    let mut rows: u64 = 0;
    for row in 0..frame.height() {
        let length = emptied.rows(shape, row);
        for ((column, lists), _) in found.iter().zip(names).skip(1) {
            let other = emptied.rows(lists, row);
            if other != length {
                return Err(Error::InvalidOption {
                    what: "explode",
                    message: format!(
                        "row {row} becomes {length} rows by `{first}` and {other} by `{}`",
                        column.name()
                    ),
                    hint: "explode one column after the other, or make the lists equally long",
                });
            }
        }
        rows += length as u64;
    }
    check_rows::<I>(rows)?;
    memory::check("explode", rows.saturating_mul(frame.row_bytes() + size_of::<I>() as u64))?;
    let mut parents: Vec<I> = Vec::with_capacity(rows as usize);
    for row in 0..frame.height() {
        let length = emptied.rows(shape, row);
        parents.extend(std::iter::repeat_n(I::from_usize(row), length));
    }
    let exploded = found.iter().map(|(items, lists)| {
        check_rows::<I>(items.len() as u64)?;
        let mut places: Vec<I> = Vec::with_capacity(rows as usize);
        for row in 0..frame.height() {
            let range = range(lists, row);
            if range.is_empty() {
                places.extend((0..emptied.rows(lists, row)).map(|_| I::NONE));
            }
            places.extend(range.map(I::from_usize));
        }
        take_column(items, &places)
    });
    let mut exploded = exploded.collect::<Result<Vec<Column>>>()?.into_iter();
    let others: Vec<Column> =
        frame.columns().iter().filter(|c| !names.contains(&c.name())).cloned().collect();
    let others = if others.is_empty() {
        Vec::new()
    } else {
        take(&DataFrame::<I>::new(others)?, &parents)?.columns().to_vec()
    };
    let mut others = others.into_iter();
    let mut by_name: Vec<(&str, Column)> = names.iter().copied().zip(exploded.by_ref()).collect();
    let columns = frame.columns().iter().map(|column| {
        match by_name.iter().position(|(name, _)| *name == column.name()) {
            Some(place) => by_name.swap_remove(place).1,
            None => others.next().unwrap_or_else(|| column.clone()),
        }
    });
    DataFrame::new(columns.collect())
}

/// So many items are aggregated at a time, so that their groups have numbers of 32 bits in each
/// runtime: then no aggregation is compiled a second time for lists.
pub(super) const MOST: usize = u32::MAX as usize / 2;

/// The items of each list are a group: the aggregation of each, null for a null.
///
/// # Errors
/// [`Error::DType`] if the items have no such aggregation; those of [`aggregate_groups`].
pub fn aggregated(column: &Column, op: AggOp) -> Result<Column> {
    let (all, lists) = items(column, op.name())?;
    op.dtype(all.dtype(), || column.name().to_owned())?;
    in_parts(&all, &lists, op, MOST)
}

fn in_parts(all: &Column, lists: &LargeListArray, op: AggOp, most: usize) -> Result<Column> {
    let ends = lists.value_offsets();
    if (ends[lists.len()] - ends[0]) as usize > most && lists.len() > 1 {
        let half = lists.len() / 2;
        let first = in_parts(all, &lists.slice(0, half), op, most)?;
        let second = in_parts(all, &lists.slice(half, lists.len() - half), op, most)?;
        let joined = arrow_select::concat::concat(&[first.values(), second.values()]);
        return Column::new(all.shared_name(), joined.map_err(arrow(op.name()))?);
    }
    let mut ids: Vec<u32> = Vec::new();
    let mut rows: Vec<u64> = Vec::new();
    for row in 0..lists.len() {
        for item in range(lists, row) {
            ids.push(row as u32);
            rows.push(item as u64);
        }
    }
    check_rows::<u32>(ids.len() as u64)?;
    // Only the number of first rows is used by aggregations that fold; one group more keeps a
    // single list from being taken for the whole column, whose items may be more than its own.
    let groups = Groups { ids, first: vec![0; lists.len() + 1] };
    let own = taken(all, &rows.into(), op.name())?;
    let found = aggregate_groups(&own, op, &groups)?.slice(0, lists.len());
    let Some(nulls) = lists.nulls() else { return Ok(found) };
    let kept = (0..lists.len()).map(|row| nulls.is_valid(row).then_some(row as u64));
    taken(&found, &kept.collect(), op.name())
}

/// Rows of a column, by Arrow's own kernel: mydf's is compiled for the numbers of rows of a frame,
/// and lists of a frame may have more items.
pub(super) fn taken(column: &Column, rows: &UInt64Array, operation: &str) -> Result<Column> {
    let values = arrow_select::take::take(column.values(), rows, None);
    Column::new(column.shared_name(), values.map_err(arrow(operation))?)
}

pub(super) fn arrow(operation: &str) -> impl FnOnce(ArrowError) -> Error {
    move |source| Error::Arrow { operation: operation.to_owned(), source }
}

/// The number of items of each list.
pub fn lengths(lists: &LargeListArray) -> ArrayRef {
    let lengths: Vec<i64> = (0..lists.len()).map(|row| range(lists, row).len() as i64).collect();
    Arc::new(Int64Array::new(lengths.into(), lists.nulls().cloned()))
}

/// The item at a place of each list, from its end if negative; the row of the first list that is
/// too short is the error, or such rows are null.
///
/// # Errors
/// [`Error::DType`], [`Error::RowNotFound`].
pub fn get(column: &Column, place: i64, null_on_oob: bool) -> Result<Column> {
    let (all, lists) = items(column, "list.get")?;
    let mut places: Vec<Option<u64>> = Vec::with_capacity(lists.len());
    for row in 0..lists.len() {
        let range = range(&lists, row);
        let length = range.len() as i64;
        let own = if place < 0 { place + length } else { place };
        if (0..length).contains(&own) {
            places.push(Some(range.start as u64 + own as u64));
        } else if null_on_oob || lists.is_null(row) {
            places.push(None);
        } else {
            return Err(Error::InvalidOption {
                what: "list.get",
                message: format!("the list in row {row} has {length} items and no item {place}"),
                hint: "`null_on_oob=True` gives null for such rows",
            });
        }
    }
    taken(&all, &places.into(), "list.get")
}

/// The rows of each group as a list.
///
/// # Errors
/// [`Error::Arrow`] if the rows have too much text.
pub(super) fn implode(
    column: &Column,
    groups: usize,
    group: impl Fn(usize) -> usize,
) -> Result<Column> {
    let mut offsets = vec![0_i64; groups + 1];
    for row in 0..column.len() {
        offsets[group(row) + 1] += 1;
    }
    for place in 0..groups {
        offsets[place + 1] += offsets[place];
    }
    let mut next: Vec<usize> = offsets[..groups].iter().map(|start| *start as usize).collect();
    let mut rows = vec![0_u64; column.len()];
    for row in 0..column.len() {
        let place = &mut next[group(row)];
        rows[*place] = row as u64;
        *place += 1;
    }
    let taken = taken(column, &rows.into(), "implode")?;
    let nulls: Option<NullBuffer> = None;
    let lists = list_of(column.dtype(), Arc::clone(taken.values()), offsets, nulls)?;
    Column::new(column.shared_name(), Arc::new(lists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aggregations_of_many_items_are_joined_from_parts() {
        let rows = [Some(vec![1, 2]), None, Some(vec![]), Some(vec![3, 4, 5, 6]), Some(vec![7])];
        let lists = LargeListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>(
            rows.into_iter().map(|row| row.map(|items| items.into_iter().map(Some))),
        );
        let column = Column::new("a", Arc::new(lists)).unwrap();
        let (all, lists) = items(&column, "sum").unwrap();
        let whole = aggregated(&column, AggOp::Sum).unwrap();
        assert_eq!(whole.values().as_primitive::<arrow_array::types::Int64Type>().value(3), 18);
        for most in 1..8 {
            let parts = in_parts(&all, &lists, AggOp::Sum, most).unwrap();
            assert_eq!(parts.values(), whole.values(), "{most} items at a time");
        }
    }
}
