//! Rows of several keys, each as one integer.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use rayon::prelude::*;

use super::keys::Keys;
use super::strings::{Dictionary, Texts};
use super::{PARALLEL_ROWS, TASK_ROWS};
use crate::column::Column;
use crate::idx::Idx;

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

    /// Equal codes for equal values, in no particular order. Nulls are equal to each other.
    pub(super) fn of_column<I: Idx>(column: &Column) -> Self {
        match Keys::of(column) {
            Some(keys) => {
                Codes::ordered(&keys, false, false).unwrap_or_else(|| Codes::numbered(&keys))
            }
            None => Codes::of_text::<I>(column),
        }
    }

    fn of_text<I: Idx>(column: &Column) -> Self {
        let array = column.values().as_string_view();
        let mut dictionary = Dictionary::<I>::new(Texts::new(array));
        let mut values: Vec<u64> = (0..array.len())
            .map(|row| {
                if array.is_valid(row) {
                    dictionary.insert(row).0.to_usize() as u64
                } else {
                    u64::MAX
                }
            })
            .collect();
        let null = dictionary.len() as u64;
        if array.null_count() > 0 {
            values.iter_mut().filter(|code| **code == u64::MAX).for_each(|code| *code = null);
        }
        Codes { values, bits: width(null) }
    }

    /// Distinct keys numbered from 1; null is 0.
    fn numbered(keys: &Keys) -> Self {
        let mut numbers: HashMap<u64, u64, FixedState> = HashMap::default();
        let values = keys.values.iter().enumerate();
        let values = values
            .map(|(row, key)| {
                let next = numbers.len() as u64 + 1;
                if keys.is_valid(row) { *numbers.entry(*key).or_insert(next) } else { 0 }
            })
            .collect();
        Codes { values, bits: width(numbers.len() as u64) }
    }

    /// Equal codes for rows that are equal in all columns.
    pub(super) fn of_columns<I: Idx>(columns: &[Column], height: usize) -> Self {
        Codes::together(columns.par_iter().map(Codes::of_column::<I>).collect(), height)
    }

    /// Equal codes for rows that are equal in all parts.
    pub(super) fn together(parts: Vec<Codes>, height: usize) -> Self {
        Codes::combined(parts, height, |left, right| {
            let mut numbers: HashMap<(u64, u64), u64, FixedState> = HashMap::default();
            let values = left.values.into_iter().zip(right.values);
            let values = values
                .map(|pair| {
                    let next = numbers.len() as u64;
                    *numbers.entry(pair).or_insert(next)
                })
                .collect();
            Codes { values, bits: width(numbers.len() as u64) }
        })
    }

    /// The parts side by side, the first one in the highest bits. If two don't fit into 64 bits,
    /// `join` makes one code of them.
    pub(super) fn combined(
        parts: Vec<Codes>,
        height: usize,
        join: impl Fn(Codes, Codes) -> Codes,
    ) -> Self {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return Codes::constant(height);
        };
        parts.fold(first, |left, right| {
            if right.bits == 0 {
                left
            } else if left.bits == 0 {
                right
            } else if left.bits + right.bits <= u64::BITS {
                left.next_to(&right)
            } else {
                join(left, right)
            }
        })
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
