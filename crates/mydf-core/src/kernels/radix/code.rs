//! What is sorted, and where it comes from.

use crate::idx::Idx;

/// An integer that is sorted by its value.
pub(in super::super) trait Code: Copy + Default + Ord + Send + Sync {
    /// Takes the low bits.
    fn of(wide: u64) -> Self;
    /// All bits.
    fn wide(self) -> u64;
}

impl Code for u32 {
    #[inline]
    fn of(wide: u64) -> Self {
        wide as u32
    }

    #[inline]
    fn wide(self) -> u64 {
        u64::from(self)
    }
}

impl Code for u64 {
    #[inline]
    fn of(wide: u64) -> Self {
        wide
    }

    #[inline]
    fn wide(self) -> u64 {
        self
    }
}

/// What moves with a code: a row number, or nothing.
pub(in super::super) trait Load: Copy + Default + Ord + Send + Sync {
    /// The load of a row.
    fn of(row: usize) -> Self;
}

impl Load for () {
    fn of(_: usize) -> Self {}
}

impl<I: Idx> Load for I {
    #[inline]
    fn of(row: usize) -> Self {
        I::from_usize(row)
    }
}

/// Writes the codes of the rows from the given one.
pub(in super::super) type Source<'a, C> = dyn Fn(usize, &mut [C]) + Sync + 'a;

/// Writes the codes and loads of the rows from the given one.
pub(super) type Fill<'a, C, L> = dyn Fn(usize, &mut [C], &mut [L]) + Sync + 'a;

/// The number of low bits in which the codes differ; 0 too if they are in order.
pub(super) fn differing<C: Code>(codes: &[C]) -> u32 {
    let first = codes[0];
    let (mut low, mut high) = (first, first);
    for code in codes {
        low = low.min(*code);
        high = high.max(*code);
    }
    if codes.is_sorted() { 0 } else { u64::BITS - (low.wide() ^ high.wide()).leading_zeros() }
}
