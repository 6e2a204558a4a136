//! Row numbers as columns that users see: Int64 in every runtime.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array};
use rayon::prelude::*;

use super::{PARALLEL_ROWS, TASK_ROWS};
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::check_rows;
use crate::idx::Idx;
use crate::memory;

/// Row numbers as a column.
///
/// # Errors
/// [`Error::Memory`].
pub fn to_column<I: Idx>(name: &str, rows: &[I]) -> Result<Column> {
    memory::check("row numbers", 8 * rows.len() as u64)?;
    let number = |row: &I| row.to_usize() as i64;
    let values: Vec<i64> = if rows.len() < PARALLEL_ROWS {
        rows.iter().map(number).collect()
    } else {
        rows.par_iter().with_min_len(TASK_ROWS).map(number).collect()
    };
    Column::new(name, Arc::new(Int64Array::from(values)))
}

/// Row numbers from a column of integers; a negative one counts from the end, and a null becomes
/// [`Idx::NONE`].
///
/// # Errors
/// [`Error::DType`] if the column has no integers, [`Error::RowNotFound`] for a number outside
/// `height`, [`Error::TooManyRows`].
pub fn of_column<I: Idx>(column: &Column, height: usize) -> Result<Vec<I>> {
    check_rows::<I>(column.len() as u64)?;
    if !column.dtype().is_integer() && *column.dtype() != DType::Null {
        return Err(Error::DType {
            operation: "gather".into(),
            what: column.name().to_owned(),
            expected: "an integer dtype".into(),
            actual: column.dtype().clone(),
        });
    }
    memory::check("row numbers", (8 + size_of::<I>() as u64) * column.len() as u64)?;
    let column = cast(column, &DType::Int64, true)?;
    let array = column.values().as_primitive::<Int64Type>();
    let rows = height as i64;
    let wrong =
        |place: &usize| array.is_valid(*place) && !(-rows..rows).contains(&array.value(*place));
    let places = 0..array.len();
    let found = if places.len() < PARALLEL_ROWS {
        places.clone().find(wrong)
    } else {
        places.clone().into_par_iter().with_min_len(TASK_ROWS).find_first(wrong)
    };
    if let Some(place) = found {
        return Err(Error::RowNotFound { row: array.value(place), rows: height });
    }
    let number = |place: usize| {
        if array.is_null(place) {
            return I::NONE;
        }
        let value = array.value(place);
        I::from_usize(if value < 0 { value + rows } else { value } as usize)
    };
    Ok(if places.len() < PARALLEL_ROWS {
        places.map(number).collect()
    } else {
        places.into_par_iter().with_min_len(TASK_ROWS).map(number).collect()
    })
}
