//! The dtypes of functions of several operands.

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::kernels::list_items::ordered;
use mydf_core::temporal::Zone;
use mydf_core::{DType, Error, Result};
use regex::Regex;

use super::literal;
use super::node::{Node, Step};
use super::operand::{Operand, alone, as_text, literal_node};
use super::pattern::compiled;
use super::rules::{comparison, truth, unified, wrong_dtype};
use crate::expr::{BinaryOp, Expr, Function, HorizontalOp, ListOp, MathOp, MomentOp, TextOp};

/// The dtype of a function of these operands, and the step that computes it.
pub(super) fn resolve<'e>(
    function: &'e Function,
    operands: Vec<Operand<'e>>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    let inputs = match function {
        Function::List(ListOp::Contains) => sought(operands, expr)?,
        Function::Clip
        | Function::FillNan
        | Function::Horizontal(HorizontalOp::Min | HorizontalOp::Max | HorizontalOp::Coalesce) => {
            adapted(operands, expr)?
        }
        _ => operands.into_iter().map(|operand| alone(operand, expr)).collect::<Result<_>>()?,
    };
    let inputs = match function {
        Function::Text(_)
        | Function::List(_)
        | Function::Horizontal(HorizontalOp::Min | HorizontalOp::Max | HorizontalOp::Coalesce) => {
            inputs.into_iter().map(as_text).collect()
        }
        _ => inputs,
    };
    let dtype = dtype(function, &inputs, expr)?;
    Ok((dtype, Step::Function { function, pattern: pattern(function)?, inputs }))
}

/// A list and an item, which is a literal in the dtype of the items.
fn sought<'e>(operands: Vec<Operand<'e>>, expr: &'e Expr) -> Result<Vec<Node<'e>>> {
    let mut operands = operands.into_iter();
    let (Some(list), Some(item)) = (operands.next(), operands.next()) else {
        unreachable!("a list and an item")
    };
    let list = alone(list, expr)?;
    let item = match (item, &list.dtype) {
        (Operand::Literal(scalar), DType::List(inner)) => {
            literal_node(literal::next_to(&scalar, inner, expr)?, expr)
        }
        (item, _) => alone(item, expr)?,
    };
    if let DType::List(inner) = &list.dtype {
        comparison(BinaryOp::Eq, inner, &item.dtype, expr)?;
    }
    Ok(vec![list, item])
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
                let time = dtype.is_temporal() || *dtype == DType::Duration;
                if !(dtype.is_numeric() || time || *dtype == DType::Null) {
                    let expected = "a number, a date, a datetime or a duration";
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
                // Not of moments and durations, whose means are no floats.
                if !(input.dtype.is_numeric() || matches!(input.dtype, DType::Bool | DType::Null)) {
                    let expected = "a numeric dtype or Bool";
                    return Err(wrong_dtype(function.name(), expr, expected, &input.dtype));
                }
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
        Function::Text(op) => text(op, &first, expr),
        Function::Moment(op) => moment(op, &first, expr),
        Function::List(op) => list(op, &first, expr),
    }
}

fn pattern(function: &Function) -> Result<Option<Regex>> {
    let Function::Text(op) = function else { return Ok(None) };
    let Some(pattern) = op.pattern().filter(|pattern| !pattern.literal) else { return Ok(None) };
    let compiled = compiled(&pattern.text, op.name())?;
    match op {
        TextOp::Extract(_, group) if *group >= compiled.captures_len() => {
            Err(Error::InvalidOption {
                what: "group",
                message: format!(
                    "`{}` has no group {group}; the last one is {}",
                    pattern.text,
                    compiled.captures_len() - 1
                ),
                hint: "parentheses make groups, counted from 1; 0 is the whole match",
            })
        }
        _ => Ok(Some(compiled)),
    }
}

fn text(op: &TextOp, dtype: &DType, expr: &Expr) -> Result<DType> {
    if !matches!(dtype, DType::String | DType::Null) {
        let input = expr.children().into_iter().next().unwrap_or(expr);
        return Err(wrong_dtype(op.name(), input, "String", dtype));
    }
    Ok(match op {
        TextOp::CountMatches(_) | TextOp::Find(_) | TextOp::ToInteger { .. } => DType::Int64,
        TextOp::ToDate(..) => DType::Date,
        TextOp::ToDatetime(format, _) => {
            DType::Datetime(format.value.has_offset().then(|| "UTC".into()))
        }
        _ => DType::String,
    })
}

fn moment(op: &MomentOp, dtype: &DType, expr: &Expr) -> Result<DType> {
    let input = expr.children().into_iter().next().unwrap_or(expr);
    let wrong = |expected| Err(wrong_dtype(op.name(), input, expected, dtype));
    let zones = matches!(op, MomentOp::ConvertZone(_) | MomentOp::ReplaceZone { .. });
    match (op, dtype) {
        (_, DType::Date) if zones => return wrong("Datetime"),
        (MomentOp::Truncate(span) | MomentOp::OffsetBy(span), DType::Date)
            if !span.value.is_of_days() =>
        {
            return wrong("Datetime, since a date has no time of day");
        }
        (_, DType::Null | DType::Date | DType::Datetime(_)) => {}
        _ => return wrong("Date or Datetime"),
    }
    if let DType::Datetime(zone) = dtype {
        Zone::new(zone.as_ref())?;
    }
    Ok(match op {
        MomentOp::Strftime(_) => DType::String,
        MomentOp::ConvertZone(zone) => {
            Zone::new(Some(zone))?;
            if *dtype == DType::Datetime(None) {
                return Err(Error::InvalidOption {
                    what: "dt.convert_time_zone",
                    message: format!("`{}` has no time zone to convert from", input.label()),
                    hint: "`.dt.replace_time_zone(\"UTC\")` first says which one it has",
                });
            }
            DType::Datetime(Some(zone.clone()))
        }
        MomentOp::ReplaceZone { zone, .. } => {
            Zone::new(zone.as_ref())?;
            DType::Datetime(zone.clone())
        }
        _ => dtype.clone(),
    })
}

fn list(op: &ListOp, dtype: &DType, expr: &Expr) -> Result<DType> {
    let input = expr.children().into_iter().next().unwrap_or(expr);
    if let ListOp::Split(_) = op {
        return match dtype {
            DType::String | DType::Null => Ok(DType::List(DType::String.into())),
            _ => Err(wrong_dtype(op.name(), input, "String", dtype)),
        };
    }
    let inner = match dtype {
        DType::List(inner) => inner.as_ref().clone(),
        DType::Null => DType::Null,
        _ => return Err(wrong_dtype(op.name(), input, "a List", dtype)),
    };
    Ok(match op {
        ListOp::Len => DType::Int64,
        ListOp::Get(..) => inner,
        ListOp::Agg(op) => op.dtype(&inner, || input.label())?,
        ListOp::Contains => DType::Bool,
        ListOp::Items(how) => {
            how.check(&inner, || input.label())?;
            dtype.clone()
        }
        ListOp::Extreme(_) => {
            ordered(op.name(), &inner, || input.label())?;
            DType::Int64
        }
        _ if matches!(inner, DType::String | DType::Null) => DType::String,
        _ => return Err(wrong_dtype(op.name(), input, "a List of String", dtype)),
    })
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
