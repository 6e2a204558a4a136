//! Runs expressions over a frame: one file an operator.
//!
//! Each operator resolves its expressions to a plan first ([`crate::plan`]), which knows every dtype.
//! Then come the aggregations, whose values are of one row or of one a group. What is left works row
//! by row, so that a long frame may be cut into morsels that the threads share. A value of one row
//! meets any length and is repeated only at the end.

mod aggregations;
mod evaluate;
mod filter;
mod functions;
mod group_by;
mod morsel;
mod parallel;
mod select;
mod sort;
mod values;

pub use filter::filter;
pub use group_by::group_by;
pub use select::{evaluate, select, with_columns};
pub use sort::sort;
