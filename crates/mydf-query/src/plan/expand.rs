//! Expressions that stand for several columns, replaced by one expression for each of them.

use std::sync::Arc;

use mydf_core::{DType, Error, Result};

use super::schema::Schema;
use crate::expr::{Expr, Selection};

/// The expressions with each selection replaced by its columns, and each dependent name by the name
/// that it means. Several selections in one expression stand for the same number of columns, and
/// are replaced side by side. A selection that matches no column leaves its expression out.
///
/// `keys` are names that a selection by dtype, or of all columns, leaves out: in groups, the keys
/// are columns already.
///
/// # Errors
/// [`Error::InvalidOption`] if the selections of one expression differ in their numbers of columns; the
/// errors of functions that make names.
pub fn expand(exprs: Vec<Expr>, schema: &Schema<'_>, keys: &[Arc<str>]) -> Result<Vec<Expr>> {
    let mut found = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let mut expr = spread(expr, schema, keys)?;
        expand_groups(&mut expr, schema)?;
        let Some(choices) = choices(&expr, schema, keys)? else {
            found.push(named(expr)?);
            continue;
        };
        for place in 0..choices[0].len() {
            found.push(named(replaced(expr.clone(), &choices, place))?);
        }
    }
    Ok(found)
}

/// The expression with each selection among the operands of a function such as `sum_horizontal`
/// replaced by an operand for each of its columns.
fn spread(mut expr: Expr, schema: &Schema<'_>, keys: &[Arc<str>]) -> Result<Expr> {
    let mut open = vec![&mut expr];
    while let Some(part) = open.pop() {
        match part {
            Expr::Function { function, inputs } if !function.is_method() => {
                *inputs = expand(std::mem::take(inputs), schema, keys)?;
            }
            other => open.extend(other.children_mut()),
        }
    }
    Ok(expr)
}

/// Replaces selections in the keys of groups, which each stand for several keys of one expression.
fn expand_groups(expr: &mut Expr, schema: &Schema<'_>) -> Result<()> {
    let mut open = vec![expr];
    while let Some(part) = open.pop() {
        if let Expr::Over { keys, order, orders, .. } = part {
            *keys = expand(std::mem::take(keys), schema, &[])?;
            for (expr, direction) in std::mem::take(order).into_iter().zip(std::mem::take(orders)) {
                order.extend(expand(vec![expr], schema, &[])?);
                orders.resize(order.len(), direction);
            }
        }
        open.extend(part.children_mut());
    }
    Ok(())
}

/// The columns of each selection in an expression, or None if it has no selection.
fn choices(
    expr: &Expr,
    schema: &Schema<'_>,
    keys: &[Arc<str>],
) -> Result<Option<Vec<Vec<Arc<str>>>>> {
    let mut found: Vec<Vec<Arc<str>>> = Vec::new();
    let mut open = vec![expr];
    while let Some(part) = open.pop() {
        if let Expr::Selected(selection) = part {
            found.push(chosen(selection, schema, keys));
        }
        open.extend(part.children());
    }
    let Some(first) = found.first() else { return Ok(None) };
    match found.iter().find(|columns| columns.len() != first.len()) {
        Some(other) => Err(Error::InvalidOption {
            what: "expression",
            message: format!(
                "`{}` combines a selection of {} columns with one of {}",
                expr.label(),
                other.len(),
                first.len()
            ),
            hint: "select the same number of columns in each part of an expression",
        }),
        None => Ok(Some(found)),
    }
}

fn chosen(selection: &Selection, schema: &Schema<'_>, keys: &[Arc<str>]) -> Vec<Arc<str>> {
    let Selection { names, dtypes, without_names, without_dtypes } = selection;
    let is_out = |name: &str, dtype: Option<&DType>| {
        without_names.iter().any(|each| **each == *name)
            || dtype.is_some_and(|dtype| without_dtypes.contains(dtype))
    };
    if !names.is_empty() {
        // A name that the frame does not have stays, so that the plan reports it.
        let dtype = |name: &str| schema.column(name).ok().map(|(_, dtype)| dtype);
        return names.iter().filter(|name| !is_out(name, dtype(name))).cloned().collect();
    }
    schema
        .fields()
        .filter(|(_, dtype)| dtypes.is_empty() || dtypes.contains(dtype))
        .filter(|(name, dtype)| !is_out(name, Some(dtype)))
        .filter(|(name, _)| !keys.iter().any(|key| **key == **name))
        .map(|(name, _)| Arc::from(name))
        .collect()
}

/// The expression with the column at one place of each selection, which are in the order in which
/// [`choices`] found them.
fn replaced(mut expr: Expr, choices: &[Vec<Arc<str>>], place: usize) -> Expr {
    let mut choices = choices.iter();
    let mut open = vec![&mut expr];
    while let Some(part) = open.pop() {
        if matches!(part, Expr::Selected(_))
            && let Some(columns) = choices.next()
        {
            *part = Expr::Column(Arc::clone(&columns[place]));
        }
        open.extend(part.children_mut());
    }
    expr
}

/// The expression with plain names.
fn named(mut expr: Expr) -> Result<Expr> {
    let mut open = vec![&mut expr];
    while let Some(part) = open.pop() {
        if let Expr::Renamed(input, how) = part {
            let name = input.renamed(how)?;
            *part = Expr::Alias(std::mem::replace(input, Box::new(Expr::Len)), name);
        }
        open.extend(part.children_mut());
    }
    Ok(expr)
}
