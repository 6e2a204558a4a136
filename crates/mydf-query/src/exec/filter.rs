//! `filter(...)`.

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};
use arrow_buffer::BooleanBuffer;
use mydf_core::kernels;
use mydf_core::{DataFrame, Idx, Result};

use super::functions::logic;
use super::parallel::Threads;
use super::select::run;
use super::values::{Typed, repeated};
use crate::depth;
use crate::expr::Expr;
use crate::plan::{Plan, Schema};

/// The rows for which every predicate is true (not false, not null). All predicates, also their
/// aggregations, see the whole frame.
///
/// # Errors
/// The expressions' errors; [`mydf_core::Error::DType`] if one is not Bool.
pub fn filter<I: Idx>(frame: &DataFrame<I>, predicates: &[Expr]) -> Result<DataFrame<I>> {
    let values = depth::walk(predicates, |deep| {
        let plan = Plan::predicates(predicates, &Schema::of(frame.columns()))?;
        run::<I>(frame.columns(), frame.height(), &plan, Threads { shared: !deep })
    })?;
    let mut masks = values.into_iter().map(|value| kept(value, frame.height()));
    let Some(first) = masks.next() else {
        return Ok(frame.clone());
    };
    let mask = masks.try_fold(first?, |all, mask| Ok::<_, mydf_core::Error>(&all & &mask?))?;
    kernels::filter::filter(frame, &BooleanArray::new(mask, None))
}

/// A bit for each row: set if the value is true.
fn kept(value: Typed, height: usize) -> Result<BooleanBuffer> {
    let value = logic::truth(value);
    let mask = repeated(value.array, value.unit, height)?;
    let mask = mask.as_boolean();
    Ok(match mask.nulls() {
        Some(nulls) => mask.values() & nulls.inner(),
        None => mask.values().clone(),
    })
}
