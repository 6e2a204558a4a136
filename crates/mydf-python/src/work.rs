//! Where work runs: with the GIL released, on this process's own threads; a panic becomes an error.

use std::process;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::available_parallelism;
use std::time::Duration;

use mydf_core::error::caught;
use mydf_core::interrupt::Interrupt;
use pyo3::Python;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Fault;
use crate::pages;
use crate::progress::Shown;

/// The environment variable that sets the number of threads.
const THREADS: &str = "MYDF_THREADS";
/// The core walks expression trees recursively; memory pages are allocated only when used.
const STACK_BYTES: usize = 16 << 20;
/// So often, the thread that waits for a job runs the handlers of Python's signals.
const PATIENCE: Duration = Duration::from_millis(50);

struct Pool {
    process: u32,
    threads: ThreadPool,
}

/// The pool of this process, never freed.
///
/// `fork` copies the pool's memory but not its threads, so a child that uses the parent's pool
/// would wait forever. The pool therefore remembers its process, and a child makes its own. There
/// is deliberately no lock here: if another thread held one at the fork, it would stay locked.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(ptr::null_mut());

/// Runs a job on the pool, with the GIL released. A signal, such as that of Ctrl-C, interrupts it.
///
/// # Errors
/// The job's errors; [`mydf_core::Error::Internal`] if it panics; the exception of a signal's handler.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    job: impl FnOnce() -> mydf_core::Result<T> + Send,
) -> Result<T, Fault> {
    py.detach(|| {
        let threads = pool()?;
        let stop = Interrupt::default();
        let (sender, receiver) = mpsc::channel();
        let (mut result, mut raised) = (None, None);
        threads.in_place_scope(|scope| {
            scope.spawn(|_| {
                result = Some(caught(|| stop.guard(job)));
                // The receiver waits for this, or has an exception already.
                let _ = sender.send(());
            });
            // Only the main thread runs the handlers of signals; for others, this is a no-op.
            let mut shown = Shown::new();
            while raised.is_none()
                && receiver.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout)
            {
                raised = Python::attach(|py| {
                    shown.update(py);
                    py.check_signals().err()
                });
            }
            shown.finish();
            if raised.is_some() {
                stop.set();
            }
        });
        match (raised, result) {
            (Some(raised), _) => Err(Fault::Python(raised)),
            (None, Some(result)) => result.map_err(Fault::Core),
            (None, None) => unreachable!("the scope has waited for the job"),
        }
    })
}

/// The number of threads that share the work, which the first work starts.
pub(crate) fn threads() -> Result<usize, Fault> {
    started().map_or_else(wanted, |threads| Ok(threads.current_num_threads()))
}

/// The pool of this process, if it has done any work.
fn started() -> Option<&'static ThreadPool> {
    // SAFETY: a pointer stored here comes from `Box::into_raw` and is never freed.
    let pool = unsafe { POOL.load(Ordering::Acquire).as_ref() }?;
    (pool.process == process::id()).then_some(&pool.threads)
}

fn pool() -> Result<&'static ThreadPool, Fault> {
    let current = POOL.load(Ordering::Acquire);
    if let Some(threads) = started() {
        return Ok(threads);
    }
    let made = Box::into_raw(Box::new(Pool { process: process::id(), threads: build()? }));
    match POOL.compare_exchange(current, made, Ordering::AcqRel, Ordering::Acquire) {
        // The pool of a parent process stays in memory: dropping it would signal threads that do
        // not exist in this process.
        // SAFETY: `made` is valid and, being stored, is never freed.
        Ok(_) => Ok(unsafe { &(*made).threads }),
        Err(winner) => {
            // SAFETY: no other thread has seen `made`; another thread stored its pool first.
            drop(unsafe { Box::from_raw(made) });
            // SAFETY: a pointer stored here is never freed, and only a thread of this process can
            // have stored it.
            Ok(unsafe { &(*winner).threads })
        }
    }
}

fn build() -> Result<ThreadPool, Fault> {
    pages::keep_for_a_while();
    ThreadPoolBuilder::new()
        .num_threads(wanted()?)
        .stack_size(STACK_BYTES)
        .thread_name(|number| format!("mydf-{number}"))
        .build()
        .map_err(|error| Fault::value("threads", error.to_string(), "set MYDF_THREADS=1"))
}

fn wanted() -> Result<usize, Fault> {
    let Some(text) = std::env::var_os(THREADS).filter(|text| !text.is_empty()) else {
        // The standard library respects the CPU affinity and, on Linux, the cgroup's quota.
        return Ok(available_parallelism().map_or(1, usize::from));
    };
    let number = text.to_str().and_then(|text| text.trim().parse().ok());
    number.filter(|number| (1..=1024).contains(number)).ok_or_else(|| {
        let message = format!("`{}` is not a number from 1 to 1024", text.display());
        Fault::value(THREADS, message, "unset it for one thread on each processor")
    })
}
