//! Operands during resolution: a literal takes its dtype from what is next to it.

use mydf_core::{DType, Error, Result};

use super::literal::{self, Literal};
use super::node::{Node, Step};
use crate::expr::{Expr, Scalar};

/// An operand during resolution: a literal takes its dtype from the other operand.
pub(super) enum Operand<'e> {
    Literal(Scalar),
    Node(Node<'e>),
}

pub(super) fn literal_node(literal: Literal, expr: &Expr) -> Node<'_> {
    Node { expr, dtype: literal.dtype, step: Step::Literal(literal.array) }
}

/// The part alone; a literal has the dtype that it has alone.
pub(super) fn alone<'e>(operand: Operand<'e>, expr: &'e Expr) -> Result<Node<'e>> {
    match operand {
        Operand::Node(node) => Ok(node),
        Operand::Literal(scalar) => Ok(literal_node(literal::alone(&scalar, expr)?, expr)),
    }
}

/// A part whose categories are read as their texts; other parts as they are.
pub(super) fn as_text(node: Node<'_>) -> Node<'_> {
    if node.dtype != DType::Categorical {
        return node;
    }
    let (expr, input) = (node.expr, Box::new(node));
    Node { expr, dtype: DType::String, step: Step::Cast { input, strict: true } }
}

/// The dtype and value of a literal next to an operand of another dtype.
pub(super) type Adapt = fn(&Scalar, &DType, &Expr) -> Result<Literal>;

/// Both operands; a literal takes the dtype that fits the other operand.
pub(super) fn pair<'e>(
    left: Operand<'e>,
    right: Operand<'e>,
    expr: &'e Expr,
    adapt: Adapt,
) -> Result<(Node<'e>, Node<'e>)> {
    let next_to = |scalar: &Scalar, other: &Node<'e>| {
        Ok::<_, Error>(literal_node(adapt(scalar, &other.dtype, expr)?, expr))
    };
    Ok(match one_node(left, right, expr)? {
        (Operand::Node(left), Operand::Literal(right)) => {
            let right = next_to(&right, &left)?;
            (left, right)
        }
        (Operand::Literal(left), Operand::Node(right)) => (next_to(&left, &right)?, right),
        (left, right) => (alone(left, expr)?, alone(right, expr)?),
    })
}

/// The operands, at most one of which is a literal. Of two literals, a text is the one that adapts.
pub(super) fn one_node<'e>(
    left: Operand<'e>,
    right: Operand<'e>,
    expr: &'e Expr,
) -> Result<(Operand<'e>, Operand<'e>)> {
    Ok(match (left, right) {
        (left @ Operand::Literal(Scalar::String(_)), right @ Operand::Literal(_)) => {
            (left, Operand::Node(alone(right, expr)?))
        }
        (left @ Operand::Literal(_), right @ Operand::Literal(_)) => {
            (Operand::Node(alone(left, expr)?), right)
        }
        other => other,
    })
}
