//! Only the columns that are needed are read and computed.

use std::collections::HashSet;
use std::sync::Arc;

use mydf_core::kernels::join::JoinHow;
use mydf_core::memory::row_bytes;
use mydf_core::{DataFrame, Idx, Result};

use super::elementwise::{add_columns, has_column, is_rowwise};
use super::node::{How, Join, Node, Op, Scan, Tree};
use crate::expr::Expr;

type Needed = Option<HashSet<Arc<str>>>;

/// The plan without the columns that nothing uses.
pub(super) fn narrowed<I: Idx>(node: &Tree<I>) -> Result<Tree<I>> {
    narrow(node, &None)
}

/// The plan with at least these columns, of which there may be others; `None` for all of them, in
/// their order.
fn narrow<I: Idx>(node: &Tree<I>, needed: &Needed) -> Result<Tree<I>> {
    match &node.op {
        Op::Scan(scan) => {
            let Some(columns) = kept(&node.empty, needed) else { return Ok(Arc::clone(node)) };
            Node::narrowed(Scan { columns: Some(columns), ..scan.clone() })
        }
        Op::Frame(frame) => {
            let Some(names) = kept(&node.empty, needed) else { return Ok(Arc::clone(node)) };
            let columns = names.iter().map(|name| frame.column(name).cloned());
            Ok(Node::frame(DataFrame::new(columns.collect::<Result<_>>()?)?))
        }
        Op::Filter { input, predicates } => {
            Node::filter(narrow(input, &with(needed, predicates))?, predicates.clone())
        }
        Op::Select { input, exprs } => {
            let exprs = wanted(exprs, needed);
            Node::select(narrow(input, &with(&Some(HashSet::new()), &exprs))?, exprs)
        }
        Op::WithColumns { input, exprs } => {
            let exprs: Vec<Expr> = match needed {
                None => exprs.clone(),
                Some(names) => {
                    exprs.iter().filter(|e| names.contains(&e.output_name())).cloned().collect()
                }
            };
            let mut below = needed.clone();
            if let Some(names) = &mut below {
                for expr in &exprs {
                    names.remove(&expr.output_name());
                }
            }
            let input = narrow(input, &with(&below, &exprs))?;
            if exprs.is_empty() { Ok(input) } else { Node::with_columns(input, exprs) }
        }
        Op::GroupBy { input, keys, aggs } => {
            let aggs: Vec<Expr> = match needed {
                None => aggs.clone(),
                Some(names) => {
                    aggs.iter().filter(|e| names.contains(&e.output_name())).cloned().collect()
                }
            };
            let below = with(&with(&Some(HashSet::new()), keys), &aggs);
            Node::group_by(narrow(input, &below)?, keys.clone(), aggs)
        }
        Op::Sort { input, keys, orders } => {
            Node::sort(narrow(input, &with(needed, keys))?, keys.clone(), orders.clone())
        }
        Op::Slice { input, offset, length } => {
            Ok(Node::slice(narrow(input, needed)?, *offset, *length))
        }
        Op::Unique { input, subset: None, keep } => {
            Node::unique(narrow(input, &None)?, None, *keep)
        }
        Op::Unique { input, subset: Some(subset), keep } => {
            let mut below = needed.clone();
            if let Some(names) = &mut below {
                names.extend(subset.iter().cloned());
            }
            Node::unique(narrow(input, &below)?, Some(subset.clone()), *keep)
        }
        Op::Concat { inputs } => {
            let names = kept(&node.empty, needed).unwrap_or_else(|| node.names());
            let only = Some(names.iter().cloned().collect());
            let inputs = inputs.iter().map(|input| exactly(narrow(input, &only)?, &names));
            Node::concat(inputs.collect::<Result<_>>()?)
        }
        Op::Join(join) => joined(join, needed),
    }
}

fn joined<I: Idx>(join: &Join<I>, needed: &Needed) -> Result<Tree<I>> {
    let Join { left, right, left_on, right_on, how, suffix } = join;
    let (mut ours, mut theirs) = (None, None);
    if let Some(needed) = needed {
        let taken: HashSet<Arc<str>> = left.names().into_iter().collect();
        let (mut l, mut r) = (HashSet::new(), HashSet::new());
        l.extend(taken.iter().filter(|name| needed.contains(*name)).cloned());
        l.extend(left_on.iter().map(|name| Arc::from(name.as_str())));
        r.extend(right_on.iter().map(|name| Arc::from(name.as_str())));
        if !matches!(how, How::Keys(JoinHow::Semi | JoinHow::Anti)) {
            for name in right.names() {
                let shown: Arc<str> = format!("{name}{suffix}").into();
                if needed.contains(&name) || needed.contains(&shown) {
                    // The name of the other side keeps this one's suffix.
                    l.extend(taken.get(&name).cloned());
                    r.insert(name);
                }
            }
        }
        (ours, theirs) = (Some(l), Some(r));
    }
    Node::join(
        narrow(left, &ours)?,
        narrow(right, &theirs)?,
        left_on.clone(),
        right_on.clone(),
        *how,
        suffix.clone(),
    )
}

/// These columns and those that the expressions read.
fn with(needed: &Needed, exprs: &[Expr]) -> Needed {
    let mut names = needed.clone()?;
    for expr in exprs {
        add_columns(expr, &mut names);
    }
    Some(names)
}

/// The expressions that are needed. If the others gave the result its height, one of them stays.
fn wanted(exprs: &[Expr], needed: &Needed) -> Vec<Expr> {
    let Some(names) = needed else { return exprs.to_vec() };
    let mut found: Vec<Expr> =
        exprs.iter().filter(|expr| names.contains(&expr.output_name())).cloned().collect();
    let gives_rows = |expr: &Expr| has_column(expr) && is_rowwise(expr);
    if !found.iter().any(gives_rows) {
        match exprs.iter().find(|expr| gives_rows(expr)) {
            Some(expr) => found.push(expr.clone()),
            // What has one row, or many, is not visible here.
            None => return exprs.to_vec(),
        }
    }
    found
}

/// The columns to keep, in their order: a frame without columns would have no rows. `None` for all.
fn kept<I: Idx>(all: &DataFrame<I>, needed: &Needed) -> Option<Vec<Arc<str>>> {
    let needed = needed.as_ref()?;
    let columns = all.columns().iter();
    let found: Vec<Arc<str>> = columns
        .clone()
        .map(mydf_core::Column::shared_name)
        .filter(|name| needed.contains(name))
        .collect();
    if found.len() == all.width() {
        return None;
    }
    if !found.is_empty() {
        return Some(found);
    }
    // Texts cost more than their views.
    let cost = |column: &&mydf_core::Column| row_bytes(column.dtype());
    columns.min_by_key(cost).map(|column| vec![column.shared_name()])
}

/// The plan with exactly these columns.
fn exactly<I: Idx>(node: Tree<I>, names: &[Arc<str>]) -> Result<Tree<I>> {
    if node.names() == names { Ok(node) } else { Node::only(node, names) }
}
