//! Frames joined one below the other or side by side.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, new_null_array};
use rayon::prelude::*;

use crate::categories;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::{DataFrame, check_rows};
use crate::idx::Idx;
use crate::memory;

/// The rows of all frames, in order. All frames have the same columns in the same order. Null takes
/// the dtype of the other frames; all other dtypes must be equal. Categories of all frames become one
/// list.
///
/// # Errors
/// [`Error::Value`] if there are no frames or the order of the columns differs, [`Error::DType`] or
/// [`Error::ColumnNotFound`] naming what differs, [`Error::TooManyRows`].
pub fn concat_rows<I: Idx>(frames: &[DataFrame<I>]) -> Result<DataFrame<I>> {
    let Some((first, others)) = frames.split_first() else {
        return Err(Error::Value { what: "concat".into(), message: "no frames".into() });
    };
    for (number, other) in others.iter().enumerate() {
        check_names(first, other, number + 1)?;
    }
    let rows = frames.iter().fold(0u64, |sum, frame| sum.saturating_add(frame.height() as u64));
    check_rows::<I>(rows)?;
    // A column of only nulls may be the first one, and takes the dtype of another frame.
    let row_bytes = frames.iter().map(DataFrame::row_bytes).max().unwrap_or(0);
    memory::check("concat", rows.saturating_mul(row_bytes))?;
    let columns: Result<Vec<Column>> = (0..first.width())
        .into_par_iter()
        .map(|place| {
            let parts: Vec<&Column> = frames.iter().map(|frame| &frame.columns()[place]).collect();
            concat_column::<I>(&parts)
        })
        .collect();
    DataFrame::new(columns?)
}

/// The columns of all frames, in order.
///
/// # Errors
/// [`Error::LengthMismatch`], [`Error::DuplicateColumn`].
pub fn concat_columns<I: Idx>(frames: &[DataFrame<I>]) -> Result<DataFrame<I>> {
    DataFrame::new(frames.iter().flat_map(|frame| frame.columns().iter().cloned()).collect())
}

/// Checks that frame `number` has the same columns as the first one, in the same order.
fn check_names<I: Idx>(first: &DataFrame<I>, other: &DataFrame<I>, number: usize) -> Result<()> {
    for column in first.columns() {
        other.column(column.name())?;
    }
    for column in other.columns() {
        first.column(column.name())?;
    }
    let pairs = first.columns().iter().zip(other.columns());
    for (place, (expected, found)) in pairs.enumerate() {
        if expected.name() != found.name() {
            return Err(Error::Value {
                what: "concat".into(),
                message: format!(
                    "column {place} of frame {number} is `{}`, expected `{}` as in frame 0",
                    found.name(),
                    expected.name()
                ),
            });
        }
    }
    Ok(())
}

fn concat_column<I: Idx>(parts: &[&Column]) -> Result<Column> {
    let known = parts.iter().find(|part| *part.dtype() != DType::Null).unwrap_or(&parts[0]);
    let dtype = known.dtype();
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(parts.len());
    for part in parts {
        arrays.push(if part.dtype() == dtype {
            part.values().clone()
        } else if *part.dtype() == DType::Null {
            new_null_array(&dtype.to_arrow(), part.len())
        } else {
            return Err(Error::DType {
                operation: "concat".into(),
                what: part.name().to_owned(),
                expected: format!("{dtype} as in the frames before"),
                actual: part.dtype().clone(),
            });
        });
    }
    let name = parts[0].shared_name();
    if *dtype == DType::Categorical {
        let arrays: Vec<_> = arrays.iter().map(AsArray::as_dictionary).collect();
        return Column::new(name, Arc::new(categories::concat(&arrays)?));
    }
    let arrays: Vec<&dyn Array> = arrays.iter().map(AsRef::as_ref).collect();
    let values = arrow_select::concat::concat(&arrays).map_err(|source| Error::Arrow {
        operation: format!("concat of column `{name}`"),
        source,
    })?;
    if let DType::List(_) = dtype {
        check_rows::<I>(values.as_list::<i64>().values().len() as u64)?;
    }
    Column::new(name, values)
}
