//! Filters move towards the files.

use std::collections::HashMap;
use std::sync::Arc;

use mydf_core::kernels::join::JoinHow;
use mydf_core::{Idx, Result};

use super::elementwise::{columns, is_rowwise, is_total, plain, renamed};
use super::node::{How, Join, Node, Op, Scan, Tree};
use crate::expr::{BinaryOp, Expr};

type Names = HashMap<Arc<str>, Arc<str>>;

/// The plan with its filters as close to the files as they can be.
pub(super) fn pushed<I: Idx>(node: &Tree<I>) -> Result<Tree<I>> {
    push(node, Vec::new())
}

/// The plan with these predicates after it. Each of them is rowwise, and sees the rows that those
/// before it leave.
fn push<I: Idx>(node: &Tree<I>, above: Vec<Expr>) -> Result<Tree<I>> {
    match &node.op {
        Op::Scan(scan) if scan.limit.is_none() => {
            let mut scan: Scan<I> = scan.clone();
            scan.predicates.extend(above);
            Node::narrowed(scan)
        }
        Op::Scan(_) | Op::Frame(_) => filtered(Arc::clone(node), above),
        Op::Filter { input, predicates } => {
            if !predicates.iter().all(is_rowwise) {
                let input = Node::filter(push(input, Vec::new())?, predicates.clone())?;
                return filtered(input, above);
            }
            let mut all: Vec<Expr> = predicates.iter().flat_map(parts).collect();
            all.extend(above);
            push(input, all)
        }
        Op::Select { input, exprs } => {
            // With one row for all rows, the filter sees another number of rows.
            let movable = exprs.iter().all(is_rowwise) && exprs.iter().any(|e| plain(e).is_some());
            let names = if movable { passed(exprs) } else { Names::new() };
            let (below, rest) = divided(above, &names, false);
            filtered(Node::select(push(input, below)?, exprs.clone())?, rest)
        }
        Op::WithColumns { input, exprs } => {
            let mut names = Names::new();
            if exprs.iter().all(is_rowwise) {
                names = same(input.names());
                for expr in exprs {
                    names.remove(&expr.output_name());
                }
                names.extend(passed(exprs));
            }
            let (below, rest) = divided(above, &names, false);
            filtered(Node::with_columns(push(input, below)?, exprs.clone())?, rest)
        }
        Op::GroupBy { input, keys, aggs } => {
            let (below, rest) = divided(above, &passed(keys), true);
            filtered(Node::group_by(push(input, below)?, keys.clone(), aggs.clone())?, rest)
        }
        Op::Sort { input, keys, orders } => {
            let movable = keys.iter().all(is_rowwise);
            let names = if movable { same(node.names()) } else { Names::new() };
            let (below, rest) = divided(above, &names, false);
            filtered(Node::sort(push(input, below)?, keys.clone(), orders.clone())?, rest)
        }
        Op::Slice { input, offset, length } => {
            filtered(Node::slice(push(input, Vec::new())?, *offset, *length), above)
        }
        Op::Unique { input, subset, keep } => {
            let names = same(subset.clone().unwrap_or_else(|| node.names()));
            let (below, rest) = divided(above, &names, true);
            filtered(Node::unique(push(input, below)?, subset.clone(), *keep)?, rest)
        }
        Op::Concat { inputs } => concat(node, inputs, above),
        Op::Join(join) => joined(join, above),
    }
}

fn concat<I: Idx>(node: &Tree<I>, inputs: &[Tree<I>], above: Vec<Expr>) -> Result<Tree<I>> {
    // A column of nulls takes another dtype in the result.
    let alike = inputs.iter().all(|input| input.schema() == node.schema());
    let names = if alike { same(node.names()) } else { Names::new() };
    let (below, rest) = divided(above, &names, false);
    let inputs = inputs.iter().map(|input| push(input, below.clone()));
    filtered(Node::concat(inputs.collect::<Result<_>>()?)?, rest)
}

fn joined<I: Idx>(join: &Join<I>, above: Vec<Expr>) -> Result<Tree<I>> {
    let Join { left, right, left_on, right_on, how, suffix } = join;
    let (mut ours, mut theirs) = (same(left.names()), Names::new());
    if matches!(how, How::Cross | How::Keys(JoinHow::Inner)) {
        let taken = left.names();
        let keys = |name: &str| *how != How::Cross && right_on.iter().any(|key| key == name);
        for name in right.names().into_iter().filter(|name| !keys(name)) {
            let shown =
                if taken.contains(&name) { format!("{name}{suffix}") } else { (*name).to_owned() };
            theirs.insert(shown.into(), name);
        }
    }
    if matches!(how, How::Keys(JoinHow::Right | JoinHow::Full)) {
        ours.clear();
    }
    let (left_below, rest) = divided(above, &ours, true);
    let (right_below, rest) = divided(rest, &theirs, true);
    let node = Node::join(
        push(left, left_below)?,
        push(right, right_below)?,
        left_on.clone(),
        right_on.clone(),
        *how,
        suffix.clone(),
    )?;
    filtered(node, rest)
}

/// The operands of `&`.
fn parts(predicate: &Expr) -> Vec<Expr> {
    match predicate {
        Expr::Binary { op: BinaryOp::And, left, right } => {
            let mut all = parts(left);
            all.extend(parts(right));
            all
        }
        other => vec![other.clone()],
    }
}

/// Each of these names for itself.
fn same(names: Vec<Arc<str>>) -> Names {
    names.into_iter().map(|name| (Arc::clone(&name), name)).collect()
}

/// The columns that these expressions only pass on, by their new names.
fn passed(exprs: &[Expr]) -> Names {
    let columns = exprs.iter().filter_map(|expr| Some((expr.output_name(), plain(expr)?.clone())));
    columns.collect()
}

/// The predicates that move below, over the names there, and the others. One moves past another
/// that stays only if it never fails; `careful` says that all must be like that, because the verb
/// itself removes rows.
fn divided(above: Vec<Expr>, names: &Names, careful: bool) -> (Vec<Expr>, Vec<Expr>) {
    let (mut below, mut rest) = (Vec::new(), Vec::new());
    for predicate in above {
        let total = is_total(&predicate);
        match renamed(&predicate, names) {
            Some(moved)
                if !columns(&moved).is_empty() && (total || (!careful && rest.is_empty())) =>
            {
                below.push(moved);
            }
            _ => rest.push(predicate),
        }
    }
    (below, rest)
}

/// The plan with filters after it.
fn filtered<I: Idx>(node: Tree<I>, predicates: Vec<Expr>) -> Result<Tree<I>> {
    stages(predicates).into_iter().try_fold(node, Node::filter)
}

/// Predicates in the groups that one filter may evaluate together: one that may fail must not see
/// the rows that those before it remove.
pub(super) fn stages(predicates: Vec<Expr>) -> Vec<Vec<Expr>> {
    let mut stages: Vec<Vec<Expr>> = Vec::new();
    for predicate in predicates {
        match stages.last_mut() {
            Some(stage) if is_total(&predicate) => stage.push(predicate),
            _ => stages.push(vec![predicate]),
        }
    }
    stages
}
