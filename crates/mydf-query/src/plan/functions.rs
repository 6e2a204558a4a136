//! The dtypes of functions of several operands.

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::{DType, Error, Result};

use super::literal;
use super::node::{Node, Step};
use super::operand::{Operand, alone, literal_node};
use super::rules::{truth, unified, wrong_dtype};
use crate::expr::{Expr, Function, HorizontalOp, MathOp};

/// The dtype of a function of these operands, and the step that computes it.
pub(super) fn resolve<'e>(
    function: &'e Function,
    operands: Vec<Operand<'e>>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    let inputs = match function {
        Function::Clip
        | Function::FillNan
        | Function::Horizontal(HorizontalOp::Min | HorizontalOp::Max | HorizontalOp::Coalesce) => {
            adapted(operands, expr)?
        }
        _ => operands.into_iter().map(|operand| alone(operand, expr)).collect::<Result<_>>()?,
    };
    let dtype = dtype(function, &inputs, expr)?;
    Ok((dtype, Step::Function { function, inputs }))
}

/// The operands of one dtype; a literal takes the dtype that the others have in common.
fn adapted<'e>(operands: Vec<Operand<'e>>, expr: &'e Expr) -> Result<Vec<Node<'e>>> {
    let mut common = None;
    for operand in &operands {
        if let Operand::Node(node) = operand {
            common = Some(match common {
                None => node.dtype.clone(),
                Some(known) => unified(name(expr), &known, &node.dtype, expr)?,
            });
        }
    }
    let adapt = |operand| match (operand, &common) {
        (Operand::Literal(scalar), Some(common)) => {
            Ok(literal_node(literal::chosen_next_to(&scalar, common, expr)?, expr))
        }
        (operand, _) => alone(operand, expr),
    };
    operands.into_iter().map(adapt).collect()
}

fn name(expr: &Expr) -> &'static str {
    match expr {
        Expr::Function { function, .. } => function.name(),
        _ => "function",
    }
}

fn dtype(function: &Function, inputs: &[Node<'_>], expr: &Expr) -> Result<DType> {
    let first = inputs.first().map(|input| input.dtype.clone()).ok_or_else(|| Error::Value {
        what: function.name().into(),
        message: "no operands".into(),
    })?;
    match function {
        Function::Round(_) | Function::Math(MathOp::Floor | MathOp::Ceil | MathOp::Sign) => {
            number(function, inputs, expr)?;
            Ok(first)
        }
        Function::Math(_) | Function::Log(_) => {
            number(function, inputs, expr)?;
            Ok(if first == DType::Float32 { first } else { DType::Float64 })
        }
        Function::FillNan => {
            number(function, inputs, expr)?;
            common(function, inputs, expr)
        }
        Function::Clip => {
            for Node { dtype, .. } in inputs {
                if !(dtype.is_numeric() || dtype.is_temporal() || *dtype == DType::Null) {
                    let expected = "a number, a date or a datetime";
                    return Err(wrong_dtype(function.name(), expr, expected, dtype));
                }
            }
            common(function, inputs, expr)
        }
        Function::Horizontal(HorizontalOp::Min | HorizontalOp::Max | HorizontalOp::Coalesce) => {
            common(function, inputs, expr)
        }
        Function::Horizontal(HorizontalOp::Any | HorizontalOp::All) => {
            inputs.iter().try_for_each(|each| truth(function.name(), &each.dtype, expr))?;
            Ok(DType::Bool)
        }
        Function::Horizontal(HorizontalOp::Mean) => {
            for input in inputs {
                AggOp::Mean.dtype(&input.dtype, || expr.label())?;
            }
            Ok(DType::Float64)
        }
        Function::Horizontal(HorizontalOp::Sum) => {
            let sums = inputs.iter().map(|input| AggOp::Sum.dtype(&input.dtype, || expr.label()));
            let sums = sums.collect::<Result<Vec<_>>>()?;
            let mut all = DType::Null;
            for sum in sums {
                all = unified(function.name(), &all, &sum, expr)?;
            }
            Ok(all)
        }
        Function::Format(template) if template.places() != inputs.len() => {
            Err(Error::Value { what: "format".into(), message: template.mismatch(inputs.len()) })
        }
        Function::Concat { .. } | Function::Format(_) => Ok(DType::String),
    }
}

fn common(function: &Function, inputs: &[Node<'_>], expr: &Expr) -> Result<DType> {
    let start = Ok(DType::Null);
    inputs.iter().fold(start, |all, input| unified(function.name(), &all?, &input.dtype, expr))
}

fn number(function: &Function, inputs: &[Node<'_>], expr: &Expr) -> Result<()> {
    match inputs.iter().find(|each| !each.dtype.is_numeric() && each.dtype != DType::Null) {
        Some(wrong) => Err(wrong_dtype(function.name(), expr, "a number", &wrong.dtype)),
        None => Ok(()),
    }
}
