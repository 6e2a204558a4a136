//! Arrays of foreign memory, checked and copied.
//!
//! The memory may belong to a program that writes to it later: pandas and pyarrow share numpy's
//! arrays, polars shares pyarrow's, and nothing in the interface says so. A frame never changes,
//! and text that has been checked must stay valid, so everything is copied, and checked in the copy.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array as _, ArrayRef, BinaryViewArray, BooleanArray, DictionaryArray, NullArray,
    PrimitiveArray, make_array, new_null_array,
};
use arrow_buffer::{ArrowNativeType, Buffer, i256};
use arrow_data::ArrayData;
use arrow_schema::{DataType, FieldRef};
use mydf_core::cast::cast;
use mydf_core::frame::check_rows;
use mydf_core::nested::list_of;
use mydf_core::{Column, DType, Error, Result};
use rayon::prelude::*;

use super::abi::Array;
use super::rows::Foreign;
use super::text;
use super::types::{Announced, Shape};
use crate::runtime::RowIdx;

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
    if !matches!(
        announced.arrow,
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..)
    ) {
        array.children(0)?;
    }
    let mut values = copied(&announced.arrow, array)?;
    if announced.boolean {
        values = arrow_cast::cast(&values, &DataType::Boolean).map_err(|source| Error::Arrow {
            operation: format!("conversion of column `{}`", announced.name),
            source,
        })?;
    }
    Column::imported(announced.name.clone(), values)
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
        DataType::Binary => text::bytes::<i32>(array)?,
        DataType::LargeBinary => text::bytes::<i64>(array)?,
        DataType::BinaryView => text::byte_views(array)?,
        DataType::FixedSizeBinary(size) => fixed(*size, array)?,
        DataType::List(item) => {
            array.buffers(2)?;
            let offsets =
                if array.len == 0 { vec![0] } else { array.values::<i32>(1, array.len + 1)? };
            list(item, offsets.into_iter().map(i64::from).collect(), array)?
        }
        DataType::LargeList(item) => {
            array.buffers(2)?;
            let offsets =
                if array.len == 0 { vec![0] } else { array.values::<i64>(1, array.len + 1)? };
            list(item, offsets, array)?
        }
        DataType::FixedSizeList(item, size) => {
            array.buffers(1)?;
            let wrong = || array.error(format!("{} lists of {size} items", array.len));
            let offset =
                |row: usize| i64::try_from(array.first() + row).ok()?.checked_mul(i64::from(*size));
            let offsets: Option<Vec<i64>> = (0..=array.len).map(offset).collect();
            list(item, offsets.ok_or_else(wrong)?, array)?
        }
        other => numbers(other, array)?,
    })
}

/// Lists whose items are those of the only child between two offsets.
fn list(item: &FieldRef, mut offsets: Vec<i64>, array: &Foreign<'_>) -> Result<ArrayRef> {
    array.children(1)?;
    let nulls = array.nulls()?;
    let first = offsets[0];
    if first < 0 {
        return Err(array.error(format!("row 0 starts at item {first}")));
    }
    if let Some(row) = offsets.windows(2).position(|pair| pair[0] > pair[1]) {
        let (start, end) = (offsets[row], offsets[row + 1]);
        return Err(array.error(format!("row {row} starts at item {start} and ends at item {end}")));
    }
    let items = offsets.last().map_or(0, |last| last - first);
    check_rows::<RowIdx>(items as u64)?;
    for offset in &mut offsets {
        *offset -= first;
    }
    let child = array.array.child(0).ok_or_else(|| array.error("its items are missing"))?;
    let child = Foreign::part(child, array.column, first as usize, items as usize)?;
    if !matches!(
        item.data_type(),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..)
    ) {
        child.children(0)?;
    }
    // In the form of their dtype, which may be another one than that of the producer.
    let column = Column::imported(array.column, copied(item.data_type(), &child)?)?;
    let column = match column.dtype() {
        DType::Categorical => cast(&column, &DType::String, true)?,
        _ => column,
    };
    Ok(Arc::new(list_of(column.dtype(), Arc::clone(column.values()), offsets, nulls)?))
}

/// Bytes of one length.
fn fixed(size: i32, array: &Foreign<'_>) -> Result<ArrayRef> {
    array.buffers(2)?;
    let wrong = || array.error(format!("{} rows of {size} bytes", array.len));
    let size = usize::try_from(size).map_err(|_| wrong())?;
    let first = array.first().checked_mul(size).ok_or_else(wrong)?;
    let all: Vec<u8> =
        array.values_from(1, first, array.len.checked_mul(size).ok_or_else(wrong)?)?;
    let nulls = array.nulls()?;
    let row = |row: usize| {
        let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        valid.then(|| &all[row * size..(row + 1) * size])
    };
    Ok(Arc::new((0..array.len).map(row).collect::<BinaryViewArray>()))
}

fn numbers(arrow: &DataType, array: &Foreign<'_>) -> Result<ArrayRef> {
    array.buffers(2)?;
    let values = match arrow.primitive_width() {
        Some(1) => Buffer::from_vec(array.values::<u8>(1, array.len)?),
        Some(2) => Buffer::from_vec(array.values::<u16>(1, array.len)?),
        Some(4) => Buffer::from_vec(array.values::<u32>(1, array.len)?),
        Some(8) => Buffer::from_vec(array.values::<u64>(1, array.len)?),
        Some(16) => Buffer::from_vec(array.values::<i128>(1, array.len)?),
        Some(32) => Buffer::from_vec(array.values::<i256>(1, array.len)?),
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
    let text = DType::from_arrow(value) == Some(DType::String);
    if keys.null_count() == keys.len() && (!text || values.is_empty()) {
        let dtype = if text { &DType::Categorical.to_arrow() } else { value };
        return Ok(new_null_array(dtype, keys.len()));
    }
    match key {
        DataType::Int8 => entries::<Int8Type>(&keys, values, text, array),
        DataType::Int16 => entries::<Int16Type>(&keys, values, text, array),
        DataType::Int32 => entries::<Int32Type>(&keys, values, text, array),
        DataType::Int64 => entries::<Int64Type>(&keys, values, text, array),
        DataType::UInt8 => entries::<UInt8Type>(&keys, values, text, array),
        DataType::UInt16 => entries::<UInt16Type>(&keys, values, text, array),
        DataType::UInt32 => entries::<UInt32Type>(&keys, values, text, array),
        _ => entries::<UInt64Type>(&keys, values, text, array),
    }
}

/// The entries of these keys: text stays a dictionary, other values take its place.
fn entries<K: ArrowDictionaryKeyType>(
    keys: &ArrayRef,
    values: ArrayRef,
    text: bool,
    array: &Foreign<'_>,
) -> Result<ArrayRef> {
    let keys = checked_keys::<K>(keys, values.len(), array)?;
    let made = if text {
        DictionaryArray::<K>::try_new(keys, values).map(|made| Arc::new(made) as ArrayRef)
    } else {
        arrow_select::take::take(&values, &keys, None)
    };
    made.map_err(|source| Error::Arrow {
        operation: format!("conversion of column `{}`", array.column),
        source,
    })
}

/// The keys, with 0 in place of nulls, which may hold anything.
fn checked_keys<K: ArrowDictionaryKeyType>(
    keys: &ArrayRef,
    entries: usize,
    array: &Foreign<'_>,
) -> Result<PrimitiveArray<K>> {
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
        return Ok(keys.clone());
    }
    let values = keys.iter().map(Option::unwrap_or_default).collect::<Vec<_>>();
    Ok(PrimitiveArray::<K>::new(values.into(), keys.nulls().cloned()))
}
