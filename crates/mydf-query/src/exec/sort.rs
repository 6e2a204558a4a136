//! `sort(...)`.

use mydf_core::kernels::sort::{self, SortOrder};
use mydf_core::{DataFrame, Idx, Result};

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
