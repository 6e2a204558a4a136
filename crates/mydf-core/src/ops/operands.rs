//! Expression trees taken apart and put together again.

use crate::error::Result;
use crate::expr::{AggOp, Expr};

/// The same operation on what `f` makes of its operands.
pub(super) fn map_operands(expr: &Expr, f: &mut impl FnMut(&Expr) -> Result<Expr>) -> Result<Expr> {
    let mut boxed = |operand: &Expr| f(operand).map(Box::new);
    Ok(match expr {
        Expr::Column(_) | Expr::Literal(_) | Expr::Len => expr.clone(),
        Expr::Alias(input, name) => Expr::Alias(boxed(input)?, name.clone()),
        Expr::Binary { op, left, right } => {
            Expr::Binary { op: *op, left: boxed(left)?, right: boxed(right)? }
        }
        Expr::Unary { op, input } => Expr::Unary { op: *op, input: boxed(input)? },
        Expr::FillNull { input, value } => {
            Expr::FillNull { input: boxed(input)?, value: boxed(value)? }
        }
        Expr::Cast { input, dtype, strict } => {
            Expr::Cast { input: boxed(input)?, dtype: dtype.clone(), strict: *strict }
        }
        Expr::Str { op, input } => Expr::Str { op: op.clone(), input: boxed(input)? },
        Expr::Dt { op, input } => Expr::Dt { op: *op, input: boxed(input)? },
        Expr::IsIn { input, set } => Expr::IsIn { input: boxed(input)?, set: set.clone() },
        Expr::When { condition, then, otherwise } => Expr::When {
            condition: boxed(condition)?,
            then: boxed(then)?,
            otherwise: boxed(otherwise)?,
        },
        Expr::Agg { op, input } => Expr::Agg { op: *op, input: boxed(input)? },
    })
}

impl AggOp {
    /// The name of the expression's method.
    pub(super) fn name(self) -> &'static str {
        match self {
            AggOp::Sum => "sum",
            AggOp::Mean => "mean",
            AggOp::Min => "min",
            AggOp::Max => "max",
            AggOp::Count => "count",
            AggOp::NUnique => "n_unique",
            AggOp::First => "first",
            AggOp::Last => "last",
            AggOp::Len => "len",
            AggOp::Std => "std",
            AggOp::Median => "median",
        }
    }
}
