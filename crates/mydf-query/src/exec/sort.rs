//! `sort(...)`.

use mydf_core::kernels::first;
use mydf_core::kernels::sort::{self, SortOrder};
use mydf_core::kernels::take::take;
use mydf_core::{DataFrame, Error, Idx, Result};

use super::select::evaluate_columns;
use crate::expr::Expr;

/// The row numbers in the order of these keys; see [`sort::argsort`].
///
/// # Errors
/// The errors of the expressions and of [`sort::argsort`].
pub fn argsort<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    orders: &[SortOrder],
) -> Result<Vec<I>> {
    sort::argsort(&evaluate_columns(frame, keys)?, orders)
}

/// The first rows of the frame sorted by these keys; see [`first::first_rows`].
///
/// # Errors
/// The errors of the expressions and of [`first::first_rows`].
pub fn first<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    orders: &[SortOrder],
    count: usize,
) -> Result<DataFrame<I>> {
    let keys = evaluate_columns(frame, keys)?;
    if let Some(key) = keys.iter().find(|key| key.len() != frame.height()) {
        return Err(Error::LengthMismatch {
            column: key.name().to_owned(),
            expected: frame.height(),
            actual: key.len(),
        });
    }
    take(frame, &first::first_rows(&keys, orders, count)?)
}

/// The frame sorted by these keys; see [`sort::sort`].
///
/// # Errors
/// The errors of the expressions and of [`sort::sort`].
pub fn sort<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    orders: &[SortOrder],
) -> Result<DataFrame<I>> {
    sort::sort(frame, &evaluate_columns(frame, keys)?, orders)
}
