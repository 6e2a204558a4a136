//! `group_by(...).agg(...)`.

use mydf_core::kernels::groups::group;
use mydf_core::kernels::take::take_column;
use mydf_core::{Column, DataFrame, Error, Idx, Result};

use super::evaluate::Scope;
use super::hoisted;
use super::morsel;
use super::parallel::Threads;
use super::select::run;
use super::values::{Typed, repeated};
use crate::depth;
use crate::expr::Expr;
use crate::plan::{Plan, Schema, check_names};

/// One row for each group: the keys, then the aggregations. Groups are in the order of their first
/// row. An expression in `aggs` may combine aggregations (`a.sum() / b.count()`), and an
/// aggregation inside another is that of the row's group (`(a - a.mean()).max()`); a column outside
/// any aggregation is an error whose hint is to aggregate it.
///
/// # Errors
/// The expressions' errors; [`Error::NotAggregated`]; [`Error::Value`] if there are no keys;
/// [`Error::DuplicateColumn`].
pub fn group_by<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    aggs: &[Expr],
) -> Result<DataFrame<I>> {
    if keys.is_empty() {
        return Err(Error::Value { what: "group_by".into(), message: "no keys".into() });
    }
    depth::walk(keys.iter().chain(aggs), |deep| {
        let schema = Schema::of(frame.columns());
        let (key_plan, plan) = (Plan::rows(keys, &schema)?, Plan::groups(aggs, &schema)?);
        // After the plans, so that a key used without an aggregation is reported as such.
        check_names(keys.iter().chain(aggs))?;
        let threads = Threads { shared: !deep };
        let (columns, rows) = (frame.columns(), frame.height());
        let key_values = named(keys, run::<I>(columns, rows, &key_plan, threads)?, rows)?;
        let groups = group::<I>(&key_values, frame.height())?;
        let height = groups.first.len();

        let mut columns: Vec<Column> =
            key_values.iter().map(|key| take_column(key, &groups.first)).collect::<Result<_>>()?;
        let aggregated = hoisted::in_groups(frame.columns(), &groups, &plan, threads)?;
        let scope = Scope::new(&[], height, &aggregated);
        let values = threads
            .each(&plan.outputs, height, |output| morsel::evaluate(&scope, output, threads))?;
        columns.extend(named(aggs, values, height)?);
        DataFrame::new(columns)
    })
}

/// Columns of one height, with the names of their expressions.
fn named(exprs: &[Expr], values: Vec<Typed>, height: usize) -> Result<Vec<Column>> {
    let pairs = exprs.iter().zip(values);
    pairs
        .map(|(expr, value)| {
            Column::new(expr.output_name(), repeated(value.array, value.unit, height)?)
        })
        .collect()
}
