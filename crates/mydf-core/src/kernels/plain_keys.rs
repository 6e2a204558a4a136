//! Keys without a kernel of their own, as columns that have one.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use arrow_array::{PrimitiveArray, StringViewArray};

use super::category_keys;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// A column whose values sort and compare like those of this one, and for which sorting, grouping
/// and joining have operators: integers for decimals that are short enough on all sides, otherwise
/// text of equal length; text for bytes; integers or text for categories. `None` if the column is such a one itself.
///
/// # Errors
/// [`Error::DType`] for lists.
pub(crate) fn keys(columns: &[&Column], operation: &str) -> Result<Option<Vec<Column>>> {
    let Some(first) = columns.first() else { return Ok(None) };
    let made = match first.dtype() {
        DType::Decimal(..) => {
            let short = |column: &&Column| {
                let values = column.values().as_primitive::<Decimal128Type>();
                values.iter().flatten().all(|value| i64::try_from(value).is_ok())
            };
            let short = columns.iter().all(short);
            columns.iter().map(|column| decimals(column, short)).collect::<Result<_>>()?
        }
        DType::Categorical => category_keys::keys(columns)?,
        DType::Binary => columns.iter().map(|column| hex(column)).collect::<Result<_>>()?,
        DType::List(_) => {
            return Err(Error::DType {
                operation: operation.to_owned(),
                what: first.name().to_owned(),
                expected: "no lists".into(),
                actual: first.dtype().clone(),
            });
        }
        _ => return Ok(None),
    };
    Ok(Some(made))
}

/// [`keys`] of one column.
pub(crate) fn key(column: &Column, operation: &str) -> Result<Option<Column>> {
    Ok(keys(&[column], operation)?.and_then(|mut made| made.pop()))
}

fn decimals(column: &Column, short: bool) -> Result<Column> {
    let values = column.values().as_primitive::<Decimal128Type>();
    if short {
        let integers: PrimitiveArray<Int64Type> = values.unary(|value| value as i64);
        return Column::new(column.shared_name(), Arc::new(integers));
    }
    // With the sign bit flipped, negative numbers are below the others.
    let text = |value: i128| format!("{:032x}", value.cast_unsigned() ^ (1 << 127));
    let texts: StringViewArray = values.iter().map(|value| value.map(text)).collect();
    Column::new(column.shared_name(), Arc::new(texts))
}

fn hex(column: &Column) -> Result<Column> {
    let text = |bytes: &[u8]| {
        bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 15)]));
            text
        })
    };
    let bytes = column.values().as_binary_view();
    let texts: StringViewArray = bytes.iter().map(|each| each.map(text)).collect();
    Column::new(column.shared_name(), Arc::new(texts))
}
