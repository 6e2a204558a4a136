//! Parts of files on their way through the verbs that look at single rows.

use std::ops::ControlFlow;
use std::sync::Arc;

use mydf_core::interrupt::Interrupt;
use mydf_core::{DataFrame, Idx, Result};
use rayon::prelude::*;

use super::elementwise::{add_columns, has_column, is_rowwise};
use super::node::{Op, Scan, Tree};
use super::predicates::stages;
use super::source::{Part, Parts, Request};
use crate::exec;
use crate::expr::Expr;

/// Scans, one after the other, with the verbs that each row goes through.
pub(super) struct Flow<I: Idx> {
    branches: Vec<Branch<I>>,
    /// Whether a verb leaves rows out.
    pub(super) filters: bool,
}

struct Branch<I: Idx> {
    scan: Scan<I>,
    steps: Arc<Vec<Step>>,
}

#[derive(Clone)]
enum Step {
    Filter(Vec<Expr>),
    Select(Vec<Expr>),
    WithColumns(Vec<Expr>),
}

impl Step {
    fn apply<I: Idx>(&self, frame: &DataFrame<I>) -> Result<DataFrame<I>> {
        match self {
            Step::Filter(predicates) => exec::filter(frame, predicates),
            Step::Select(exprs) => exec::select(frame, exprs),
            Step::WithColumns(exprs) => exec::with_columns(frame, exprs),
        }
    }
}

impl<I: Idx> Flow<I> {
    /// The flow that gives the rows of a plan, or `None` if a verb of the plan sees more than a row
    /// at a time.
    pub(super) fn of(node: &Tree<I>) -> Option<Self> {
        match &node.op {
            Op::Scan(scan) if scan.limit.is_none() => {
                let mut steps: Vec<Step> =
                    stages(scan.predicates.clone()).into_iter().map(Step::Filter).collect();
                if steps.is_empty() {
                    return Some(Flow::one(scan, steps, false));
                }
                let columns = scan.names().into_iter().map(Expr::Column).collect();
                steps.push(Step::Select(columns));
                Some(Flow::one(scan, steps, true))
            }
            Op::Filter { input, predicates } if predicates.iter().all(is_rowwise) => {
                let mut flow = Flow::of(input)?.then(&Step::Filter(predicates.clone()));
                flow.filters = true;
                Some(flow)
            }
            Op::Select { input, exprs }
                if exprs.iter().all(is_rowwise) && exprs.iter().any(has_column) =>
            {
                Some(Flow::of(input)?.then(&Step::Select(exprs.clone())))
            }
            Op::WithColumns { input, exprs } if exprs.iter().all(is_rowwise) => {
                Some(Flow::of(input)?.then(&Step::WithColumns(exprs.clone())))
            }
            Op::Concat { inputs } => {
                let mut all = Flow { branches: Vec::new(), filters: false };
                for input in inputs {
                    // A column of nulls would have to take another dtype on the way.
                    if input.schema() != node.schema() {
                        return None;
                    }
                    let flow = Flow::of(input)?;
                    all.filters |= flow.filters;
                    all.branches.extend(flow.branches);
                }
                Some(all)
            }
            _ => None,
        }
    }

    fn one(scan: &Scan<I>, steps: Vec<Step>, filters: bool) -> Self {
        let branch = Branch { scan: scan.clone(), steps: Arc::new(steps) };
        Flow { branches: vec![branch], filters }
    }

    fn then(mut self, step: &Step) -> Self {
        for branch in &mut self.branches {
            Arc::make_mut(&mut branch.steps).push(step.clone());
        }
        self
    }

    /// Takes the rows through the verbs, on all threads. `each` changes some rows, `join` what it
    /// makes of the rows of one part, and `take` gets the results in the order of the rows, until
    /// it breaks off. Of a part, at most `limit` rows are wanted.
    pub(super) fn run(
        &self,
        limit: Option<usize>,
        each: &(impl Fn(DataFrame<I>) -> Result<DataFrame<I>> + Sync),
        join: &(impl Fn(Vec<DataFrame<I>>) -> Result<Vec<DataFrame<I>>> + Sync),
        take: &mut impl FnMut(Vec<DataFrame<I>>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let stop = Interrupt::current();
        let threads = rayon::current_num_threads();
        // With a limit, the first parts are likely to be enough.
        let mut window = if limit.is_some() { 1 } else { 4 * threads };
        for branch in &self.branches {
            let mut parts: Parts<I> = branch.scan.source.parts(&branch.request())?;
            loop {
                stop.check()?;
                let some = parts.by_ref().take(window).collect::<Result<Vec<_>>>()?;
                if some.is_empty() {
                    break;
                }
                let results: Vec<Result<Vec<DataFrame<I>>>> = some
                    .into_par_iter()
                    .map(|part| stop.guard(|| join(through(&*part, &branch.steps, limit, each)?)))
                    .collect();
                for result in results {
                    if take(result?)?.is_break() {
                        return Ok(());
                    }
                }
                window = (2 * window).min(4 * threads);
            }
        }
        Ok(())
    }
}

/// The rows of a part after all steps.
fn through<I: Idx>(
    part: &dyn Part<I>,
    steps: &[Step],
    limit: Option<usize>,
    each: &(impl Fn(DataFrame<I>) -> Result<DataFrame<I>> + Sync),
) -> Result<Vec<DataFrame<I>>> {
    let stop = Interrupt::current();
    let (mut found, mut rows) = (Vec::new(), 0);
    part.read(&mut |mut frame| {
        stop.check()?;
        for step in steps {
            if frame.height() == 0 {
                return Ok(ControlFlow::Continue(()));
            }
            frame = step.apply(&frame)?;
        }
        if frame.height() == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        rows += frame.height();
        found.push(each(frame)?);
        let enough = limit.is_some_and(|limit| rows >= limit);
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

impl<I: Idx> Branch<I> {
    fn request(&self) -> Request {
        let mut needed = self.scan.names().into_iter().collect();
        for predicate in &self.scan.predicates {
            add_columns(predicate, &mut needed);
        }
        let all = self.scan.source.empty().columns().iter();
        let columns =
            all.map(mydf_core::Column::shared_name).filter(|name| needed.contains(name)).collect();
        Request { columns, predicates: self.scan.predicates.clone(), limit: self.scan.limit }
    }
}
