//! Text of foreign memory: checked to be UTF-8, and copied.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{
    ArrayRef, BinaryViewArray, GenericStringArray, OffsetSizeTrait, StringViewArray,
};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;
use mydf_core::{Error, Result};

use super::rows::Foreign;

/// A view holds texts of up to this many bytes itself.
const INLINE: u32 = 12;

/// Text as offsets into one buffer.
pub(super) fn strings<O: OffsetSizeTrait>(array: &Foreign<'_>) -> Result<ArrayRef> {
    array.buffers(3)?;
    let nulls = array.nulls()?;
    if array.len == 0 {
        return Ok(Arc::new(StringViewArray::from(Vec::<&str>::new())));
    }
    let (offsets, data) = offsets_and_data::<O>(array)?;
    let starts = |offset: &O| starts_character(&data, offset.as_usize());
    if simdutf8::basic::from_utf8(&data).is_ok() && offsets.iter().all(starts) {
        // SAFETY: the offsets rise from 0 to the end of the data, as checked above.
        let offsets = unsafe { OffsetBuffer::new_unchecked(ScalarBuffer::from(offsets)) };
        // SAFETY: the data is UTF-8 and every offset lies between two characters.
        let texts = unsafe {
            GenericStringArray::<O>::new_unchecked(offsets, Buffer::from_vec(data), nulls)
        };
        let views = arrow_cast::cast(&texts, &DataType::Utf8View)
            .map_err(|error| array.error(error.to_string()))?;
        return Ok(without_unused(views));
    }
    // Either a row is not UTF-8, or only the bytes of null rows are not, which is allowed.
    let rows = offsets.windows(2).map(|pair| &data[pair[0].as_usize()..pair[1].as_usize()]);
    let mut texts = StringViewBuilder::with_capacity(array.len);
    for (row, bytes) in rows.enumerate() {
        if is_null(nulls.as_ref(), row) {
            texts.append_null();
        } else {
            texts.append_value(checked(array, row, bytes)?);
        }
    }
    Ok(Arc::new(texts.finish()))
}

/// Where each row starts in the bytes, from 0 on, with the end; and the bytes. The rows are at least
/// one.
fn offsets_and_data<O: OffsetSizeTrait>(array: &Foreign<'_>) -> Result<(Vec<O>, Vec<u8>)> {
    let mut offsets = array.values::<O>(1, array.len + 1)?;
    let first = offsets[0];
    if first < O::zero() {
        return Err(array.error(format!("row 0 starts at byte {first:?}")));
    }
    if let Some(row) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
        let (start, end) = (offsets[row], offsets[row + 1]);
        return Err(
            array.error(format!("row {row} starts at byte {start:?} and ends at byte {end:?}"))
        );
    }
    let length = offsets[array.len] - first;
    let data: Vec<u8> = array.values_from(2, first.as_usize(), length.as_usize())?;
    if first > O::zero() {
        for offset in &mut offsets {
            *offset = *offset - first;
        }
    }
    Ok((offsets, data))
}

/// Bytes as offsets into one buffer.
pub(super) fn bytes<O: OffsetSizeTrait>(array: &Foreign<'_>) -> Result<ArrayRef> {
    array.buffers(3)?;
    let nulls = array.nulls()?;
    if array.len == 0 {
        return Ok(Arc::new(BinaryViewArray::from(Vec::<&[u8]>::new())));
    }
    let (offsets, data) = offsets_and_data::<O>(array)?;
    let rows = offsets.windows(2).enumerate().map(|(row, pair)| {
        (!is_null(nulls.as_ref(), row)).then(|| &data[pair[0].as_usize()..pair[1].as_usize()])
    });
    Ok(Arc::new(rows.collect::<BinaryViewArray>()))
}

/// Bytes as views into several buffers.
pub(super) fn byte_views(array: &Foreign<'_>) -> Result<ArrayRef> {
    let number = array.buffers_from(3)? - 3;
    let nulls = array.nulls()?;
    let lengths = lengths(array, number)?;
    let views = array.values::<u128>(1, array.len)?;
    let mut rows: Vec<Option<Vec<u8>>> = Vec::with_capacity(array.len);
    for (row, view) in views.into_iter().enumerate() {
        if is_null(nulls.as_ref(), row) {
            rows.push(None);
            continue;
        }
        let found = View::of(view);
        let length = found.length as usize;
        if found.length <= INLINE {
            rows.push(Some(view.to_le_bytes()[4..4 + length].to_vec()));
            continue;
        }
        let end = found.offset as usize + length;
        if lengths.get(found.buffer as usize).is_none_or(|length| end > *length) {
            return Err(array.error(format!(
                "row {row} ends at byte {end} of buffer {}, which does not exist",
                found.buffer
            )));
        }
        let buffer = found.buffer as usize + 2;
        rows.push(Some(array.values_from(buffer, found.offset as usize, length)?));
    }
    Ok(Arc::new(rows.into_iter().collect::<BinaryViewArray>()))
}

/// The same texts without their buffers if the views hold all of them.
fn without_unused(texts: ArrayRef) -> ArrayRef {
    let found = texts.as_string_view();
    if found.views().iter().any(|view| View::of(*view).length > INLINE) {
        return texts;
    }
    let (views, _, nulls) = found.clone().into_parts();
    // SAFETY: the views are those of an array, and none of them refers to a buffer.
    Arc::new(unsafe { StringViewArray::new_unchecked(views, Vec::new().into(), nulls) })
}

/// Text as views into several buffers.
pub(super) fn views(array: &Foreign<'_>) -> Result<ArrayRef> {
    let number = array.buffers_from(3)? - 3;
    let nulls = array.nulls()?;
    let lengths = lengths(array, number)?;
    let mut views = array.values::<u128>(1, array.len)?;
    let mut long = 0_usize;
    for (row, view) in views.iter_mut().enumerate() {
        if is_null(nulls.as_ref(), row) {
            // A null row may hold anything.
            *view = 0;
        } else if View::of(*view).length > INLINE {
            let found = View::of(*view);
            let end = found.offset as usize + found.length as usize;
            if lengths.get(found.buffer as usize).is_none_or(|length| end > *length) {
                return Err(array.error(format!(
                    "row {row} ends at byte {end} of buffer {}, which does not exist",
                    found.buffer
                )));
            }
            long = long.saturating_add(found.length as usize);
        } else {
            *view = inline(array, row, *view)?;
        }
    }
    let total = lengths.iter().fold(0_usize, |sum, length| sum.saturating_add(*length));
    // A slice of a large frame refers to few bytes of its buffers, and then only those are copied.
    // Many rows may refer to the same bytes, and then the buffers are smaller.
    let (views, buffers) =
        if long < total / 2 { gathered(array, views)? } else { whole(array, views, &lengths)? };
    // SAFETY: each view that is not inline lies in its buffer and starts with its prefix, inline
    // views end with zeros, and all are UTF-8.
    let texts =
        unsafe { StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers.into(), nulls) };
    Ok(Arc::new(texts))
}

type Copied = (Vec<u128>, Vec<Buffer>);

/// The sizes of the buffers, which are themselves in the last buffer.
fn lengths(array: &Foreign<'_>, number: usize) -> Result<Vec<usize>> {
    let stated: Vec<i64> = array.values_from(number + 2, 0, number)?;
    stated
        .into_iter()
        .map(|length| {
            usize::try_from(length).map_err(|_| array.error(format!("a buffer of {length} bytes")))
        })
        .collect()
}

/// The bytes of long texts one after another, in as few buffers as their offsets permit.
fn gathered(array: &Foreign<'_>, mut views: Vec<u128>) -> Result<Copied> {
    let mut buffers = Vec::new();
    let mut block: Vec<u8> = Vec::new();
    for (row, view) in views.iter_mut().enumerate() {
        let found = View::of(*view);
        if found.length <= INLINE {
            continue;
        }
        if block.len() + found.length as usize > i32::MAX as usize {
            buffers.push(Buffer::from_vec(std::mem::take(&mut block)));
        }
        let start = block.len();
        // SAFETY: `views` has compared the end of the text with the size of the buffer; the bytes
        // are only copied here.
        let bytes = unsafe {
            array.bytes(found.buffer as usize + 2, found.offset as usize, found.length as usize)?
        };
        block.extend_from_slice(bytes);
        let text = checked(array, row, &block[start..])?;
        *view = View::pack(text.as_bytes(), buffers.len() as u32, start as u32);
    }
    if !block.is_empty() {
        buffers.push(Buffer::from_vec(block));
    }
    Ok((views, buffers))
}

/// The buffers as they are. They may hold other bytes than text where no view refers to them.
fn whole(array: &Foreign<'_>, mut views: Vec<u128>, lengths: &[usize]) -> Result<Copied> {
    let mut buffers = Vec::with_capacity(lengths.len());
    for (number, length) in lengths.iter().enumerate() {
        let bytes: Vec<u8> = array.values_from(number + 2, 0, *length)?;
        buffers.push((simdutf8::basic::from_utf8(&bytes).is_ok(), bytes));
    }
    for (row, view) in views.iter_mut().enumerate() {
        let found = View::of(*view);
        if found.length <= INLINE {
            continue;
        }
        let (valid, buffer) = &buffers[found.buffer as usize];
        let (start, end) = (found.offset as usize, found.offset as usize + found.length as usize);
        if !(*valid && starts_character(buffer, start) && starts_character(buffer, end)) {
            checked(array, row, &buffer[start..end])?;
        }
        *view = View::pack(&buffer[start..end], found.buffer, found.offset);
    }
    Ok((views, buffers.into_iter().map(|(_, bytes)| Buffer::from_vec(bytes)).collect()))
}

/// A view that is not inline.
struct View {
    length: u32,
    buffer: u32,
    offset: u32,
}

impl View {
    fn of(view: u128) -> Self {
        View { length: view as u32, buffer: (view >> 64) as u32, offset: (view >> 96) as u32 }
    }

    /// The view of a long text: its length, its first four bytes, where it is.
    fn pack(text: &[u8], buffer: u32, offset: u32) -> u128 {
        let prefix = u32::from_le_bytes([text[0], text[1], text[2], text[3]]);
        u128::from(text.len() as u32)
            | u128::from(prefix) << 32
            | u128::from(buffer) << 64
            | u128::from(offset) << 96
    }
}

/// An inline view, with zeros after its text.
fn inline(array: &Foreign<'_>, row: usize, view: u128) -> Result<u128> {
    const HIGH_BITS: u128 = u128::from_ne_bytes([0x80; 16]);
    let length = view as u32;
    let bits = 32 + 8 * length;
    let view = if bits == 128 { view } else { view & ((1 << bits) - 1) };
    // Only bytes below 128 are common, and are always UTF-8.
    if view >> 32 & HIGH_BITS >> 32 != 0 {
        checked(array, row, &view.to_le_bytes()[4..4 + length as usize])?;
    }
    Ok(view)
}

/// True if a text that is valid as a whole can be cut here.
fn starts_character(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xC0 != 0x80)
}

fn checked<'a>(array: &Foreign<'_>, row: usize, bytes: &'a [u8]) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|_| Error::ArrowData {
        column: array.column.to_owned(),
        message: format!("row {row} is not UTF-8"),
        hint: "read it as binary and decode it, e.g. `data.decode(\"latin-1\")`",
    })
}

fn is_null(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_some_and(|nulls| nulls.is_null(row))
}
