//! The aggregations of a plan: over all rows, or over groups of them.

use std::sync::Arc;

use mydf_core::kernels::aggregate::{AggOp, aggregate, aggregate_groups};
use mydf_core::kernels::groups::Groups;
use mydf_core::kernels::take::take_column;
use mydf_core::{Column, DType, Idx, Result, memory};

use super::evaluate::Scope;
use super::morsel;
use super::need;
use super::parallel::Threads;
use super::values::{Typed, repeated};
use crate::plan::{Aggregation, Plan};

/// One row for each aggregation, over all rows.
pub(super) fn over_all(
    columns: &[Column],
    height: usize,
    plan: &Plan<'_>,
    threads: Threads,
) -> Result<Vec<Typed>> {
    // A value with one row is aggregated as one row, whatever the height of the frame.
    let reduce = |name: String, value: Typed, op: AggOp| {
        let column = Column::new(name, value.array)?;
        Ok(Typed::of_column(&aggregate(&column, op)?, true))
    };
    // One row fits any length, also inside another aggregation.
    let spread = |value: &Typed| Ok(value.clone());
    run(columns, height, plan, threads, reduce, spread)
}

/// One row for each group and aggregation; inside another aggregation, each row has its group's
/// value.
pub(super) fn in_groups<I: Idx>(
    columns: &[Column],
    groups: &Groups<I>,
    plan: &Plan<'_>,
    threads: Threads,
) -> Result<Vec<Typed>> {
    let height = groups.ids.len();
    let reduce = |name: String, value: Typed, op: AggOp| {
        let column = Column::new(name, repeated(value.array, value.unit, height)?)?;
        Ok(Typed::of_column(&aggregate_groups(&column, op, groups)?, false))
    };
    let spread = |value: &Typed| {
        let column = Column::new("aggregation", Arc::clone(&value.array))?;
        Ok(Typed::of_column(&take_column(&column, &groups.ids)?, false))
    };
    run(columns, height, plan, threads, reduce, spread)
}

/// Runs level by level, so the inputs of an aggregation are known before it; the aggregations of
/// one level run in parallel.
fn run(
    columns: &[Column],
    height: usize,
    plan: &Plan<'_>,
    threads: Threads,
    reduce: impl Fn(String, Typed, AggOp) -> Result<Typed> + Sync + Send,
    spread: impl Fn(&Typed) -> Result<Typed>,
) -> Result<Vec<Typed>> {
    let aggregations = &plan.aggregations;
    // A null is the placeholder for an aggregation that the current level does not use.
    let mut values: Vec<Typed> =
        aggregations.iter().map(|each| Typed::nulls(each.dtype.clone(), 1, true)).collect();
    let mut inner = values.clone();
    let levels = aggregations.iter().map(|each| each.level + 1).max().unwrap_or(0);
    for level in 0..levels {
        let places: Vec<usize> =
            (0..aggregations.len()).filter(|&place| aggregations[place].level == level).collect();
        let inputs = places.iter().filter_map(|&place| aggregations[place].input.as_ref());
        memory::check("aggregations", need::of(inputs, height))?;
        let scope = Scope::new(columns, height, &inner);
        let found = threads.each(&places, height, |&place| {
            let aggregation = &aggregations[place];
            let (name, value) = input(&scope, aggregation, threads)?;
            reduce(name, value, aggregation.op)
        })?;
        for (place, value) in places.into_iter().zip(found) {
            debug_assert_eq!(value.dtype, aggregations[place].dtype);
            if aggregations[place].inner {
                inner[place] = spread(&value)?;
            }
            values[place] = value;
        }
    }
    Ok(values)
}

/// The input of an aggregation, and its name in messages.
fn input(
    scope: &Scope<'_>,
    aggregation: &Aggregation<'_>,
    threads: Threads,
) -> Result<(String, Typed)> {
    let Some(node) = &aggregation.input else {
        // Any column has the right number of rows.
        return Ok(("len".to_owned(), Typed::nulls(DType::Null, scope.height(), false)));
    };
    let name = aggregation.expr.children().first().map_or_else(String::new, |input| input.label());
    Ok((name, morsel::evaluate(scope, node, threads)?))
}
