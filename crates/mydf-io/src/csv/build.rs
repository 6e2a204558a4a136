//! Fields to columns: memory is allocated once for a whole column, and every chunk fills its part.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time64MicrosecondType, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, NullArray, PrimitiveArray, StringViewArray,
};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, Buffer, NullBuffer, ScalarBuffer};
use mydf_core::DType;
use mydf_core::temporal::{self, DAY, Format};

use super::layout::{Field, Grid};
use super::nulls::Nulls;
use super::numbers::Numbers;
use super::value;

/// Where the text of a string column comes from.
#[derive(Clone, Copy)]
pub(super) enum Texts {
    /// Views point into the file's bytes: the chunk is in this block, this far from its start.
    Shared { block: u32, offset: u32 },
    /// Long texts are copied.
    Copied,
}

/// How to read a chunk into a column.
#[derive(Clone, Copy)]
pub(super) struct Job<'a> {
    pub(super) column: usize,
    pub(super) dtype: &'a DType,
    /// The dtype is a guess from a sample: only values that would have led to it fit.
    pub(super) guessed: bool,
    pub(super) numbers: &'a Numbers,
    /// How dates are written, if not as ISO 8601.
    pub(super) format: Option<&'a Format>,
    pub(super) nulls: &'a Nulls,
    pub(super) texts: Texts,
    /// The number of the buffer for the texts that this chunk must copy.
    pub(super) own_buffer: u32,
}

/// What a chunk gives a column in addition to the values.
#[derive(Default)]
pub(super) struct Filled {
    validity: Option<BooleanBufferBuilder>,
    copied: Vec<u8>,
    shares: bool,
}

/// The row of the chunk whose value does not fit the dtype.
pub(super) struct Misfit {
    pub(super) row: usize,
}

macro_rules! slots {
    ($($variant:ident($slot:ty)),* $(,)?) => {
        /// The values of a column, by their layout in memory.
        pub(super) enum Slots {
            Null(usize),
            $($variant(Vec<$slot>)),*
        }

        /// The part of [`Slots`] that one chunk fills.
        pub(super) enum Part<'a> {
            Null,
            $($variant(&'a mut [$slot])),*
        }

        impl Slots {
            /// One part for each of `rows`, whose sum is the length.
            pub(super) fn split(&mut self, rows: &[usize]) -> Vec<Part<'_>> {
                match self {
                    Slots::Null(_) => rows.iter().map(|_| Part::Null).collect(),
                    $(Slots::$variant(values) => {
                        let mut rest = values.as_mut_slice();
                        let mut parts = Vec::with_capacity(rows.len());
                        for &rows in rows {
                            let (part, after) = rest.split_at_mut(rows);
                            parts.push(Part::$variant(part));
                            rest = after;
                        }
                        parts
                    })*
                }
            }
        }
    };
}

slots! {
    Bool(bool), I8(i8), I16(i16), I32(i32), I64(i64), U8(u8), U16(u16), U32(u32), U64(u64),
    F32(f32), F64(f64), Text(u128),
}

impl Slots {
    pub(super) fn new(dtype: &DType, rows: usize) -> Self {
        match dtype {
            DType::Null => Slots::Null(rows),
            DType::Bool => Slots::Bool(vec![false; rows]),
            DType::Int8 => Slots::I8(vec![0; rows]),
            DType::Int16 => Slots::I16(vec![0; rows]),
            DType::Int32 | DType::Date => Slots::I32(vec![0; rows]),
            DType::Int64 | DType::Datetime(_) | DType::Duration | DType::Time => {
                Slots::I64(vec![0; rows])
            }
            DType::UInt8 => Slots::U8(vec![0; rows]),
            DType::UInt16 => Slots::U16(vec![0; rows]),
            DType::UInt32 => Slots::U32(vec![0; rows]),
            DType::UInt64 => Slots::U64(vec![0; rows]),
            DType::Float32 => Slots::F32(vec![0.0; rows]),
            DType::Float64 => Slots::F64(vec![0.0; rows]),
            // The layout has refused a dtype that CSV can't have.
            DType::String
            | DType::Categorical
            | DType::Binary
            | DType::Decimal(..)
            | DType::List(_) => Slots::Text(vec![0; rows]),
        }
    }
}

/// Reads a column of a chunk into its part of the column's memory.
pub(super) fn fill(grid: &Grid<'_>, job: Job<'_>, part: Part<'_>) -> Result<Filled, Misfit> {
    let given = !job.guessed;
    match part {
        // A quoted null is a text here too, so that the column becomes one of texts.
        Part::Null => match grid.column(job.column).position(|f| !job.nulls.is_null_text(f)) {
            Some(row) => Err(Misfit { row }),
            None => Ok(Filled::default()),
        },
        Part::Bool(slots) => values(grid, job, slots, value::boolean),
        Part::I8(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::I16(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::I32(slots) if *job.dtype == DType::Date => {
            values(grid, job, slots, |text| match job.format {
                Some(format) => formatted_days(text, format),
                None => days(text, given),
            })
        }
        Part::I32(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::I64(slots) => match job.dtype {
            DType::Datetime(zone) => {
                let zone = zone.as_deref();
                values(grid, job, slots, |text| match job.format {
                    Some(format) => formatted_micros(text, zone, format),
                    None => micros(text, zone, job.guessed),
                })
            }
            DType::Time => values(grid, job, slots, |text| {
                temporal::parse_time(std::str::from_utf8(text).ok()?)
            }),
            DType::Duration => values(grid, job, slots, |text| {
                temporal::parse_duration(std::str::from_utf8(text).ok()?)
            }),
            _ => numbers(grid, job, slots, |text| narrow(text, given)),
        },
        Part::U8(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::U16(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::U32(slots) => numbers(grid, job, slots, |text| narrow(text, given)),
        Part::U64(slots) => numbers(grid, job, slots, |text| value::uint64(plain(text, given))),
        Part::F32(slots) => numbers(grid, job, slots, value::float::<f32>),
        Part::F64(slots) if given => numbers(grid, job, slots, value::float::<f64>),
        Part::F64(slots) => numbers(grid, job, slots, value::float64),
        Part::Text(slots) => Ok(texts(grid, job, slots)),
    }
}

fn plain(text: &[u8], given: bool) -> &[u8] {
    match text {
        [b'+', digits @ ..] if given && !digits.starts_with(b"-") => digits,
        _ => text,
    }
}

#[inline]
fn narrow<T: TryFrom<i64>>(text: &[u8], given: bool) -> Option<T> {
    T::try_from(value::int64(plain(text, given))?).ok()
}

/// Years of other than four digits look too much like other texts to be guessed.
fn days(text: &[u8], given: bool) -> Option<i32> {
    value::date(text).or_else(|| value::far_date(text).filter(|_| given))
}

fn micros(text: &[u8], zone: Option<&str>, guessed: bool) -> Option<i64> {
    if zone.is_none()
        && let Some(days) = days(text, !guessed)
    {
        return i64::from(days).checked_mul(DAY);
    }
    let moment = value::moment(text).or_else(|| value::far_moment(text).filter(|_| !guessed))?;
    // If the caller gave the dtype, a time without an offset in a column of UTC can only mean UTC.
    let fits = match zone {
        None => !moment.zoned,
        Some("UTC") => moment.zoned || !guessed,
        Some(_) => moment.zoned,
    };
    fits.then_some(moment.micros)
}

/// The dtype of what a format reads.
pub(super) fn dtype_of(format: &Format) -> DType {
    // 2001-02-03T04:05:06, of which a format of dates keeps the date.
    const SAMPLE: i64 = 981_173_106_000_000;
    if format.has_offset() {
        return DType::Datetime(Some(Arc::from("UTC")));
    }
    let written = Format::to_write(format.text()).ok().and_then(|f| f.write(SAMPLE, 0));
    let local = written.and_then(|text| format.read(&text)).map_or(0, |(local, _)| local);
    if local % DAY == 0 { DType::Date } else { DType::Datetime(None) }
}

fn formatted_days(text: &[u8], format: &Format) -> Option<i32> {
    let (local, _) = format.read(std::str::from_utf8(text).ok()?)?;
    // A time of day would be lost.
    if local % DAY == 0 { i32::try_from(local / DAY).ok() } else { None }
}

fn formatted_micros(text: &[u8], zone: Option<&str>, format: &Format) -> Option<i64> {
    match (format.read(std::str::from_utf8(text).ok()?)?, zone) {
        ((local, None), None | Some("UTC")) => Some(local),
        ((local, Some(offset)), Some(_)) => local.checked_sub(offset),
        _ => None,
    }
}

/// [`values`] of numbers, whose marks may be others.
#[inline]
fn numbers<T>(
    grid: &Grid<'_>,
    job: Job<'_>,
    slots: &mut [T],
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<Filled, Misfit> {
    if job.numbers.are_plain() {
        return values(grid, job, slots, parse);
    }
    values(grid, job, slots, |text| parse(&job.numbers.plain(value::trim(text))?))
}

#[inline]
fn values<T>(
    grid: &Grid<'_>,
    job: Job<'_>,
    slots: &mut [T],
    parse: impl Fn(&[u8]) -> Option<T>,
) -> Result<Filled, Misfit> {
    let mut filled = Filled::default();
    for (row, (slot, field)) in slots.iter_mut().zip(grid.column(job.column)).enumerate() {
        if job.nulls.is_null(field) {
            filled.set_null(row, grid.rows());
        } else if let Some(value) = parse(field.text).or_else(|| parse(padded(field.text)?)) {
            *slot = value;
        } else {
            return Err(Misfit { row });
        }
    }
    Ok(filled)
}

/// The text without the blanks around it, if it has any.
#[cold]
fn padded(text: &[u8]) -> Option<&[u8]> {
    let trimmed = value::trim(text);
    (trimmed.len() < text.len()).then_some(trimmed)
}

fn texts(grid: &Grid<'_>, job: Job<'_>, slots: &mut [u128]) -> Filled {
    let mut filled = Filled::default();
    for (row, (slot, field)) in slots.iter_mut().zip(grid.column(job.column)).enumerate() {
        if job.nulls.is_null_text(field) {
            filled.set_null(row, grid.rows());
        } else if let Some(plain) = field.unescaped(grid.syntax.quote) {
            *slot = filled.copy(&plain, job.own_buffer);
        } else if field.text.len() <= MAX_INLINE {
            *slot = inline_view(grid.chunk, field);
        } else if let Texts::Shared { block, offset } = job.texts {
            filled.shares = true;
            *slot = long_view(field.text, block, offset + field.start as u32);
        } else {
            *slot = filled.copy(field.text, job.own_buffer);
        }
    }
    filled
}

/// A text of at most this length is stored in its view.
pub(super) const MAX_INLINE: usize = 12;

/// The view of a short text: its length, then its bytes, then zeros.
#[inline]
fn inline_view(chunk: &[u8], field: Field<'_>) -> u128 {
    let length = field.text.len();
    let word = if let Some(bytes) = chunk.get(field.start..).and_then(<[u8]>::first_chunk) {
        // 16 bytes are one load; a copy of unknown length would be a call.
        u128::from_le_bytes(*bytes) & ((1 << (length * 8)) - 1)
    } else {
        let mut bytes = [0; 16];
        bytes[..length].copy_from_slice(field.text);
        u128::from_le_bytes(bytes)
    };
    word << 32 | length as u128
}

/// The view of a longer text: length, first four bytes, buffer and offset.
fn long_view(text: &[u8], buffer: u32, offset: u32) -> u128 {
    let prefix = u32::from_le_bytes([text[0], text[1], text[2], text[3]]);
    text.len() as u128
        | u128::from(prefix) << 32
        | u128::from(buffer) << 64
        | u128::from(offset) << 96
}

impl Filled {
    #[cold]
    fn set_null(&mut self, row: usize, rows: usize) {
        let validity = self.validity.get_or_insert_with(|| {
            let mut validity = BooleanBufferBuilder::new(rows);
            validity.append_n(rows, true);
            validity
        });
        validity.set_bit(row, false);
    }

    fn copy(&mut self, text: &[u8], buffer: u32) -> u128 {
        if text.len() <= MAX_INLINE {
            let mut bytes = [0; 16];
            bytes[4..4 + text.len()].copy_from_slice(text);
            return u128::from_le_bytes(bytes) | text.len() as u128;
        }
        // Copies of a chunk's texts are never longer than the chunk, which has less than 2 GiB.
        let offset = self.copied.len() as u32;
        self.copied.extend_from_slice(text);
        long_view(text, buffer, offset)
    }
}

/// Joins the parts of all chunks into a column. `blocks` are the buffers of the file that views may
/// point to; the copies of chunk `n` follow them as buffer `blocks.len() + n`.
pub(super) fn finish(
    dtype: &DType,
    slots: Slots,
    rows: &[usize],
    filled: Vec<Filled>,
    blocks: &[Buffer],
) -> ArrayRef {
    let nulls = null_buffer(rows, &filled);
    match slots {
        Slots::Null(rows) => Arc::new(NullArray::new(rows)),
        Slots::Bool(values) => {
            Arc::new(BooleanArray::new(BooleanBuffer::from(values.as_slice()), nulls))
        }
        Slots::I8(values) => primitive::<Int8Type>(values, nulls),
        Slots::I16(values) => primitive::<Int16Type>(values, nulls),
        Slots::I32(values) if *dtype == DType::Date => primitive::<Date32Type>(values, nulls),
        Slots::I32(values) => primitive::<Int32Type>(values, nulls),
        Slots::I64(values) => match dtype {
            DType::Datetime(zone) => {
                let array = PrimitiveArray::<TimestampMicrosecondType>::new(values.into(), nulls);
                Arc::new(array.with_timezone_opt(zone.clone()))
            }
            DType::Duration => primitive::<DurationMicrosecondType>(values, nulls),
            DType::Time => primitive::<Time64MicrosecondType>(values, nulls),
            _ => primitive::<Int64Type>(values, nulls),
        },
        Slots::U8(values) => primitive::<UInt8Type>(values, nulls),
        Slots::U16(values) => primitive::<UInt16Type>(values, nulls),
        Slots::U32(values) => primitive::<UInt32Type>(values, nulls),
        Slots::U64(values) => primitive::<UInt64Type>(values, nulls),
        Slots::F32(values) => primitive::<Float32Type>(values, nulls),
        Slots::F64(values) => primitive::<Float64Type>(values, nulls),
        Slots::Text(views) => Arc::new(string_views(views, nulls, filled, blocks)),
    }
}

fn primitive<T: ArrowPrimitiveType>(values: Vec<T::Native>, nulls: Option<NullBuffer>) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(values.into(), nulls))
}

fn null_buffer(rows: &[usize], filled: &[Filled]) -> Option<NullBuffer> {
    if filled.iter().all(|chunk| chunk.validity.is_none()) {
        return None;
    }
    let mut all = BooleanBufferBuilder::new(rows.iter().sum());
    for (chunk, rows) in filled.iter().zip(rows) {
        match &chunk.validity {
            Some(validity) => all.append_packed_range(0..*rows, validity.as_slice()),
            None => all.append_n(*rows, true),
        }
    }
    Some(NullBuffer::new(all.finish()))
}

fn string_views(
    views: Vec<u128>,
    nulls: Option<NullBuffer>,
    filled: Vec<Filled>,
    blocks: &[Buffer],
) -> StringViewArray {
    // A column of short texts needs no buffer, so it does not keep the file's bytes in memory.
    let mut buffers: Vec<Buffer> = if filled.iter().any(|chunk| chunk.shares) {
        blocks.to_vec()
    } else {
        blocks.iter().map(|_| Buffer::default()).collect()
    };
    buffers.extend(filled.into_iter().map(|chunk| Buffer::from_vec(chunk.copied)));
    while buffers.last().is_some_and(Buffer::is_empty) {
        buffers.pop();
    }
    // SAFETY: every view is zero (null, the empty text) or was made by `inline_view` or `copy`, or
    // by `long_view` from a text at that offset of the block that it names. Blocks are left out
    // only where no view names one; buffers are popped only where empty, so that no view of a long
    // text names them. The texts are UTF-8: each chunk was validated whole, fields begin and end
    // at ASCII characters, and removing one of two quotes keeps text valid.
    unsafe { StringViewArray::new_unchecked(ScalarBuffer::from(views), buffers.into(), nulls) }
}
