//! Plans that compute parts of another one elsewhere, and what joins their results.

use std::sync::Arc;

use mydf_core::kernels::join::JoinHow;
use mydf_core::{DataFrame, Idx, Result};

use super::elementwise::{has_column, is_rowwise};
use super::node::{How, Node, Op, Tree};
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
    if goes_by_row(tree) {
        let rest = Node::frame(tree.empty.clone());
        return Ok(Some(Split { part: Arc::clone(tree), rest }));
    }
    let (input, keys, aggs) = match &tree.op {
        Op::GroupBy { input, keys, aggs } => (input, keys.as_slice(), aggs),
        Op::Select { input, exprs } => (input, [].as_slice(), exprs),
        _ => {
            // The other frames stay as they are.
            let inputs = tree.inputs();
            let Some((input, others)) = inputs.split_first() else { return Ok(None) };
            if others.iter().any(|other| reads_files(other)) {
                return Ok(None);
            }
            let Some(Split { part, rest }) = split(input)? else { return Ok(None) };
            let rest = with_first(tree, &rest)?;
            return Ok(Some(Split { part, rest }));
        }
    };
    let parts = Partial::of(&input.empty, keys, aggs).filter(|_| goes_by_row(input));
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

/// True if the rows of each file can go through the plan without those of others: also to a frame in
/// which each finds its partners.
fn goes_by_row<I: Idx>(tree: &Tree<I>) -> bool {
    if Flow::of(tree).is_some() {
        return true;
    }
    let each = matches!(
        &tree.op,
        Op::Join(join) if !reads_files(&join.right) && matches!(
            join.how,
            How::Cross | How::Keys(JoinHow::Inner | JoinHow::Left | JoinHow::Semi | JoinHow::Anti)
        )
    );
    let simple = match &tree.op {
        Op::Filter { predicates, .. } => predicates.iter().all(is_rowwise),
        Op::Select { exprs, .. } => exprs.iter().all(is_rowwise) && exprs.iter().any(has_column),
        Op::WithColumns { exprs, .. } => exprs.iter().all(is_rowwise),
        _ => each,
    };
    simple && tree.inputs().first().is_some_and(|input| goes_by_row(input))
}

fn reads_files<I: Idx>(tree: &Tree<I>) -> bool {
    matches!(tree.op, Op::Scan(_)) || tree.inputs().iter().any(|input| reads_files(input))
}

/// The plan whose first frame has these rows.
///
/// # Errors
/// None that the plan's verbs do not have.
pub fn over<I: Idx>(tree: &Tree<I>, rows: &DataFrame<I>) -> Result<Tree<I>> {
    match tree.inputs().first() {
        None => Ok(Node::frame(rows.clone())),
        Some(input) => with_first(tree, &over(input, rows)?),
    }
}

/// The verb with another first input; the others stay.
fn with_first<I: Idx>(tree: &Tree<I>, first: &Tree<I>) -> Result<Tree<I>> {
    let inputs = tree.inputs();
    tree.with(|input| {
        let replaced = inputs.first().is_some_and(|known| Arc::ptr_eq(known, input));
        Ok(Arc::clone(if replaced { first } else { input }))
    })
}
