//! Numbers of groups in the order of their first row.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::idx::Idx;

/// A bit for each row: set for the first row of a group.
pub(super) struct Heads(Vec<AtomicU64>);

impl Heads {
    pub(super) fn new(height: usize) -> Self {
        Heads((0..height.div_ceil(64)).map(|_| AtomicU64::new(0)).collect())
    }

    /// The row is the first one of a group.
    #[inline]
    pub(super) fn set(&self, row: usize) {
        self.0[row / 64].fetch_or(1 << (row % 64), Ordering::Relaxed);
    }

    pub(super) fn ranks(self) -> Ranks {
        let words: Vec<u64> = self.0.into_iter().map(AtomicU64::into_inner).collect();
        let mut groups = 0;
        let before = words
            .iter()
            .map(|word| {
                let before = groups;
                groups += word.count_ones() as usize;
                before
            })
            .collect();
        Ranks { words, before, groups }
    }
}

/// The number of each group, by its first row.
pub(super) struct Ranks {
    words: Vec<u64>,
    before: Vec<usize>,
    groups: usize,
}

impl Ranks {
    /// The number of the group whose first row this is.
    #[inline]
    pub(super) fn number<I: Idx>(&self, first: usize) -> I {
        let (word, bit) = (first / 64, first % 64);
        let below = self.words[word] & ((1 << bit) - 1);
        I::from_usize(self.before[word] + below.count_ones() as usize)
    }

    /// The first row of each group.
    pub(super) fn first<I: Idx>(&self) -> Vec<I> {
        let mut first = Vec::with_capacity(self.groups);
        for (number, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                first.push(I::from_usize(number * 64 + rest.trailing_zeros() as usize));
                rest &= rest - 1;
            }
        }
        first
    }
}
