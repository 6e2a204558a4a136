//! `filter(...)`.

use arrow_array::cast::AsArray;
use mydf_core::kernels::take;
use mydf_core::{DataFrame, Idx, Result};

use super::functions::logic;
use super::parallel::Threads;
use super::select::run;
use super::values::repeated;
use crate::depth;
use crate::expr::Expr;
use crate::plan::{Plan, Schema};

/// The rows for which the predicate is true (not false, not null).
///
/// # Errors
/// The expression's errors; [`mydf_core::Error::DType`] if it is not Bool.
pub fn filter<I: Idx>(frame: &DataFrame<I>, predicate: &Expr) -> Result<DataFrame<I>> {
    let mut values = depth::walk([predicate], |deep| {
        let plan = Plan::predicate(predicate, &Schema::of(frame.columns()))?;
        run(frame, &plan, Threads { shared: !deep })
    })?;
    let mask = logic::truth(values.swap_remove(0));
    let mask = repeated(mask.array, mask.unit, frame.height())?;
    take::filter(frame, mask.as_boolean())
}
