//! The smallest and the largest value.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};

use super::super::bits::{self, for_each_valid};
use super::super::strings::Texts;
use super::super::take::take_column;
use super::assignment::Assignment;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;
use crate::with_primitive;

/// The value in each group that is `wanted` (less or greater) than all others.
pub(super) fn extreme(
    column: &Column,
    groups: &impl Assignment,
    wanted: Ordering,
) -> Result<Column> {
    let array = column.values();
    let values = with_primitive!(
        column.dtype(),
        T => Arc::new(primitive(array.as_primitive::<T>(), groups, wanted)) as _,
        _ => return take_column(column, &extreme_rows(column, groups, wanted))
    );
    Column::new(column.shared_name(), values)
}

fn primitive<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    groups: &impl Assignment,
    wanted: Ordering,
) -> PrimitiveArray<T>
where
    T::Native: PartialOrd,
{
    let values = array.values();
    let mut best = vec![T::Native::default(); groups.groups()];
    let mut found = vec![false; groups.groups()];
    for_each_valid(array.len(), array.nulls(), |row| {
        let (group, value) = (groups.group(row), values[row]);
        let old = best[group];
        // Only NaN is unordered with itself; every number wins over it.
        let is_nan = |value: T::Native| value.partial_cmp(&value).is_none();
        let better = value.partial_cmp(&old) == Some(wanted) || (is_nan(old) && !is_nan(value));
        if better || !found[group] {
            best[group] = value;
            found[group] = true;
        }
    });
    let nulls = bits::nulls(found.len(), |group| found[group]);
    PrimitiveArray::new(best.into(), nulls).with_data_type(array.data_type().clone())
}

/// The row of the extreme value of each group.
fn extreme_rows(column: &Column, groups: &impl Assignment, wanted: Ordering) -> Vec<u64> {
    match column.dtype() {
        DType::String => {
            let array = column.values().as_string_view();
            let texts = Texts::new(array);
            best_rows(array, groups, |row, best| texts.compare(row, best) == wanted)
        }
        DType::Bool => {
            let array = column.values().as_boolean();
            let values = array.values();
            best_rows(array, groups, |row, best| {
                values.value(row).cmp(&values.value(best)) == wanted
            })
        }
        _ => vec![u64::NONE; groups.groups()],
    }
}

fn best_rows(
    array: &dyn Array,
    groups: &impl Assignment,
    better: impl Fn(usize, usize) -> bool,
) -> Vec<u64> {
    let mut best = vec![u64::NONE; groups.groups()];
    for_each_valid(array.len(), array.nulls(), |row| {
        let best = &mut best[groups.group(row)];
        if best.is_none() || better(row, best.to_usize()) {
            *best = row as u64;
        }
    });
    best
}
