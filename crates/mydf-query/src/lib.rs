//! Expressions: the tree and its text form ([`expr`]), the dtypes before anything runs ([`plan`]),
//! and the evaluation on a frame ([`exec`]), and plans of verbs over files ([`lazy`]).
//!
//! The kernels, which know no expressions, are in `mydf-core`.

pub mod exec;
pub mod expr;
pub mod lazy;
pub mod plan;

mod depth;

pub use expr::Expr;
