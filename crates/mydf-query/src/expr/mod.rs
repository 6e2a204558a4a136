//! Column expressions: the tree, the one table of its names, and its text.

mod names;
mod show;
mod tree;

pub use mydf_core::kernels::aggregate::AggOp;
pub use tree::{BinaryOp, DtOp, Expr, Scalar, StrOp, UnaryOp};
