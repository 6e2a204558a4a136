//! `select(...)` and `with_columns(...)`.

use std::collections::HashMap;
use std::sync::Arc;

use mydf_core::{Column, DataFrame, Idx, Result, memory};

use super::evaluate::Scope;
use super::hoisted;
use super::morsel;
use super::need;
use super::parallel::Threads;
use super::values::{Typed, repeated};
use crate::depth;
use crate::expr::{Expr, Foreign};
use crate::plan::{Plan, Schema, check_names};

/// One column for each expression, all of one length. Literals and aggregations are repeated to the
/// frame's height if another expression has that height, and give one row otherwise.
///
/// # Errors
/// The expressions' errors; [`mydf_core::Error::DuplicateColumn`].
pub fn select<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    check_names(exprs)?;
    let values = evaluate_all(frame, exprs)?;
    let unit = values.iter().all(|value| value.unit);
    let height = if unit { 1 } else { rows_of(frame, exprs) };
    let columns = exprs.iter().zip(values);
    DataFrame::new(
        columns.map(|(expr, value)| to_column(expr, value, height)).collect::<Result<_>>()?,
    )
}

/// The frame with these expressions added as columns; one with the name of an existing column
/// replaces it. All of them see the original frame. A frame without columns takes its height from
/// the expressions, as in [`select`].
///
/// # Errors
/// The same as for [`select`].
pub fn with_columns<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    if frame.width() == 0 {
        return select(frame, exprs);
    }
    check_names(exprs)?;
    let mut columns = frame.columns().to_vec();
    let places: HashMap<Arc<str>, usize> =
        columns.iter().enumerate().map(|(place, column)| (column.shared_name(), place)).collect();
    for (expr, value) in exprs.iter().zip(evaluate_all(frame, exprs)?) {
        let column = to_column(expr, value, frame.height())?;
        match places.get(column.name()) {
            Some(&place) => columns[place] = column,
            None => columns.push(column),
        }
    }
    DataFrame::new(columns)
}

/// Evaluates one expression to a column of `frame.height()` rows, or of one row if it has no column
/// outside an aggregation.
///
/// # Errors
/// The expression's errors.
pub fn evaluate<I: Idx>(frame: &DataFrame<I>, expr: &Expr) -> Result<Column> {
    let mut columns = evaluate_columns(frame, std::slice::from_ref(expr))?;
    Ok(columns.swap_remove(0))
}

/// Like [`evaluate`]; also returns whether the expression has one value for the whole frame.
///
/// # Errors
/// The expression's errors.
pub fn evaluate_alone<I: Idx>(frame: &DataFrame<I>, expr: &Expr) -> Result<(Column, bool)> {
    let mut values = evaluate_all(frame, std::slice::from_ref(expr))?;
    let value = values.swap_remove(0);
    Ok((Column::new(expr.output_name(), value.array)?, value.unit))
}

/// Like [`evaluate`], for each expression.
pub(super) fn evaluate_columns<I: Idx>(
    frame: &DataFrame<I>,
    exprs: &[Expr],
) -> Result<Vec<Column>> {
    let values = exprs.iter().zip(evaluate_all(frame, exprs)?);
    values.map(|(expr, value)| Column::new(expr.output_name(), value.array)).collect()
}

/// The value of each expression; if several fail, the error of the first one.
fn evaluate_all<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<Vec<Typed>> {
    depth::walk(exprs, |deep| {
        let plan = Plan::rows(exprs, &Schema::of(frame.columns()))?;
        run::<I>(frame.columns(), rows_of(frame, exprs), &plan, Threads { shared: !deep })
    })
}

/// The height of the frame. One without columns takes that of a Series among the expressions.
fn rows_of<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> usize {
    if frame.width() > 0 {
        return frame.height();
    }
    let mut open: Vec<&Expr> = exprs.iter().collect();
    while let Some(expr) = open.pop() {
        if let Expr::Series(Foreign(column)) = expr {
            return column.len();
        }
        open.extend(expr.children());
    }
    0
}

/// The outputs of a plan over all rows.
pub(super) fn run<I: Idx>(
    columns: &[Column],
    height: usize,
    plan: &Plan<'_>,
    threads: Threads,
) -> Result<Vec<Typed>> {
    memory::check("expressions", need::of(&plan.outputs, height))?;
    let aggregated = hoisted::over_all::<I>(columns, height, plan, threads)?;
    let scope = Scope::new(columns, height, &aggregated);
    threads.each(&plan.outputs, height, |output| morsel::evaluate(&scope, output, threads))
}

fn to_column(expr: &Expr, value: Typed, height: usize) -> Result<Column> {
    Column::new(expr.output_name(), repeated(value.array, value.unit, height)?)
}
