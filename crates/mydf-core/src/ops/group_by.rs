//! `group_by(...).agg(...)`.

use std::sync::Arc;

use arrow_array::NullArray;
use rayon::prelude::*;

use super::aggregate::aggregate_groups;
use super::groups::{Groups, group};
use super::operands::map_operands;
use super::take::take_column;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::eval::evaluate;
use crate::expr::{AggOp, Expr};
use crate::frame::DataFrame;
use crate::idx::Idx;

/// One row a group: the keys, then the aggregations. Groups stand in the order of their first row.
/// An expression of `aggs` may combine aggregations (`a.sum() / b.count()`), and an aggregation
/// inside another is that of the row's group (`(a - a.mean()).max()`); a column outside any
/// aggregation is an error that says to aggregate it.
///
/// # Errors
/// Those of the expressions; [`Error::NotAggregated`]; [`Error::Value`] without keys;
/// [`Error::DuplicateColumn`].
pub fn group_by<I: Idx>(
    frame: &DataFrame<I>,
    keys: &[Expr],
    aggs: &[Expr],
) -> Result<DataFrame<I>> {
    if keys.is_empty() {
        return Err(Error::Value { what: "group_by".into(), message: "no keys".into() });
    }
    let keys: Vec<Column> = keys
        .iter()
        .map(|key| repeated(&evaluate(frame, key)?, frame.height()))
        .collect::<Result<_>>()?;
    let groups = group::<I>(&keys, frame.height())?;
    let mut columns: Vec<Column> =
        keys.iter().map(|key| take_column(key, &groups.first)).collect::<Result<_>>()?;

    let mut plan = Plan::default();
    let outer: Vec<Expr> = aggs.iter().map(|agg| plan.outside(agg)).collect::<Result<_>>()?;
    let aggregated = DataFrame::new(plan.run(frame, &groups)?)?;
    for (agg, outer) in aggs.iter().zip(&outer) {
        let values = evaluate::<I>(&aggregated, outer)?.renamed(agg.output_name());
        columns.push(repeated(&values, groups.first.len())?);
    }
    DataFrame::new(columns)
}

/// A column of this height; a single value is repeated.
fn repeated(column: &Column, height: usize) -> Result<Column> {
    if column.len() == height || column.len() != 1 {
        return Ok(column.clone());
    }
    take_column(column, &vec![0u64; height])
}

/// The aggregations of a list of expressions, each once, with the name of its column.
#[derive(Default)]
struct Plan {
    steps: Vec<(Step, Arc<str>)>,
}

/// One aggregation; nothing stands for the number of rows.
type Step = Option<(AggOp, Expr)>;

impl Plan {
    /// The expression with each aggregation replaced by a column of the aggregated frame.
    fn outside(&mut self, expr: &Expr) -> Result<Expr> {
        match expr {
            Expr::Column(name) => Err(Error::NotAggregated { name: name.to_string() }),
            Expr::Agg { op, input } => Ok(self.step(Some((*op, (**input).clone())))),
            Expr::Len => Ok(self.step(None)),
            other => map_operands(other, &mut |operand| self.outside(operand)),
        }
    }

    /// The column of an aggregation. Its name is for messages, and distinct.
    fn step(&mut self, step: Step) -> Expr {
        if let Some((_, name)) = self.steps.iter().find(|(known, _)| *known == step) {
            return Expr::Column(Arc::clone(name));
        }
        let name =
            distinct(label(&step), |name| self.steps.iter().any(|(_, known)| **known == *name));
        self.steps.push((step, Arc::clone(&name)));
        Expr::Column(name)
    }

    /// A column a step, of one row a group. Steps run side by side.
    fn run<I: Idx>(&self, frame: &DataFrame<I>, groups: &Groups<I>) -> Result<Vec<Column>> {
        self.steps
            .par_iter()
            .map(|(step, name)| Ok(run_step(frame, groups, step)?.renamed(Arc::clone(name))))
            .collect()
    }
}

fn run_step<I: Idx>(frame: &DataFrame<I>, groups: &Groups<I>, step: &Step) -> Result<Column> {
    let Some((op, input)) = step else {
        let rows = Column::new("len", Arc::new(NullArray::new(frame.height())))?;
        return aggregate_groups(&rows, AggOp::Len, groups);
    };
    let mut frame = frame.clone();
    let input = inside(&mut frame, groups, input)?;
    let values = repeated(&evaluate(&frame, &input)?, frame.height())?;
    aggregate_groups(&values, *op, groups)
}

/// The operand of an aggregation, with each aggregation in it replaced by a column of the frame
/// that has, in each row, the value of the row's group.
fn inside<I: Idx>(frame: &mut DataFrame<I>, groups: &Groups<I>, expr: &Expr) -> Result<Expr> {
    let step = match expr {
        Expr::Agg { op, input } => Some((*op, (**input).clone())),
        Expr::Len => None,
        other => return map_operands(other, &mut |operand| inside(frame, groups, operand)),
    };
    let values = take_column(&run_step(frame, groups, &step)?, &groups.ids)?;
    let known = frame.columns();
    let name = distinct(label(&step), |name| known.iter().any(|column| column.name() == name));
    let columns = known.iter().cloned().chain([values.renamed(Arc::clone(&name))]);
    *frame = DataFrame::new(columns.collect())?;
    Ok(Expr::Column(name))
}

/// What messages call the column of an aggregation.
fn label(step: &Step) -> String {
    match step {
        Some((op, input)) => format!("{}.{}", input.output_name(), op.name()),
        None => "len".to_owned(),
    }
}

/// The text, with a number where it is taken.
fn distinct(text: String, taken: impl Fn(&str) -> bool) -> Arc<str> {
    if !taken(&text) {
        return text.into();
    }
    let numbered = (2..).map(|number| format!("{text}#{number}"));
    numbered.into_iter().find(|name| !taken(name)).unwrap_or_default().into()
}
