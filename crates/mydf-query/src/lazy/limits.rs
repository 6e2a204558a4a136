//! Limits move towards the files.

use std::sync::Arc;

use mydf_core::{Idx, Result};

use super::elementwise::{has_column, is_rowwise};
use super::node::{Node, Op, Scan, Tree};

/// The plan with its limits as close to the files as they can be.
pub(super) fn pushed<I: Idx>(node: &Tree<I>) -> Result<Tree<I>> {
    let Op::Slice { input, offset, length } = &node.op else { return node.with(pushed) };
    let (offset, length) = (*offset, *length);
    let Ok(start) = usize::try_from(offset) else { return node.with(pushed) };
    match &input.op {
        Op::Select { input, exprs }
            if exprs.iter().all(is_rowwise) && exprs.iter().any(has_column) =>
        {
            Node::select(pushed(&Node::slice(Arc::clone(input), offset, length))?, exprs.clone())
        }
        Op::WithColumns { input, exprs }
            if exprs.iter().all(is_rowwise) && input.empty.width() > 0 =>
        {
            let input = pushed(&Node::slice(Arc::clone(input), offset, length))?;
            Node::with_columns(input, exprs.clone())
        }
        Op::Slice { input, offset: inner, length: outer } if *inner >= 0 => {
            let most = outer.map(|most| most.saturating_sub(start));
            let length = [length, most].into_iter().flatten().min();
            pushed(&Node::slice(Arc::clone(input), inner.saturating_add(offset), length))
        }
        Op::Scan(scan) if scan.predicates.is_empty() => {
            let Some(length) = length else { return Ok(Arc::clone(node)) };
            let most = start.saturating_add(length);
            let limit = Some(scan.limit.map_or(most, |limit| limit.min(most)));
            let scan = Node::narrowed(Scan { limit, ..scan.clone() })?;
            Ok(if start == 0 { scan } else { Node::slice(scan, offset, Some(length)) })
        }
        _ => Ok(Node::slice(pushed(input)?, offset, length)),
    }
}
