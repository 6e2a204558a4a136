//! Rows of several keys, each as one integer.

use rayon::prelude::*;

use super::keys::Keys;
use super::{PARALLEL_ROWS, TASK_ROWS};

/// One integer of at most `bits` bits for each row.
pub(super) struct Codes {
    pub(super) values: Vec<u64>,
    pub(super) bits: u32,
}

/// The number of bits that hold `largest`.
pub(super) fn width(largest: u64) -> u32 {
    u64::BITS - largest.leading_zeros()
}

impl Codes {
    /// The same code for every row.
    pub(super) fn constant(len: usize) -> Self {
        Codes { values: vec![0; len], bits: 0 }
    }

    /// Codes in the order of the keys, as small as their range allows; nulls get their own code at
    /// one end. `None` if the range fills all 64 bits and leaves no code for nulls.
    pub(super) fn ordered(keys: &Keys, descending: bool, nulls_last: bool) -> Option<Self> {
        let Some((low, high)) = keys.range() else {
            return Some(Codes::constant(keys.values.len()));
        };
        let span = high - low;
        let code = |key: u64| if descending { high - key } else { key - low };
        let Some(nulls) = &keys.nulls else {
            return Some(Codes { values: super::keys::map(&keys.values, code), bits: width(span) });
        };
        let largest = span.checked_add(1)?;
        let (shift, null) = if nulls_last { (0, largest) } else { (1, 0) };
        let of = |row: usize| {
            if nulls.is_valid(row) { code(keys.values[row]) + shift } else { null }
        };
        let rows = 0..keys.values.len();
        let values = if rows.len() < PARALLEL_ROWS {
            rows.map(of).collect()
        } else {
            rows.into_par_iter().with_min_len(TASK_ROWS).map(of).collect()
        };
        Some(Codes { values, bits: width(largest) })
    }

    /// Both codes in one; the caller checks that they fit.
    pub(super) fn next_to(mut self, right: &Codes) -> Self {
        let values = self.values.par_iter_mut().zip(&right.values).with_min_len(TASK_ROWS);
        // All 64 bits of the right code leave none for the left one, which has none then.
        values.for_each(|(code, low)| *code = code.checked_shl(right.bits).unwrap_or(0) | *low);
        self.bits += right.bits;
        self
    }
}
