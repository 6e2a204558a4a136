//! Parts that several expressions of a verb have in common are computed once.

use std::collections::HashMap;
use std::sync::Arc;

use mydf_core::{Idx, Result};

use super::elementwise::{has_column, is_rowwise};
use super::node::{Node, Op, Tree};
use crate::expr::Expr;

/// Verbs with more parts than this stay as they are: the text of each part is compared.
const PARTS: usize = 500;

/// The plan in which a column holds each part that occurs more than once in a verb.
pub(super) fn shared<I: Idx>(node: &Tree<I>) -> Result<Tree<I>> {
    let node = node.with(shared)?;
    match &node.op {
        Op::Select { input, exprs } => {
            let Some((columns, exprs)) = taken_out(input, &[exprs]) else { return Ok(node) };
            Node::select(Node::with_columns(Arc::clone(input), columns)?, exprs.concat())
        }
        Op::WithColumns { input, exprs } => {
            let Some((columns, exprs)) = taken_out(input, &[exprs]) else { return Ok(node) };
            let input = Node::with_columns(Arc::clone(input), columns)?;
            Node::only(Node::with_columns(input, exprs.concat())?, &node.names())
        }
        Op::GroupBy { input, keys, aggs } => {
            let Some((columns, mut exprs)) = taken_out(input, &[keys, aggs]) else {
                return Ok(node);
            };
            let input = Node::with_columns(Arc::clone(input), columns)?;
            let aggs = exprs.pop().unwrap_or_default();
            Node::group_by(input, exprs.concat(), aggs)
        }
        _ => Ok(node),
    }
}

/// The parts that occur more than once, under their text as name, and the expressions over them.
fn taken_out<I: Idx>(input: &Tree<I>, lists: &[&Vec<Expr>]) -> Option<(Vec<Expr>, Vec<Vec<Expr>>)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut open: Vec<&Expr> = lists.iter().copied().flatten().collect();
    let mut seen = 0;
    while let Some(part) = open.pop() {
        seen += 1;
        if seen > PARTS {
            return None;
        }
        if is_work(part) {
            let count = counts.entry(part.python()).or_default();
            *count += 1;
            if *count > 1 {
                // The parts inside were counted with the first one.
                continue;
            }
        }
        open.extend(part.children());
    }
    // A column that has this text as its name stays.
    counts.retain(|text, count| *count > 1 && input.empty.column(text).is_err());
    if counts.is_empty() {
        return None;
    }
    let mut columns: Vec<Expr> = Vec::new();
    let lists = lists
        .iter()
        .map(|exprs| exprs.iter().map(|expr| over(expr, &counts, &mut columns)).collect())
        .collect();
    Some((columns, lists))
}

/// True for a part that is computed for each row.
fn is_work(expr: &Expr) -> bool {
    !matches!(expr, Expr::Column(_) | Expr::Alias(..) | Expr::Literal(_))
        && is_rowwise(expr)
        && has_column(expr)
}

/// The expression with the common parts as columns, which are added to `columns`.
fn over(expr: &Expr, common: &HashMap<String, usize>, columns: &mut Vec<Expr>) -> Expr {
    let name = expr.output_name();
    let mut expr = expr.clone();
    let mut open = vec![&mut expr];
    while let Some(part) = open.pop() {
        if is_work(part) {
            let text = part.python();
            if common.contains_key(&text) {
                let text: Arc<str> = text.into();
                let whole = std::mem::replace(part, Expr::Column(Arc::clone(&text)));
                let column = Expr::Alias(Box::new(whole), text);
                if !columns.contains(&column) {
                    columns.push(column);
                }
                continue;
            }
        }
        open.extend(part.children_mut());
    }
    if expr.output_name() == name { expr } else { Expr::Alias(Box::new(expr), name) }
}
