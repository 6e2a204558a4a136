//! A plan as text: a verb on each line, its inputs below it, further to the right.

use std::fmt::Write;

use mydf_core::Idx;
use mydf_core::kernels::join::JoinHow;
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::unique::Keep;

use super::node::{How, Join, Node, Op, Scan, Tree};
use crate::expr::Expr;

/// The plan as text.
pub fn explain<I: Idx>(tree: &Tree<I>) -> String {
    let mut text = String::new();
    let mut open = vec![(tree, 0)];
    while let Some((node, level)) = open.pop() {
        let written = writeln!(text, "{:width$}{}", "", line(node), width = 2 * level);
        debug_assert!(written.is_ok(), "writing to a String can't fail");
        open.extend(node.inputs().into_iter().rev().map(|input| (input, level + 1)));
    }
    text.truncate(text.trim_end().len());
    text
}

fn line<I: Idx>(node: &Node<I>) -> String {
    match &node.op {
        Op::Scan(scan) => scanned(scan),
        Op::Frame(frame) => format!("frame of {} rows: {}", frame.height(), names(&node.names())),
        Op::Filter { predicates, .. } => format!("filter {}", texts(predicates)),
        Op::Select { exprs, .. } => format!("select {}", texts(exprs)),
        Op::WithColumns { exprs, .. } => format!("with_columns {}", texts(exprs)),
        Op::GroupBy { keys, aggs, .. } => {
            format!("group_by {} agg {}", texts(keys), texts(aggs))
        }
        Op::Join(join) => joined(join),
        Op::Sort { keys, orders, .. } => {
            let keys = keys.iter().zip(orders).map(|(key, order)| ordered(key, *order));
            format!("sort {}", keys.collect::<Vec<_>>().join(", "))
        }
        Op::Slice { offset: 0, length: Some(length), .. } => format!("head {length}"),
        Op::Slice { offset, length: None, .. } => format!("slice from {offset}"),
        Op::Slice { offset, length: Some(length), .. } => {
            format!("slice from {offset}, {length} rows")
        }
        Op::Unique { subset, keep, .. } => {
            let keep = match keep {
                Keep::First => "first",
                Keep::Last => "last",
                Keep::None => "none",
            };
            let subset = subset.as_ref().map_or_else(String::new, |all| format!(" {}", names(all)));
            format!("unique{subset} keep {keep}")
        }
        Op::Concat { inputs } => format!("concat of {}", inputs.len()),
    }
}

fn scanned<I: Idx>(scan: &Scan<I>) -> String {
    let mut text = format!("scan {}", scan.source.label());
    let all = scan.source.empty().width();
    if let Some(columns) = &scan.columns {
        let _ = write!(text, "; {} of {all} columns: {}", columns.len(), names(columns));
    } else {
        let _ = write!(text, "; all {all} columns");
    }
    if !scan.predicates.is_empty() {
        let _ = write!(text, "; where {}", texts(&scan.predicates));
    }
    if let Some(limit) = scan.limit {
        let _ = write!(text, "; at most {limit} rows");
    }
    text
}

fn joined<I: Idx>(join: &Join<I>) -> String {
    let how = match join.how {
        How::Cross => return "join cross".to_owned(),
        How::Keys(how) => match how {
            JoinHow::Inner => "inner",
            JoinHow::Left => "left",
            JoinHow::Right => "right",
            JoinHow::Full => "full",
            JoinHow::Semi => "semi",
            JoinHow::Anti => "anti",
        },
    };
    let pairs = join.left_on.iter().zip(&join.right_on);
    let pairs: Vec<String> = pairs
        .map(|(l, r)| if l == r { format!("`{l}`") } else { format!("`{l}` = `{r}`") })
        .collect();
    format!("join {how} on {}", pairs.join(", "))
}

fn ordered(key: &Expr, order: SortOrder) -> String {
    let descending = if order.descending { " descending" } else { "" };
    let last = if order.nulls_last { " nulls last" } else { "" };
    format!("{}{descending}{last}", key.python())
}

fn texts(exprs: &[Expr]) -> String {
    exprs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn names<T: std::fmt::Display>(names: &[T]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
