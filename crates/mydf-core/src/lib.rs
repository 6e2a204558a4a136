//! Columns, dtypes, the frame and its kernels.
//!
//! Memory is Arrow's; row numbers are generic over [`Idx`]. Expressions, files and Python are in
//! `mydf-query`, `mydf-io` and `mydf-python`.

pub mod cast;
pub mod categories;
pub mod column;
pub mod display;
pub mod dtype;
pub mod error;
pub mod extension;
mod forms;
pub mod frame;
pub mod idx;
pub mod interrupt;
pub mod kernels;
pub mod memory;
pub mod nested;
pub mod temporal;
mod units;

pub use column::Column;
pub use dtype::DType;
pub use error::{Error, Result};
pub use frame::DataFrame;
pub use idx::Idx;
