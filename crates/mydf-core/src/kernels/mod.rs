//! Operators on whole columns and frames, generic over the row index. They know no expressions.

mod bits;
mod category_keys;
mod codes;
mod compress;
mod digits;
mod dispatch;
mod keys;
mod lanes;
mod order;
mod pieces;
mod plain_keys;
mod radix;
mod sort_order;
mod span;
mod strings;
mod text_codes;

pub mod aggregate;
pub mod concat;
pub mod filter;
pub mod first;
pub mod groups;
pub mod join;
pub mod list_items;
pub mod lists;
pub mod rows;
pub mod sort;
pub mod take;
pub mod tasks;
pub mod unique;
pub mod windows;

/// Below this many rows, one thread is faster than handing work to a second.
const PARALLEL_ROWS: usize = 1 << 16;
/// Rows that one task of a parallel loop handles: a multiple of 64, so that tasks never share a
/// word of a bitmap, and small enough for the second-level cache.
const TASK_ROWS: usize = 1 << 15;
/// Rows of an expression or an aggregation that are in a core's cache at one time. A multiple of 64
/// as well.
pub const PIECE_ROWS: usize = 1 << 14;
