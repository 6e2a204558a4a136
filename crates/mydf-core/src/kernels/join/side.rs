//! The keys of one frame as one integer for each row, computed block by block.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use rayon::prelude::*;

use super::super::TASK_ROWS;
use super::super::digits::{Digits, views};
use super::super::keys::Key;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::with_primitive;

/// So many rows are decoded at once; their codes stay in the first-level cache.
pub(super) const BLOCK: usize = 1024;

/// One key, or a part of it.
enum Part<I> {
    Column {
        values: ArrayRef,
        dtype: DType,
        low: u64,
    },
    Text {
        values: ArrayRef,
        digits: Arc<Digits>,
    },
    /// [`Idx::NONE`] has no equal on the other side.
    Numbers(Vec<I>),
}

impl<I: Idx> Part<I> {
    /// The codes of the rows from `start` on. Those outside the range of the part are not below its
    /// size.
    fn fill(&self, start: usize, codes: &mut [u64]) {
        let rows = start..start + codes.len();
        match self {
            Part::Column { values, dtype, low } => with_primitive!(
                dtype,
                T => for (code, value) in codes.iter_mut().zip(&values.as_primitive::<T>().values()[rows]) {
                    *code = value.key().wrapping_sub(*low);
                },
                _ => match dtype {
                    DType::Bool => {
                        let bits = values.as_boolean().values();
                        for (code, row) in codes.iter_mut().zip(rows) {
                            *code = u64::from(bits.value(row)).wrapping_sub(*low);
                        }
                    }
                    _ => codes.fill(0),
                }
            ),
            Part::Text { values, digits } => {
                digits.look_up(&views(values.as_string_view())[rows], codes);
            }
            Part::Numbers(numbers) => {
                for (code, number) in codes.iter_mut().zip(&numbers[rows]) {
                    *code = if number.is_none() { u64::MAX } else { number.to_usize() as u64 };
                }
            }
        }
    }
}

/// The keys of one frame: equal codes on both sides mean equal keys.
pub(super) struct Side<I> {
    /// Each part with the number of its codes.
    parts: Vec<(Part<I>, u128)>,
    nulls: Vec<NullBuffer>,
    pub(super) len: usize,
}

/// The codes of some rows, and which of them can have a partner.
pub(super) struct Block {
    pub(super) codes: [u64; BLOCK],
    pub(super) found: [bool; BLOCK],
}

impl<I: Idx> Side<I> {
    /// Rows that are all equal.
    pub(super) fn new(len: usize) -> Self {
        Side { parts: Vec::new(), nulls: Vec::new(), len }
    }

    /// The keys of a column of fixed width; those from `low` on have `size` codes.
    pub(super) fn of_column(column: &Column, (low, size): (u64, u128)) -> Self {
        let values = column.values().clone();
        let nulls = values.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let len = values.len();
        let part = Part::Column { values, dtype: column.dtype().clone(), low };
        Side { parts: vec![(part, size)], nulls: nulls.into_iter().collect(), len }
    }

    /// The keys of a column of short texts.
    pub(super) fn of_texts(column: &Column, digits: &Arc<Digits>) -> Self {
        let values = column.values().clone();
        let nulls = values.logical_nulls().filter(|nulls| nulls.null_count() > 0);
        let (len, size) = (values.len(), digits.size.into());
        let part = Part::Text { values, digits: Arc::clone(digits) };
        Side { parts: vec![(part, size)], nulls: nulls.into_iter().collect(), len }
    }

    /// Numbers that are below `size`, or [`Idx::NONE`].
    pub(super) fn of_numbers(numbers: Vec<I>, size: u128) -> Self {
        let len = numbers.len();
        Side { parts: vec![(Part::Numbers(numbers), size)], nulls: Vec::new(), len }
    }

    /// Adds more keys of the same rows. The sizes of all parts together are at most 2 to the power
    /// of 64.
    pub(super) fn append(&mut self, right: Self) {
        self.parts.extend(right.parts);
        self.nulls.extend(right.nulls);
    }

    /// The code of one row that can have a partner.
    pub(super) fn code(&self, row: usize) -> u64 {
        let mut code = 0u64;
        for (part, size) in &self.parts {
            let mut part_code = [0];
            part.fill(row, &mut part_code);
            code = code.wrapping_mul(*size as u64).wrapping_add(part_code[0]);
        }
        code
    }

    /// Calls `visit` with each block of the rows from `start` on, with the row at which the block
    /// starts and its length.
    #[inline]
    pub(super) fn blocks(
        &self,
        start: usize,
        len: usize,
        mut visit: impl FnMut(usize, usize, &mut Block),
    ) {
        let mut block = Block { codes: [0; BLOCK], found: [false; BLOCK] };
        let end = start + len;
        for start in (start..end).step_by(BLOCK) {
            let len = BLOCK.min(end - start);
            self.fill(start, len, &mut block);
            visit(start, len, &mut block);
        }
    }

    fn fill(&self, start: usize, len: usize, block: &mut Block) {
        let (codes, found) = (&mut block.codes[..len], &mut block.found[..len]);
        let [(first, size), rest @ ..] = self.parts.as_slice() else {
            codes.fill(0);
            return found.fill(true);
        };
        first.fill(start, codes);
        match u64::try_from(*size) {
            Ok(size) => found.iter_mut().zip(&*codes).for_each(|(f, code)| *f = *code < size),
            Err(_) => found.fill(true),
        }
        let mut part_codes = [0; BLOCK];
        for (part, size) in rest {
            let part_codes = &mut part_codes[..len];
            part.fill(start, part_codes);
            for ((code, part), found) in codes.iter_mut().zip(&*part_codes).zip(&mut *found) {
                *found &= u128::from(*part) < *size;
                // The sizes of all parts together fit into 64 bits, so this wraps only where the
                // row has no partner, or the part is the only one with more than one code.
                *code = code.wrapping_mul(*size as u64).wrapping_add(*part);
            }
        }
        for nulls in &self.nulls {
            for (place, found) in found.iter_mut().enumerate() {
                *found &= nulls.is_valid(start + place);
            }
        }
    }

    /// Runs `task` on the rows of each task in parallel, with their start and length; the answers
    /// are in order.
    pub(super) fn tasks<T: Send>(
        &self,
        stop: &Interrupt,
        task: impl Fn(usize, usize) -> T + Sync,
    ) -> Result<Vec<T>> {
        (0..self.len.div_ceil(TASK_ROWS))
            .into_par_iter()
            .map(|number| {
                stop.check()?;
                let start = number * TASK_ROWS;
                Ok(task(start, TASK_ROWS.min(self.len - start)))
            })
            .collect()
    }
}

/// The smallest key of a column of fixed width, and the number of keys up to the largest.
pub(super) fn range<I: Idx>(column: &Column, stop: &Interrupt) -> Result<(u64, u128)> {
    let side = Side::<I>::of_column(column, (0, 1 << 64));
    let tasks = side.tasks(stop, |start, len| {
        let (mut low, mut high) = (u64::MAX, 0);
        side.blocks(start, len, |_, len, block| {
            for (code, found) in block.codes[..len].iter().zip(&block.found[..len]) {
                low = low.min(if *found { *code } else { u64::MAX });
                high = high.max(if *found { *code } else { 0 });
            }
        });
        (low, high)
    })?;
    let (low, high) = tasks.into_iter().fold((u64::MAX, 0), |a, b| (a.0.min(b.0), a.1.max(b.1)));
    // Without any value, no key of the other side is found.
    Ok(if low <= high { (low, u128::from(high - low) + 1) } else { (0, 0) })
}
