//! The parts of a plan that see more than their row: aggregations and windows, over all rows, over
//! the groups of `group_by`, or over groups of their own.

use std::sync::Arc;

use mydf_core::kernels::aggregate::{
    AggOp, aggregate, aggregate_groups, quantile, quantile_groups,
};
use mydf_core::kernels::groups::{Groups, group};
use mydf_core::kernels::take::take_column;
use mydf_core::kernels::windows::{Partition, over_rows};
use mydf_core::{Column, DType, Idx, Result, memory};

use super::evaluate::Scope;
use super::morsel;
use super::need;
use super::parallel::Threads;
use super::values::{Typed, repeated};
use crate::plan::{Grouping, Hoisted, HoistedOp, Node, Plan};

/// One row for each aggregation, over all rows; all rows for each window, and for each aggregation
/// in groups of its own.
pub(super) fn over_all<I: Idx>(
    columns: &[Column],
    height: usize,
    plan: &Plan<'_>,
    threads: Threads,
) -> Result<Vec<Typed>> {
    Run::<I> { columns, height, plan, threads, own: Own::Whole }.run()
}

/// One row for each group and aggregation; inside another aggregation, each row has its group's
/// value.
pub(super) fn in_groups<I: Idx>(
    columns: &[Column],
    groups: &Groups<I>,
    plan: &Plan<'_>,
    threads: Threads,
) -> Result<Vec<Typed>> {
    let windows = plan.hoisted.iter().any(|part| matches!(part.op, HoistedOp::Window(_)));
    let partition = windows.then(|| Partition::of(groups, &[], &[])).transpose()?;
    let own = Own::Groups(groups, partition);
    Run { columns, height: groups.ids.len(), plan, threads, own }.run()
}

struct Run<'a, 'e, I: Idx> {
    columns: &'a [Column],
    height: usize,
    plan: &'a Plan<'e>,
    threads: Threads,
    /// What the parts without groups of their own see.
    own: Own<'a, I>,
}

enum Own<'a, I: Idx> {
    Whole,
    Groups(&'a Groups<I>, Option<Partition<I>>),
}

/// Groups of their own, of some of the parts.
struct Over<I: Idx> {
    groups: Groups<I>,
    /// The rows of each group, if a part needs them.
    partition: Option<Partition<I>>,
    ordered: bool,
}

impl<'e, I: Idx> Run<'_, 'e, I> {
    /// Runs level by level, so what is inside a part is known before it; the parts of one level run
    /// in parallel.
    fn run(&self) -> Result<Vec<Typed>> {
        let parts = &self.plan.hoisted;
        // A null is the placeholder for a part that the current level does not use.
        let mut values: Vec<Typed> =
            parts.iter().map(|each| Typed::nulls(each.dtype.clone(), 1, true)).collect();
        let mut inner = values.clone();
        let mut over: Vec<Option<Over<I>>> = self.plan.groupings.iter().map(|_| None).collect();
        let levels = parts.iter().map(|each| each.level + 1).max().unwrap_or(0);
        for level in 0..levels {
            let places: Vec<usize> =
                (0..parts.len()).filter(|&place| parts[place].level == level).collect();
            let scope = Scope::new(self.columns, self.height, &inner);
            let held = places.iter().map(|&place| &parts[place]);
            let held = held.filter(|part| self.fused(&scope, part).is_none());
            let inputs = held.filter_map(|part| part.input.as_ref());
            memory::check("aggregations", need::of(inputs, self.height))?;
            for (place, grouping) in self.plan.groupings.iter().enumerate() {
                if grouping.level == level {
                    over[place] = self.over(&scope, place, grouping)?;
                }
            }
            let found = self.threads.each(&places, self.height, |&place| {
                let part = &parts[place];
                if let Some((input, op)) = self.fused(&scope, part) {
                    let found = morsel::aggregated(&scope, input, op, &input_name(part))?;
                    if let Some(column) = found {
                        return Ok(Typed::of_column(&column, true));
                    }
                }
                let (name, value) = self.input(&scope, part)?;
                match part.groups.and_then(|place| over[place].as_ref()) {
                    Some(over) => self.in_own_groups(over, name, value, part.op),
                    None => self.value(name, value, part.op),
                }
            })?;
            for (place, value) in places.into_iter().zip(found) {
                debug_assert_eq!(value.dtype, parts[place].dtype);
                if parts[place].inner || matches!(self.own, Own::Whole) {
                    inner[place] = self.spread(&value, parts[place].op)?;
                }
                values[place] = value;
            }
        }
        Ok(values)
    }

    /// The input and the aggregation of a part if both go through the rows together.
    fn fused<'p>(&self, scope: &Scope<'_>, part: &'p Hoisted<'e>) -> Option<(&'p Node<'e>, AggOp)> {
        match (&self.own, part.groups, part.op, &part.input) {
            (Own::Whole, None, HoistedOp::Agg(op), Some(input)) => {
                morsel::fuses(scope, input, op, self.threads).then_some((input, op))
            }
            _ => None,
        }
    }

    /// The groups of `over`; `None` if no part sees them.
    fn over(
        &self,
        scope: &Scope<'_>,
        place: usize,
        grouping: &Grouping<'_>,
    ) -> Result<Option<Over<I>>> {
        let parts = self.plan.hoisted.iter().filter(|part| part.groups == Some(place));
        let ops: Vec<HoistedOp> = parts.map(|part| part.op).collect();
        if ops.is_empty() {
            return Ok(None);
        }
        let columns = |nodes: &[Node<'_>]| {
            let column = |node| {
                let value = morsel::evaluate(scope, node, self.threads)?;
                let name = node.expr.output_name();
                Column::new(name, repeated(value.array, value.unit, self.height)?)
            };
            nodes.iter().map(column).collect::<Result<Vec<Column>>>()
        };
        let groups = group::<I>(&columns(&grouping.keys)?, self.height)?;
        let ordered = !grouping.order.is_empty();
        let rows = |op: &HoistedOp| match op {
            HoistedOp::Window(_) => true,
            other => ordered && is_edge(*other),
        };
        let partition = ops
            .iter()
            .any(rows)
            .then(|| Partition::of(&groups, &columns(&grouping.order)?, grouping.orders));
        Ok(Some(Over { groups, partition: partition.transpose()?, ordered }))
    }

    /// The value of each row, by the rows of its group.
    fn in_own_groups(
        &self,
        over: &Over<I>,
        name: String,
        value: Typed,
        op: HoistedOp,
    ) -> Result<Typed> {
        let column = Column::new(name, repeated(value.array, value.unit, self.height)?)?;
        let column = match (op, &over.partition) {
            (HoistedOp::Window(op), Some(partition)) => over_rows(&column, op, partition)?,
            (op, Some(partition)) if over.ordered && is_edge(op) => {
                let edges = partition.edges(op == HoistedOp::Agg(AggOp::Last));
                take_column(&take_column(&column, &edges)?, &over.groups.ids)?
            }
            (op, _) => take_column(&aggregated(&column, op, &over.groups)?, &over.groups.ids)?,
        };
        Ok(Typed::of_column(&column, false))
    }

    /// The value for all rows, for each group, or for each row.
    fn value(&self, name: String, value: Typed, op: HoistedOp) -> Result<Typed> {
        match (&self.own, op) {
            // A value with one row is one row, whatever the height of the frame.
            (Own::Whole, HoistedOp::Agg(op)) => {
                let column = Column::new(name, value.array)?;
                Ok(Typed::of_column(&aggregate(&column, op)?, true))
            }
            (Own::Whole, HoistedOp::Quantile(which)) => {
                let column = Column::new(name, value.array)?;
                Ok(Typed::of_column(&quantile(&column, which)?, true))
            }
            (Own::Whole, HoistedOp::Window(op)) => {
                let column = Column::new(name, value.array)?;
                let found = over_rows(&column, op, &Partition::<I>::whole(column.len())?)?;
                Ok(Typed::of_column(&found, value.unit))
            }
            (Own::Groups(groups, partition), op) => {
                let column = Column::new(name, repeated(value.array, value.unit, self.height)?)?;
                let found = match (op, partition) {
                    (HoistedOp::Window(op), Some(partition)) => over_rows(&column, op, partition)?,
                    (op, _) => aggregated(&column, op, groups)?,
                };
                Ok(Typed::of_column(&found, false))
            }
        }
    }

    /// The value as other parts see it: in groups, one for each row.
    fn spread(&self, value: &Typed, op: HoistedOp) -> Result<Typed> {
        match (&self.own, op) {
            (Own::Groups(groups, _), HoistedOp::Agg(_) | HoistedOp::Quantile(_)) => {
                let column = Column::new("aggregation", Arc::clone(&value.array))?;
                Ok(Typed::of_column(&take_column(&column, &groups.ids)?, false))
            }
            _ => Ok(value.clone()),
        }
    }

    /// What a part sees, and its name in messages.
    fn input(&self, scope: &Scope<'_>, part: &Hoisted<'_>) -> Result<(String, Typed)> {
        let Some(node) = &part.input else {
            // Any column has the right number of rows.
            return Ok(("len".to_owned(), Typed::nulls(DType::Null, scope.height(), false)));
        };
        Ok((input_name(part), morsel::evaluate(scope, node, self.threads)?))
    }
}

/// The name of a part's input in messages.
fn input_name(part: &Hoisted<'_>) -> String {
    part.expr.children().first().map_or_else(String::new, |input| input.label())
}

/// True for the aggregations that depend on the order of the rows.
fn is_edge(op: HoistedOp) -> bool {
    matches!(op, HoistedOp::Agg(AggOp::First | AggOp::Last))
}

/// One value for each group.
fn aggregated<I: Idx>(column: &Column, op: HoistedOp, groups: &Groups<I>) -> Result<Column> {
    match op {
        HoistedOp::Agg(op) => aggregate_groups(column, op, groups),
        HoistedOp::Quantile(which) => quantile_groups(column, which, groups),
        HoistedOp::Window(_) => unreachable!("groups with windows have a partition"),
    }
}
