//! What is known about expressions before anything runs: the dtype or the error of each part,
//! literals in the dtype that they take next to other operands, and the parts that see more than their
//! row, each listed once.
//!
//! A caller that wants only a dtype calls [`resolve`]. Execution ([`crate::exec`]) gets the whole
//! plan and then can't fail because of a dtype.

mod expand;
mod functions;
mod literal;
mod members;
mod node;
mod operand;
mod pattern;
mod resolver;
mod rules;
mod schema;
mod windows;

use mydf_core::{DType, Result};

pub use expand::expand;
pub use schema::Schema;

pub(crate) use members::{Keys, Members, float_key};
pub(crate) use node::{Grouping, Hoisted, HoistedOp, Node, Step};
pub(crate) use resolver::{Plan, check_names};

use crate::depth;
use crate::expr::Expr;

/// The dtype of an expression on a frame with this schema, or the error that is visible without
/// data: a missing column, a dtype that an operator does not accept, a literal that can't be read,
/// a pattern that is not a regular expression.
///
/// # Errors
/// [`mydf_core::Error::ColumnNotFound`], [`mydf_core::Error::DType`], [`mydf_core::Error::Value`].
pub fn resolve(expr: &Expr, schema: &Schema<'_>) -> Result<DType> {
    depth::walk([expr], |_| {
        let mut plan = Plan::rows(std::slice::from_ref(expr), schema)?;
        Ok(plan.outputs.pop().map_or(DType::Null, |output| output.dtype))
    })
}
