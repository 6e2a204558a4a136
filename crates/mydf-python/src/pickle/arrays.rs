//! Arrays taken apart into buffers, and put together again with every check.

use std::iter;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::ByteViewType;
use arrow_array::{Array, ArrayRef, GenericByteViewArray, LargeListArray, make_array};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_data::transform::MutableArrayData;
use arrow_data::{ArrayData, ArrayDataBuilder, validate_string_view};
use arrow_schema::{ArrowError, DataType, FieldRef};
use mydf_core::{Error, Result};
use rayon::prelude::*;

use super::header::damaged;
use crate::error::Fault;

/// A view holds texts of up to this many bytes itself.
const INLINE: u32 = 12;
/// So many views are checked by one thread at a time.
const PIECE: usize = 1 << 16;

/// Appends what an array consists of, see [`super::header::Header::layout`].
pub(super) fn take_apart(
    array: &ArrayRef,
    layout: &mut Vec<u64>,
    parts: &mut Vec<Buffer>,
) -> Result<()> {
    lay(&compact(array).to_data(), layout, parts)
}

fn lay(data: &ArrayData, layout: &mut Vec<u64>, parts: &mut Vec<Buffer>) -> Result<()> {
    let whole;
    let data = if data.offset() == 0 && holds_no_more(data) {
        data
    } else {
        let mut copy = MutableArrayData::new(vec![data], false, data.len());
        copy.try_extend(0, 0, data.len()).map_err(arrow)?;
        whole = copy.freeze();
        &whole
    };
    let nulls = data.nulls().map(|nulls| nulls.inner().sliced()).unwrap_or_default();
    layout.extend([data.len() as u64, nulls.len() as u64, data.buffers().len() as u64]);
    layout.extend(data.buffers().iter().map(|buffer| buffer.len() as u64));
    parts.extend(
        iter::once(nulls).chain(data.buffers().iter().cloned()).filter(|part| !part.is_empty()),
    );
    data.child_data().iter().try_for_each(|child| lay(child, layout, parts))
}

/// A slice of text or bytes shares the memory of the whole column, and so may the result of a
/// filter. They are sent without those of other rows if these are more than their own. The items of
/// a slice of lists are the same.
fn compact(array: &ArrayRef) -> ArrayRef {
    if let Some(texts) = array.as_string_view_opt() {
        return smaller(texts).map_or_else(|| ArrayRef::clone(array), |texts| Arc::new(texts) as _);
    }
    if let Some(bytes) = array.as_binary_view_opt() {
        return smaller(bytes).map_or_else(|| ArrayRef::clone(array), |bytes| Arc::new(bytes) as _);
    }
    match own_items(array) {
        Some((lists, items)) => {
            let (offsets, nulls) = (lists.offsets().lengths(), lists.nulls().cloned());
            let offsets = OffsetBuffer::from_lengths(offsets);
            Arc::new(LargeListArray::new(field(lists), offsets, compact(&items), nulls))
        }
        None => ArrayRef::clone(array),
    }
}

fn field(lists: &LargeListArray) -> FieldRef {
    match lists.data_type() {
        DataType::LargeList(field) => Arc::clone(field),
        other => unreachable!("{other} is no list"),
    }
}

/// The items of these rows' lists, without those of others.
fn own_items(array: &ArrayRef) -> Option<(&LargeListArray, ArrayRef)> {
    let lists = array.as_list_opt::<i64>()?;
    let ends = lists.value_offsets();
    let (start, end) = (ends[0] as usize, ends[lists.len()] as usize);
    Some((lists, lists.values().slice(start, end - start)))
}

fn smaller<T: ByteViewType>(texts: &GenericByteViewArray<T>) -> Option<GenericByteViewArray<T>> {
    let most = shared_bytes(texts) / 2;
    let mut own = 0;
    // Usually half of the texts show that they need the buffers.
    let mut pieces = texts.views().chunks(64 * PIECE);
    while own < most {
        match pieces.next() {
            Some(views) => own += bytes_outside(views),
            None => return Some(texts.gc()),
        }
    }
    None
}

/// The bytes of texts outside of their views, and those of the buffers, which may hold more.
fn text_bytes<T: ByteViewType>(texts: &GenericByteViewArray<T>) -> (usize, usize) {
    match shared_bytes(texts) {
        0 => (0, 0),
        shared => (bytes_outside(texts.views()), shared),
    }
}

fn shared_bytes<T: ByteViewType>(texts: &GenericByteViewArray<T>) -> usize {
    texts.data_buffers().iter().map(Buffer::len).sum()
}

fn bytes_outside(views: &[u128]) -> usize {
    let lengths = views.par_iter().map(|view| *view as u32);
    lengths.filter(|length| *length > INLINE).map(|length| length as usize).sum()
}

/// The bytes of an array's own rows.
pub(super) fn nbytes(array: &ArrayRef) -> usize {
    let nulls = array.nulls().map_or(0, |nulls| nulls.len().div_ceil(8));
    if let Some((lists, items)) = own_items(array) {
        return size_of_val(lists.value_offsets()) + nbytes(&items) + nulls;
    }
    let (own, shared) = match (array.as_string_view_opt(), array.as_binary_view_opt()) {
        (Some(texts), _) => text_bytes(texts),
        (_, Some(bytes)) => text_bytes(bytes),
        _ => return array.to_data().get_slice_memory_size().unwrap_or_default(),
    };
    array.len() * size_of::<u128>() + own.min(shared) + nulls
}

/// True unless a nested array is a slice of a longer one.
fn holds_no_more(data: &ArrayData) -> bool {
    let Some(child) = data.child_data().first() else { return true };
    let ends = |first: i64, last: i64| first == 0 && i64::try_from(child.len()) == Ok(last);
    match data.data_type() {
        DataType::List(_) | DataType::Map(..) => {
            let offsets: ScalarBuffer<i32> = data.buffers()[0].clone().into();
            ends(offsets[0].into(), offsets[data.len()].into())
        }
        DataType::LargeList(_) => {
            let offsets: ScalarBuffer<i64> = data.buffers()[0].clone().into();
            ends(offsets[0], offsets[data.len()])
        }
        DataType::FixedSizeList(_, width) => {
            i64::try_from(child.len()) == Ok(i64::from(*width) * data.len() as i64)
        }
        DataType::Struct(_) => child.len() == data.len(),
        _ => true,
    }
}

/// The buffers of a frame, from which arrays are made one after another.
pub(super) struct Parts<'a> {
    layout: &'a [u64],
    buffers: std::vec::IntoIter<Buffer>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(layout: &'a [u64], buffers: Vec<Buffer>) -> Self {
        Parts { layout, buffers: buffers.into_iter() }
    }

    /// The next array, whose type is known, not yet checked.
    pub(super) fn next(&mut self, arrow: &DataType, column: &str) -> Result<Unchecked, Fault> {
        let rows = self.number(column)?;
        let nulls = self.number(column)?;
        let count = self.number(column)?;
        if count > self.layout.len() {
            return Err(damaged(&format!("column `{column}`: {count} buffers")));
        }
        let nulls = Some(self.buffer(nulls, column)?).filter(|nulls| !nulls.is_empty());
        let lengths = (0..count).map(|_| self.number(column)).collect::<Result<Vec<_>, _>>()?;
        let buffers = lengths.into_iter().map(|length| self.buffer(length, column));
        let buffers = buffers.collect::<Result<Vec<_>, _>>()?;
        let children = children(arrow).into_iter().map(|child| self.next(child, column));
        let children = children.collect::<Result<Vec<_>, _>>()?;
        Ok(Unchecked { arrow: arrow.clone(), rows, nulls, buffers, children })
    }

    /// Checks that no buffer is left.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        match (self.buffers.len(), self.layout.len()) {
            (0, 0) => Ok(()),
            (buffers, numbers) => {
                Err(damaged(&format!("{buffers} buffers and {numbers} numbers too many")))
            }
        }
    }

    fn number(&mut self, column: &str) -> Result<usize, Fault> {
        let (first, rest) = self
            .layout
            .split_first()
            .ok_or_else(|| damaged(&format!("column `{column}`: its header is too short")))?;
        self.layout = rest;
        usize::try_from(*first).map_err(|_| damaged(&format!("column `{column}`: {first} bytes")))
    }

    fn buffer(&mut self, length: usize, column: &str) -> Result<Buffer, Fault> {
        if length == 0 {
            return Ok(Buffer::default());
        }
        let found = self.buffers.next();
        match found {
            Some(found) if found.len() == length => Ok(found),
            other => Err(damaged(&format!(
                "column `{column}`: a buffer of {} bytes, expected {length}",
                other.map_or(0, |other| other.len()),
            ))),
        }
    }
}

fn children(arrow: &DataType) -> Vec<&DataType> {
    match arrow {
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => vec![field.data_type()],
        DataType::Struct(fields) => fields.iter().map(|field| field.data_type()).collect(),
        DataType::Dictionary(_, values) => vec![values],
        _ => Vec::new(),
    }
}

/// An array whose buffers may hold anything.
pub(super) struct Unchecked {
    arrow: DataType,
    rows: usize,
    nulls: Option<Buffer>,
    buffers: Vec<Buffer>,
    children: Vec<Unchecked>,
}

impl Unchecked {
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The array, if its buffers hold what its type asks for.
    pub(super) fn checked(self, column: &str) -> Result<ArrayRef, Fault> {
        let data = self.data().map_err(|error| damaged(&format!("column `{column}`: {error}")))?;
        Ok(make_array(data))
    }

    fn data(self) -> Result<ArrayData, ArrowError> {
        let children = self.children.into_iter().map(Unchecked::data).collect::<Result<_, _>>()?;
        let text = self.arrow == DataType::Utf8View;
        let made = ArrayData::builder(self.arrow)
            .len(self.rows)
            .buffers(self.buffers)
            .child_data(children)
            .align_buffers(true);
        let Some(nulls) = self.nulls else { return checked(made, text) };
        let (needed, found) = (self.rows.div_ceil(8), nulls.len());
        if found != needed {
            let fact = format!("{found} bytes for its nulls, expected {needed}");
            return Err(ArrowError::InvalidArgumentError(fact));
        }
        checked(made.null_bit_buffer(Some(nulls)), text)
    }
}

fn checked(made: ArrayDataBuilder, text: bool) -> Result<ArrayData, ArrowError> {
    if !text {
        return made.build();
    }
    // SAFETY: nothing reads the array before the checks that follow.
    let data = unsafe { made.build_unchecked() };
    data.validate()?;
    // On all threads: in a frame with text, this is most of the work.
    let (views, buffers) = (data.buffer::<u128>(0), &data.buffers()[1..]);
    views[..data.len()]
        .par_chunks(PIECE)
        .try_for_each(|piece| validate_string_view(piece, buffers))?;
    Ok(data)
}

fn arrow(source: ArrowError) -> Error {
    Error::Arrow { operation: "pickle".into(), source }
}
