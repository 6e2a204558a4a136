//! Runs expressions on a frame, with one file for each operator.
//!
//! Each operator first resolves its expressions to a plan ([`crate::plan`]), which knows every
//! dtype. Then it runs what sees more than its row: aggregations, which give one row in total or
//! one for each group, and windows, which give all rows. The rest works row by row, so a long frame may be split into morsels that the threads share. A value
//! with one row fits any length and is repeated only at the end.

mod evaluate;
mod filter;
mod functions;
mod group_by;
mod hoisted;
mod morsel;
mod need;
mod parallel;
mod select;
mod sort;
mod values;

pub use filter::filter;
pub use group_by::group_by;
pub use select::{evaluate, evaluate_alone, select, with_columns};
pub use sort::{argsort, first, sort};
