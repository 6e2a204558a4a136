//! Groups of rows by short texts, whose digits follow from a sample.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::{Array, StringViewArray};
use arrow_buffer::NullBuffer;

use super::super::digits::{Digits, Spans, View, views};
use super::job::Job;
use super::part::Part;

/// So many blocks of so many rows decide whether a column may have codes.
const SAMPLES: usize = 32;
const SAMPLE: usize = 1024;

/// The codes of texts of at most 12 bytes; `None` if a text is longer, or a table has no room for
/// the codes. If the job allows a guess, the codes follow from the bytes of some texts, and each
/// block of others is compared with them before its codes are used.
pub(super) fn part<'a>(array: &'a StringViewArray, job: &Job) -> Option<Part<'a>> {
    let views = views(array);
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    // Most columns that have no such codes show it in a few rows.
    let spans = sample(views, nulls);
    let digits = Digits::new(&spans, job.direct())?;
    if let (Some(misled), None) = (&job.guess, nulls) {
        let misled = Arc::clone(misled);
        return Some(Part::new(digits.size - 1, move |start, codes| {
            let views = &views[start..start + codes.len()];
            if spans.cover(&Spans::of_rows(views)) {
                digits.fill(views, codes);
            } else {
                misled.store(true, Ordering::Relaxed);
                codes.fill(0);
            }
        }));
    }
    let digits = Digits::new(&Spans::of_all(views, nulls), job.direct())?;
    let Some(nulls) = nulls else {
        return Some(Part::new(digits.size - 1, move |start, codes| {
            digits.fill(&views[start..start + codes.len()], codes);
        }));
    };
    Some(Part::new(digits.size, move |start, codes| {
        digits.fill(&views[start..start + codes.len()], codes);
        for (row, code) in (start..).zip(codes) {
            // The view of a null may have any bytes.
            *code = if nulls.is_valid(row) { *code } else { digits.size };
        }
    }))
}

/// The spans of a few rows from all over the column.
fn sample(views: &[View], nulls: Option<&NullBuffer>) -> Spans {
    let len = views.len();
    let block = |number: usize| {
        let start = len.saturating_sub(SAMPLE) * number / (SAMPLES - 1);
        Spans::of_range(views, nulls, start..len.min(start + SAMPLE))
    };
    (0..SAMPLES).map(block).fold(Spans::NONE, |all, piece| all.and(&piece))
}
