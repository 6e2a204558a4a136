//! Operators that work row by row. Their operands have the dtypes that resolution has allowed.

pub(super) mod arith;
pub(super) mod compare;
pub(super) mod is_in;
pub(super) mod logic;
pub(super) mod parts;
pub(super) mod text;
