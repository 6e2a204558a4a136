//! What is known of expressions before anything runs: each part's dtype, or the error; literals in
//! the dtype that they take next to what they meet; aggregations taken out, each once.
//!
//! [`resolve`] is the door for a caller that wants a dtype. Execution ([`crate::exec`]) gets the whole
//! plan, and finds no error of a dtype any more.

mod literal;
mod members;
mod node;
mod resolver;
mod rules;
mod schema;

use mydf_core::{DType, Result};

pub use schema::Schema;

pub(crate) use members::{Members, float_key};
pub(crate) use node::{Aggregation, Node, Step};
pub(crate) use resolver::{Plan, check_names};

use crate::depth;
use crate::expr::Expr;

/// The dtype of an expression over a frame of this schema, or the error that no data is needed to
/// see: a column that is missing, a dtype that an operator does not take, a literal that can't be
/// read, a pattern that is no regular expression.
///
/// # Errors
/// [`mydf_core::Error::ColumnNotFound`], [`mydf_core::Error::DType`], [`mydf_core::Error::Value`].
pub fn resolve(expr: &Expr, schema: &Schema<'_>) -> Result<DType> {
    depth::walk([expr], |_| {
        let mut plan = Plan::rows(std::slice::from_ref(expr), schema)?;
        Ok(plan.outputs.pop().map_or(DType::Null, |output| output.dtype))
    })
}
