//! Expressions: their tree and text ([`expr`]), their dtypes before anything runs ([`plan`]), and
//! their evaluation over a frame ([`exec`]).
//!
//! The kernels that know no expression are those of `mydf-core`.

pub mod exec;
pub mod expr;
pub mod plan;

mod depth;

pub use expr::Expr;
