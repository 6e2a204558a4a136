//! Long frames in pieces that the threads share.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StringViewArray};
use arrow_buffer::{Buffer, NullBufferBuilder};
use arrow_data::{ByteView, MAX_INLINE_VIEW_LEN};
use rayon::prelude::*;

use super::value::Typed;
use super::{Scope, arrow_error};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::{BinaryOp, Expr};

/// Rows of one piece: its intermediate results stay in a core's cache.
const MORSEL: usize = 1 << 16;
/// Shorter frames are not cut.
const LONG: usize = 1 << 18;

/// Evaluates an expression row by row over pieces of the columns, or gives `None` where that would
/// not pay: short frames, expressions without work, results that don't grow with the frame.
pub(super) fn evaluate(scope: &Scope<'_>, expr: &Expr) -> Result<Option<Typed>> {
    if scope.height < LONG
        || expr.is_scalar()
        || rayon::current_num_threads() < 2
        || !pays(scope, expr)
        || has_large_set(expr)
    {
        return Ok(None);
    }
    let used = columns_of(scope, expr)?;
    let starts: Vec<usize> = (0..scope.height).step_by(MORSEL).collect();
    let pieces: Vec<Result<Typed>> = starts
        .par_iter()
        .map(|&start| {
            let rows = MORSEL.min(scope.height - start);
            let columns: Vec<Column> =
                used.iter().map(|column| column.slice(start, rows)).collect();
            let piece = Scope { columns: &columns, height: rows, done: scope.done };
            let value = piece.evaluate(expr).and_then(|value| value.into_typed(expr));
            value.map_err(|error| at_row(error, start))
        })
        .collect();
    let pieces = pieces.into_iter().collect::<Result<Vec<Typed>>>()?;
    let Some(first) = pieces.first() else { return Ok(None) };
    let array = if first.dtype == DType::String {
        concat_text(&pieces)
    } else {
        let arrays: Vec<&dyn Array> = pieces.iter().map(|piece| &*piece.array).collect();
        arrow_select::concat::concat(&arrays).map_err(arrow_error("concat"))?
    };
    Ok(Some(Typed::new(array, first.dtype.clone(), false)))
}

/// True where pieces pay for the copy that joins them: two steps or more, whose intermediate
/// results then stay in the cache (four operators on floats took a third of the CPU time), or one
/// step that gives bits or costs much a row. One cheap step over plain columns, as `a + 1`, is
/// bound by the memory for its result, and took 1.4 times the CPU time in pieces.
fn pays(scope: &Scope<'_>, expr: &Expr) -> bool {
    if let Expr::Alias(input, _) = expr {
        return pays(scope, input);
    }
    if expr.children().into_iter().any(is_step) {
        return true;
    }
    match expr {
        Expr::Binary {
            op: BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div, ..
        }
        | Expr::Unary { .. }
        | Expr::FillNull { .. } => false,
        Expr::Cast { input, dtype, .. } => match &**input {
            Expr::Column(name) => scope.column(name).is_ok_and(|column| {
                column.dtype() != dtype
                    && (*dtype == DType::String || *column.dtype() == DType::String)
            }),
            _ => false,
        },
        _ => is_step(expr),
    }
}

/// True where each piece would build a set anew that is not small beside it.
fn has_large_set(expr: &Expr) -> bool {
    const LARGE: usize = MORSEL / 16;
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        if matches!(expr, Expr::IsIn { set, .. } if set.len() > LARGE) {
            return true;
        }
        open.extend(expr.children());
    }
    false
}

/// True for work a row.
fn is_step(expr: &Expr) -> bool {
    match expr {
        Expr::Alias(input, _) => is_step(input),
        Expr::Column(_) | Expr::Literal(_) | Expr::Agg { .. } | Expr::Len => false,
        _ => true,
    }
}

/// The columns that an expression reads row by row, each once.
fn columns_of<'a>(scope: &'a Scope<'_>, expr: &Expr) -> Result<Vec<&'a Column>> {
    let mut columns: Vec<&Column> = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match expr {
            Expr::Column(name) => {
                if !columns.iter().any(|column| column.name() == &**name) {
                    columns.push(scope.column(name)?);
                }
            }
            Expr::Agg { .. } => {}
            _ => open.extend(expr.children().into_iter().rev()),
        }
    }
    Ok(columns)
}

/// The error with its row counted from the frame's first row, not the piece's.
fn at_row(error: Error, start: usize) -> Error {
    match error {
        Error::Cast { what, from, to, value, row } => {
            Error::Cast { what, from, to, value, row: row + start }
        }
        other => other,
    }
}

/// Pieces of text as one array. Pieces of one column share its buffers; Arrow's own concatenation
/// would list each of them once a piece.
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
            // The low half of a view is the text's length; short text is in the view itself.
            if view as u32 <= MAX_INLINE_VIEW_LEN {
                return view;
            }
            let mut long = ByteView::from(view);
            // A view below a null may point anywhere.
            long.buffer_index = places.get(long.buffer_index as usize).copied().unwrap_or(0);
            long.as_u128()
        }));
    }
    // SAFETY: Each view is that of a valid array, and names the same bytes of the same buffer under
    // the buffer's new number; a view below a null may be anything.
    let array =
        unsafe { StringViewArray::new_unchecked(views.into(), buffers.into(), nulls.finish()) };
    Arc::new(array)
}
