//! How a caller stops an operator that runs: the operator asks between its steps.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Error, Result};

/// Whether a job is to stop. Copies share the answer.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

thread_local! {
    static CURRENT: RefCell<Option<Interrupt>> = const { RefCell::new(None) };
}

impl Interrupt {
    /// That of the job that this thread runs; one that nothing sets if there is no such job.
    ///
    /// An operator asks once, before it hands work to other threads: a thread that waits for its
    /// own job may run a part of another one meanwhile.
    pub fn current() -> Self {
        CURRENT.with_borrow(|current| current.clone().unwrap_or_default())
    }

    /// Runs a job that stops, at its next question, after [`Interrupt::set`].
    pub fn guard<T>(&self, job: impl FnOnce() -> T) -> T {
        struct Restore(Option<Interrupt>);
        impl Drop for Restore {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _restore = Restore(CURRENT.replace(Some(self.clone())));
        job()
    }

    /// Stops the job.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True if the job is to stop.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// An error if the job is to stop.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_guarded_job_sees_it() {
        let outer = Interrupt::default();
        outer.guard(|| {
            let inner = Interrupt::default();
            inner.guard(|| {
                outer.set();
                assert!(Interrupt::current().check().is_ok());
            });
            assert!(matches!(Interrupt::current().check(), Err(Error::Interrupted)));
        });
        assert!(!Interrupt::current().is_set());
    }
}
