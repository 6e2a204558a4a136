//! Operators that work row by row. Resolution has already checked the dtypes of their operands.

pub(super) mod arith;
pub(super) mod compare;
pub(super) mod is_in;
pub(super) mod logic;
pub(super) mod parts;
pub(super) mod text;
