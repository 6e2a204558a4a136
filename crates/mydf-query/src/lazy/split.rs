//! Plans that compute parts of another one elsewhere, and what joins their results.

use std::sync::Arc;

use mydf_core::{DataFrame, Idx, Result};

use super::node::{Node, Op, Tree};
use super::partial::Partial;
use super::pipeline::Flow;

/// A plan as one that can run over each part of its files, and one over the results.
#[derive(Debug)]
pub struct Split<I: Idx> {
    /// The plan for a part of the files: the first scan of it is that of the files.
    pub part: Tree<I>,
    /// The verbs that remain, over a frame of the results.
    pub rest: Tree<I>,
}

/// The plan in two steps, or `None` if it has no step that can run over parts of the files.
///
/// # Errors
/// None that the plan's verbs do not have.
pub fn split<I: Idx>(tree: &Tree<I>) -> Result<Option<Split<I>>> {
    if Flow::of(tree).is_some() {
        let rest = Node::frame(tree.empty.clone());
        return Ok(Some(Split { part: Arc::clone(tree), rest }));
    }
    let (input, keys, aggs) = match &tree.op {
        Op::GroupBy { input, keys, aggs } => (input, keys.as_slice(), aggs),
        Op::Select { input, exprs } => (input, [].as_slice(), exprs),
        _ => {
            let [input] = tree.inputs()[..] else { return Ok(None) };
            let Some(Split { part, rest }) = split(input)? else { return Ok(None) };
            let rest = tree.with(|_| Ok(Arc::clone(&rest)))?;
            return Ok(Some(Split { part, rest }));
        }
    };
    let parts = Partial::of(&input.empty, keys, aggs).filter(|_| Flow::of(input).is_some());
    let Some(parts) = parts else {
        let Some(Split { part, rest }) = split(input)? else { return Ok(None) };
        let rest = tree.with(|_| Ok(Arc::clone(&rest)))?;
        return Ok(Some(Split { part, rest }));
    };
    let (part, merge) = if parts.keys().is_empty() {
        let part = Node::select(Arc::clone(input), parts.first().to_vec())?;
        let results = Node::frame(part.empty.clone());
        (part, Node::select(results, parts.merge().to_vec())?)
    } else {
        let part =
            Node::group_by(Arc::clone(input), parts.keys().to_vec(), parts.first().to_vec())?;
        let results = Node::frame(part.empty.clone());
        let merge = Node::group_by(results, parts.key_columns(), parts.merge().to_vec())?;
        (part, merge)
    };
    let rest = Node::select(merge, parts.outputs())?;
    Ok(Some(Split { part, rest }))
}

/// The plan whose one frame has these rows.
///
/// # Errors
/// None that the plan's verbs do not have.
pub fn over<I: Idx>(tree: &Tree<I>, rows: &DataFrame<I>) -> Result<Tree<I>> {
    match &tree.op {
        Op::Frame(_) => Ok(Node::frame(rows.clone())),
        _ => tree.with(|input| over(input, rows)),
    }
}
