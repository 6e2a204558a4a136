//! Rows by mask.

use std::mem::MaybeUninit;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, NullArray, PrimitiveArray, StringViewArray,
};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, Buffer, NullBuffer};
use rayon::prelude::*;

use super::compress::{compress, compress_bits};
use super::take::compacted;
use super::{PARALLEL_ROWS, TASK_ROWS, tasks};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::DataFrame;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;
use crate::with_primitive;

/// The rows whose mask is true (not false, not null). The mask has the frame's height.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::Memory`].
pub fn filter<I: Idx>(frame: &DataFrame<I>, mask: &BooleanArray) -> Result<DataFrame<I>> {
    if mask.len() != frame.height() {
        return Err(Error::LengthMismatch {
            column: "mask".into(),
            expected: frame.height(),
            actual: mask.len(),
        });
    }
    let kept = match mask.nulls() {
        Some(nulls) => Kept::new(&(mask.values() & nulls.inner())),
        None => Kept::new(mask.values()),
    };
    if kept.count == frame.height() {
        return Ok(frame.clone());
    }
    memory::check("filter", kept.count as u64 * frame.row_bytes())?;
    let columns: Result<Vec<Column>> = if kept.parallel() {
        // No thread waits between two columns.
        frame.columns().par_iter().map(|column| kept.of(column)).collect()
    } else {
        frame.columns().iter().map(|column| kept.of(column)).collect()
    };
    DataFrame::new(columns?)
}

/// Which rows to keep, and where the result of each task begins.
struct Kept {
    rows: usize,
    /// A bit for each row; those after the last row are not set.
    words: Vec<u64>,
    /// The number of kept rows before each task.
    starts: Vec<usize>,
    count: usize,
    stop: Interrupt,
}

/// The words of a mask in one task.
const TASK_WORDS: usize = TASK_ROWS / 64;

impl Kept {
    fn new(mask: &BooleanBuffer) -> Self {
        let words: Vec<u64> =
            mask.bit_chunks().iter_padded().take(mask.len().div_ceil(64)).collect();
        let mut count = 0;
        let starts = words
            .chunks(TASK_WORDS)
            .map(|words| {
                let start = count;
                count += words.iter().map(|word| word.count_ones() as usize).sum::<usize>();
                start
            })
            .collect();
        Kept { rows: mask.len(), words, starts, count, stop: Interrupt::current() }
    }

    fn parallel(&self) -> bool {
        self.rows >= PARALLEL_ROWS
    }

    /// The kept rows of a column that has as many rows as the mask.
    fn of(&self, column: &Column) -> Result<Column> {
        let array = column.values();
        assert_eq!(array.len(), self.rows, "the mask has the height of the frame");
        let values: ArrayRef = with_primitive!(
            column.dtype(),
            T => Arc::new(self.primitive(array.as_primitive::<T>())?),
            _ => match column.dtype() {
                DType::Bool => {
                    let array = array.as_boolean();
                    let bits = self.bits(array.values())?;
                    Arc::new(BooleanArray::new(bits, self.nulls(array.nulls())?))
                }
                DType::String => Arc::new(self.texts(array.as_string_view())?),
                DType::Categorical => {
                    let codes = array.as_dictionary::<Int32Type>().keys();
                    return column.with_codes(self.primitive(codes)?);
                }
                DType::Null => Arc::new(NullArray::new(self.count)),
                _ => {
                    let words = Buffer::from_slice_ref(&self.words);
                    let mask = BooleanBuffer::new(words, 0, self.rows);
                    arrow_select::filter::filter(array, &BooleanArray::new(mask, None)).map_err(
                        |source| Error::Arrow { operation: "filter".into(), source },
                    )?
                }
            }
        );
        Column::new(column.shared_name(), values)
    }

    fn primitive<T: ArrowPrimitiveType>(
        &self,
        array: &PrimitiveArray<T>,
    ) -> Result<PrimitiveArray<T>> {
        let values = self.values(array.values())?;
        Ok(PrimitiveArray::new(values.into(), self.nulls(array.nulls())?)
            .with_data_type(array.data_type().clone()))
    }

    fn texts(&self, array: &StringViewArray) -> Result<StringViewArray> {
        let mut views = self.values(array.views())?;
        let nulls = self.nulls(array.nulls())?;
        if let Some(nulls) = &nulls {
            // The view under a null may be anything; an empty view is always valid.
            views.iter_mut().zip(nulls).filter(|(_, valid)| !valid).for_each(|(view, _)| *view = 0);
        }
        let buffers = Arc::clone(array.data_buffers());
        // SAFETY: each view is the view of a row of `array` that is not null, with the same
        // buffers, or the empty view.
        let kept = unsafe { StringViewArray::new_unchecked(views.into(), buffers, nulls) };
        Ok(compacted(kept))
    }

    fn values<T: Copy + Send + Sync>(&self, values: &[T]) -> Result<Vec<T>> {
        let mut out = Vec::with_capacity(self.count);
        let mut left = &mut out.spare_capacity_mut()[..self.count];
        let ends = self.starts.iter().skip(1).copied().chain([self.count]);
        let parts: Vec<&mut [MaybeUninit<T>]> = self
            .starts
            .iter()
            .zip(ends)
            .map(|(start, end)| left.split_off_mut(..end - start).expect("the ends add up"))
            .collect();
        let task = |(number, part): (usize, &mut [MaybeUninit<T>])| {
            let rows = number * TASK_ROWS..self.rows.min((number + 1) * TASK_ROWS);
            let words = number * TASK_WORDS..self.words.len().min((number + 1) * TASK_WORDS);
            if !self.stop.is_set() {
                compress(&values[rows], &self.words[words], part);
            }
        };
        if self.parallel() {
            tasks::each(parts.into_iter().enumerate(), task);
        } else {
            parts.into_iter().enumerate().for_each(task);
        }
        // A job that is to stop stays so, so every task has run if this finds nothing.
        self.stop.check()?;
        // SAFETY: the parts cover `count` values, and each task has written its part.
        unsafe { out.set_len(self.count) };
        Ok(out)
    }

    fn bits(&self, bits: &BooleanBuffer) -> Result<BooleanBuffer> {
        let task = |(number, mask): (usize, &[u64])| {
            let start = number * TASK_ROWS;
            let bits = bits.slice(start, TASK_ROWS.min(self.rows - start));
            let mut out = BooleanBufferBuilder::new(TASK_ROWS);
            for (bits, &mask) in bits.bit_chunks().iter_padded().zip(mask) {
                let bits = compress_bits(bits, mask).to_le_bytes();
                out.append_packed_range(0..mask.count_ones() as usize, &bits);
            }
            out
        };
        let parts: Vec<BooleanBufferBuilder> = if self.parallel() {
            tasks::map(self.words.chunks(TASK_WORDS).enumerate(), task)
        } else {
            self.words.chunks(TASK_WORDS).enumerate().map(task).collect()
        };
        self.stop.check()?;
        let mut all = BooleanBufferBuilder::new(self.count);
        for part in parts {
            all.append_packed_range(0..part.len(), part.as_slice());
        }
        Ok(all.finish())
    }

    fn nulls(&self, nulls: Option<&NullBuffer>) -> Result<Option<NullBuffer>> {
        let Some(nulls) = nulls.filter(|nulls| nulls.null_count() > 0) else {
            return Ok(None);
        };
        let kept = NullBuffer::new(self.bits(nulls.inner())?);
        Ok(Some(kept).filter(|nulls| nulls.null_count() > 0))
    }
}
