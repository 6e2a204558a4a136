//! One code for each row, made block by block.

use super::super::keys::Key;
use super::super::{TASK_ROWS, tasks};
use super::job::Groups;
use crate::column::Column;
use crate::dtype::DType;
use crate::idx::Idx;
use crate::with_primitive;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::NullBuffer;

/// Codes in a buffer on the stack.
pub(super) const BLOCK: usize = 1024;

/// Writes the codes of the rows from the given one.
type Fill<'a> = dyn Fn(usize, &mut [u64]) + Sync + Send + 'a;

/// One code for each row: equal codes for equal keys, in no particular order. Nulls are equal to
/// each other.
pub(in super::super) struct Part<'a> {
    fill: Box<Fill<'a>>,
    /// No code is larger.
    pub(super) largest: u64,
}

impl<'a> Part<'a> {
    pub(super) fn new(largest: u64, fill: impl Fn(usize, &mut [u64]) + Sync + Send + 'a) -> Self {
        Part { fill: Box::new(fill), largest }
    }

    /// The same code for every row.
    pub(super) fn constant() -> Self {
        Part::new(0, |_, codes| codes.fill(0))
    }

    /// The values themselves; `None` for text.
    pub(super) fn of_values(column: &'a Column) -> Option<Self> {
        let array = column.values();
        Some(with_primitive!(
            column.dtype(),
            T => primitive(array.as_primitive::<T>()),
            _ => match column.dtype() {
                DType::Bool => {
                    let array = array.as_boolean();
                    Part::new(2, move |start, codes| {
                        for (row, code) in (start..).zip(codes) {
                            *code = if array.is_valid(row) { array.value(row).into() } else { 2 };
                        }
                    })
                }
                DType::Null => Part::constant(),
                _ => return None,
            }
        ))
    }

    /// The numbers of groups.
    pub(super) fn of_groups<I: Idx>(groups: Groups<I>) -> Self {
        let largest = groups.first.len().saturating_sub(1) as u64;
        let ids = groups.ids;
        Part::new(largest, move |start, codes| copy_ids(&ids[start..], codes))
    }

    /// The numbers of groups that stay where they are.
    pub(in super::super) fn of_ids<I: Idx>(groups: &'a Groups<I>) -> Self {
        let largest = groups.first.len().saturating_sub(1) as u64;
        Part::new(largest, move |start, codes| copy_ids(&groups.ids[start..], codes))
    }

    /// Both parts in one, or both of them if their codes don't fit into 64 bits.
    pub(super) fn next_to(self, right: Part<'a>) -> Result<Part<'a>, (Part<'a>, Part<'a>)> {
        if right.largest == 0 {
            return Ok(self);
        }
        if self.largest == 0 {
            return Ok(right);
        }
        let factor = right.largest.checked_add(1);
        let all = |factor: u64| (u128::from(self.largest) + 1) * u128::from(factor) - 1;
        let largest = factor.and_then(|factor| u64::try_from(all(factor)).ok());
        let (Some(factor), Some(largest)) = (factor, largest) else {
            return Err((self, right));
        };
        Ok(Part::new(largest, move |start, codes| {
            let mut low = [0; BLOCK];
            for (start, codes) in (start..).step_by(BLOCK).zip(codes.chunks_mut(BLOCK)) {
                let low = &mut low[..codes.len()];
                self.fill(start, codes);
                right.fill(start, low);
                for (code, low) in codes.iter_mut().zip(low) {
                    *code = *code * factor + *low;
                }
            }
        }))
    }

    /// Writes the codes of the rows from `start`.
    #[inline]
    pub(super) fn fill(&self, start: usize, codes: &mut [u64]) {
        (self.fill)(start, codes);
    }

    /// Writes the codes of the rows from `start`, converted.
    pub(super) fn codes_as<C>(&self, start: usize, codes: &mut [C], convert: impl Fn(u64) -> C) {
        let mut wide = [0; BLOCK];
        for (start, codes) in (start..).step_by(BLOCK).zip(codes.chunks_mut(BLOCK)) {
            let wide = &mut wide[..codes.len()];
            self.fill(start, wide);
            for (code, wide) in codes.iter_mut().zip(wide) {
                *code = convert(*wide);
            }
        }
    }
}

fn copy_ids<I: Idx>(ids: &[I], codes: &mut [u64]) {
    for (code, id) in codes.iter_mut().zip(ids) {
        *code = id.to_usize() as u64;
    }
}

fn primitive<T: ArrowPrimitiveType<Native: Key>>(array: &PrimitiveArray<T>) -> Part<'_> {
    let values: &[T::Native] = array.values();
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let Some((low, high)) = range(values, nulls) else {
        return Part::constant();
    };
    let Some(nulls) = nulls else {
        return Part::new(high - low, move |start, codes| {
            for (code, value) in codes.iter_mut().zip(&values[start..]) {
                *code = value.key() - low;
            }
        });
    };
    let span = high - low;
    // If the values have all codes between 0 and the largest, one that no value has is for nulls.
    let null = span.checked_add(1).unwrap_or_else(|| unused(values));
    Part::new(span.max(null), move |start, codes| {
        for (row, code) in (start..).zip(codes) {
            *code = if nulls.is_valid(row) { values[row].key() - low } else { null };
        }
    })
}

/// The smallest and the largest key among the values that are not null.
fn range<K: Key + Sync>(values: &[K], nulls: Option<&NullBuffer>) -> Option<(u64, u64)> {
    let none = (u64::MAX, 0);
    let wider = |left: (u64, u64), right: (u64, u64)| (left.0.min(right.0), left.1.max(right.1));
    let add = |range: (u64, u64), value: &K| wider(range, (value.key(), value.key()));
    let piece = |(number, values): (usize, &[K])| match nulls {
        None => values.iter().fold(none, add),
        Some(nulls) => {
            let nulls = nulls.slice(number * TASK_ROWS, values.len());
            nulls.valid_indices().map(|row| &values[row]).fold(none, add)
        }
    };
    let (low, high) = if values.len() <= TASK_ROWS {
        piece((0, values))
    } else {
        tasks::map(values.chunks(TASK_ROWS).enumerate(), piece).into_iter().fold(none, wider)
    };
    (low <= high).then_some((low, high))
}

/// A key that no value has.
fn unused<K: Key + Sync>(values: &[K]) -> u64 {
    let mut candidates = (1..).map(|number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let taken = |key: u64| {
        let found = |values: &[K]| values.iter().any(|value| value.key() == key);
        tasks::map(values.chunks(TASK_ROWS), found).contains(&true)
    };
    let free = candidates.find(|candidate| !taken(*candidate));
    // There are fewer values than keys.
    free.unwrap_or_default()
}
