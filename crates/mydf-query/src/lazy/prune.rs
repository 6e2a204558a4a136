//! Which parts of a table can have a row that a filter keeps, by the bounds of their columns.
//!
//! A predicate becomes one over the bounds: `a > 5` becomes `max a > 5`. It is evaluated like any
//! other, so text next to a date or an integer next to a float means the same as in the rows. What is
//! not known is null, and a part is left out only if the result is false.

use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use mydf_core::{DataFrame, Idx, Result};

use super::elementwise::add_columns;
use crate::exec;
use crate::expr::{BinaryOp, Closed, Expr, Scalar, UnaryOp};

/// A bound of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No value is smaller. NaN is no value here.
    Min,
    /// No value is larger. NaN is no value here.
    Max,
    /// The number of nulls, Int64.
    Nulls,
    /// The number of rows, Int64.
    Rows,
}

/// The name of the column that holds a bound for each part.
pub fn bound_name(bound: Bound, column: &str) -> String {
    match bound {
        Bound::Min => format!("min {column}"),
        Bound::Max => format!("max {column}"),
        Bound::Nulls => format!("nulls {column}"),
        Bound::Rows => format!("rows {column}"),
    }
}

/// Whether each part can have a row for which all predicates are true. `bounds` has a row for each
/// part, and columns with the names of [`bound_name`]; those that are missing are not known.
///
/// # Errors
/// Those of memory, and of an interrupt.
pub fn kept<I: Idx>(predicates: &[Expr], bounds: &DataFrame<I>) -> Result<Vec<bool>> {
    let known = Known::of(bounds);
    let mut all = vec![true; bounds.height()];
    for predicate in predicates {
        let Some(test) = known.test(predicate) else { continue };
        let mut read = HashSet::new();
        add_columns(&test, &mut read);
        if read.is_empty() {
            continue;
        }
        let values = exec::evaluate(bounds, &test)?;
        let Some(values) = values.values().as_boolean_opt() else { continue };
        if values.len() != all.len() {
            continue;
        }
        for (row, keep) in all.iter_mut().enumerate() {
            *keep &= values.is_null(row) || values.value(row);
        }
    }
    Ok(all)
}

struct Known {
    names: HashSet<Arc<str>>,
    floats: HashSet<Arc<str>>,
}

impl Known {
    fn of<I: Idx>(bounds: &DataFrame<I>) -> Self {
        let columns = bounds.columns();
        let floats = columns.iter().filter(|column| column.dtype().is_float());
        Known {
            floats: floats.map(mydf_core::Column::shared_name).collect(),
            names: columns.iter().map(mydf_core::Column::shared_name).collect(),
        }
    }

    fn bound(&self, bound: Bound, column: &str) -> Option<Expr> {
        let name = bound_name(bound, column);
        self.names.get(name.as_str()).map(|name| Expr::Column(Arc::clone(name)))
    }

    fn is_float(&self, column: &str) -> bool {
        self.floats.contains(bound_name(Bound::Min, column).as_str())
    }

    /// What must be true of the bounds if the predicate is true for a row. `None` if nothing is
    /// known of that.
    fn test(&self, predicate: &Expr) -> Option<Expr> {
        match predicate {
            Expr::Alias(input, _) => self.test(input),
            Expr::Binary { op: BinaryOp::And, left, right } => {
                match (self.test(left), self.test(right)) {
                    (Some(left), Some(right)) => Some(binary(BinaryOp::And, left, right)),
                    (left, right) => left.or(right),
                }
            }
            Expr::Binary { op: BinaryOp::Or, left, right } => {
                Some(binary(BinaryOp::Or, self.test(left)?, self.test(right)?))
            }
            Expr::Binary { op, left, right } if op.is_comparison() => match (&**left, &**right) {
                (Expr::Column(name), Expr::Literal(value)) => self.compared(*op, name, value),
                (Expr::Literal(value), Expr::Column(name)) => {
                    self.compared(op.mirrored(), name, value)
                }
                _ => None,
            },
            Expr::Between { input, lower, upper, closed } => {
                let (above, below) = Closed::comparisons(*closed);
                let part = |op, bound: &Expr| binary(op, (**input).clone(), bound.clone());
                self.test(&binary(BinaryOp::And, part(above, lower), part(below, upper)))
            }
            Expr::IsIn { input, set } => {
                const MANY: usize = 64;
                let members = set.iter().filter(|member| **member != Scalar::Null);
                let Expr::Column(name) = &**input else { return None };
                if set.len() > MANY {
                    return None;
                }
                let tests = members.map(|member| self.compared(BinaryOp::Eq, name, member));
                let tests: Option<Vec<Expr>> = tests.collect();
                tests?.into_iter().reduce(|left, right| binary(BinaryOp::Or, left, right))
            }
            Expr::Unary { op: UnaryOp::IsNull, input } => {
                let Expr::Column(name) = &**input else { return None };
                let zero = Expr::Literal(Scalar::Int(0));
                Some(binary(BinaryOp::Gt, self.bound(Bound::Nulls, name)?, zero))
            }
            Expr::Unary { op: UnaryOp::IsNotNull, input } => {
                let Expr::Column(name) = &**input else { return None };
                let rows = self.bound(Bound::Rows, name)?;
                Some(binary(BinaryOp::Lt, self.bound(Bound::Nulls, name)?, rows))
            }
            _ => None,
        }
    }

    fn compared(&self, op: BinaryOp, column: &str, value: &Scalar) -> Option<Expr> {
        // NaN is larger than every number and equals itself, and bounds say nothing of it.
        let nan = matches!(value, Scalar::Float(value) if value.is_nan());
        if nan || *value == Scalar::Null {
            return None;
        }
        let float = self.is_float(column);
        let (min, max) = (self.bound(Bound::Min, column)?, self.bound(Bound::Max, column)?);
        let literal = || Expr::Literal(value.clone());
        match op {
            BinaryOp::Lt | BinaryOp::LtEq => Some(binary(op, min, literal())),
            BinaryOp::Gt | BinaryOp::GtEq if !float => Some(binary(op, max, literal())),
            BinaryOp::Eq => Some(binary(
                BinaryOp::And,
                binary(BinaryOp::LtEq, min, literal()),
                binary(BinaryOp::GtEq, max, literal()),
            )),
            // Equal bounds are exact ones: a text that was cut differs from the other bound.
            BinaryOp::NotEq if !float => Some(binary(
                BinaryOp::Or,
                binary(BinaryOp::NotEq, min, literal()),
                binary(BinaryOp::NotEq, max, literal()),
            )),
            _ => None,
        }
    }
}

fn binary(op: BinaryOp, left: Expr, right: Expr) -> Expr {
    Expr::Binary { op, left: Box::new(left), right: Box::new(right) }
}
