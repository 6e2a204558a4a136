//! How far the readers of this process are, for who wants to show it.

use std::sync::atomic::{AtomicU64, Ordering};

static TOTAL: AtomicU64 = AtomicU64::new(0);
static DONE: AtomicU64 = AtomicU64::new(0);

/// The work that is done and all work of the readers that run now, both in bytes; `None` if none
/// runs.
pub fn state() -> Option<(u64, u64)> {
    let total = TOTAL.load(Ordering::Relaxed);
    (total > 0).then(|| (DONE.load(Ordering::Relaxed).min(total), total))
}

/// The work of one reader, which ends when it is dropped.
pub(crate) struct Job {
    total: u64,
    done: AtomicU64,
}

impl Job {
    pub(crate) fn new(total: usize) -> Self {
        let total = total as u64;
        TOTAL.fetch_add(total, Ordering::Relaxed);
        Job { total, done: AtomicU64::new(0) }
    }

    pub(crate) fn advance(&self, bytes: usize) {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
        DONE.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        TOTAL.fetch_sub(self.total, Ordering::Relaxed);
        DONE.fetch_sub(self.done.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_counts_while_it_runs() {
        let job = Job::new(1 << 40);
        job.advance(1 << 30);
        let (done, total) = state().unwrap();
        // Other tests read files at the same time.
        assert!(done >= 1 << 30 && total >= 1 << 40);
        drop(job);
        assert!(state().is_none_or(|(_, total)| total < 1 << 40));
    }
}
