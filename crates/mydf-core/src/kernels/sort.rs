//! Stable sorting by several keys.

use std::cmp::Ordering;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use rayon::prelude::*;

use super::PARALLEL_ROWS;
use super::codes::{Codes, width};
use super::keys::Keys;
use super::strings::{Dictionary, Texts};
use super::take::take;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::memory;

/// The order of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortOrder {
    /// Largest first.
    pub descending: bool,
    /// Nulls after all values instead of before them, in either direction.
    pub nulls_last: bool,
}

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
    // A code for each key, and pairs of a code and a row number, which are then the result.
    let row_bytes = 8 * (keys.len() as u64 + 1) + 2 * size_of::<I>() as u64;
    memory::check("sort", first.len() as u64 * row_bytes)?;
    if let ([key], [order]) = (keys, orders)
        && key.dtype() == &crate::DType::String
    {
        return Ok(by_text(key, *order));
    }
    let parts = keys.par_iter().zip(orders).map(|(key, order)| codes::<I>(key, *order)).collect();
    Ok(by_codes(&Codes::combined(parts, first.len(), ranked_pairs)))
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
    take(frame, &argsort(keys, orders)?)
}

/// Sorts, on all threads if that is faster.
fn sort_by<T: Send>(values: &mut [T], compare: impl Fn(&T, &T) -> Ordering + Sync) {
    if values.len() < PARALLEL_ROWS {
        values.sort_unstable_by(compare);
    } else {
        values.par_sort_unstable_by(compare);
    }
}

/// Codes in the requested order.
fn codes<I: Idx>(key: &Column, order: SortOrder) -> Codes {
    let keys = Keys::of(key).unwrap_or_else(|| text_ranks::<I>(key));
    Codes::ordered(&keys, order.descending, order.nulls_last).unwrap_or_else(|| {
        let ranked = ranked(&keys);
        Codes::ordered(&ranked, order.descending, order.nulls_last)
            .expect("ranks are smaller than the number of rows")
    })
}

/// The position of each key among the distinct keys.
fn ranked(keys: &Keys) -> Keys {
    let mut distinct = keys.values.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let rank = |key: u64| distinct.binary_search(&key).unwrap_or_default() as u64;
    Keys { values: super::keys::map(&keys.values, rank), nulls: keys.nulls.clone() }
}

/// The position of each text among the distinct texts.
fn text_ranks<I: Idx>(column: &Column) -> Keys {
    let array = column.values().as_string_view();
    let texts = Texts::new(array);
    let mut dictionary = Dictionary::<I>::new(texts);
    let mut distinct = Vec::new();
    let mut values: Vec<u64> = (0..array.len())
        .map(|row| {
            if array.is_null(row) {
                return 0;
            }
            let (number, new) = dictionary.insert(row);
            if new {
                distinct.push((texts.prefix(row), row, number));
            }
            number.to_usize() as u64
        })
        .collect();
    sort_by(&mut distinct, |l, r| l.0.cmp(&r.0).then_with(|| texts.compare(l.1, r.1)));
    let mut ranks = vec![0; distinct.len()];
    for (rank, (_, _, number)) in distinct.iter().enumerate() {
        ranks[number.to_usize()] = rank as u64;
    }
    // A column with only nulls has no ranks, and its keys have no meaning.
    for value in &mut values {
        *value = ranks.get(*value as usize).copied().unwrap_or(0);
    }
    Keys { values, nulls: array.nulls().filter(|nulls| nulls.null_count() > 0).cloned() }
}

/// One code for two that don't fit into 64 bits together: the position among the distinct pairs.
fn ranked_pairs(left: Codes, right: Codes) -> Codes {
    let pairs: Vec<(u64, u64)> = left.values.into_iter().zip(right.values).collect();
    let mut distinct = pairs.clone();
    sort_by(&mut distinct, Ord::cmp);
    distinct.dedup();
    let rank = |pair: (u64, u64)| distinct.binary_search(&pair).unwrap_or_default() as u64;
    Codes { values: super::keys::map(&pairs, rank), bits: width(distinct.len() as u64) }
}

/// Sorts one text key: by the first eight bytes, and by the rest only if those are equal.
fn by_text<I: Idx>(key: &Column, order: SortOrder) -> Vec<I> {
    let array = key.values().as_string_view();
    let texts = Texts::new(array);
    let valid = |row: &usize| array.is_valid(*row);
    let mut pairs: Vec<(u64, I)> =
        (0..array.len()).filter(valid).map(|row| (texts.prefix(row), I::from_usize(row))).collect();
    sort_by(&mut pairs, |left, right| {
        let values =
            left.0.cmp(&right.0).then_with(|| texts.compare(left.1.to_usize(), right.1.to_usize()));
        let values = if order.descending { values.reverse() } else { values };
        values.then_with(|| left.1.cmp(&right.1))
    });
    let nulls = (0..array.len()).filter(|row| !valid(row)).map(I::from_usize);
    let values = pairs.into_iter().map(|(_, row)| row);
    if order.nulls_last { values.chain(nulls).collect() } else { nulls.chain(values).collect() }
}

/// Sorts rows by their codes; rows with equal codes keep their order.
fn by_codes<I: Idx>(codes: &Codes) -> Vec<I> {
    let rows = (0..codes.values.len()).map(I::from_usize);
    if codes.values.is_sorted() {
        return rows.collect();
    }
    let mut pairs: Vec<(u64, I)> = codes.values.iter().copied().zip(rows).collect();
    sort_by(&mut pairs, Ord::cmp);
    pairs.into_iter().map(|(_, row)| row).collect()
}
