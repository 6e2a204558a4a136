//! A plan with one more verb, which is checked on a frame without rows.

use std::sync::Arc;

use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::unique::{Keep, unique};
use mydf_core::kernels::{concat, join};
use mydf_core::{DataFrame, Error, Idx, Result};

use super::node::{How, Join, Node, Op, Scan, Tree};
use super::source::Source;
use crate::exec;
use crate::expr::Expr;

impl<I: Idx> Node<I> {
    fn new(op: Op<I>, empty: &DataFrame<I>) -> Tree<I> {
        // An expression without columns has one row, whatever the height of the frame.
        Arc::new(Node { op, empty: empty.slice(0, 0) })
    }

    /// The rows of files.
    pub fn scan(source: Arc<dyn Source<I>>) -> Tree<I> {
        let empty = source.empty().clone();
        let scan = Scan { source, columns: None, predicates: Vec::new(), limit: None };
        Node::new(Op::Scan(scan), &empty)
    }

    /// A scan that reads only some columns or rows.
    pub(super) fn narrowed(scan: Scan<I>) -> Result<Tree<I>> {
        let all = scan.source.empty();
        let columns = scan.names().into_iter().map(|name| all.column(&name).cloned());
        let empty = DataFrame::new(columns.collect::<Result<_>>()?)?;
        Ok(Node::new(Op::Scan(scan), &empty))
    }

    /// The rows of a frame.
    pub fn frame(frame: DataFrame<I>) -> Tree<I> {
        let empty = frame.clone();
        Node::new(Op::Frame(frame), &empty)
    }

    /// See [`exec::filter`].
    ///
    /// # Errors
    /// Those of [`exec::filter`] that are visible without rows.
    pub fn filter(input: Tree<I>, predicates: Vec<Expr>) -> Result<Tree<I>> {
        check(&predicates)?;
        let empty = exec::filter(&input.empty, &predicates)?;
        Ok(Node::new(Op::Filter { input, predicates }, &empty))
    }

    /// See [`exec::select`].
    ///
    /// # Errors
    /// Those of [`exec::select`] that are visible without rows.
    pub fn select(input: Tree<I>, exprs: Vec<Expr>) -> Result<Tree<I>> {
        check(&exprs)?;
        let empty = exec::select(&input.empty, &exprs)?;
        Ok(Node::new(Op::Select { input, exprs }, &empty))
    }

    /// Only these columns.
    pub(super) fn only(input: Tree<I>, names: &[Arc<str>]) -> Result<Tree<I>> {
        Node::select(input, names.iter().map(|name| Expr::Column(Arc::clone(name))).collect())
    }

    /// See [`exec::with_columns`].
    ///
    /// # Errors
    /// Those of [`exec::with_columns`] that are visible without rows.
    pub fn with_columns(input: Tree<I>, exprs: Vec<Expr>) -> Result<Tree<I>> {
        check(&exprs)?;
        let empty = exec::with_columns(&input.empty, &exprs)?;
        Ok(Node::new(Op::WithColumns { input, exprs }, &empty))
    }

    /// See [`exec::group_by`].
    ///
    /// # Errors
    /// Those of [`exec::group_by`] that are visible without rows.
    pub fn group_by(input: Tree<I>, keys: Vec<Expr>, aggs: Vec<Expr>) -> Result<Tree<I>> {
        check(&keys)?;
        check(&aggs)?;
        let empty = exec::group_by(&input.empty, &keys, &aggs)?;
        Ok(Node::new(Op::GroupBy { input, keys, aggs }, &empty))
    }

    /// See [`join::join`] and [`join::cross`].
    ///
    /// # Errors
    /// Those of the joins that are visible without rows.
    pub fn join(
        left: Tree<I>,
        right: Tree<I>,
        left_on: Vec<String>,
        right_on: Vec<String>,
        how: How,
        suffix: String,
    ) -> Result<Tree<I>> {
        let join = Join { left, right, left_on, right_on, how, suffix };
        let empty = join.of(&join.left.empty, &join.right.empty)?;
        Ok(Node::new(Op::Join(join), &empty))
    }

    /// See [`exec::sort`].
    ///
    /// # Errors
    /// Those of [`exec::sort`] that are visible without rows.
    pub fn sort(input: Tree<I>, keys: Vec<Expr>, orders: Vec<SortOrder>) -> Result<Tree<I>> {
        check(&keys)?;
        // An unknown column is reported first.
        exec::with_columns(&input.empty, &aliased(&keys))?;
        if let Some(key) = keys.iter().find(|key| !has_rows(key)) {
            return Err(Error::InvalidOption {
                what: "sort",
                message: format!("`{}` is one value for all rows", key.label()),
                hint: "sort by a column, or by an expression over columns",
            });
        }
        let empty = exec::sort(&input.empty, &keys, &orders)?;
        Ok(Node::new(Op::Sort { input, keys, orders }, &empty))
    }

    /// Rows from an offset, which counts from the end if it is negative.
    pub fn slice(input: Tree<I>, offset: i64, length: Option<usize>) -> Tree<I> {
        let empty = input.empty.clone();
        Node::new(Op::Slice { input, offset, length }, &empty)
    }

    /// See [`unique`].
    ///
    /// # Errors
    /// [`Error::ColumnNotFound`].
    pub fn unique(input: Tree<I>, subset: Option<Vec<Arc<str>>>, keep: Keep) -> Result<Tree<I>> {
        let names: Option<Vec<&str>> =
            subset.as_ref().map(|names| names.iter().map(|name| &**name).collect());
        let empty = unique(&input.empty, names.as_deref(), keep)?;
        Ok(Node::new(Op::Unique { input, subset, keep }, &empty))
    }

    /// See [`concat::concat_rows`].
    ///
    /// # Errors
    /// Those of [`concat::concat_rows`] that are visible without rows.
    pub fn concat(inputs: Vec<Tree<I>>) -> Result<Tree<I>> {
        let parts: Vec<DataFrame<I>> = inputs.iter().map(|input| input.empty.clone()).collect();
        let empty = concat::concat_rows(&parts)?;
        Ok(Node::new(Op::Concat { inputs }, &empty))
    }
}

impl<I: Idx> Node<I> {
    /// The verb over changed inputs.
    pub(super) fn with(&self, change: impl Fn(&Tree<I>) -> Result<Tree<I>>) -> Result<Tree<I>> {
        match &self.op {
            Op::Scan(scan) => Node::narrowed(scan.clone()),
            Op::Frame(frame) => Ok(Node::frame(frame.clone())),
            Op::Filter { input, predicates } => Node::filter(change(input)?, predicates.clone()),
            Op::Select { input, exprs } => Node::select(change(input)?, exprs.clone()),
            Op::WithColumns { input, exprs } => Node::with_columns(change(input)?, exprs.clone()),
            Op::GroupBy { input, keys, aggs } => {
                Node::group_by(change(input)?, keys.clone(), aggs.clone())
            }
            Op::Sort { input, keys, orders } => {
                Node::sort(change(input)?, keys.clone(), orders.clone())
            }
            Op::Slice { input, offset, length } => {
                Ok(Node::slice(change(input)?, *offset, *length))
            }
            Op::Unique { input, subset, keep } => {
                Node::unique(change(input)?, subset.clone(), *keep)
            }
            Op::Concat { inputs } => {
                Node::concat(inputs.iter().map(change).collect::<Result<_>>()?)
            }
            Op::Join(join) => Node::join(
                change(&join.left)?,
                change(&join.right)?,
                join.left_on.clone(),
                join.right_on.clone(),
                join.how,
                join.suffix.clone(),
            ),
        }
    }
}

impl<I: Idx> Join<I> {
    /// The join of two frames.
    pub(super) fn of(&self, left: &DataFrame<I>, right: &DataFrame<I>) -> Result<DataFrame<I>> {
        let How::Keys(how) = self.how else { return join::cross(left, right, &self.suffix) };
        let left_on: Vec<&str> = self.left_on.iter().map(String::as_str).collect();
        let right_on: Vec<&str> = self.right_on.iter().map(String::as_str).collect();
        join::join(left, right, &left_on, &right_on, how, &self.suffix)
    }
}

/// The keys under names of their own: two of them may have the same.
fn aliased(keys: &[Expr]) -> Vec<Expr> {
    let named = |(place, key): (usize, &Expr)| {
        Expr::Alias(Box::new(key.clone()), format!("key {place}").into())
    };
    keys.iter().enumerate().map(named).collect()
}

/// True if the expression has a value for each row.
fn has_rows(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) | Expr::Over { .. } => true,
        Expr::Agg { .. } | Expr::Quantile { .. } | Expr::Len | Expr::Literal(_) => false,
        other => other.children().into_iter().any(has_rows),
    }
}

/// Rejects columns that do not belong to the plan: how many rows it has is not known.
fn check(exprs: &[Expr]) -> Result<()> {
    let mut open: Vec<&Expr> = exprs.iter().collect();
    while let Some(expr) = open.pop() {
        if let Expr::Series(column) = expr {
            return Err(Error::InvalidOption {
                what: "lazy frame",
                message: format!(
                    "the Series `{}` has rows, and those of a lazy frame are not known",
                    column.0.name()
                ),
                hint: "add it to a frame first: `frame.with_columns(series).lazy()`",
            });
        }
        open.extend(expr.children());
    }
    Ok(())
}
