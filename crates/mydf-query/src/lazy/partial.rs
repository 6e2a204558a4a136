//! Aggregations of parts of the rows, which together give those of all rows.

use std::sync::Arc;

use mydf_core::kernels::concat::concat_rows;
use mydf_core::{DType, DataFrame, Idx, Result};

use super::elementwise::is_rowwise;
use crate::exec;
use crate::expr::{AggOp, BinaryOp, Expr, Scalar};
use crate::plan::{Schema, resolve};

/// A `group_by`, or a `select` of aggregations, in three steps.
#[derive(Clone, Debug)]
pub(super) struct Partial {
    /// The keys as the rows have them; none for all rows together.
    keys: Vec<Expr>,
    /// What is computed from some rows.
    first: Vec<Expr>,
    /// What joins those results.
    merge: Vec<Expr>,
    /// The result, over what was joined.
    last: Vec<Expr>,
}

impl Partial {
    /// The steps of these aggregations, or `None` if one needs all rows at a time.
    pub(super) fn of<I: Idx>(empty: &DataFrame<I>, keys: &[Expr], aggs: &[Expr]) -> Option<Self> {
        if !keys.iter().all(is_rowwise) || aggs.is_empty() {
            return None;
        }
        let schema = Schema::of(empty.columns());
        let mut steps =
            Partial { keys: keys.to_vec(), first: Vec::new(), merge: Vec::new(), last: Vec::new() };
        for agg in aggs {
            let name = agg.output_name();
            let mut last = agg.clone();
            steps.divide(&mut last, &schema)?;
            steps.last.push(Expr::Alias(Box::new(last), name));
        }
        // The steps give the same dtypes, or something about them is not as it seems.
        let whole = if keys.is_empty() {
            exec::select(empty, aggs)
        } else {
            exec::group_by(empty, keys, aggs)
        };
        let parts = steps.finished(&steps.merged(&[steps.begun(empty).ok()?]).ok()?).ok()?;
        let alike =
            whole.is_ok_and(|whole| Schema::of(whole.columns()) == Schema::of(parts.columns()));
        (alike && !steps.first.is_empty()).then_some(steps)
    }

    /// Replaces the aggregations in an expression by the columns that will hold their values.
    fn divide(&mut self, expr: &mut Expr, schema: &Schema<'_>) -> Option<()> {
        match expr {
            Expr::Len => *expr = self.both(AggOp::Sum, Expr::Len),
            Expr::Agg { op, input } => {
                if !is_rowwise(input) {
                    return None;
                }
                *expr = self.aggregation(*op, input, schema)?;
            }
            Expr::Column(_)
            | Expr::Series(_)
            | Expr::Quantile { .. }
            | Expr::Shift { .. }
            | Expr::Diff { .. }
            | Expr::Window { .. }
            | Expr::Over { .. } => return None,
            other => {
                for child in other.children_mut() {
                    self.divide(child, schema)?;
                }
            }
        }
        Some(())
    }

    fn aggregation(&mut self, op: AggOp, input: &Expr, schema: &Schema<'_>) -> Option<Expr> {
        let agg = |op, input: &Expr| Expr::Agg { op, input: Box::new(input.clone()) };
        let dtype = resolve(input, schema).ok()?;
        match op {
            AggOp::Count | AggOp::Len | AggOp::NullCount => {
                Some(self.both(AggOp::Sum, agg(op, input)))
            }
            // The sum of some rows would be rounded to Float32 before it is added to others.
            AggOp::Sum if dtype == DType::Float32 => None,
            AggOp::Sum
            | AggOp::Min
            | AggOp::Max
            | AggOp::First
            | AggOp::Last
            | AggOp::Any
            | AggOp::All => Some(self.both(op, agg(op, input))),
            AggOp::Mean => self.mean(input, &dtype),
            // The product of some rows may leave the range even if another row is 0.
            AggOp::NUnique
            | AggOp::Std
            | AggOp::Median
            | AggOp::Var
            | AggOp::Implode
            | AggOp::Product => None,
        }
    }

    /// The sum divided by the number of values.
    fn mean(&mut self, input: &Expr, dtype: &DType) -> Option<Expr> {
        let input = match dtype {
            DType::Float32 => float(input.clone()),
            DType::UInt64 | DType::Null => return None,
            _ => input.clone(),
        };
        let input = Box::new(input);
        let sum = self.both(AggOp::Sum, Expr::Agg { op: AggOp::Sum, input: input.clone() });
        let count = self.both(AggOp::Sum, Expr::Agg { op: AggOp::Count, input });
        let (op, zero) = (BinaryOp::Gt, Box::new(Expr::Literal(Scalar::Int(0))));
        let some = Expr::Binary { op, left: Box::new(count.clone()), right: zero };
        let mean = Expr::Binary { op: BinaryOp::Div, left: Box::new(sum), right: Box::new(count) };
        Some(Expr::When {
            condition: Box::new(some),
            then: Box::new(mean),
            otherwise: Box::new(Expr::Literal(Scalar::Null)),
        })
    }

    /// A column of the values of `first`, which `op` joins.
    fn both(&mut self, op: AggOp, first: Expr) -> Expr {
        let known = self.first.iter().zip(&self.merge).position(|(other, merge)| {
            let same = |input: &Expr| *input == first;
            matches!(other, Expr::Alias(input, _) if same(input))
                && matches!(merge, Expr::Agg { op: merged, .. } if *merged == op)
        });
        if let Some(place) = known {
            return Expr::Column(self.first[place].output_name());
        }
        let mut name = format!("part {}", self.first.len());
        while self.keys.iter().any(|key| *key.output_name() == name) {
            name.push('_');
        }
        let name: Arc<str> = name.into();
        let column = Expr::Column(Arc::clone(&name));
        self.first.push(Expr::Alias(Box::new(first), name));
        self.merge.push(Expr::Agg { op, input: Box::new(column.clone()) });
        column
    }

    /// The results for some rows.
    pub(super) fn begun<I: Idx>(&self, rows: &DataFrame<I>) -> Result<DataFrame<I>> {
        if self.keys.is_empty() {
            exec::select(rows, &self.first)
        } else {
            exec::group_by(rows, &self.keys, &self.first)
        }
    }

    /// The results for all rows of these results.
    pub(super) fn merged<I: Idx>(&self, parts: &[DataFrame<I>]) -> Result<DataFrame<I>> {
        let all = concat_rows(parts)?;
        if self.keys.is_empty() {
            exec::select(&all, &self.merge)
        } else {
            exec::group_by(&all, &self.key_columns(), &self.merge)
        }
    }

    /// The result of the verb.
    pub(super) fn finished<I: Idx>(&self, merged: &DataFrame<I>) -> Result<DataFrame<I>> {
        let mut exprs = self.key_columns();
        exprs.extend(self.last.iter().cloned());
        exec::select(merged, &exprs)
    }

    pub(super) fn key_columns(&self) -> Vec<Expr> {
        self.keys.iter().map(|key| Expr::Column(key.output_name())).collect()
    }

    pub(super) fn keys(&self) -> &[Expr] {
        &self.keys
    }

    pub(super) fn first(&self) -> &[Expr] {
        &self.first
    }

    pub(super) fn merge(&self) -> &[Expr] {
        &self.merge
    }

    /// The keys and results over what was joined.
    pub(super) fn outputs(&self) -> Vec<Expr> {
        let mut exprs = self.key_columns();
        exprs.extend(self.last.iter().cloned());
        exprs
    }
}

fn float(input: Expr) -> Expr {
    Expr::Cast { input: Box::new(input), dtype: DType::Float64, strict: true }
}
