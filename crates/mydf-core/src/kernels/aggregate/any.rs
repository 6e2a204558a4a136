//! Whether a value is true.

use arrow_array::cast::AsArray;
use arrow_array::{Array, BooleanArray};

use super::super::bits;
use super::assignment::{Assignment, named};
use super::fold::fold;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;

pub(super) fn dtype(input: &DType) -> Option<DType> {
    matches!(input, DType::Bool | DType::Null).then_some(DType::Bool)
}

pub(super) fn over(column: &Column, groups: &impl Assignment) -> Result<Column> {
    let found: Vec<bool> = match column.values().as_boolean_opt() {
        Some(array) => {
            let add = |any: &mut bool, row: usize, _: usize| *any |= array.value(row);
            fold(groups, array.nulls(), add, |any: &mut bool, later: &bool| *any |= later)?
        }
        None => vec![false; groups.groups()],
    };
    named(column, BooleanArray::new(bits::collect(found.len(), |group| found[group]), None))
}
