//! Stable sorting by several keys.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use rayon::prelude::*;

use super::TASK_ROWS;
use super::codes::Codes;
use super::keys::Keys;
use super::order::{Level, by_levels, in_order};
use super::plain_keys;
pub use super::sort_order::SortOrder;
use super::span::Span;
use super::strings::Texts;
use super::take::{take, take_column};
use super::text_codes::TextCodes;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;
use crate::with_primitive;

/// The row numbers in sorted order. Equal rows keep their order. NaN is larger than every number.
///
/// # Errors
/// [`Error::Value`] if there are no keys, if the numbers of keys and orders differ, or if the keys
/// differ in length; [`Error::TooManyRows`].
pub fn argsort<I: Idx>(keys: &[Column], orders: &[SortOrder]) -> Result<Vec<I>> {
    let wrong = |message: String| Err(Error::Value { what: "sort".into(), message });
    let Some(first) = keys.first() else {
        return wrong("no keys".into());
    };
    if keys.len() != orders.len() {
        return wrong(format!("{} keys but {} orders", keys.len(), orders.len()));
    }
    if let Some(other) = keys.iter().find(|key| key.len() != first.len()) {
        return wrong(format!(
            "key `{}` has {} rows, key `{}` has {}",
            first.name(),
            first.len(),
            other.name(),
            other.len()
        ));
    }
    check_rows::<I>(first.len() as u64)?;
    check_memory::<I>(first.len(), keys.len())?;
    let keys = &plain(keys)?[..];
    let first = &keys[0];
    let stop = Interrupt::current();
    if let ([key], [order]) = (keys, orders)
        && key.values().logical_null_count() == 0
        && let Some(rows) = by_values(key, *order, &stop)
    {
        return rows;
    }
    let mut levels = levels(keys, orders, &stop)?.into_iter();
    match levels.next() {
        Some(Level::Codes(first)) => by_levels(&first, levels.as_slice(), &stop),
        _ => Ok((0..first.len()).map(I::from_usize).collect()),
    }
}

/// A code for each row by which the rows are sorted first; `None` if keys and orders are wrong.
pub(super) fn first_codes(keys: &[Column], orders: &[SortOrder]) -> Result<Option<Vec<u64>>> {
    let ([key, ..], [order, ..]) = (keys, orders) else { return Ok(None) };
    let key = plain(std::slice::from_ref(key))?;
    let levels = levels(&key, &[*order], &Interrupt::current())?;
    Ok(match levels.into_iter().next() {
        Some(Level::Codes(first)) => Some(first.values),
        _ => None,
    })
}

/// Keys that sort like these, see [`plain_keys::keys`].
fn plain(keys: &[Column]) -> Result<Vec<Column>> {
    let one = |key: &Column| Ok(plain_keys::key(key, "sort")?.unwrap_or_else(|| key.clone()));
    keys.iter().map(one).collect()
}

/// A code for each key and one for all, and codes and row numbers in two places.
fn check_memory<I: Idx>(rows: usize, keys: usize) -> Result<()> {
    let row = 8 * (keys as u64 + 2) + 2 * size_of::<I>() as u64;
    memory::check("sort", (rows as u64).saturating_mul(row))
}

/// The column in this order. Equal values keep their order.
///
/// # Errors
/// [`Error::TooManyRows`], [`Error::Memory`], [`Error::Interrupted`].
pub fn sort_column<I: Idx>(column: &Column, order: SortOrder) -> Result<Column> {
    check_rows::<I>(column.len() as u64)?;
    check_memory::<I>(column.len(), 1)?;
    if column.values().logical_null_count() == 0
        && let Some(sorted) = values_in_order(column, order, &Interrupt::current())
    {
        return Column::new(column.shared_name(), sorted?);
    }
    take_column(column, &argsort::<I>(std::slice::from_ref(column), &[order])?)
}

/// The frame sorted by these keys (columns of the frame's height).
///
/// # Errors
/// The same as for [`argsort`]; [`Error::LengthMismatch`].
pub fn sort<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Column],
    orders: &[SortOrder],
) -> Result<DataFrame<I>> {
    if let Some(key) = keys.iter().find(|key| key.len() != frame.height()) {
        return Err(Error::LengthMismatch {
            column: key.name().to_owned(),
            expected: frame.height(),
            actual: key.len(),
        });
    }
    if let ([column], [key], [order]) = (frame.columns(), keys, orders)
        && Arc::ptr_eq(column.values(), key.values())
    {
        return DataFrame::new(vec![sort_column::<I>(column, *order)?]);
    }
    take(frame, &argsort(keys, orders)?)
}

/// The rows in the order of a column of numbers, dates or datetimes without nulls.
fn by_values<I: Idx>(key: &Column, order: SortOrder, stop: &Interrupt) -> Option<Result<Vec<I>>> {
    let array = key.values();
    with_primitive!(
        key.dtype(),
        T => {
            let span = Span::of(array.as_primitive::<T>().values(), order.descending);
            Some(match in_order(key.len(), |row| span.code(row)) {
                Some(rows) => Ok(rows),
                None => span.rows(stop),
            })
        },
        _ => None,
    )
}

/// The values of a column in order, without their row numbers; `None` if the column has other
/// things than numbers.
fn values_in_order(
    column: &Column,
    order: SortOrder,
    stop: &Interrupt,
) -> Option<Result<ArrayRef>> {
    with_primitive!(
        column.dtype(),
        T => {
            let array = column.values().as_primitive::<T>();
            let span = Span::of(array.values(), order.descending);
            if span.is_in_order() {
                return Some(Ok(Arc::new(array.clone())));
            }
            Some(span.in_order(stop).map(|sorted| {
                let sorted = PrimitiveArray::<T>::new(sorted, None);
                Arc::new(sorted.with_data_type(array.data_type().clone())) as ArrayRef
            }))
        },
        _ => None,
    )
}

/// The keys as codes, as many of them in one as fit into 64 bits.
fn levels<'a>(
    keys: &'a [Column],
    orders: &[SortOrder],
    stop: &Interrupt,
) -> Result<Vec<Level<'a>>> {
    let mut levels = Vec::new();
    for (key, order) in keys.iter().zip(orders) {
        stop.check()?;
        if *key.dtype() == DType::String {
            let array = key.values().as_string_view();
            let found = TextCodes::of(array, *order);
            add(&mut levels, found.codes);
            if !found.exact {
                levels.push(Level::Texts(Texts::new(array), *order));
            }
            continue;
        }
        let Some(keys) = Keys::of(key) else { unreachable!("only texts have no keys") };
        if let Some(codes) = Codes::ordered(&keys, order.descending, order.nulls_last) {
            add(&mut levels, codes);
        } else {
            let (null, codes) = in_two(&keys, *order);
            add(&mut levels, null);
            add(&mut levels, codes);
        }
    }
    // Codes that are the same for every row order nothing.
    if levels.len() > 1 {
        levels.retain(|level| !matches!(level, Level::Codes(Codes { bits: 0, .. })));
    }
    Ok(levels)
}

/// Adds codes as a level, or to the last level if they fit into it.
fn add(levels: &mut Vec<Level<'_>>, codes: Codes) {
    match levels.pop() {
        Some(Level::Codes(last)) if last.bits + codes.bits <= u64::BITS => {
            levels.push(Level::Codes(last.next_to(&codes)));
        }
        last => {
            levels.extend(last);
            levels.push(Level::Codes(codes));
        }
    }
}

/// Whether each row is null, and its key; for keys that leave no code for null.
fn in_two(keys: &Keys, order: SortOrder) -> (Codes, Codes) {
    let code = |row: usize| match (keys.is_valid(row), order.descending) {
        (false, _) => 0,
        (true, false) => keys.values[row],
        (true, true) => !keys.values[row],
    };
    let rows = 0..keys.values.len();
    let null = |row: usize| u64::from(keys.is_valid(row) != order.nulls_last);
    let nulls = rows.clone().into_par_iter().with_min_len(TASK_ROWS).map(null).collect();
    let values = rows.into_par_iter().with_min_len(TASK_ROWS).map(code).collect();
    (Codes { values: nulls, bits: 1 }, Codes { values, bits: u64::BITS })
}
