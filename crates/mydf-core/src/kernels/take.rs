//! Rows by number.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, NullArray, PrimitiveArray, StringViewArray,
    UInt64Array,
};
use arrow_buffer::NullBuffer;
use arrow_data::MAX_INLINE_VIEW_LEN;
use rayon::prelude::*;

use super::{PARALLEL_ROWS, TASK_ROWS, bits, tasks};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;
use crate::with_primitive;

/// These rows of the column, in this order; [`Idx::NONE`] becomes a null.
///
/// # Errors
/// [`Error::Value`] if the column has no such row.
pub fn take_column<I: Idx>(column: &Column, rows: &[I]) -> Result<Column> {
    memory::check("rows of a column", rows.len() as u64 * memory::row_bytes(column.dtype()))?;
    Rows::checked(rows, column.len())?.of(column)
}

/// These rows of the frame, in this order; [`Idx::NONE`] becomes nulls.
///
/// # Errors
/// The same as for [`take_column`]; [`Error::TooManyRows`].
pub fn take<I: Idx>(frame: &DataFrame<I>, rows: &[I]) -> Result<DataFrame<I>> {
    check_rows::<I>(rows.len() as u64)?;
    memory::check("rows of a frame", rows.len() as u64 * frame.row_bytes())?;
    let rows = Rows::checked(rows, frame.height())?;
    let columns: Result<Vec<Column>> = if rows.numbers.len() < PARALLEL_ROWS {
        frame.columns().par_iter().map(|column| rows.of(column)).collect()
    } else {
        // All threads share one column after the other, and its part of the cache.
        let stop = Interrupt::current();
        let column = |column| stop.check().and_then(|()| rows.of(column));
        frame.columns().iter().map(column).collect()
    };
    DataFrame::new(columns?)
}

/// Row numbers that are known to exist in their column.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a, I> {
    numbers: &'a [I],
    /// Each number is below this, or [`Idx::NONE`].
    height: usize,
    /// True if [`Idx::NONE`] is among them.
    gaps: bool,
}

impl<'a, I: Idx> Rows<'a, I> {
    pub(super) fn checked(numbers: &'a [I], height: usize) -> Result<Self> {
        // The largest row number, from 1, without "no row"; and whether that is there.
        let scan = |numbers: &[I]| {
            numbers.iter().fold((0, false), |(largest, gaps), number| {
                let none = number.is_none();
                (largest.max(if none { 0 } else { number.to_usize() + 1 }), gaps | none)
            })
        };
        let (rows, gaps) = if numbers.len() < PARALLEL_ROWS {
            scan(numbers)
        } else {
            let both =
                |left: (usize, bool), right: (usize, bool)| (left.0.max(right.0), left.1 | right.1);
            tasks::map(numbers.chunks(TASK_ROWS), scan).into_iter().fold((0, false), both)
        };
        if rows > height {
            return Err(Error::Value {
                what: "take".into(),
                message: format!("row {} of {height} rows", rows - 1),
            });
        }
        Ok(Rows { numbers, height, gaps })
    }

    /// These rows of a column that has the checked height.
    pub(super) fn of(self, column: &Column) -> Result<Column> {
        let array = column.values();
        let values: ArrayRef = with_primitive!(
            column.dtype(),
            T => Arc::new(self.primitive(array.as_primitive::<T>())),
            _ => match column.dtype() {
                DType::Bool => Arc::new(self.booleans(array.as_boolean())),
                DType::String => Arc::new(self.texts(array.as_string_view())),
                DType::Categorical => {
                    let codes = array.as_dictionary::<Int32Type>().keys();
                    return column.with_codes(self.primitive(codes));
                }
                DType::Null => Arc::new(NullArray::new(self.numbers.len())),
                _ => self.other(column)?,
            }
        );
        Column::new(column.shared_name(), values)
    }

    /// Rows of bytes, decimals and lists.
    fn other(self, column: &Column) -> Result<ArrayRef> {
        let row = |number: &I| (!number.is_none()).then(|| number.to_usize() as u64);
        let numbers: UInt64Array = self.numbers.iter().map(row).collect();
        let taken =
            arrow_select::take::take(column.values(), &numbers, None).map_err(|source| {
                Error::Arrow { operation: format!("rows of column `{}`", column.name()), source }
            })?;
        if let DType::List(_) = column.dtype() {
            check_rows::<I>(taken.as_list::<i64>().values().len() as u64)?;
        }
        Ok(taken)
    }

    fn primitive<T: ArrowPrimitiveType>(self, array: &PrimitiveArray<T>) -> PrimitiveArray<T> {
        let values = self.values(array.values());
        PrimitiveArray::new(values.into(), self.nulls(array.nulls()))
            .with_data_type(array.data_type().clone())
    }

    fn booleans(self, array: &BooleanArray) -> BooleanArray {
        let bit = |number: I| !number.is_none() && array.values().value(number.to_usize());
        let values = bits::collect(self.numbers.len(), |place| bit(self.numbers[place]));
        BooleanArray::new(values, self.nulls(array.nulls()))
    }

    fn texts(self, array: &StringViewArray) -> StringViewArray {
        let mut views = self.values(array.views());
        let nulls = self.nulls(array.nulls());
        if let Some(nulls) = &nulls {
            // The view under a null may be anything; an empty view is always valid.
            for (view, valid) in views.iter_mut().zip(nulls) {
                if !valid {
                    *view = 0;
                }
            }
        }
        let buffers = Arc::clone(array.data_buffers());
        // SAFETY: each view is the view of a row of `array` that is not null, with the same
        // buffers, or the empty view.
        let taken = unsafe { StringViewArray::new_unchecked(views.into(), buffers, nulls) };
        compacted(taken)
    }

    /// These values; the default if there is no row.
    fn values<V: Copy + Default + Send + Sync>(self, values: &[V]) -> Vec<V> {
        assert_eq!(values.len(), self.height, "the checked height is the column's");
        let value = |number: I| {
            if self.gaps && number.is_none() {
                return V::default();
            }
            // SAFETY: `checked` has found each number that is not `NONE` below the height, which
            // is the number of values.
            unsafe { *values.get_unchecked(number.to_usize()) }
        };
        if self.numbers.len() < PARALLEL_ROWS {
            return self.numbers.iter().map(|number| value(*number)).collect();
        }
        // Written into new memory without a first pass that fills it with zeros.
        let len = self.numbers.len();
        let mut all: Vec<V> = Vec::with_capacity(len);
        let places = all.spare_capacity_mut()[..len].chunks_mut(TASK_ROWS);
        tasks::each(places.zip(self.numbers.chunks(TASK_ROWS)), |(to, from)| {
            for (to, number) in to.iter_mut().zip(from) {
                to.write(value(*number));
            }
        });
        // SAFETY: the chunks of `len` places and of `len` numbers are equally long, and each task
        // has written its chunk: a panic of one would have ended this call.
        unsafe { all.set_len(len) };
        all
    }

    fn nulls(self, nulls: Option<&NullBuffer>) -> Option<NullBuffer> {
        let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
        if nulls.is_none() && !self.gaps {
            return None;
        }
        bits::nulls(self.numbers.len(), |place| {
            let number = self.numbers[place];
            !number.is_none() && nulls.is_none_or(|nulls| nulls.is_valid(number.to_usize()))
        })
    }
}

/// A copy with its own buffers if the views need only a small part of the shared ones. Otherwise a
/// few rows of a large file would keep all of it in memory.
pub(super) fn compacted(array: StringViewArray) -> StringViewArray {
    const WORTHWHILE: usize = 1 << 20;
    let shared: usize = array.data_buffers().iter().map(arrow_buffer::Buffer::len).sum();
    if shared < WORTHWHILE {
        return array;
    }
    match used_bytes(&array) {
        0 => without_buffers(array),
        used if used > shared / 8 => array,
        _ => array.gc(),
    }
}

/// The same texts, none of which is in a buffer.
fn without_buffers(array: StringViewArray) -> StringViewArray {
    let (views, _, nulls) = array.into_parts();
    // SAFETY: the views are those of an array, and the caller has found no long text among them.
    unsafe { StringViewArray::new_unchecked(views, Vec::new().into(), nulls) }
}

/// The bytes of all texts that are not in their views.
fn used_bytes(array: &StringViewArray) -> usize {
    // The low half of a view is the text's length.
    let bytes = |view: &u128| Some(*view as u32).filter(|bytes| *bytes > MAX_INLINE_VIEW_LEN);
    let task = |views: &[u128]| -> usize {
        views.iter().filter_map(bytes).map(|bytes| bytes as usize).sum()
    };
    tasks::map(array.views().chunks(TASK_ROWS), task).into_iter().sum()
}
