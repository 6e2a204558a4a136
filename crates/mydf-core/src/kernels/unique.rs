//! Distinct rows.

use super::aggregate::fold::fold;
use super::groups::{Groups, group};
use super::take::take;
use crate::column::Column;
use crate::error::Result;
use crate::frame::DataFrame;
use crate::idx::Idx;

/// Which of several equal rows to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The first.
    First,
    /// The last.
    Last,
    /// None: only rows that occur once.
    None,
}

/// Rows that are distinct in `subset` (all columns if `None`), in the frame's order.
///
/// # Errors
/// [`crate::Error::ColumnNotFound`].
pub fn unique<I: Idx>(
    frame: &DataFrame<I>,
    subset: Option<&[&str]>,
    keep: Keep,
) -> Result<DataFrame<I>> {
    let keys: Vec<Column> = match subset {
        Some(names) => {
            names.iter().map(|name| frame.column(name).cloned()).collect::<Result<_>>()?
        }
        None => frame.columns().to_vec(),
    };
    let groups = group::<I>(&keys, frame.height())?;
    if groups.first.len() == frame.height() {
        return Ok(frame.clone());
    }
    take(frame, &kept(groups, keep)?)
}

fn kept<I: Idx>(groups: Groups<I>, keep: Keep) -> Result<Vec<I>> {
    Ok(match keep {
        Keep::First => groups.first,
        Keep::Last => {
            let mut rows = last_rows(&groups)?;
            rows.sort_unstable();
            rows
        }
        Keep::None => {
            // In a group of one row, the first row is also the last.
            let last = last_rows(&groups)?;
            let both = groups.first.into_iter().zip(last);
            both.filter(|(first, last)| first == last).map(|(first, _)| first).collect()
        }
    })
}

/// The last row of each group.
pub(super) fn last_rows<I: Idx>(groups: &Groups<I>) -> Result<Vec<I>> {
    let later = |last: &mut Option<usize>, row: &Option<usize>| *last = row.or(*last);
    let rows = fold(groups, None, |last, row, _| *last = Some(row), later)?;
    Ok(rows.into_iter().map(|row| row.map_or(I::NONE, I::from_usize)).collect())
}
