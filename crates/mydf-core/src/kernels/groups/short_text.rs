//! Short texts as small codes: each byte counts only as far as the texts differ in it.
//!
//! Such texts are numbers with digits of several bases. `id001` to `id100` are 3 such digits of 2,
//! 10 and 10 values: 200 codes, and a table that they index needs no hash.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::{Array, StringViewArray};
use arrow_buffer::NullBuffer;

use super::super::{TASK_ROWS, lanes, tasks};
use super::job::Job;
use super::part::Part;

/// A view has 4 bytes of length and 12 of text, which zeros fill up.
const BYTES: usize = 16;
type View = [u8; BYTES];
/// So many blocks of so many rows decide whether a column may have codes.
const SAMPLES: usize = 32;
const SAMPLE: usize = 1024;
/// The bytes of four views.
const WIDE: usize = 4 * BYTES;
/// The most bytes of a text that is in its view.
const INLINE: u8 = 12;

/// The codes of texts of at most 12 bytes; `None` if a text is longer, or a table has no room for
/// the codes. If the job allows a guess, the codes follow from the bytes of some texts, and each
/// block of others is compared with them before its codes are used.
pub(super) fn part<'a>(array: &'a StringViewArray, job: &Job) -> Option<Part<'a>> {
    let (views, _) = array.views().inner().as_slice().as_chunks::<BYTES>();
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    // Most columns that have no such codes show it in a few rows.
    let spans = sample(views, nulls);
    Digits::new(&spans, nulls, job.direct())?;
    if let (Some(misled), None) = (&job.guess, nulls) {
        let digits = Digits::new(&spans, nulls, job.direct())?;
        let misled = Arc::clone(misled);
        return Some(Part::new(digits.largest, move |start, codes| {
            let views = &views[start..start + codes.len()];
            if !spans.cover(&Spans::of_rows(views)) {
                misled.store(true, Ordering::Relaxed);
            }
            digits.fill(views, codes);
        }));
    }
    let piece = |range: Range<usize>| Spans::of_range(views, nulls, range);
    let pieces = tasks::map(lanes::split(views.len(), views.len().div_ceil(TASK_ROWS)), piece);
    let digits = Digits::new(
        &pieces.into_iter().fold(Spans::NONE, |all, piece| all.and(&piece)),
        nulls,
        job.direct(),
    )?;
    Some(Part::new(digits.largest, move |start, codes| {
        digits.fill(&views[start..start + codes.len()], codes);
        let Some(nulls) = nulls else { return };
        for (row, code) in (start..).zip(codes) {
            // The view of a null may have any bytes.
            *code = if nulls.is_valid(row) { *code } else { digits.largest };
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

/// Which values the bytes of some views have.
struct Spans<const N: usize = BYTES> {
    least: [u8; N],
    /// One less than the smallest value that is not 0.
    low: [u8; N],
    high: [u8; N],
}

impl<const N: usize> Spans<N> {
    const NONE: Self = Spans { least: [255; N], low: [255; N], high: [0; N] };

    #[inline]
    fn widen(&mut self, place: usize, least: u8, low: u8, high: u8) {
        self.least[place] = self.least[place].min(least);
        self.low[place] = self.low[place].min(low);
        self.high[place] = self.high[place].max(high);
    }
}

impl Spans {
    fn of_range(views: &[View], nulls: Option<&NullBuffer>, range: Range<usize>) -> Self {
        let Some(nulls) = nulls else {
            return Spans::of_rows(&views[range]);
        };
        let valid = nulls.slice(range.start, range.len());
        let mut rows = valid.valid_indices().map(|row| views[range.start + row]);
        let mut spans = Spans::NONE;
        let mut block = [[0; BYTES]; 256];
        loop {
            let mut count = 0;
            for (place, view) in block.iter_mut().zip(&mut rows) {
                *place = view;
                count += 1;
            }
            if count == 0 {
                return spans;
            }
            spans = spans.and(&Spans::of_rows(&block[..count]));
        }
    }

    fn of_rows(views: &[View]) -> Self {
        let mut wide = Spans::NONE;
        add_views(views, &mut wide);
        let mut spans = Spans::NONE;
        for lane in 0..WIDE {
            spans.widen(lane % BYTES, wide.least[lane], wide.low[lane], wide.high[lane]);
        }
        spans
    }

    /// True if the digits of these spans can tell apart the values of the others.
    fn cover(&self, other: &Spans) -> bool {
        (0..BYTES).all(|place| {
            self.least[place] <= other.least[place]
                && self.low[place] <= other.low[place]
                && self.high[place] >= other.high[place]
        })
    }

    fn and(mut self, other: &Self) -> Self {
        for place in 0..BYTES {
            self.widen(place, other.least[place], other.low[place], other.high[place]);
        }
        self
    }
}

/// Adds the spans of views, several of them next to each other in wide registers. It is a function
/// of its own because the compiler uses these only if the spans are in memory at the end.
#[inline(never)]
fn add_views(views: &[View], wide: &mut Spans<WIDE>) {
    let (blocks, rest) = views.as_flattened().as_chunks::<WIDE>();
    for block in blocks {
        for (lane, byte) in block.iter().enumerate() {
            wide.widen(lane, *byte, byte.wrapping_sub(1), *byte);
        }
    }
    for (lane, byte) in rest.iter().enumerate() {
        wide.widen(lane, *byte, byte.wrapping_sub(1), *byte);
    }
}

/// What each value of each byte adds to the code.
struct Digits {
    /// The bytes that are not the same in all views.
    places: Vec<Place>,
    /// No code is larger; that of nulls, if there are any.
    largest: u64,
}

impl Digits {
    fn new(spans: &Spans, nulls: Option<&NullBuffer>, most: u64) -> Option<Self> {
        if spans.high[0] > INLINE || spans.high[1..4] != [0; 3] {
            return None;
        }
        let most = most.min(u64::from(u32::MAX));
        let mut codes = 1;
        let mut places = Vec::new();
        for place in (0..BYTES).filter(|place| spans.least[*place] < spans.high[*place]) {
            let zero = u32::from(spans.least[place] == 0);
            let (low, high) = (usize::from(spans.low[place]) + 1, usize::from(spans.high[place]));
            let values = u64::from(zero) + (high - low) as u64 + 1;
            if codes * values > most {
                return None;
            }
            let mut parts = [0; 256];
            for (digit, part) in (zero..).zip(&mut parts[low..=high]) {
                *part = digit * codes as u32;
            }
            codes *= values;
            places.push((place, parts));
        }
        Some(Digits { places, largest: codes - u64::from(nulls.is_none()) })
    }

    fn fill(&self, views: &[View], codes: &mut [u64]) {
        match self.places.as_slice() {
            [] => codes.fill(0),
            [a] => write(views, codes, [a]),
            [a, b] => write(views, codes, [a, b]),
            [a, b, c] => write(views, codes, [a, b, c]),
            [a, b, c, d, rest @ ..] => {
                write(views, codes, [a, b, c, d]);
                let (pairs, one) = rest.as_chunks::<2>();
                for [a, b] in pairs {
                    add(views, codes, [a, b]);
                }
                for a in one {
                    add(views, codes, [a]);
                }
            }
        }
    }
}

/// A byte of the views, and what its values add.
type Place = (usize, [u32; 256]);

fn write<const N: usize>(views: &[View], codes: &mut [u64], places: [&Place; N]) {
    for (code, view) in codes.iter_mut().zip(views) {
        *code = sum(view, places).into();
    }
}

fn add<const N: usize>(views: &[View], codes: &mut [u64], places: [&Place; N]) {
    for (code, view) in codes.iter_mut().zip(views) {
        *code += u64::from(sum(view, places));
    }
}

/// The sum wraps for the view of a null, which may have any bytes.
#[inline]
fn sum<const N: usize>(view: &View, places: [&Place; N]) -> u32 {
    let digit = |(place, parts): &Place| parts[usize::from(view[place % BYTES])];
    places.map(digit).into_iter().fold(0, u32::wrapping_add)
}
