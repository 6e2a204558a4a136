//! Lists of some of the items of other lists, in an order.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef, Int64Array, LargeListArray};

use super::groups::{Groups, group};
use super::lists::{MOST, arrow, items, range, taken};
use super::sort_order::SortOrder;
use super::windows::{Partition, arg_sort};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::check_rows;
use crate::memory;
use crate::nested::list_of;

/// Which items a list keeps, and in which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rearrangement {
    /// All, in order. NaN is larger than every number; equal items keep their order.
    Sort(SortOrder),
    /// The first of equal items. Null equals null, and NaN equals NaN.
    Unique,
    /// All, from the last to the first.
    Reverse,
    /// Those from an offset, which counts from the end if it is negative; at most so many.
    Slice(i64, Option<u64>),
    /// Those that are not null.
    DropNulls,
}

impl Rearrangement {
    /// The name of the Python method, after the namespace.
    pub fn name(self) -> &'static str {
        match self {
            Rearrangement::Sort(_) => "list.sort",
            Rearrangement::Unique => "list.unique",
            Rearrangement::Reverse => "list.reverse",
            Rearrangement::Slice(..) => "list.slice",
            Rearrangement::DropNulls => "list.drop_nulls",
        }
    }

    /// Checks the dtype of the items; `what` names the lists in an error.
    ///
    /// # Errors
    /// [`Error::DType`] if an order or equality is needed, which lists of lists don't have.
    pub fn check(self, inner: &DType, what: impl Fn() -> String) -> Result<()> {
        match self {
            Rearrangement::Sort(_) | Rearrangement::Unique => ordered(self.name(), inner, what),
            _ => Ok(()),
        }
    }
}

/// Checks that items have an order and equality; `operation` and `what` are named in an error.
///
/// # Errors
/// [`Error::DType`] if they are lists.
pub fn ordered(operation: &str, inner: &DType, what: impl Fn() -> String) -> Result<()> {
    if !matches!(inner, DType::List(_)) {
        return Ok(());
    }
    Err(Error::DType {
        operation: operation.to_owned(),
        what: what(),
        expected: "a List whose items are no lists".into(),
        actual: DType::List(inner.clone().into()),
    })
}

/// The lists with some of their items, in an order; null for a null.
///
/// # Errors
/// [`Error::DType`], [`Error::Memory`], [`Error::Interrupted`].
pub fn rearranged(column: &Column, how: Rearrangement) -> Result<Column> {
    let (all, lists) = items(column, how.name())?;
    how.check(all.dtype(), || column.name().to_owned())?;
    let found = in_parts(&lists, how.name(), MOST, &|lists| part(&all, lists, how))?;
    Column::new(column.shared_name(), found)
}

/// The place of the smallest item of each list, or of the largest one: the first of equal ones. NaN
/// only if there is no other; null for no item but null, and for a null.
///
/// # Errors
/// [`Error::DType`], [`Error::Memory`], [`Error::Interrupted`].
pub fn extremes(column: &Column, largest: bool) -> Result<ArrayRef> {
    let name = if largest { "list.arg_max" } else { "list.arg_min" };
    let (all, lists) = items(column, name)?;
    ordered(name, all.dtype(), || column.name().to_owned())?;
    in_parts(&lists, name, MOST, &|lists| part_extremes(&all, lists, largest))
}

/// Computes so many items at a time.
fn in_parts(
    lists: &LargeListArray,
    operation: &str,
    most: usize,
    part: &dyn Fn(&LargeListArray) -> Result<ArrayRef>,
) -> Result<ArrayRef> {
    let ends = lists.value_offsets();
    if (ends[lists.len()] - ends[0]) as usize <= most || lists.len() < 2 {
        return part(lists);
    }
    let half = lists.len() / 2;
    let first = in_parts(&lists.slice(0, half), operation, most, part)?;
    let rest = lists.slice(half, lists.len() - half);
    let second = in_parts(&rest, operation, most, part)?;
    arrow_select::concat::concat(&[&first, &second]).map_err(arrow(operation))
}

fn part(all: &Column, lists: &LargeListArray, how: Rearrangement) -> Result<ArrayRef> {
    let most = lists.value_offsets()[lists.len()] - lists.value_offsets()[0];
    memory::check(how.name(), (most as u64).saturating_mul(8 + memory::row_bytes(all.dtype())))?;
    let mut kept: Vec<u64> = Vec::new();
    let mut offsets = vec![0_i64; lists.len() + 1];
    let mut each = |rows: &mut dyn FnMut(Range<usize>, &mut Vec<u64>)| {
        for row in 0..lists.len() {
            rows(range(lists, row), &mut kept);
            offsets[row + 1] = kept.len() as i64;
        }
    };
    match how {
        Rearrangement::Reverse => each(&mut |own, kept| kept.extend(own.rev().map(|n| n as u64))),
        Rearrangement::Slice(offset, length) => each(&mut |own, kept| {
            kept.extend(slice(own, offset, length).map(|item| item as u64));
        }),
        Rearrangement::DropNulls => {
            let nulls = all.values().logical_nulls();
            let valid = |item: &usize| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*item));
            each(&mut |own, kept| kept.extend(own.filter(valid).map(|item| item as u64)));
        }
        Rearrangement::Sort(order) => {
            let places = sorted(all, lists, order)?;
            let mut done = 0;
            each(&mut |own, kept| {
                let places = &places[done..done + own.len()];
                kept.extend(places.iter().map(|place| own.start as u64 + *place as u64));
                done += own.len();
            });
        }
        Rearrangement::Unique => {
            let (rows, parents) = flat(lists)?;
            let own = taken(all, &rows.clone().into(), how.name())?;
            let parents = Int64Array::from_iter_values(parents.iter().map(|row| i64::from(*row)));
            let keys = [Column::new("", Arc::new(parents))?, own.renamed(".")];
            let firsts = group::<u32>(&keys, rows.len())?.first;
            let (mut done, mut next) = (0, 0);
            each(&mut |own, kept| {
                done += own.len();
                while let Some(first) = firsts.get(next).filter(|first| (**first as usize) < done) {
                    kept.push(rows[*first as usize]);
                    next += 1;
                }
            });
        }
    }
    let values = taken(all, &kept.into(), how.name())?;
    let values = Arc::clone(values.values());
    Ok(Arc::new(list_of(all.dtype(), values, offsets, lists.nulls().cloned())?))
}

/// The part of a list as of Python's slices, whose offset may be before its start.
fn slice(own: Range<usize>, offset: i64, length: Option<u64>) -> Range<usize> {
    let all = own.len() as i128;
    let start = i128::from(offset) + if offset < 0 { all } else { 0 };
    let end = length.map_or(all, |length| (start + i128::from(length)).clamp(0, all));
    let start = start.clamp(0, end);
    own.start + start as usize..own.start + end as usize
}

fn part_extremes(all: &Column, lists: &LargeListArray, largest: bool) -> Result<ArrayRef> {
    let order = SortOrder { descending: largest, nulls_last: true };
    let places = sorted(all, lists, order)?;
    let nulls = all.values().logical_nulls();
    let is_nan = |item: usize| match all.dtype() {
        DType::Float32 => all.values().as_primitive::<Float32Type>().value(item).is_nan(),
        DType::Float64 => all.values().as_primitive::<Float64Type>().value(item).is_nan(),
        _ => false,
    };
    let mut done = 0;
    let found = (0..lists.len()).map(|row| {
        let own = range(lists, row);
        let places = &places[done..done + own.len()];
        done += own.len();
        let item = |place: &i64| own.start + *place as usize;
        let known = |place: &&i64| nulls.as_ref().is_none_or(|all| all.is_valid(item(place)));
        let known: Vec<i64> = places.iter().take_while(known).copied().collect();
        known.iter().find(|place| !is_nan(item(place))).or(known.first()).copied()
    });
    Ok(Arc::new(found.collect::<Int64Array>()))
}

/// The places in its list of the items of each list in order, list after list.
fn sorted(all: &Column, lists: &LargeListArray, order: SortOrder) -> Result<Vec<i64>> {
    let (rows, parents) = flat(lists)?;
    let own = taken(all, &rows.into(), "list.sort")?;
    // Groups are numbered without the lists that have no items.
    let mut groups = Groups { ids: Vec::with_capacity(parents.len()), first: Vec::new() };
    for (row, parent) in parents.iter().enumerate() {
        if row == 0 || parents[row - 1] != *parent {
            groups.first.push(row as u32);
        }
        groups.ids.push(groups.first.len() as u32 - 1);
    }
    let partition = Partition::<u32>::of(&groups, &[], &[])?;
    let places = arg_sort(&own, order, &partition)?;
    Ok(places.values().as_primitive::<arrow_array::types::Int64Type>().values().to_vec())
}

/// The numbers of all items of lists that are not null, and the list of each.
fn flat(lists: &LargeListArray) -> Result<(Vec<u64>, Vec<u32>)> {
    let (mut rows, mut parents) = (Vec::new(), Vec::new());
    check_rows::<u32>(lists.len() as u64)?;
    for row in 0..lists.len() {
        for item in range(lists, row) {
            rows.push(item as u64);
            parents.push(row as u32);
        }
    }
    check_rows::<u32>(rows.len() as u64)?;
    Ok((rows, parents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(rows: &[Option<Vec<Option<i64>>>]) -> Column {
        let lists = LargeListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>(
            rows.iter().cloned(),
        );
        Column::new("a", Arc::new(lists)).unwrap()
    }

    #[test]
    fn lists_are_rearranged_in_parts() {
        let column = lists(&[
            Some(vec![Some(3), None, Some(1), Some(3)]),
            None,
            Some(vec![]),
            Some(vec![None, None]),
            Some(vec![Some(5)]),
        ]);
        let (all, lists) = items(&column, "").unwrap();
        let sort = SortOrder { descending: true, nulls_last: true };
        for how in [
            Rearrangement::Sort(sort),
            Rearrangement::Unique,
            Rearrangement::Reverse,
            Rearrangement::Slice(-2, Some(1)),
            Rearrangement::DropNulls,
        ] {
            let whole = rearranged(&column, how).unwrap();
            for most in 1..8 {
                let found = in_parts(&lists, "", most, &|lists| part(&all, lists, how)).unwrap();
                assert_eq!(&found, whole.values(), "{how:?}, {most} items at a time");
            }
        }
    }

    #[test]
    fn slices_are_those_of_python() {
        for (offset, length, expected) in [
            (0, None, 10..14),
            (1, Some(2), 11..13),
            (-2, None, 12..14),
            (-9, Some(6), 10..11),
            (-9, Some(2), 10..10),
            (9, Some(1), 14..14),
            (i64::MIN, Some(u64::MAX), 10..14),
            (i64::MAX, None, 14..14),
        ] {
            assert_eq!(slice(10..14, offset, length), expected, "{offset}, {length:?}");
        }
    }
}
