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
    Array as _, ArrayRef, BooleanArray, NullArray, PrimitiveArray, make_array, new_null_array,
};
use arrow_buffer::{ArrowNativeType, Buffer};
use arrow_data::ArrayData;
use arrow_schema::DataType;
use mydf_core::{Column, Error, Result};
use rayon::prelude::*;

use super::abi::Array;
use super::rows::Foreign;
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
