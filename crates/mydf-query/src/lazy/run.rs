//! Runs a plan.

use std::iter;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::GenericByteViewArray;
use arrow_array::cast::AsArray;
use arrow_array::types::ByteViewType;
use mydf_core::interrupt::Interrupt;
use mydf_core::kernels::concat::concat_rows;
use mydf_core::kernels::unique::{Keep, unique};
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};

use super::node::{Node, Op, Tree};
use super::optimise::optimised;
use super::partial::Partial;
use super::pipeline::Flow;
use crate::exec;

/// The rows of a plan.
///
/// # Errors
/// Those of reading the files, and those of the verbs that depend on values.
pub fn collect<I: Idx>(tree: &Tree<I>) -> Result<DataFrame<I>> {
    run(&optimised(tree)?)
}

fn run<I: Idx>(node: &Tree<I>) -> Result<DataFrame<I>> {
    Interrupt::current().check()?;
    match &node.op {
        Op::Frame(frame) => Ok(frame.clone()),
        Op::Scan(scan) if scan.predicates.is_empty() => {
            scan.source.whole(&scan.names(), scan.limit)
        }
        Op::Scan(_) => gathered(node),
        Op::Filter { input, predicates } => match filtering(node) {
            Some(flow) => all(&flow, node),
            None => exec::filter(&run(input)?, predicates),
        },
        Op::Select { input, exprs } => {
            if let Some(flow) = filtering(node) {
                return all(&flow, node);
            }
            let parts = Partial::of(&input.empty, &[], exprs);
            match aggregated(input, parts)? {
                Some(found) => Ok(found),
                None => exec::select(&run(input)?, exprs),
            }
        }
        Op::WithColumns { input, exprs } => match filtering(node) {
            Some(flow) => all(&flow, node),
            None => exec::with_columns(&run(input)?, exprs),
        },
        Op::GroupBy { input, keys, aggs } => {
            match aggregated(input, Partial::of(&input.empty, keys, aggs))? {
                Some(found) => Ok(found),
                None => exec::group_by(&run(input)?, keys, aggs),
            }
        }
        Op::Join(join) => join.of(&run(&join.left)?, &run(&join.right)?),
        Op::Sort { input, keys, orders } => exec::sort(&run(input)?, keys, orders),
        Op::Slice { input, offset, length } => sliced(input, *offset, *length),
        Op::Unique { input, subset, keep } => distinct(input, subset.as_deref(), *keep),
        Op::Concat { inputs } => concat_rows(&inputs.iter().map(run).collect::<Result<Vec<_>>>()?),
    }
}

/// The flow of a plan in which a verb leaves rows out; other plans read whole columns faster.
fn filtering<I: Idx>(node: &Tree<I>) -> Option<Flow<I>> {
    Flow::of(node).filter(|flow| flow.filters)
}

fn gathered<I: Idx>(node: &Tree<I>) -> Result<DataFrame<I>> {
    match Flow::of(node) {
        Some(flow) => all(&flow, node),
        None => Err(Error::Internal { message: "a scan that gives no parts".to_owned() }),
    }
}

/// All rows of a flow.
fn all<I: Idx>(flow: &Flow<I>, node: &Node<I>) -> Result<DataFrame<I>> {
    let mut found = vec![node.empty.clone()];
    flow.run(None, &|rows| compact(&rows), &Ok, &mut |rows| {
        found.extend(rows);
        Ok(ControlFlow::Continue(()))
    })?;
    concat_rows(&found)
}

/// Rows from an offset.
fn sliced<I: Idx>(input: &Tree<I>, offset: i64, length: Option<usize>) -> Result<DataFrame<I>> {
    let (Ok(start), Some(length)) = (usize::try_from(offset), length) else {
        let frame = run(input)?;
        let height = frame.height() as i64;
        let (from, rows) = (if offset < 0 { height + offset } else { offset }, length);
        let end = rows
            .map_or(i64::MAX, |rows| from.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX)));
        let (from, end) = (from.clamp(0, height), end.clamp(0, height));
        return Ok(frame.slice(from as usize, (end - from).max(0) as usize));
    };
    let Some(flow) = filtering(input) else { return Ok(run(input)?.slice(start, length)) };
    let most = start.saturating_add(length);
    let (mut found, mut rows) = (vec![input.empty.clone()], 0);
    if most > 0 {
        flow.run(Some(most), &|rows| compact(&rows), &Ok, &mut |parts| {
            rows += parts.iter().map(DataFrame::height).sum::<usize>();
            found.extend(parts);
            Ok(if rows >= most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
    }
    Ok(concat_rows(&found)?.slice(start, length))
}

/// The distinct rows.
fn distinct<I: Idx>(
    input: &Tree<I>,
    subset: Option<&[Arc<str>]>,
    keep: Keep,
) -> Result<DataFrame<I>> {
    let names: Option<Vec<&str>> = subset.map(|names| names.iter().map(|name| &**name).collect());
    let of = |frame: &DataFrame<I>| unique(frame, names.as_deref(), keep);
    let flow = Flow::of(input).filter(|_| keep != Keep::None);
    if let Some(flow) = flow
        && let Some(found) = reduced(&flow, &of, &|parts| of(&concat_rows(parts)?))?
    {
        // No rows have no columns either.
        let found = Some(found).filter(|found| found.width() > 0);
        let parts: Vec<_> = iter::once(input.empty.clone()).chain(found).collect();
        return of(&concat_rows(&parts)?);
    }
    of(&run(input)?)
}

/// The result of aggregations that need only some rows at a time; `None` if they need all.
fn aggregated<I: Idx>(input: &Tree<I>, parts: Option<Partial>) -> Result<Option<DataFrame<I>>> {
    let (Some(parts), Some(flow)) = (parts, Flow::of(input)) else { return Ok(None) };
    let found = reduced(&flow, &|rows| parts.begun(rows), &|all| parts.merged(all));
    match found {
        // The sum of some rows may leave a range that the sum of all does not. What else depends on
        // values, such as a text that is not a number, is reported with its row of all rows.
        Err(
            Error::Overflow { .. } | Error::Cast { .. } | Error::Text { .. } | Error::Moment { .. },
        )
        | Ok(None) => Ok(None),
        Err(error) => Err(error),
        Ok(Some(merged)) if merged.width() == 0 => {
            parts.finished(&parts.merged(&[parts.begun(&input.empty)?])?).map(Some)
        }
        Ok(Some(merged)) => parts.finished(&merged).map(Some),
    }
}

/// Many results of parts are joined into few before there are more rows than this.
const MANY: usize = 1 << 18;

/// What `first` makes of some rows and `merge` of several results: a frame without columns if there
/// are no rows, and `None` if the results have nearly as many rows as the input, so that all of them
/// at a time are faster.
fn reduced<I: Idx>(
    flow: &Flow<I>,
    first: &(impl Fn(&DataFrame<I>) -> Result<DataFrame<I>> + Sync),
    merge: &(impl Fn(&[DataFrame<I>]) -> Result<DataFrame<I>> + Sync),
) -> Result<Option<DataFrame<I>>> {
    let seen = AtomicUsize::new(0);
    let each = |rows: DataFrame<I>| {
        seen.fetch_add(rows.height(), Ordering::Relaxed);
        compact(&first(&rows)?)
    };
    let few = |parts: Vec<DataFrame<I>>| match parts.len() {
        0 | 1 => Ok(parts),
        _ => Ok(vec![merge(&parts)?]),
    };
    let (mut found, mut rows, mut merged) = (Vec::new(), 0, 0);
    let mut futile = false;
    flow.run(None, &each, &few, &mut |parts| {
        rows += parts.iter().map(DataFrame::height).sum::<usize>();
        found.extend(parts);
        if rows > MANY.max(2 * merged) {
            found = vec![merge(&found)?];
            merged = found[0].height();
            rows = merged;
            futile = merged > seen.load(Ordering::Relaxed) / 3;
        }
        Ok(if futile { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if futile {
        return Ok(None);
    }
    Ok(Some(if found.is_empty() { DataFrame::new(Vec::new())? } else { merge(&found)? }))
}

/// The frame without texts that none of its rows has: rows of a part share the part's texts.
fn compact<I: Idx>(frame: &DataFrame<I>) -> Result<DataFrame<I>> {
    let columns = frame.columns().iter().map(|column| match column.dtype() {
        DType::String => match smaller(column.values().as_string_view()) {
            Some(texts) => Column::new(column.shared_name(), Arc::new(texts)),
            None => Ok(column.clone()),
        },
        DType::Binary => match smaller(column.values().as_binary_view()) {
            Some(bytes) => Column::new(column.shared_name(), Arc::new(bytes)),
            None => Ok(column.clone()),
        },
        _ => Ok(column.clone()),
    });
    DataFrame::new(columns.collect::<Result<_>>()?)
}

fn smaller<T: ByteViewType>(texts: &GenericByteViewArray<T>) -> Option<GenericByteViewArray<T>> {
    const LITTLE: usize = 1 << 16;
    let held: usize = texts.data_buffers().iter().map(arrow_buffer::Buffer::len).sum();
    (held > LITTLE && held / 4 > texts.total_buffer_bytes_used()).then(|| texts.gc())
}
