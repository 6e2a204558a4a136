//! Texts as integers that compare like them.
//!
//! Each byte gets as many bits as the bytes that texts have at its place need: five digits take 20
//! bits, and twelve letters and digits 72. What all texts begin with takes none. So the code of a
//! short text is mostly all of it.

use arrow_array::{Array, StringViewArray};
use rayon::prelude::*;

use super::codes::{Codes, width};
use super::sort_order::SortOrder;
use super::{PARALLEL_ROWS, TASK_ROWS};

/// So many bytes after those that all texts share are looked at.
const PLACES: usize = 16;
/// What a text can have at a place: no byte, or one of 256.
const SYMBOLS: usize = 257;

/// The codes of texts, in the requested order; nulls have a code of their own.
pub(super) struct TextCodes {
    pub(super) codes: Codes,
    /// True if only equal texts have equal codes.
    pub(super) exact: bool,
}

impl TextCodes {
    pub(super) fn of(array: &StringViewArray, order: SortOrder) -> Self {
        let skip = shared_prefix(array);
        let seen = seen(array, skip);
        let alphabet = Alphabet::new(&seen, array.null_count() > 0);
        let largest = if alphabet.bits == 64 { u64::MAX } else { (1 << alphabet.bits) - 1 };
        let (shift, null) = match (array.null_count() > 0, order.nulls_last) {
            (false, _) => (0, 0),
            (true, true) => (0, largest + 1),
            (true, false) => (1, 0),
        };
        let values = map_rows(array, |text| match text {
            Some(text) => {
                let code = alphabet.code(&text[skip..]);
                shift + if order.descending { largest - code } else { code }
            }
            None => null,
        });
        let bits = if array.null_count() > 0 { width(largest + 1) } else { alphabet.bits };
        TextCodes { codes: Codes { values, bits }, exact: alphabet.exact }
    }
}

/// The number of bytes with which all texts begin.
fn shared_prefix(array: &StringViewArray) -> usize {
    let rows = 0..array.len();
    let Some(first) = rows.clone().find(|row| array.is_valid(*row)) else { return 0 };
    let first = array.value(first).as_bytes();
    let shared = |most: usize, row: usize| {
        if most == 0 || array.is_null(row) {
            return most;
        }
        let text = array.value(row).as_bytes();
        let most = most.min(text.len());
        if text[..most] == first[..most] {
            return most;
        }
        text.iter().zip(first).take_while(|(left, right)| left == right).count()
    };
    if array.len() < PARALLEL_ROWS {
        return rows.fold(first.len(), shared);
    }
    let tasks = rows.into_par_iter().with_min_len(TASK_ROWS);
    tasks.fold(|| first.len(), shared).reduce(|| first.len(), usize::min)
}

/// Which symbols the texts have at each place.
fn seen(array: &StringViewArray, skip: usize) -> Vec<bool> {
    let none = || vec![false; PLACES * SYMBOLS];
    let look = |mut seen: Vec<bool>, row: usize| {
        if array.is_valid(row) {
            let text = &array.value(row).as_bytes()[skip..];
            for (place, byte) in text.iter().take(PLACES).enumerate() {
                seen[place * SYMBOLS + usize::from(*byte) + 1] = true;
            }
            if text.len() < PLACES {
                seen[text.len() * SYMBOLS] = true;
            }
        }
        seen
    };
    let rows = 0..array.len();
    let mut seen = if array.len() < PARALLEL_ROWS {
        rows.fold(none(), look)
    } else {
        let tasks = rows.into_par_iter().with_min_len(TASK_ROWS);
        tasks.fold(none, look).reduce(none, |mut left, right| {
            left.iter_mut().zip(right).for_each(|(left, right)| *left |= right);
            left
        })
    };
    // A text that has ended has no byte at any later place.
    for place in 1..PLACES {
        seen[place * SYMBOLS] |= seen[(place - 1) * SYMBOLS];
    }
    seen
}

/// The part of the code for each place and symbol.
struct Alphabet {
    parts: Vec<u64>,
    places: usize,
    bits: u32,
    exact: bool,
}

impl Alphabet {
    fn new(seen: &[bool], nulls: bool) -> Self {
        let most = if nulls { 63 } else { 64 };
        let rows = seen.chunks_exact(SYMBOLS);
        let widths: Vec<u32> = rows
            .clone()
            .map(|seen| width((seen.iter().filter(|seen| **seen).count() as u64).saturating_sub(1)))
            .collect();
        let ends = |seen: &[bool]| seen[1..].iter().all(|seen| !seen);
        let (mut places, mut bits) = (0, 0);
        while places < PLACES && bits + widths[places] <= most {
            bits += widths[places];
            places += 1;
        }
        // Where the codes end, all texts must have ended.
        let exact =
            rows.clone().nth(places).is_some_and(ends) || rows.clone().take(places).any(ends);
        let mut parts = vec![0; PLACES * SYMBOLS];
        let mut left = bits;
        for (place, seen) in rows.enumerate().take(places) {
            left -= widths[place];
            let symbols = seen.iter().enumerate().filter(|(_, seen)| **seen);
            for (rank, (symbol, _)) in (0u64..).zip(symbols) {
                // A place of 0 bits may be the last one, 64 bits from the end.
                parts[place * SYMBOLS + symbol] = rank.checked_shl(left).unwrap_or(0);
            }
        }
        Alphabet { parts, places, bits, exact }
    }

    #[inline]
    fn code(&self, text: &[u8]) -> u64 {
        let mut code = 0;
        for (place, parts) in self.parts.chunks_exact(SYMBOLS).take(self.places).enumerate() {
            code |= parts[text.get(place).map_or(0, |byte| usize::from(*byte) + 1)];
        }
        code
    }
}

fn map_rows(
    array: &StringViewArray,
    code: impl Fn(Option<&[u8]>) -> u64 + Sync + Send,
) -> Vec<u64> {
    let of = |row: usize| code(array.is_valid(row).then(|| array.value(row).as_bytes()));
    if array.len() < PARALLEL_ROWS {
        (0..array.len()).map(of).collect()
    } else {
        (0..array.len()).into_par_iter().with_min_len(TASK_ROWS).map(of).collect()
    }
}
