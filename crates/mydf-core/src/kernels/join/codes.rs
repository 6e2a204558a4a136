//! Both sides with codes that are small enough to index a table.

use std::sync::Arc;

use arrow_array::Array;
use arrow_array::cast::AsArray;

use super::super::digits::{Digits, Spans, views};
use super::numbers::{Hashed, Mixed, Pairs, TextKeys, numbered};
use super::side::{Side, range};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// The keys of both frames. A row of either side whose code is not below `size` has no partner.
pub(super) struct Codes<I> {
    pub(super) left: Side<I>,
    pub(super) right: Side<I>,
    pub(super) size: usize,
}

impl<I: Idx> Codes<I> {
    /// Codes of pairs of key columns that have the same dtype.
    pub(super) fn new(
        stop: &Interrupt,
        pairs: &[(Column, Column)],
        left_rows: usize,
        right_rows: usize,
    ) -> Result<Self> {
        // The keys of the smaller side get the codes; those of the other side are looked up.
        let swapped = left_rows < right_rows;
        let (known_rows, other_rows) =
            if swapped { (left_rows, right_rows) } else { (right_rows, left_rows) };
        let mut coded =
            Both { known: Side::new(known_rows), other: Side::new(other_rows), size: 1 };
        for (left, right) in pairs {
            let (known, other) = if swapped { (left, right) } else { (right, left) };
            coded = coded.next_to(Both::columns(stop, known, other)?, stop)?;
        }
        // A table is worth it as long as it is not much larger than the frames.
        let most = (4 * (left_rows + right_rows)).max(1 << 10) as u128;
        if coded.size > most {
            coded = coded.numbered(stop)?;
        }
        let size = coded.size as usize;
        let Both { known, other, .. } = coded;
        let (left, right) = if swapped { (known, other) } else { (other, known) };
        Ok(Codes { left, right, size })
    }

    /// The left side as the right one.
    pub(super) fn swapped(self) -> Self {
        Codes { left: self.right, right: self.left, size: self.size }
    }
}

struct Both<I> {
    known: Side<I>,
    other: Side<I>,
    /// The number of codes: at most 2 to the power of 64.
    size: u128,
}

impl<I: Idx> Both<I> {
    fn columns(stop: &Interrupt, known: &Column, other: &Column) -> Result<Self> {
        if *known.dtype() == DType::String {
            let texts = known.values().as_string_view();
            let spans = Spans::of_all(views(texts), texts.nulls());
            // The table has an entry for each code, and only those of known rows are looked at.
            let rows = known.len() as u64;
            let most = (64 * rows).min(1 << 20).max(8 * rows);
            if let Some(digits) = Digits::new(&spans, most) {
                let digits = Arc::new(digits);
                let size = digits.size.into();
                let [known, other] = [known, other].map(|column| Side::of_texts(column, &digits));
                return Ok(Both { known, other, size });
            }
            return Both::numbers(stop, &TextKeys::new(known), &TextKeys::new(other));
        }
        let range = range::<I>(known, stop)?;
        let side = |column| Side::of_column(column, range);
        Ok(Both { known: side(known), other: side(other), size: range.1 })
    }

    /// Numbers of keys of any width, which are below the number of known rows.
    fn numbers<K: Hashed>(stop: &Interrupt, known: &K, other: &K) -> Result<Self> {
        let size = known.len() as u128;
        let (known, other) = numbered(stop, known, other)?;
        let [known, other] = [known, other].map(|numbers| Side::of_numbers(numbers, size));
        Ok(Both { known, other, size })
    }

    /// Two parts of the keys in one.
    fn next_to(mut self, right: Self, stop: &Interrupt) -> Result<Self> {
        match self.size.checked_mul(right.size) {
            Some(size) if size <= 1 << 64 => {
                self.known.append(right.known);
                self.other.append(right.other);
                Ok(Both { size, ..self })
            }
            _ => {
                let known = Pairs(&self.known, &right.known);
                Both::numbers(stop, &known, &Pairs(&self.other, &right.other))
            }
        }
    }

    /// The same keys, with a row number for each.
    fn numbered(self, stop: &Interrupt) -> Result<Self> {
        Both::numbers(stop, &Mixed(&self.known), &Mixed(&self.other))
    }
}
