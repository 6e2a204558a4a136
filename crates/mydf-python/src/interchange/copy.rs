//! Arrays of foreign memory, checked and copied.
//!
//! The memory may belong to a program that writes to it later: pandas and pyarrow share numpy's
//! arrays, polars shares pyarrow's, and nothing in the interface says so. A frame never changes,
//! and text that has been checked must stay valid, so everything is copied, and checked in the copy.

use std::mem::size_of;
use std::ptr;
use std::slice;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array as _, ArrayRef, BooleanArray, NullArray, PrimitiveArray, make_array, new_null_array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer};
use arrow_data::ArrayData;
use arrow_schema::DataType;
use mydf_core::{Column, Error, Result, memory};
use rayon::prelude::*;

use super::abi::Array;
use super::text;
use super::types::{Announced, Shape};

/// The columns of an array.
///
/// # Errors
/// [`Error::ArrowData`] if the array breaks the rules of the interface, or a value those of its
/// type; what [`Column::new`] rejects.
pub(super) fn columns(shape: &Shape, array: &Array) -> Result<Vec<Column>> {
    match shape {
        Shape::Column(announced) => {
            Ok(vec![column(announced, &Foreign::new(array, &announced.name, None)?)?])
        }
        Shape::Frame(all) => {
            let rows = Foreign::new(array, "", None)?;
            rows.buffers(1)?;
            rows.children(all.len())?;
            if rows.nulls()?.is_some() {
                return Err(rows.error_with(
                    "whole rows are null, which a frame can't hold",
                    "pass the struct's fields as columns of their own",
                ));
            }
            let column = |(number, announced): (usize, &Announced)| {
                let child = array
                    .child(number)
                    .ok_or_else(|| Foreign::missing(&announced.name, "it has no array".into()))?;
                column(announced, &Foreign::new(child, &announced.name, Some(&rows))?)
            };
            all.par_iter().enumerate().map(column).collect()
        }
    }
}

fn column(announced: &Announced, array: &Foreign<'_>) -> Result<Column> {
    array.children(0)?;
    let mut values = copied(&announced.arrow, array)?;
    if announced.boolean {
        values = arrow_cast::cast(&values, &DataType::Boolean).map_err(|source| Error::Arrow {
            operation: format!("conversion of column `{}`", announced.name),
            source,
        })?;
    }
    Column::new(announced.name.clone(), values)
}

fn copied(arrow: &DataType, array: &Foreign<'_>) -> Result<ArrayRef> {
    Ok(match arrow {
        DataType::Null => Arc::new(NullArray::new(array.len)),
        DataType::Boolean => {
            array.buffers(2)?;
            let values = array.bits(1)?;
            Arc::new(BooleanArray::new(values, array.nulls()?))
        }
        DataType::Utf8 => text::strings::<i32>(array)?,
        DataType::LargeUtf8 => text::strings::<i64>(array)?,
        DataType::Utf8View => text::views(array)?,
        DataType::Dictionary(key, value) => dictionary(key, value, array)?,
        other => numbers(other, array)?,
    })
}

fn numbers(arrow: &DataType, array: &Foreign<'_>) -> Result<ArrayRef> {
    array.buffers(2)?;
    let values = match arrow.primitive_width() {
        Some(1) => Buffer::from_vec(array.values::<u8>(1, array.len)?),
        Some(2) => Buffer::from_vec(array.values::<u16>(1, array.len)?),
        Some(4) => Buffer::from_vec(array.values::<u32>(1, array.len)?),
        Some(8) => Buffer::from_vec(array.values::<u64>(1, array.len)?),
        _ => {
            return Err(Error::UnsupportedType {
                column: array.column.to_owned(),
                arrow_type: arrow.to_string(),
            });
        }
    };
    let nulls = array.nulls()?;
    let data = ArrayData::builder(arrow.clone()).len(array.len).nulls(nulls).add_buffer(values);
    let made = data.build().map_err(|error| array.error(error.to_string()))?;
    Ok(make_array(made))
}

/// The values behind the keys: each chunk of a stream may bring its own dictionary.
fn dictionary(key: &DataType, value: &DataType, array: &Foreign<'_>) -> Result<ArrayRef> {
    let keys = numbers(key, array)?;
    let values = array.array.dictionary().ok_or_else(|| array.error("it has no dictionary"))?;
    let values = Foreign::new(values, array.column, None)?;
    values.children(0)?;
    let values = copied(value, &values)?;
    if keys.null_count() == keys.len() {
        return Ok(new_null_array(value, keys.len()));
    }
    let keys = match key {
        DataType::Int8 => checked_keys::<Int8Type>(&keys, values.len(), array)?,
        DataType::Int16 => checked_keys::<Int16Type>(&keys, values.len(), array)?,
        DataType::Int32 => checked_keys::<Int32Type>(&keys, values.len(), array)?,
        DataType::Int64 => checked_keys::<Int64Type>(&keys, values.len(), array)?,
        DataType::UInt8 => checked_keys::<UInt8Type>(&keys, values.len(), array)?,
        DataType::UInt16 => checked_keys::<UInt16Type>(&keys, values.len(), array)?,
        DataType::UInt32 => checked_keys::<UInt32Type>(&keys, values.len(), array)?,
        _ => checked_keys::<UInt64Type>(&keys, values.len(), array)?,
    };
    arrow_select::take::take(&values, &keys, None).map_err(|source| Error::Arrow {
        operation: format!("conversion of column `{}`", array.column),
        source,
    })
}

/// The keys, with 0 in place of nulls, which may hold anything.
fn checked_keys<K: ArrowDictionaryKeyType>(
    keys: &ArrayRef,
    entries: usize,
    array: &Foreign<'_>,
) -> Result<ArrayRef> {
    let keys: &PrimitiveArray<K> = keys.as_primitive();
    let outside = |key: K::Native| key.to_usize().is_none_or(|key| key >= entries);
    let wrong = match keys.nulls() {
        None => keys.values().iter().position(|key| outside(*key)),
        Some(_) => keys.iter().position(|key| key.is_some_and(outside)),
    };
    if let Some(row) = wrong {
        let key = keys.value(row);
        return Err(
            array.error(format!("row {row} is entry {key:?} of a dictionary of {entries} entries"))
        );
    }
    if keys.nulls().is_none() {
        return Ok(Arc::new(keys.clone()));
    }
    let values = keys.iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
    Ok(Arc::new(PrimitiveArray::<K>::new(values.into(), keys.nulls().cloned())))
}

/// An array of another library and the rows of it that are imported.
pub(super) struct Foreign<'a> {
    array: &'a Array,
    pub(super) column: &'a str,
    offset: usize,
    pub(super) len: usize,
    /// All rows of the array are imported, so its number of nulls counts for them.
    whole: bool,
}

impl<'a> Foreign<'a> {
    /// All rows of an array, or those of the frame that it belongs to.
    fn new(array: &'a Array, column: &'a str, rows: Option<&Foreign<'_>>) -> Result<Self> {
        let wrong = |message: String| Foreign::missing(column, message);
        if array.is_released() {
            return Err(wrong("its array is released".into()));
        }
        let (Ok(length), Ok(own)) = (usize::try_from(array.length), usize::try_from(array.offset))
        else {
            let (length, offset) = (array.length, array.offset);
            return Err(wrong(format!("an array of {length} rows from row {offset}")));
        };
        let (skipped, len) = rows.map_or((0, length), |rows| (rows.offset, rows.len));
        if skipped.checked_add(len).is_none_or(|end| end > length) {
            return Err(wrong(format!(
                "an array of {length} rows, but the frame has {len} from row {skipped}"
            )));
        }
        let offset = own.checked_add(skipped).filter(|all| all.checked_add(len + 1).is_some());
        let Some(offset) = offset else {
            return Err(wrong(format!("an array of {length} rows from row {own}")));
        };
        Ok(Foreign { array, column, offset, len, whole: rows.is_none() || len == length })
    }

    fn missing(column: &str, message: String) -> Error {
        Error::ArrowData { column: column.to_owned(), message, hint: super::PRODUCER }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.error_with(message, super::PRODUCER)
    }

    pub(super) fn error_with(&self, message: impl Into<String>, hint: &'static str) -> Error {
        Error::ArrowData { column: self.column.to_owned(), message: message.into(), hint }
    }

    fn children(&self, expected: usize) -> Result<()> {
        if i64::try_from(expected) == Ok(self.array.n_children) {
            return Ok(());
        }
        let message = format!("{} child arrays, expected {expected}", self.array.n_children);
        Err(self.error(message))
    }

    /// Checks the number of buffers. It is all that shows an array of another type than the schema
    /// announces.
    pub(super) fn buffers(&self, expected: usize) -> Result<()> {
        if i64::try_from(expected) == Ok(self.array.n_buffers) {
            return Ok(());
        }
        Err(self.error(format!("{} buffers, expected {expected}", self.array.n_buffers)))
    }

    /// The number of buffers, which is at least `expected`.
    pub(super) fn buffers_from(&self, expected: usize) -> Result<usize> {
        match usize::try_from(self.array.n_buffers) {
            Ok(found) if found >= expected => Ok(found),
            _ => {
                let found = self.array.n_buffers;
                Err(self.error(format!("{found} buffers, expected at least {expected}")))
            }
        }
    }

    /// `count` values of a buffer, from the first row.
    pub(super) fn values<T: ArrowNativeType>(&self, buffer: usize, count: usize) -> Result<Vec<T>> {
        self.values_from(buffer, self.offset, count)
    }

    /// `count` values of a buffer, from value `first`.
    pub(super) fn values_from<T: ArrowNativeType>(
        &self,
        buffer: usize,
        first: usize,
        count: usize,
    ) -> Result<Vec<T>> {
        let mut values: Vec<T> = self.room(count)?;
        if count == 0 {
            return Ok(values);
        }
        let start = self.start(buffer)?;
        let end = first.checked_add(count).and_then(|all| all.checked_mul(size_of::<T>()));
        if end.is_none_or(|end| isize::try_from(end).is_err()) {
            return Err(self.error(format!("{count} values from value {first}")));
        }
        // SAFETY: the interface asks for this many values in the buffer, and no check can do more
        // than compare what the producer states. `room` has made room for them; they are copied as
        // bytes, so they need no alignment, and a `T` may be of any bytes.
        unsafe {
            let start = start.add(first * size_of::<T>());
            let bytes = count * size_of::<T>();
            ptr::copy_nonoverlapping(start, values.as_mut_ptr().cast::<u8>(), bytes);
            values.set_len(count);
        }
        Ok(values)
    }

    /// `length` bytes of a buffer from byte `first`, still in foreign memory.
    ///
    /// # Safety
    /// The buffer has these bytes. No other thread writes to them while the slice is used.
    pub(super) unsafe fn bytes(
        &self,
        buffer: usize,
        first: usize,
        length: usize,
    ) -> Result<&'a [u8]> {
        if length == 0 {
            return Ok(&[]);
        }
        let start = self.start(buffer)?;
        // SAFETY: the caller's.
        Ok(unsafe { slice::from_raw_parts(start.add(first), length) })
    }

    fn start(&self, buffer: usize) -> Result<*const u8> {
        let start = self.array.buffer(buffer);
        if start.is_null() {
            return Err(self.error(format!("buffer {buffer} is missing")));
        }
        Ok(start)
    }

    /// Memory for `count` values. The number is foreign, so too much is an error, not an abort.
    fn room<T>(&self, count: usize) -> Result<Vec<T>> {
        let bytes = (count as u64).saturating_mul(size_of::<T>() as u64);
        memory::check(&format!("import of column `{}`", self.column), bytes)?;
        Ok(Vec::with_capacity(count))
    }

    fn bits(&self, buffer: usize) -> Result<BooleanBuffer> {
        let (first, shift) = (self.offset / 8, self.offset % 8);
        let bytes: Vec<u8> = self.values_from(buffer, first, (shift + self.len).div_ceil(8))?;
        Ok(BooleanBuffer::new(Buffer::from_vec(bytes), shift, self.len))
    }

    /// The nulls, or `None` if there are none. The array has a first buffer.
    pub(super) fn nulls(&self) -> Result<Option<NullBuffer>> {
        let stated = self.array.null_count;
        if stated < -1 {
            return Err(self.error(format!("{stated} nulls")));
        }
        let nulls = if self.array.buffer(0).is_null() || self.len == 0 {
            None
        } else {
            Some(NullBuffer::new(self.bits(0)?)).filter(|nulls| nulls.null_count() > 0)
        };
        let found = nulls.as_ref().map_or(0, NullBuffer::null_count);
        // The number is that of all rows, and unknown if it is -1.
        if stated > 0 && self.array.buffer(0).is_null()
            || self.whole && stated >= 0 && i64::try_from(found) != Ok(stated)
        {
            return Err(self.error(format!("{stated} nulls are stated, {found} are marked")));
        }
        Ok(nulls)
    }
}
