//! The plan: a tree of verbs, each with the columns of its result.

use std::sync::Arc;

use mydf_core::kernels::join::JoinHow;
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::unique::Keep;
use mydf_core::{DataFrame, Idx};

use super::source::Source;
use crate::expr::Expr;
use crate::plan::Schema;

/// A plan, shared by those that continue it.
pub type Tree<I> = Arc<Node<I>>;

/// A verb with its inputs.
#[derive(Debug)]
pub struct Node<I: Idx> {
    pub(super) op: Op<I>,
    /// The result without its rows.
    pub(super) empty: DataFrame<I>,
}

/// Which rows a join keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By equal keys.
    Keys(JoinHow),
    /// All pairs.
    Cross,
}

/// A verb.
#[derive(Debug)]
pub(super) enum Op<I: Idx> {
    Scan(Scan<I>),
    /// A frame in memory.
    Frame(DataFrame<I>),
    Filter {
        input: Tree<I>,
        predicates: Vec<Expr>,
    },
    Select {
        input: Tree<I>,
        exprs: Vec<Expr>,
    },
    WithColumns {
        input: Tree<I>,
        exprs: Vec<Expr>,
    },
    GroupBy {
        input: Tree<I>,
        keys: Vec<Expr>,
        aggs: Vec<Expr>,
    },
    Join(Join<I>),
    Sort {
        input: Tree<I>,
        keys: Vec<Expr>,
        orders: Vec<SortOrder>,
    },
    /// Rows from an offset, which counts from the end if it is negative.
    Slice {
        input: Tree<I>,
        offset: i64,
        length: Option<usize>,
    },
    Unique {
        input: Tree<I>,
        subset: Option<Vec<Arc<str>>>,
        keep: Keep,
    },
    Concat {
        inputs: Vec<Tree<I>>,
    },
}

/// A table in files, and what the plan wants of it.
#[derive(Clone, Debug)]
pub(super) struct Scan<I: Idx> {
    pub(super) source: Arc<dyn Source<I>>,
    /// Only these columns, in the order of the source.
    pub(super) columns: Option<Vec<Arc<str>>>,
    /// Only the rows for which all of these are true; each sees the rows that those before it leave.
    pub(super) predicates: Vec<Expr>,
    /// At most this many rows; only without predicates.
    pub(super) limit: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Join<I: Idx> {
    pub(super) left: Tree<I>,
    pub(super) right: Tree<I>,
    pub(super) left_on: Vec<String>,
    pub(super) right_on: Vec<String>,
    pub(super) how: How,
    pub(super) suffix: String,
}

impl<I: Idx> Node<I> {
    /// The result without its rows: the names and dtypes of its columns.
    pub fn empty(&self) -> &DataFrame<I> {
        &self.empty
    }

    /// The names and dtypes of the result.
    pub fn schema(&self) -> Schema<'_> {
        Schema::of(self.empty.columns())
    }

    /// The names of the result, in order.
    pub(super) fn names(&self) -> Vec<Arc<str>> {
        self.empty.columns().iter().map(mydf_core::Column::shared_name).collect()
    }

    /// The plans that this one continues.
    pub(super) fn inputs(&self) -> Vec<&Tree<I>> {
        match &self.op {
            Op::Scan(_) | Op::Frame(_) => Vec::new(),
            Op::Filter { input, .. }
            | Op::Select { input, .. }
            | Op::WithColumns { input, .. }
            | Op::GroupBy { input, .. }
            | Op::Sort { input, .. }
            | Op::Slice { input, .. }
            | Op::Unique { input, .. } => vec![input],
            Op::Join(join) => vec![&join.left, &join.right],
            Op::Concat { inputs } => inputs.iter().collect(),
        }
    }
}

impl<I: Idx> Scan<I> {
    /// The names that the scan gives, in order.
    pub(super) fn names(&self) -> Vec<Arc<str>> {
        match &self.columns {
            Some(names) => names.clone(),
            None => {
                self.source.empty().columns().iter().map(mydf_core::Column::shared_name).collect()
            }
        }
    }
}
