//! An array of another library: which of its rows are imported, and its buffers, checked.

use std::mem::size_of;
use std::ptr;
use std::slice;

use arrow_buffer::{ArrowNativeType, BooleanBuffer, Buffer, NullBuffer};
use mydf_core::{Error, Result, memory};

use super::abi::Array;
use super::types::PRODUCER;

/// An array of another library and the rows of it that are imported.
pub(super) struct Foreign<'a> {
    pub(super) array: &'a Array,
    pub(super) column: &'a str,
    offset: usize,
    pub(super) len: usize,
    /// All rows of the array are imported, so its number of nulls counts for them.
    whole: bool,
}

impl<'a> Foreign<'a> {
    /// All rows of an array, or those of the frame that it belongs to.
    pub(super) fn new(
        array: &'a Array,
        column: &'a str,
        rows: Option<&Foreign<'_>>,
    ) -> Result<Self> {
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

    /// `len` rows from row `first` of the child of a list.
    pub(super) fn part(
        array: &'a Array,
        column: &'a str,
        first: usize,
        len: usize,
    ) -> Result<Self> {
        let all = Foreign::new(array, column, None)?;
        if first.checked_add(len).is_none_or(|end| end > all.len) {
            let message = format!("{len} items from item {first}, but there are {}", all.len);
            return Err(Foreign::missing(column, message));
        }
        Ok(Foreign { offset: all.offset + first, len, whole: len == all.len, ..all })
    }

    /// The number of the first row that is imported.
    pub(super) fn first(&self) -> usize {
        self.offset
    }

    pub(super) fn missing(column: &str, message: String) -> Error {
        Error::ArrowData { column: column.to_owned(), message, hint: PRODUCER }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.error_with(message, PRODUCER)
    }

    pub(super) fn error_with(&self, message: impl Into<String>, hint: &'static str) -> Error {
        Error::ArrowData { column: self.column.to_owned(), message: message.into(), hint }
    }

    pub(super) fn children(&self, expected: usize) -> Result<()> {
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

    pub(super) fn bits(&self, buffer: usize) -> Result<BooleanBuffer> {
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
