//! The smallest and the largest value.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrowPrimitiveType, Int32Array, PrimitiveArray};

use super::super::strings::Texts;
use super::super::take::take_column;
use super::super::{TASK_ROWS, bits, tasks};
use super::super::{category_keys, plain_keys};
use super::assignment::Assignment;
use super::fold::fold;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
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
        T => Arc::new(primitive(array.as_primitive::<T>(), groups, wanted)?) as _,
        _ => {
            if *column.dtype() == DType::Categorical {
                return category(column, groups, wanted);
            }
            let plain = plain_keys::key(column, "min")?;
            let rows = match &plain {
                Some(plain) if plain.dtype().is_integer() => {
                    let best = extreme(plain, groups, wanted)?;
                    return decimals(column, &best);
                }
                Some(plain) => extreme_rows(plain, groups, wanted)?,
                None => extreme_rows(column, groups, wanted)?,
            };
            return take_column(column, &rows);
        }
    );
    Column::new(column.shared_name(), values)
}

/// The category whose text is smaller or larger than all others.
fn category(column: &Column, groups: &impl Assignment, wanted: Ordering) -> Result<Column> {
    let array = column.values().as_dictionary::<Int32Type>();
    let categories = array.values().as_string_view();
    let (ranks, order) = category_keys::ranks(categories);
    let best = primitive(&category_keys::ranked(array.keys(), &ranks), groups, wanted)?;
    let code = |rank: u32| order.get(rank as usize).map_or(0, |code| code.cast_signed());
    let codes: Int32Array = best.unary(code);
    column.with_codes(codes)
}

/// The integers of decimals as decimals of this column's dtype.
fn decimals(column: &Column, best: &Column) -> Result<Column> {
    let integers = best.values().as_primitive::<Int64Type>();
    let made: PrimitiveArray<Decimal128Type> = integers.unary(i128::from);
    let made = made.with_data_type(column.dtype().to_arrow());
    Column::new(column.shared_name(), Arc::new(made))
}

/// The best value so far.
#[derive(Clone, Copy, Default)]
struct Best<V> {
    value: V,
    found: bool,
}

impl<V: Copy + PartialOrd> Best<V> {
    #[inline]
    fn add(&mut self, value: V, wanted: Ordering) {
        // Only NaN is unordered with itself; every number wins over it.
        let is_nan = |value: V| value.partial_cmp(&value).is_none();
        let better = value.partial_cmp(&self.value) == Some(wanted)
            || (is_nan(self.value) && !is_nan(value));
        if better || !self.found {
            *self = Best { value, found: true };
        }
    }

    fn merge(&mut self, later: &Self, wanted: Ordering) {
        if later.found {
            self.add(later.value, wanted);
        }
    }
}

fn primitive<T: ArrowPrimitiveType<Native: PartialOrd>>(
    array: &PrimitiveArray<T>,
    groups: &impl Assignment,
    wanted: Ordering,
) -> Result<PrimitiveArray<T>> {
    // With the order known, the compiler makes a loop for each.
    let best = match wanted {
        Ordering::Less => best::<T, LESS>(array, groups)?,
        _ => best::<T, GREATER>(array, groups)?,
    };
    let nulls = bits::nulls(best.len(), |group| best[group].found);
    let values: Vec<T::Native> = best.into_iter().map(|best| best.value).collect();
    Ok(PrimitiveArray::new(values.into(), nulls).with_data_type(array.data_type().clone()))
}

const LESS: bool = true;
const GREATER: bool = false;

const fn order(less: bool) -> Ordering {
    if less { Ordering::Less } else { Ordering::Greater }
}

fn best<T: ArrowPrimitiveType<Native: PartialOrd>, const WANTED: bool>(
    array: &PrimitiveArray<T>,
    groups: &impl Assignment,
) -> Result<Vec<Best<T::Native>>> {
    let values = array.values();
    if groups.is_whole() && array.null_count() == 0 {
        return Ok(vec![whole::<_, WANTED>(values)?]);
    }
    let add = |best: &mut Best<T::Native>, row: usize, _: usize| {
        best.add(values[row], order(WANTED));
    };
    fold(groups, array.nulls(), add, |best, later| best.merge(later, order(WANTED)))
}

/// The best of all values.
fn whole<V: Copy + Default + PartialOrd + Send + Sync, const WANTED: bool>(
    values: &[V],
) -> Result<Best<V>> {
    let stop = Interrupt::current();
    let mut best = Best::default();
    if values.len() <= TASK_ROWS {
        best.merge(&best_of::<_, WANTED>(values), order(WANTED));
    } else {
        let parts: Vec<Best<V>> = tasks::map(values.chunks(TASK_ROWS), |values| {
            if stop.is_set() { Best::default() } else { best_of::<_, WANTED>(values) }
        });
        for part in &parts {
            best.merge(part, order(WANTED));
        }
    }
    stop.check()?;
    Ok(best)
}

/// The best of some values. Several of them compete at once, so that wide registers hold them; in a
/// larger function, the compiler keeps some of them elsewhere.
#[inline(never)]
fn best_of<V: Copy + Default + PartialOrd, const WANTED: bool>(values: &[V]) -> Best<V> {
    const WIDTH: usize = 32;
    let mut best = Best::default();
    // NaN would win over all later values, because they are not better.
    let is_number = |value: &&V| value.partial_cmp(value).is_some();
    let Some(start) = values.iter().find(is_number) else {
        values.first().into_iter().for_each(|nan| best.add(*nan, order(WANTED)));
        return best;
    };
    let mut lanes = [*start; WIDTH];
    let blocks = values.chunks_exact(WIDTH);
    for value in blocks.remainder() {
        best.add(*value, order(WANTED));
    }
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            let better = if WANTED == LESS { *value < *lane } else { *value > *lane };
            *lane = if better { *value } else { *lane };
        }
    }
    for value in lanes {
        best.add(value, order(WANTED));
    }
    best
}

/// The row of the extreme value of each group.
fn extreme_rows(column: &Column, groups: &impl Assignment, wanted: Ordering) -> Result<Vec<u64>> {
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
        _ => Ok(vec![u64::NONE; groups.groups()]),
    }
}

fn best_rows(
    array: &dyn Array,
    groups: &impl Assignment,
    better: impl Fn(usize, usize) -> bool + Sync,
) -> Result<Vec<u64>> {
    let add = |best: &mut Option<usize>, row: usize| {
        if best.is_none_or(|best| better(row, best)) {
            *best = Some(row);
        }
    };
    let each = |best: &mut Option<usize>, row: usize, _: usize| add(best, row);
    let best = fold(groups, array.nulls(), each, |best, later| {
        if let Some(row) = later {
            add(best, *row);
        }
    })?;
    Ok(best.into_iter().map(|row| row.map_or(u64::NONE, |row| row as u64)).collect())
}
