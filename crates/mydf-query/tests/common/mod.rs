//! What the tests of expressions share: the columns and values of the core's tests, and short
//! helpers that build expressions.
#![allow(dead_code, reason = "each test file uses its part")]

#[path = "../../../mydf-core/tests/common/mod.rs"]
mod values;

use mydf_query::expr::{BinaryOp, Expr, Scalar, UnaryOp};
pub(crate) use values::*;

pub(crate) fn col(name: &str) -> Expr {
    Expr::Column(name.into())
}

pub(crate) fn lit(scalar: Scalar) -> Expr {
    Expr::Literal(scalar)
}

pub(crate) fn int(value: i128) -> Expr {
    lit(Scalar::Int(value))
}

pub(crate) fn string(text: &str) -> Expr {
    lit(Scalar::String(text.into()))
}

pub(crate) fn alias(expr: Expr, name: &str) -> Expr {
    Expr::Alias(Box::new(expr), name.into())
}

pub(crate) fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary { op, left: Box::new(left), right: Box::new(right) }
}

pub(crate) fn unary(op: UnaryOp, input: Expr) -> Expr {
    Expr::Unary { op, input: Box::new(input) }
}

/// The literal for a cell; in these tests, float columns use float literals.
pub(crate) fn scalar(cell: &Cell) -> Scalar {
    match cell {
        Cell::Null => Scalar::Null,
        Cell::Bool(value) => Scalar::Bool(*value),
        Cell::Int(value) => Scalar::Int(*value),
        Cell::Float(value) => Scalar::Float(*value),
        Cell::Text(value) => Scalar::String(value.as_str().into()),
        Cell::Day(value) => Scalar::Date(*value),
        Cell::Moment(value) => Scalar::Datetime(*value, None),
        Cell::Span(value) => Scalar::Duration(*value),
    }
}
