//! Splits long frames into pieces that the threads share.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringViewArray};
use arrow_buffer::{Buffer, NullBufferBuilder};
use arrow_data::{ByteView, MAX_INLINE_VIEW_LEN};
use mydf_core::{DType, Error, Result};
use rayon::prelude::*;

use super::evaluate::Scope;
use super::parallel::Threads;
use super::values::{Typed, arrow_error};
use crate::expr::BinaryOp;
use crate::plan::{Node, Step};

/// Rows in one piece: its intermediate results stay in a core's cache.
const MORSEL: usize = 1 << 16;
/// Shorter frames are not split.
const LONG: usize = 1 << 18;

/// Evaluates an expression row by row, in pieces if that is faster. Pieces don't help with short
/// frames, expressions that do no work, and results that don't grow with the frame.
pub(super) fn evaluate(scope: &Scope<'_>, node: &Node<'_>, threads: Threads) -> Result<Typed> {
    if !threads.shared
        || scope.height() < LONG
        || scope.is_unit(node)
        || rayon::current_num_threads() < 2
        || !pays(node)
        || has_large_set(node)
    {
        return scope.evaluate(node);
    }
    let starts: Vec<usize> = (0..scope.height()).step_by(MORSEL).collect();
    let pieces: Vec<Result<Typed>> = starts
        .par_iter()
        .map(|&start| {
            let rows = MORSEL.min(scope.height() - start);
            scope.piece(start, rows).evaluate(node).map_err(|error| at_row(error, start))
        })
        .collect();
    let pieces = pieces.into_iter().collect::<Result<Vec<Typed>>>()?;
    let array = if node.dtype == DType::String {
        concat_text(&pieces)
    } else {
        let arrays: Vec<&dyn Array> = pieces.iter().map(|piece| &*piece.array).collect();
        arrow_select::concat::concat(&arrays).map_err(arrow_error("concat"))?
    };
    Ok(Typed::new(array, node.dtype.clone(), false))
}

/// True if pieces are worth the copy that joins them: two steps or more, whose intermediate results
/// then stay in the cache (four operators on floats need a third of the CPU time), or one step that
/// gives bits or does a lot of work for each row. One cheap step on plain columns, such as `a + 1`,
/// is bound by the memory for its result and takes 1.4 times the CPU time in pieces.
fn pays(node: &Node<'_>) -> bool {
    if node.children().into_iter().any(is_step) {
        return true;
    }
    match &node.step {
        Step::Binary {
            op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div, ..
        }
        | Step::Unary { .. }
        | Step::FillNull { .. } => false,
        Step::Cast { input, .. } => {
            matches!(input.step, Step::Column(_))
                && input.dtype != node.dtype
                && (node.dtype == DType::String || input.dtype == DType::String)
        }
        _ => is_step(node),
    }
}

/// True if each piece would build its own set and the set is not small compared with the piece.
fn has_large_set(node: &Node<'_>) -> bool {
    const LARGE: usize = MORSEL / 16;
    matches!(&node.step, Step::IsIn { set, .. } if set.len() > LARGE)
        || node.children().into_iter().any(has_large_set)
}

/// True if the node does work for each row.
fn is_step(node: &Node<'_>) -> bool {
    let read = |step: &Step<'_>| {
        matches!(step, Step::Column(_) | Step::Series(_) | Step::Literal(_) | Step::Aggregation(_))
    };
    !read(&node.step)
}

/// The error with its row counted from the start of the frame instead of the piece.
fn at_row(error: Error, start: usize) -> Error {
    match error {
        Error::Cast { what, from, to, value, row } => {
            Error::Cast { what, from, to, value, row: row + start }
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
