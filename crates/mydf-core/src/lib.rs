//! Columns, dtypes, the frame and its operators.
//!
//! Memory is Arrow's; row numbers are generic over [`Idx`]. No Python here and no files: those are
//! `mydf-python` and `mydf-io`.

pub mod cast;
pub mod column;
pub mod display;
pub mod dtype;
pub mod error;
pub mod eval;
pub mod expr;
pub mod frame;
pub mod idx;
pub mod ops;
pub mod temporal;

pub use column::Column;
pub use dtype::DType;
pub use error::{Error, Result};
pub use expr::Expr;
pub use frame::DataFrame;
pub use idx::Idx;
