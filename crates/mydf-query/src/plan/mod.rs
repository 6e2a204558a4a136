//! What is known of expressions before anything runs: each part's dtype, or the error; literals in
//! the dtype that they take beside what they meet; aggregations taken out, each once.
//!
//! [`resolve`] is the door for a caller that wants a dtype. Execution ([`crate::exec`]) gets the whole
//! plan, and finds no error of a dtype any more.

mod literal;
mod members;
mod node;
mod resolver;
mod rules;
mod schema;

pub use schema::{Schema, resolve};

pub(crate) use members::{Members, float_key};
pub(crate) use node::{Aggregation, Node, Step};
pub(crate) use resolver::{Plan, check_names};
