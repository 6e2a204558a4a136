//! The rows of each group as a list, nulls included.

use super::super::lists;
use super::assignment::Assignment;
use crate::cast::cast;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

#[allow(clippy::unnecessary_wraps, reason = "every aggregation has this shape")]
pub(super) fn dtype(input: &DType) -> Option<DType> {
    // Categories belong to a column, so lists have their texts.
    let item = if *input == DType::Categorical { &DType::String } else { input };
    Some(DType::List(item.clone().into()))
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let texts;
    let column = if *column.dtype() == DType::Categorical {
        texts = cast(column, &DType::String, true)?;
        &texts
    } else {
        column
    };
    lists::implode(column, groups.groups(), |row| groups.group(row))
}
