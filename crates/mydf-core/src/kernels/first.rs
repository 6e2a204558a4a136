//! The first rows in the order of some keys, without sorting all rows.

use super::sort::{SortOrder, argsort, first_codes};
use super::take::take_column;
use super::{PARALLEL_ROWS, tasks};
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;

/// If more than one of so many rows are wanted, sorting all is faster.
const SHARE: usize = 8;

/// The first `count` of the rows in sorted order; see [`argsort`], with the same errors.
///
/// # Errors
/// Those of [`argsort`].
pub fn first_rows<I: Idx>(keys: &[Column], orders: &[SortOrder], count: usize) -> Result<Vec<I>> {
    let candidates = match keys {
        [key, ..] if count > 0 && count < key.len() / SHARE => {
            candidates::<I>(keys, orders, count)?
        }
        _ => None,
    };
    let Some(candidates) = candidates else {
        let mut rows = argsort(keys, orders)?;
        rows.truncate(count);
        return Ok(rows);
    };
    let keys: Vec<Column> =
        keys.iter().map(|key| take_column(key, &candidates)).collect::<Result<_>>()?;
    let mut rows = argsort::<I>(&keys, orders)?;
    rows.truncate(count);
    Ok(rows.into_iter().map(|place| candidates[place.to_usize()]).collect())
}

/// Rows, in their order, among which are the first ones: those whose code is not larger than that
/// of the last one wanted. `None` if the keys have no such codes.
fn candidates<I: Idx>(
    keys: &[Column],
    orders: &[SortOrder],
    count: usize,
) -> Result<Option<Vec<I>>> {
    let Some(codes) = first_codes(keys, orders)? else { return Ok(None) };
    // The smallest codes of all are among the smallest of each part.
    let smallest = |part: &[u64]| {
        let mut part = part.to_vec();
        if count < part.len() {
            part.select_nth_unstable(count - 1);
            part.truncate(count);
        }
        part
    };
    let each = PARALLEL_ROWS.max(count * SHARE);
    let mut found: Vec<u64> = tasks::map(codes.chunks(each), smallest).concat();
    let (_, last, _) = found.select_nth_unstable(count - 1);
    let last = *last;
    let rows = codes.iter().enumerate().filter(|(_, code)| **code <= last);
    Ok(Some(rows.map(|(row, _)| I::from_usize(row)).collect()))
}
