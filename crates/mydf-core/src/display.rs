//! Frames as text and as HTML.

use crate::frame::DataFrame;
use crate::idx::Idx;

/// How much of a frame is shown.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows shown; the middle of a longer frame is left out.
    pub rows: usize,
    /// Columns shown; the middle of a wider frame is left out.
    pub columns: usize,
    /// Characters of one text value; the rest is cut with an ellipsis.
    pub text: usize,
    /// Characters of one line.
    pub width: usize,
}

/// The frame as a table of text: shape, names, dtypes, values.
pub fn text<I: Idx>(frame: &DataFrame<I>, limits: Limits) -> String {
    let _ = (frame, limits);
    todo!()
}

/// The frame as an HTML table, everything escaped.
pub fn html<I: Idx>(frame: &DataFrame<I>, limits: Limits) -> String {
    let _ = (frame, limits);
    todo!()
}
