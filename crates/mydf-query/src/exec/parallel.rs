//! Runs expressions in parallel.

use mydf_core::Result;
use mydf_core::interrupt::Interrupt;
use rayon::prelude::*;

/// One thread evaluates fewer values than this faster than it hands them to another thread.
const PARALLEL_VALUES: usize = 1 << 15;

/// Whether a job may hand work to other threads: a deep tree needs this thread's larger stack.
#[derive(Clone, Copy)]
pub(super) struct Threads {
    pub(super) shared: bool,
}

impl Threads {
    /// The result for each item, which has `rows` rows; if several fail, the error of the first
    /// item.
    pub(super) fn each<T: Sync, R: Send>(
        self,
        items: &[T],
        rows: usize,
        f: impl Fn(&T) -> Result<R> + Sync + Send,
    ) -> Result<Vec<R>> {
        if !self.shared || items.len() < 2 || rows.saturating_mul(items.len()) < PARALLEL_VALUES {
            return items.iter().map(f).collect();
        }
        let stop = Interrupt::current();
        let results: Vec<Result<R>> = items.par_iter().map(|item| stop.guard(|| f(item))).collect();
        results.into_iter().collect()
    }
}
