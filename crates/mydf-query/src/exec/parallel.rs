//! Work that the threads share by expression.

use mydf_core::Result;
use rayon::prelude::*;

/// Fewer values than this are evaluated faster by one thread than handed to another.
const PARALLEL_VALUES: usize = 1 << 15;

/// Whether a job may hand work to other threads: a deep tree needs the stack that it has here.
#[derive(Clone, Copy)]
pub(super) struct Threads {
    pub(super) shared: bool,
}

impl Threads {
    /// The result of each item, of `rows` rows; of several errors, that of the first item.
    pub(super) fn each<T: Sync, R: Send>(
        self,
        items: &[T],
        rows: usize,
        f: impl Fn(&T) -> Result<R> + Sync + Send,
    ) -> Result<Vec<R>> {
        if !self.shared || items.len() < 2 || rows.saturating_mul(items.len()) < PARALLEL_VALUES {
            return items.iter().map(f).collect();
        }
        let results: Vec<Result<R>> = items.par_iter().map(f).collect();
        results.into_iter().collect()
    }
}
