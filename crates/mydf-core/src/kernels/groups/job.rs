//! What a grouping gets, and what it returns.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::lanes;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// Rows numbered by equal keys. Null equals null, NaN equals NaN, -0.0 equals 0.0.
#[derive(Clone, Debug)]
pub struct Groups<I: Idx> {
    /// The group of each row; groups are numbered in the order of their first row.
    pub ids: Vec<I>,
    /// The first row of each group.
    pub first: Vec<I>,
}

/// How one grouping is done: nothing of it changes the result.
pub(in super::super) struct Job {
    pub(super) height: usize,
    pub(super) lanes: usize,
    /// A thread gives up if its table gets more groups.
    pub(super) most: usize,
    pub(super) stop: Interrupt,
    /// If set, codes may follow from a look at some rows; the flag is set if others don't fit.
    pub(super) guess: Option<Arc<AtomicBool>>,
}

impl Job {
    pub(in super::super) fn new(height: usize) -> Self {
        let lanes =
            if height < super::super::PARALLEL_ROWS { 1 } else { rayon::current_num_threads() };
        Job { height, lanes, most: 1 << 18, stop: Interrupt::current(), guess: None }
    }

    /// True if a guess about the keys was wrong: the groups are then wrong, too.
    #[inline]
    pub(super) fn is_misled(&self) -> bool {
        self.guess.as_ref().is_some_and(|misled| misled.load(Ordering::Relaxed))
    }

    /// The largest code for which a table has room: one that fits the cache, and is not much larger
    /// than a hash table for these rows.
    pub(super) fn direct(&self) -> u64 {
        (4 * self.height as u64).clamp(1 << 10, 1 << 20)
    }

    /// The rows of each lane.
    pub(super) fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        lanes::split(self.height, self.lanes)
    }
}
