//! Equality of columns as people understand it.

use std::iter::zip;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, Float64Type};
use arrow_array::{Array, ArrayRef};
use mydf_core::categories;
use mydf_core::{Column, DataFrame, Idx};

/// True if the dtype and every value are equal: null equals null, NaN equals NaN, -0.0 equals 0.0.
/// Names are ignored.
pub(crate) fn columns(left: &Column, right: &Column) -> bool {
    if left.dtype() != right.dtype() || left.len() != right.len() {
        return false;
    }
    arrays(left.values(), right.values())
}

/// Arrays of one type.
fn arrays(left: &ArrayRef, right: &ArrayRef) -> bool {
    if left.len() != right.len() {
        return false;
    }
    match left.data_type() {
        arrow_schema::DataType::Float32 => zip(
            left.as_primitive::<Float32Type>().iter(),
            right.as_primitive::<Float32Type>().iter(),
        )
        .all(|(l, r)| l == r || matches!((l, r), (Some(l), Some(r)) if l.is_nan() && r.is_nan())),
        arrow_schema::DataType::Float64 => zip(
            left.as_primitive::<Float64Type>().iter(),
            right.as_primitive::<Float64Type>().iter(),
        )
        .all(|(l, r)| l == r || matches!((l, r), (Some(l), Some(r)) if l.is_nan() && r.is_nan())),
        // Views of equal text may point to different places.
        arrow_schema::DataType::Utf8View => {
            zip(left.as_string_view().iter(), right.as_string_view().iter()).all(|(l, r)| l == r)
        }
        arrow_schema::DataType::BinaryView => {
            zip(left.as_binary_view().iter(), right.as_binary_view().iter()).all(|(l, r)| l == r)
        }
        // Codes of equal text may differ.
        arrow_schema::DataType::Dictionary(..) => {
            match (
                categories::texts(left.as_dictionary()),
                categories::texts(right.as_dictionary()),
            ) {
                (Ok(left), Ok(right)) => zip(left.iter(), right.iter()).all(|(l, r)| l == r),
                _ => false,
            }
        }
        arrow_schema::DataType::LargeList(_) => {
            let rows = zip(left.as_list::<i64>().iter(), right.as_list::<i64>().iter());
            rows.into_iter().all(|pair| match pair {
                (Some(left), Some(right)) => arrays(&left, &right),
                (left, right) => left.is_none() && right.is_none(),
            })
        }
        _ => left.to_data() == right.to_data(),
    }
}

/// True if names, dtypes and values are equal, in order.
pub(crate) fn frames<I: Idx>(left: &DataFrame<I>, right: &DataFrame<I>) -> bool {
    left.height() == right.height()
        && left.width() == right.width()
        && zip(left.columns(), right.columns()).all(|(l, r)| l.name() == r.name() && columns(l, r))
}
