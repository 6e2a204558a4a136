//! Joins on equal keys, and on the nearest one.

use super::take::take;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::DataFrame;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

mod asof;
mod codes;
mod keys;
mod numbers;
mod output;
mod partition;
mod partners;
mod side;

pub use asof::{AsOf, Strategy, Tolerance, join_asof};
use codes::Codes;
use output::Both;
use partners::every_pair;

/// Which rows without a partner to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinHow {
    /// None.
    Inner,
    /// The rows of the left frame, with nulls on the right.
    Left,
    /// The rows of the right frame, with nulls on the left.
    Right,
    /// Those of both frames.
    Full,
    /// Left rows that have a partner, once each; no columns from the right.
    Semi,
    /// Left rows that have no partner; no columns from the right.
    Anti,
}

/// Joins the rows of two frames whose key columns are equal; a null key equals nothing, NaN equals
/// NaN. Rows are in the order of the left frame, the partners of one row in the order of the right;
/// a right join is the other way round, and in a full join the right rows without a partner come
/// last. The result has the columns of the left, then those of the right; an inner and a left join
/// leave out the right keys, a right join the left ones, and a full join none. A name of the right
/// that the left columns already have gets `suffix`. Keys of different dtypes are converted to a common one:
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
    let stop = Interrupt::current();
    let codes = Codes::<I>::new(&stop, &pairs, left.height(), right.height())?;
    drop(pairs);
    if matches!(how, JoinHow::Semi | JoinHow::Anti) {
        return match codes.left_rows(&stop, how == JoinHow::Semi)? {
            Some(rows) => take(left, &rows),
            None => Ok(left.clone()),
        };
    }
    let kept = |frame: &DataFrame<I>, keys: &[&str], all: bool| {
        let kept = frame.columns().iter().filter(|column| all || !keys.contains(&column.name()));
        kept.cloned().collect::<Vec<_>>()
    };
    let (all_left, all_right) = match how {
        JoinHow::Right => (false, true),
        JoinHow::Full => (true, true),
        _ => (true, false),
    };
    let left_columns = kept(left, left_on, all_left);
    let right_columns = kept(right, right_on, all_right);
    let both = Both::new(left, left_columns, right, right_columns, suffix);
    let check = |rows| both.check::<I>("join", rows);
    let rows = match how {
        JoinHow::Right => codes.swapped().partners(&stop, true, check)?.swapped(),
        JoinHow::Full => {
            let codes = codes.swapped();
            let alone = codes.left_rows(&stop, false)?;
            codes.swapped().all_partners(&stop, alone, check)?
        }
        _ => codes.partners(&stop, how == JoinHow::Left, check)?,
    };
    both.assemble(rows, &stop)
}

/// Joins every row of the left frame with every row of the right: the rows in the order of the
/// left, then of the right. A name of the right that the left already has gets `suffix`.
///
/// # Errors
/// [`Error::TooManyRows`], [`Error::Memory`], [`Error::DuplicateColumn`].
pub fn cross<I: Idx>(
    left: &DataFrame<I>,
    right: &DataFrame<I>,
    suffix: &str,
) -> Result<DataFrame<I>> {
    let stop = Interrupt::current();
    let both = Both::new(left, left.columns().to_vec(), right, right.columns().to_vec(), suffix);
    let rows = (left.height() as u64).saturating_mul(right.height() as u64);
    both.check::<I>("cross join", rows)?;
    let rows = every_pair::<I>(&stop, left.height(), right.height())?;
    both.assemble(rows, &stop)
}
