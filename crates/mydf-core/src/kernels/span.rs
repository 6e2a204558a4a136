//! Sorting numbers, dates and datetimes without nulls by the range of their keys.

use std::sync::atomic::{AtomicBool, Ordering};

use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer};

use super::codes::width;
use super::keys::Key;
use super::radix::{self, Code, Load};
use super::{PARALLEL_ROWS, TASK_ROWS, tasks};
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// So many values show whether the range of all is worth its time.
const SAMPLE: usize = 1 << 10;
/// It is not if no more than so many of the highest bits are equal: the sort looks at more.
const SAME_BITS: u32 = 8;

/// Values without nulls, and a range that their keys are in.
pub(super) struct Span<'a, V> {
    values: &'a [V],
    low: u64,
    high: u64,
    descending: bool,
}

impl<'a, V: Key + ArrowNativeType> Span<'a, V> {
    pub(super) fn of(values: &'a [V], descending: bool) -> Self {
        let (low, high) = if is_wide(values) { (0, most::<V>()) } else { range(values) };
        Span { values, low, high, descending }
    }

    /// Whether the values are in order already.
    pub(super) fn is_in_order(&self) -> bool {
        (1..self.values.len()).all(|row| self.code(row - 1) <= self.code(row))
    }

    /// The rows in the order of their values. Equal values keep their order.
    pub(super) fn rows<I: Idx>(&self, stop: &Interrupt) -> Result<Vec<I>> {
        Ok(if self.bits() <= u32::BITS {
            self.sorted::<u32, I>(stop)?.1
        } else {
            self.sorted::<u64, I>(stop)?.1
        })
    }

    /// The values in order. Equal values keep their order.
    pub(super) fn in_order(&self, stop: &Interrupt) -> Result<ScalarBuffer<V>> {
        Ok(match size_of::<V>() {
            8 => Buffer::from_vec(self.patterns::<u64>(stop)?).into(),
            4 => Buffer::from_vec(self.patterns::<u32>(stop)?).into(),
            _ => {
                let patterns = self.patterns::<u32>(stop)?;
                patterns.into_iter().map(|bits| V::of_bits(bits.into())).collect()
            }
        })
    }

    /// The order of a value's key among the others.
    #[inline]
    pub(super) fn code(&self, row: usize) -> u64 {
        self.code_of(self.values[row])
    }

    fn bits(&self) -> u32 {
        width(self.high.saturating_sub(self.low))
    }

    #[inline]
    fn code_of(&self, value: V) -> u64 {
        if self.descending { self.high - value.key() } else { value.key() - self.low }
    }

    #[inline]
    fn value(&self, code: u64) -> V {
        V::of_key(if self.descending { self.high - code } else { code + self.low })
    }

    fn sorted<C: Code, L: Load>(&self, stop: &Interrupt) -> Result<(Vec<C>, Vec<L>)> {
        let source = |start: usize, codes: &mut [C]| {
            for (code, value) in codes.iter_mut().zip(&self.values[start..]) {
                *code = C::of(self.code_of(*value));
            }
        };
        radix::sorted(self.values.len(), self.bits(), &source, stop)
    }

    /// The bits of the values in order.
    fn patterns<C: Code>(&self, stop: &Interrupt) -> Result<Vec<C>> {
        let shared = AtomicBool::new(false);
        let source = |start: usize, codes: &mut [C]| {
            let mut all_own = true;
            for (code, value) in codes.iter_mut().zip(&self.values[start..]) {
                all_own &= value.has_own_key();
                *code = C::of(self.code_of(*value));
            }
            if !all_own {
                shared.store(true, Ordering::Relaxed);
            }
        };
        let change = |codes: &mut [C]| {
            for code in codes {
                *code = C::of(self.value(code.wide()).bits());
            }
        };
        let bits = self.bits();
        let mut found = radix::sorted_and_changed(self.values.len(), bits, &source, &change, stop)?;
        if shared.into_inner() {
            self.write_shared(&mut found);
        }
        Ok(found)
    }

    /// Values that are equal and differ (0.0 and -0.0, and every NaN) have one key, and so one
    /// pattern here: writes those of the values, in the order that they have.
    fn write_shared<C: Code>(&self, patterns: &mut [C]) {
        let mut shared = Vec::with_capacity(2);
        for value in self.values {
            if !value.has_own_key() && !shared.contains(&self.code_of(*value)) {
                shared.push(self.code_of(*value));
            }
        }
        for code in shared {
            let start =
                patterns.partition_point(|bits| self.code_of(V::of_bits(bits.wide())) < code);
            let equal = self.values.iter().filter(|value| self.code_of(**value) == code);
            for (pattern, value) in patterns[start..].iter_mut().zip(equal) {
                *pattern = C::of(value.bits());
            }
        }
    }
}

/// The largest key that a value can have.
fn most<V>() -> u64 {
    u64::MAX >> (u64::BITS - 8 * size_of::<V>() as u32)
}

/// Whether keys differ in so high bits that it does not pay to look at every one for their range.
fn is_wide<V: Key + Send + Sync>(values: &[V]) -> bool {
    let some = values.iter().step_by((values.len() / SAMPLE).max(1));
    let (low, high) = some.fold((u64::MAX, 0), |(low, high): (u64, u64), value| {
        (low.min(value.key()), high.max(value.key()))
    });
    values.len() >= PARALLEL_ROWS && high.saturating_sub(low) > most::<V>() >> SAME_BITS
}

/// The smallest and the largest key.
fn range<V: Key + Send + Sync>(values: &[V]) -> (u64, u64) {
    let range = |values: &[V]| {
        values.iter().fold((u64::MAX, 0), |(low, high): (u64, u64), value| {
            (low.min(value.key()), high.max(value.key()))
        })
    };
    if values.len() < PARALLEL_ROWS {
        return range(values);
    }
    tasks::map(values.chunks(TASK_ROWS), range)
        .into_iter()
        .fold((u64::MAX, 0), |left, right| (left.0.min(right.0), left.1.max(right.1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|value| value.to_bits()).collect()
    }

    #[test]
    fn equal_values_that_differ_keep_their_order() {
        let nan = |payload: u64| f64::from_bits(0x7ff8 << 48 | payload);
        let minus = |payload: u64| f64::from_bits(0xfff8 << 48 | payload);
        let few = [nan(3), 1.0, -0.0, nan(1), 0.0, f64::INFINITY, minus(2), -0.0, -1.0];
        let stop = Interrupt::current();
        // One part, and several.
        for times in [1, 100_000] {
            let values: Vec<f64> = few.iter().copied().cycle().take(few.len() * times).collect();
            for descending in [false, true] {
                let found = Span::of(&values, descending).in_order(&stop).unwrap();
                let mut expected = values.clone();
                expected.sort_by(|left, right| {
                    let order = left.key().cmp(&right.key());
                    if descending { order.reverse() } else { order }
                });
                assert_eq!(bits(&found), bits(&expected), "{times} times, {descending}");
            }
        }
    }

    #[test]
    fn values_of_every_width_come_in_order() {
        fn check<V: Key + ArrowNativeType + PartialOrd>(values: &[V]) {
            for descending in [false, true] {
                let stop = Interrupt::current();
                let found = Span::of(values, descending).in_order(&stop).unwrap();
                let mut expected = values.to_owned();
                expected.sort_by(|left, right| left.partial_cmp(right).unwrap());
                if descending {
                    expected.reverse();
                }
                assert_eq!(&found[..], &expected[..]);
            }
        }
        let mut state = 1u64;
        let mut next = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state >> 20
        };
        let words: Vec<u64> = (0..600_000).map(|_| next().wrapping_mul(next())).collect();
        check(&words.iter().map(|word| *word as i8).collect::<Vec<_>>());
        check(&words.iter().map(|word| *word as u16).collect::<Vec<_>>());
        check(&words.iter().map(|word| *word as i32).collect::<Vec<_>>());
        check(&words.iter().map(|word| *word as i64).collect::<Vec<_>>());
        check(&words.iter().map(|word| (*word as i64) as f32).collect::<Vec<_>>());
        check(&words.iter().map(|word| (*word as i64) as f64 / 1e9).collect::<Vec<_>>());
        check(&words);
    }
}
