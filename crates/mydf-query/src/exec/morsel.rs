//! Splits long frames into pieces that the threads share.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, StringViewArray};
use arrow_buffer::{Buffer, NullBufferBuilder};
use arrow_data::{ByteView, MAX_INLINE_VIEW_LEN};
use mydf_core::categories;
use mydf_core::interrupt::Interrupt;
use mydf_core::kernels::PIECE_ROWS;
use mydf_core::kernels::aggregate::{AggOp, piecewise};
use mydf_core::kernels::tasks;
use mydf_core::{Column, DType, Error, Result, with_primitive};

use super::evaluate::Scope;
use super::parallel::Threads;
use super::values::{Typed, arrow_error};
use crate::plan::{Node, Step};

/// Rows in one piece: its intermediate results stay in a core's cache. No two pieces share a word of
/// a bitmap.
const MORSEL: usize = PIECE_ROWS;
/// Shorter frames are not split.
const LONG: usize = 1 << 17;

/// Evaluates an expression row by row, in pieces if that is faster. Pieces don't help with short
/// frames, expressions that do no work, and results that don't grow with the frame.
pub(super) fn evaluate(scope: &Scope<'_>, node: &Node<'_>, threads: Threads) -> Result<Typed> {
    if !pays(scope, node, threads) {
        return scope.evaluate(node);
    }
    let array = with_primitive!(
        &node.dtype,
        T => Arc::new(filled::<T>(scope, node)?) as ArrayRef,
        _ => {
            let pieces = (0..scope.height()).step_by(MORSEL).map(|start| (start, ()));
            let pieces = in_pieces(scope, node, pieces, |piece, ()| piece)?;
            if node.dtype == DType::String {
                concat_text(&pieces)
            } else if node.dtype == DType::Categorical {
                let arrays: Vec<_> =
                    pieces.iter().map(|piece| piece.array.as_dictionary()).collect();
                Arc::new(categories::concat(&arrays)?)
            } else {
                let arrays: Vec<&dyn Array> = pieces.iter().map(|piece| &*piece.array).collect();
                arrow_select::concat::concat(&arrays).map_err(arrow_error("concat"))?
            }
        }
    );
    Ok(Typed::new(array, node.dtype.clone(), false))
}

/// The aggregation of an expression over all rows, without its values in memory at any time; `None`
/// if that would need the values once more.
pub(super) fn aggregated(
    scope: &Scope<'_>,
    node: &Node<'_>,
    op: AggOp,
    name: &str,
) -> Result<Option<Column>> {
    let pieces = (0..scope.height()).step_by(MORSEL).map(|start| (start, ()));
    let kept = in_pieces(scope, node, pieces, |piece, ()| {
        piecewise::of_rows(&Column::new(name, piece.array)?, op)
    })?;
    piecewise::joined(name, &node.dtype, op, kept.into_iter().collect::<Result<_>>()?)
}

/// True if [`aggregated`] gives the aggregation of this expression, and pays.
pub(super) fn fuses(scope: &Scope<'_>, node: &Node<'_>, op: AggOp, threads: Threads) -> bool {
    piecewise::is_piecewise(op, &node.dtype) && is_long(scope, node, threads)
}

fn pays(scope: &Scope<'_>, node: &Node<'_>, threads: Threads) -> bool {
    is_long(scope, node, threads) && rayon::current_num_threads() > 1
}

fn is_long(scope: &Scope<'_>, node: &Node<'_>, threads: Threads) -> bool {
    threads.shared
        && scope.height() >= LONG
        && !scope.is_unit(node)
        && is_step(node)
        && !has_large_set(node)
}

/// Evaluates each piece and hands it to `finish` in the same task, while it is in the cache. If
/// several fail, the error is that of the first one.
fn in_pieces<P: Send, R: Send>(
    scope: &Scope<'_>,
    node: &Node<'_>,
    pieces: impl Iterator<Item = (usize, P)>,
    finish: impl Fn(Typed, P) -> R + Sync,
) -> Result<Vec<R>> {
    let stop = Interrupt::current();
    let results = tasks::map(pieces, |(start, place)| {
        stop.check()?;
        let rows = MORSEL.min(scope.height() - start);
        let piece = scope.piece(start, rows).evaluate(node);
        Ok(finish(piece.map_err(|error| at_row(error, start))?, place))
    });
    results.into_iter().collect()
}

/// Writes each piece to its place in the whole result.
fn filled<T: ArrowPrimitiveType>(scope: &Scope<'_>, node: &Node<'_>) -> Result<PrimitiveArray<T>> {
    let height = scope.height();
    let mut values: Vec<T::Native> = Vec::with_capacity(height);
    let places = values.spare_capacity_mut()[..height].chunks_mut(MORSEL).enumerate();
    let places = places.map(|(number, place)| (number * MORSEL, place));
    let nulls = in_pieces(scope, node, places, |piece, place| {
        let array = piece.primitive::<T>();
        assert_eq!(array.len(), place.len(), "a piece has a value for each of its rows");
        place.iter_mut().zip(array.values()).for_each(|(to, from)| _ = to.write(*from));
        (array.len(), array.nulls().cloned())
    })?;
    // SAFETY: the places cover all rows, and each one was written: no piece has failed.
    unsafe { values.set_len(height) };
    let mut all = NullBufferBuilder::new(height);
    for (rows, nulls) in nulls {
        match nulls {
            Some(nulls) => all.append_buffer(&nulls),
            None => all.append_n_non_nulls(rows),
        }
    }
    let array = PrimitiveArray::<T>::new(values.into(), all.finish());
    Ok(array.with_data_type(node.dtype.to_arrow()))
}

/// True if each piece would build its own set and the set is not small compared with the piece.
fn has_large_set(node: &Node<'_>) -> bool {
    const LARGE: usize = 1 << 11;
    matches!(&node.step, Step::IsIn { set, .. } if set.len() > LARGE)
        || node.children().into_iter().any(has_large_set)
}

/// True if the node does work for each row.
fn is_step(node: &Node<'_>) -> bool {
    match &node.step {
        Step::Column(_)
        | Step::Series(_)
        | Step::Literal(_)
        | Step::Aggregation(_)
        | Step::Window(_) => false,
        // Without nulls, the result is the input.
        Step::FillNull { input, value } => is_step(input) || is_step(value),
        Step::Cast { input, .. } => is_step(input) || input.dtype != node.dtype,
        _ => true,
    }
}

/// The error with its row counted from the start of the frame instead of the piece.
fn at_row(error: Error, start: usize) -> Error {
    match error {
        Error::Cast { what, from, to, value, row } => {
            Error::Cast { what, from, to, value, row: row + start }
        }
        Error::Text { what, to, value, row, expected } => {
            Error::Text { what, to, value, row: row + start, expected }
        }
        Error::Moment { operation, what, value, row, fact, hint } => {
            Error::Moment { operation, what, value, row: row + start, fact, hint }
        }
        other => other,
    }
}

/// Joins pieces of text into one array. The pieces of one column share its buffers, but Arrow's own
/// concatenation lists each buffer again for every piece.
fn concat_text(pieces: &[Typed]) -> ArrayRef {
    let rows = pieces.iter().map(|piece| piece.array.len()).sum();
    let mut views: Vec<u128> = Vec::with_capacity(rows);
    let mut nulls = NullBufferBuilder::new(rows);
    let mut buffers: Vec<Buffer> = Vec::new();
    let mut known: HashMap<(*const u8, usize), u32> = HashMap::new();
    for piece in pieces {
        let texts = piece.array.as_string_view();
        match texts.nulls() {
            Some(piece) => nulls.append_buffer(piece),
            None => nulls.append_n_non_nulls(texts.len()),
        }
        let places: Vec<u32> = texts
            .data_buffers()
            .iter()
            .map(|buffer| {
                *known.entry((buffer.as_ptr(), buffer.len())).or_insert_with(|| {
                    buffers.push(buffer.clone());
                    (buffers.len() - 1) as u32
                })
            })
            .collect();
        views.extend(texts.views().iter().map(|&view| {
            // The low half of a view is the text's length; the view itself holds short text.
            if view as u32 <= MAX_INLINE_VIEW_LEN {
                return view;
            }
            let mut long = ByteView::from(view);
            // A view under a null may point anywhere.
            long.buffer_index = places.get(long.buffer_index as usize).copied().unwrap_or(0);
            long.as_u128()
        }));
    }
    // SAFETY: each view comes from a valid array and names the same bytes of the same buffer, under
    // the buffer's new number; a view under a null may be anything.
    let array =
        unsafe { StringViewArray::new_unchecked(views.into(), buffers.into(), nulls.finish()) };
    Arc::new(array)
}
