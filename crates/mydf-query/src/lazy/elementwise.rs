//! What a plan must know of an expression before it moves it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::expr::{Expr, UnaryOp};

/// True if the value of a row depends on that row alone.
pub(super) fn is_rowwise(expr: &Expr) -> bool {
    all(expr, |part| {
        !matches!(
            part,
            Expr::Series(_)
                | Expr::Agg { .. }
                | Expr::Quantile { .. }
                | Expr::Len
                | Expr::Shift { .. }
                | Expr::Diff { .. }
                | Expr::Window { .. }
                | Expr::Over { .. }
        )
    })
}

/// True if the expression gives a value for any row, and never an error. A filter that may fail
/// must not see rows that another step would have removed.
pub(super) fn is_total(expr: &Expr) -> bool {
    all(expr, |part| match part {
        Expr::Column(_)
        | Expr::Literal(_)
        | Expr::Alias(..)
        | Expr::Between { .. }
        | Expr::IsIn { .. }
        | Expr::Str { .. } => true,
        Expr::Binary { op, .. } => !op.is_arithmetic(),
        Expr::Unary { op, .. } => !matches!(op, UnaryOp::Neg | UnaryOp::Abs),
        _ => false,
    })
}

/// True if the expression has the value of a column of each row.
pub(super) fn has_column(expr: &Expr) -> bool {
    !all(expr, |part| !matches!(part, Expr::Column(_)))
}

/// The column that the expression is, whatever its name.
pub(super) fn plain(expr: &Expr) -> Option<&Arc<str>> {
    match expr {
        Expr::Column(name) => Some(name),
        Expr::Alias(input, _) => plain(input),
        _ => None,
    }
}

/// Adds the columns that an expression reads.
pub(super) fn add_columns(expr: &Expr, found: &mut HashSet<Arc<str>>) {
    let mut open = vec![expr];
    while let Some(part) = open.pop() {
        if let Expr::Column(name) = part {
            found.insert(Arc::clone(name));
        }
        open.extend(part.children());
    }
}

/// The columns that an expression reads.
pub(super) fn columns(expr: &Expr) -> HashSet<Arc<str>> {
    let mut found = HashSet::new();
    add_columns(expr, &mut found);
    found
}

/// The expression over the columns that these names stand for; None if a name is missing.
pub(super) fn renamed(expr: &Expr, names: &HashMap<Arc<str>, Arc<str>>) -> Option<Expr> {
    let mut expr = expr.clone();
    let mut open = vec![&mut expr];
    while let Some(part) = open.pop() {
        if let Expr::Column(name) = part {
            *name = Arc::clone(names.get(name)?);
        }
        open.extend(part.children_mut());
    }
    Some(expr)
}

fn all(expr: &Expr, test: impl Fn(&Expr) -> bool) -> bool {
    let mut open = vec![expr];
    while let Some(part) = open.pop() {
        if !test(part) {
            return false;
        }
        open.extend(part.children());
    }
    true
}
