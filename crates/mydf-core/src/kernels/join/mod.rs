//! Joins on equal keys.

use std::collections::HashSet;

use super::take::{Rows, take};
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::memory;

mod keys;
mod matches;

use matches::{Matches, Partners};

/// Which rows without a partner to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinHow {
    /// None.
    Inner,
    /// The rows of the left frame, with nulls on the right.
    Left,
    /// Left rows that have a partner, once each; no columns from the right.
    Semi,
    /// Left rows that have no partner; no columns from the right.
    Anti,
}

/// Joins the rows of two frames whose key columns are equal; a null key equals nothing, NaN equals
/// NaN. Rows are in the order of the left frame, the partners of one row in the order of the right.
/// The result has all columns of the left, then those of the right that are not keys; a name that
/// the left already has gets `suffix`. Keys of different dtypes are converted to a common one:
/// numbers compare by their exact values whatever the dtypes, a date and a datetime without a time
/// zone as datetimes.
///
/// # Errors
/// [`Error::ColumnNotFound`], [`Error::DType`] for keys without a common dtype, [`Error::Value`] if
/// there are no keys or the two sides have different numbers of them, [`Error::TooManyRows`],
/// [`Error::DuplicateColumn`].
pub fn join<I: Idx>(
    left: &DataFrame<I>,
    right: &DataFrame<I>,
    left_on: &[&str],
    right_on: &[&str],
    how: JoinHow,
    suffix: &str,
) -> Result<DataFrame<I>> {
    if left_on.is_empty() || left_on.len() != right_on.len() {
        return Err(Error::Value {
            what: "join".into(),
            message: format!(
                "{} keys on the left, {} on the right, expected the same number and at least one",
                left_on.len(),
                right_on.len()
            ),
        });
    }
    let pairs: Vec<(Column, Column)> = left_on
        .iter()
        .zip(right_on)
        .map(|(l, r)| keys::comparable(left.column(l)?, right.column(r)?))
        .collect::<Result<_>>()?;
    // A code and a number for each key, and the tables of one side.
    let keys = left.height() as u64 + right.height() as u64;
    memory::check("join", keys * (8 * pairs.len() as u64 + 4 * size_of::<I>() as u64))?;
    let matches = Matches::<I>::new(&pairs, left.height(), right.height());
    let rows = match how {
        JoinHow::Semi => matches.left_rows(true),
        JoinHow::Anti => matches.left_rows(false),
        JoinHow::Inner | JoinHow::Left => {
            let added = added_columns(left, right, right_on, suffix);
            let added_bytes: u64 = added.iter().map(|c| memory::row_bytes(c.dtype())).sum();
            let rows = matches.partners(how == JoinHow::Left, left.row_bytes() + added_bytes)?;
            return assemble(left, right.height(), &added, &rows);
        }
    };
    take(left, &rows)
}

/// The right frame's columns that the result has, with their names in the result.
fn added_columns<I: Idx>(
    left: &DataFrame<I>,
    right: &DataFrame<I>,
    right_on: &[&str],
    suffix: &str,
) -> Vec<Column> {
    let taken: HashSet<&str> = left.columns().iter().map(Column::name).collect();
    let added = right.columns().iter().filter(|column| !right_on.contains(&column.name()));
    added
        .map(|column| {
            if taken.contains(column.name()) {
                column.renamed(format!("{}{suffix}", column.name()))
            } else {
                column.clone()
            }
        })
        .collect()
}

fn assemble<I: Idx>(
    left: &DataFrame<I>,
    right_height: usize,
    added: &[Column],
    rows: &Partners<I>,
) -> Result<DataFrame<I>> {
    use rayon::prelude::*;

    check_rows::<I>(rows.right.len() as u64)?;
    let right_rows = Rows::checked(&rows.right, right_height)?;
    let left_rows = match &rows.left {
        Some(numbers) => Some(Rows::checked(numbers, left.height())?),
        None => None,
    };
    let columns: Result<Vec<Column>> = left
        .columns()
        .par_iter()
        .map(|column| left_rows.map_or_else(|| Ok(column.clone()), |rows| rows.of(column)))
        .chain(added.par_iter().map(|column| right_rows.of(column)))
        .collect();
    DataFrame::new(columns?)
}
