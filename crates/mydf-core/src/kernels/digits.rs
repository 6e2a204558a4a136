//! Short texts as small codes: each byte counts only as far as the texts differ in it.
//!
//! Such texts are numbers with digits of several bases. `id001` to `id100` are 3 such digits of 2,
//! 10 and 10 values: 200 codes, and a table that they index needs no hash.

use std::ops::Range;

use arrow_array::StringViewArray;
use arrow_buffer::NullBuffer;

use super::{TASK_ROWS, lanes, tasks};

/// A view has 4 bytes of length and 12 of text, which zeros fill up.
const BYTES: usize = 16;
pub(super) type View = [u8; BYTES];
/// The bytes of four views.
const WIDE: usize = 4 * BYTES;
/// The most bytes of a text that is in its view.
const INLINE: u8 = 12;
/// No more codes than these, so that a byte outside of the digits makes a code that is none.
const MOST: u64 = 1 << 26;
const OUTSIDE: u32 = 1 << 27;

/// The views of an array.
pub(super) fn views(array: &StringViewArray) -> &[View] {
    array.views().inner().as_slice().as_chunks().0
}

/// Which values the bytes of some views have.
#[derive(Clone)]
pub(super) struct Spans<const N: usize = BYTES> {
    least: [u8; N],
    /// One less than the smallest value that is not 0.
    low: [u8; N],
    high: [u8; N],
}

impl<const N: usize> Spans<N> {
    pub(super) const NONE: Self = Spans { least: [255; N], low: [255; N], high: [0; N] };

    #[inline]
    fn widen(&mut self, place: usize, least: u8, low: u8, high: u8) {
        self.least[place] = self.least[place].min(least);
        self.low[place] = self.low[place].min(low);
        self.high[place] = self.high[place].max(high);
    }
}

impl Spans {
    /// Those of all views that are not null.
    pub(super) fn of_all(views: &[View], nulls: Option<&NullBuffer>) -> Self {
        let pieces = lanes::split(views.len(), views.len().div_ceil(TASK_ROWS));
        let pieces = tasks::map(pieces, |range| Spans::of_range(views, nulls, range));
        pieces.into_iter().fold(Spans::NONE, |all, piece| all.and(&piece))
    }

    pub(super) fn of_range(
        views: &[View],
        nulls: Option<&NullBuffer>,
        range: Range<usize>,
    ) -> Self {
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

    pub(super) fn of_rows(views: &[View]) -> Self {
        let mut wide = Spans::NONE;
        add_views(views, &mut wide);
        let mut spans = Spans::NONE;
        for lane in 0..WIDE {
            spans.widen(lane % BYTES, wide.least[lane], wide.low[lane], wide.high[lane]);
        }
        spans
    }

    /// True if the digits of these spans can tell apart the values of the others.
    pub(super) fn cover(&self, other: &Spans) -> bool {
        (0..BYTES).all(|place| {
            self.least[place] <= other.least[place]
                && self.low[place] <= other.low[place]
                && self.high[place] >= other.high[place]
        })
    }

    pub(super) fn and(mut self, other: &Self) -> Self {
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
pub(super) struct Digits {
    /// The bytes that are not the same in all views.
    places: Vec<Place>,
    /// The other bytes, and which ones these are.
    fixed: u128,
    mask: u128,
    /// Each code is smaller.
    pub(super) size: u64,
}

impl Digits {
    /// `None` if a text is longer than 12 bytes, or if there are more than `most` codes.
    pub(super) fn new(spans: &Spans, most: u64) -> Option<Self> {
        if spans.high[0] > INLINE || spans.high[1..4] != [0; 3] {
            return None;
        }
        let most = most.min(MOST);
        let mut size = 1;
        let mut places = Vec::new();
        for place in (0..BYTES).filter(|place| spans.least[*place] < spans.high[*place]) {
            let zero = u32::from(spans.least[place] == 0);
            let (low, high) = (usize::from(spans.low[place]) + 1, usize::from(spans.high[place]));
            let values = u64::from(zero) + (high - low) as u64 + 1;
            if size * values > most {
                return None;
            }
            let mut parts = [OUTSIDE; 256];
            for (digit, part) in (zero..).zip(&mut parts[low..=high]) {
                *part = digit * size as u32;
            }
            if zero == 1 {
                parts[0] = 0;
            }
            size *= values;
            places.push((place, parts));
        }
        let same = |place: usize| spans.least[place] == spans.high[place];
        let mask = std::array::from_fn(|place| if same(place) { 255 } else { 0 });
        let fixed = u128::from_le_bytes(spans.high) & u128::from_le_bytes(mask);
        Some(Digits { places, fixed, mask: u128::from_le_bytes(mask), size })
    }

    /// Writes the codes of views. That of a view which is not within the spans has no meaning.
    pub(super) fn fill(&self, views: &[View], codes: &mut [u64]) {
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

    /// Writes the codes of views; that of a view which is not within the spans is not below the size.
    pub(super) fn look_up(&self, views: &[View], codes: &mut [u64]) {
        self.fill(views, codes);
        for (code, view) in codes.iter_mut().zip(views) {
            if u128::from_le_bytes(*view) & self.mask != self.fixed {
                *code = u64::MAX;
            }
        }
    }
}

/// A byte of the views, and what its values add: a sum with one outside of them is no code.
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

#[inline]
fn sum<const N: usize>(view: &View, places: [&Place; N]) -> u32 {
    places.iter().map(|(place, parts)| parts[usize::from(view[place % BYTES])]).sum()
}

#[cfg(test)]
mod tests {
    use arrow_array::Array;

    use super::*;

    const TEXTS: [&str; 14] = [
        "",
        "\0",
        "a",
        "a\0",
        "b",
        "ab",
        "ba",
        "abc",
        "é",
        "id1",
        "id10",
        "id01",
        "twelve bytes",
        "a text of more than twelve bytes",
    ];

    #[test]
    fn only_equal_texts_have_equal_codes() {
        // Each set of short texts is known; all texts are looked up.
        for set in 1..1usize << 13 {
            let is_known = |number: usize| set >> number & 1 == 1;
            let known = (0..13).filter(|n| is_known(*n)).map(|n| TEXTS[n]);
            let known = StringViewArray::from_iter_values(known);
            let spans = Spans::of_all(views(&known), known.nulls());
            let Some(digits) = Digits::new(&spans, MOST) else { continue };
            let all = StringViewArray::from_iter_values(TEXTS);
            let mut codes = [0; TEXTS.len()];
            digits.look_up(views(&all), &mut codes);
            for left in 0..TEXTS.len() {
                assert!(!is_known(left) || codes[left] < digits.size, "{set:b} {left}");
                for right in 0..left {
                    let below = codes[left] < digits.size;
                    assert!(!below || codes[left] != codes[right], "{set:b} {left} {right}");
                }
            }
        }
    }

    #[test]
    fn nulls_widen_nothing() {
        let texts = StringViewArray::from(vec![Some("id1"), None, Some("id3")]);
        let spans = Spans::of_all(views(&texts), texts.nulls());
        assert_eq!(Digits::new(&spans, 1 << 10).map(|digits| digits.size), Some(3));
        assert!(Digits::new(&spans, 2).is_none());
    }
}
