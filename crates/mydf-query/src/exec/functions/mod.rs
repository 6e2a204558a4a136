//! Operators that work row by row. Resolution has already checked the dtypes of their operands.

pub(super) mod arith;
pub(super) mod compare;
mod durations;
pub(super) mod horizontal;
pub(super) mod is_in;
pub(super) mod joined;
pub(super) mod lists;
pub(super) mod logic;
mod masks;
pub(super) mod moments;
pub(super) mod numbers;
pub(super) mod operators;
pub(super) mod parts;
pub(super) mod text;
pub(super) mod text_ops;

use super::values::Typed;

/// The one operand of a function.
fn only(values: Vec<Typed>) -> Typed {
    values.into_iter().next().expect("resolution has checked that there is an operand")
}
