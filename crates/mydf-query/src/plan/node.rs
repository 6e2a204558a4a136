//! An expression whose dtypes are known: the logical plan.

use arrow_array::ArrayRef;
use mydf_core::kernels::aggregate::{AggOp, Quantile};
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::windows::WindowOp;
use mydf_core::{Column, DType, Result};
use regex::Regex;

use super::members::Members;
use crate::expr::{BinaryOp, DtOp, Expr, Function, StrOp, UnaryOp};

/// A part of an expression with the dtype of its values.
#[derive(Debug)]
pub(crate) struct Node<'e> {
    /// The part as the user wrote it, for messages.
    pub(crate) expr: &'e Expr,
    pub(crate) dtype: DType,
    pub(crate) step: Step<'e>,
}

/// Where the values of a part come from.
#[derive(Debug)]
pub(crate) enum Step<'e> {
    /// The position of the column in the schema.
    Column(usize),
    /// A column that does not belong to the frame, but must have its height.
    Series(&'e Column),
    /// One row of exactly the part's dtype.
    Literal(ArrayRef),
    /// The position in the plan of an aggregation with one row for all rows or for each group.
    Aggregation(usize),
    /// The position in the plan of what has one row for each row of the frame.
    Window(usize),
    Binary {
        op: BinaryOp,
        left: Box<Node<'e>>,
        right: Box<Node<'e>>,
    },
    Unary {
        op: UnaryOp,
        input: Box<Node<'e>>,
    },
    FillNull {
        input: Box<Node<'e>>,
        value: Box<Node<'e>>,
    },
    Cast {
        input: Box<Node<'e>>,
        strict: bool,
    },
    Str {
        op: &'e StrOp,
        pattern: Option<Regex>,
        input: Box<Node<'e>>,
    },
    Dt {
        op: DtOp,
        input: Box<Node<'e>>,
    },
    /// Two comparisons that must both be true; null if one of them is null.
    Between {
        above: Box<Node<'e>>,
        below: Box<Node<'e>>,
    },
    IsIn {
        input: Box<Node<'e>>,
        set: Members<'e>,
    },
    Function {
        function: &'e Function,
        pattern: Option<Regex>,
        inputs: Vec<Node<'e>>,
    },
    When {
        condition: Box<Node<'e>>,
        then: Box<Node<'e>>,
        otherwise: Box<Node<'e>>,
    },
}

/// A part that sees more than its row, taken out of the expressions, only once even if it occurs
/// several times.
#[derive(Debug)]
pub(crate) struct Hoisted<'e> {
    /// The part as the user wrote it.
    pub(crate) expr: &'e Expr,
    pub(crate) op: HoistedOp,
    /// The values that it sees; `None` for the number of rows.
    pub(crate) input: Option<Node<'e>>,
    pub(crate) dtype: DType,
    /// 0 if there is no other such part inside, otherwise one more than the deepest of those.
    pub(crate) level: usize,
    /// True if it is inside an aggregation.
    pub(crate) inner: bool,
    /// The position in the plan of the groups that it sees; `None` for those of the whole plan.
    pub(crate) groups: Option<usize>,
}

impl HoistedOp {
    /// The dtype of the result; `what` names the input in an error.
    pub(crate) fn dtype(self, input: &DType, what: impl Fn() -> String) -> Result<DType> {
        match self {
            HoistedOp::Agg(op) => op.dtype(input, what),
            HoistedOp::Quantile(quantile) => quantile.dtype(input, what),
            HoistedOp::Window(op) => op.dtype(input, what),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum HoistedOp {
    Agg(AggOp),
    Quantile(Quantile),
    Window(WindowOp),
}

/// The groups of `over`.
#[derive(Debug)]
pub(crate) struct Grouping<'e> {
    pub(crate) keys: Vec<Node<'e>>,
    pub(crate) order: Vec<Node<'e>>,
    pub(crate) orders: &'e [SortOrder],
    /// `Expr::Over`.
    pub(crate) expr: &'e Expr,
    /// More than the level of each part inside the keys.
    pub(crate) level: usize,
}

impl<'e> Node<'e> {
    /// The parts directly below this one.
    pub(crate) fn children(&self) -> Vec<&Node<'e>> {
        match &self.step {
            Step::Column(_)
            | Step::Series(_)
            | Step::Literal(_)
            | Step::Aggregation(_)
            | Step::Window(_) => Vec::new(),
            Step::Binary { left, right, .. } => vec![left, right],
            Step::Between { above, below } => vec![above, below],
            Step::FillNull { input, value } => vec![input, value],
            Step::When { condition, then, otherwise } => vec![condition, then, otherwise],
            Step::Function { inputs, .. } => inputs.iter().collect(),
            Step::Unary { input, .. }
            | Step::Cast { input, .. }
            | Step::Str { input, .. }
            | Step::Dt { input, .. }
            | Step::IsIn { input, .. } => vec![input],
        }
    }
}
