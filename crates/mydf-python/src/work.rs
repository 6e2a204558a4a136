//! Where work runs: with the GIL released, on this process's own threads; a panic becomes an error.

use std::process;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::thread::available_parallelism;

use mydf_core::Error;
use mydf_core::error::caught;
use pyo3::Python;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::Fault;

/// The environment variable that sets the number of threads.
const THREADS: &str = "MYDF_NUM_THREADS";
/// The core walks expression trees recursively; memory pages are allocated only when used.
const STACK_BYTES: usize = 16 << 20;

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

/// Runs a job on the pool, with the GIL released.
///
/// # Errors
/// The job's errors; [`Error::Internal`] if it panics.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    job: impl FnOnce() -> mydf_core::Result<T> + Send,
) -> Result<T, Fault> {
    py.detach(|| {
        let threads = pool()?;
        caught(|| threads.install(job).map_err(Fault::Core))
    })
}

/// The number of threads that share the work.
pub(crate) fn threads() -> Result<usize, Fault> {
    Ok(pool()?.current_num_threads())
}

fn pool() -> Result<&'static ThreadPool, Fault> {
    let current = POOL.load(Ordering::Acquire);
    // SAFETY: a pointer stored here comes from `Box::into_raw` and is never freed.
    if let Some(pool) = unsafe { current.as_ref() }
        && pool.process == process::id()
    {
        return Ok(&pool.threads);
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
    ThreadPoolBuilder::new()
        .num_threads(wanted()?)
        .stack_size(STACK_BYTES)
        .thread_name(|number| format!("mydf-{number}"))
        .build()
        .map_err(|error| Fault::value("threads", error.to_string(), "set MYDF_NUM_THREADS=1"))
}

fn wanted() -> Result<usize, Fault> {
    let Some(text) = std::env::var_os(THREADS).filter(|text| !text.is_empty()) else {
        // The standard library respects the CPU affinity and, on Linux, the cgroup's quota.
        return Ok(available_parallelism().map_or(1, usize::from));
    };
    match text.to_str().and_then(|text| text.trim().parse().ok()) {
        Some(number @ 1..=1024) => Ok(number),
        _ => Err(Error::Value {
            what: THREADS.into(),
            message: format!("`{}` is not a number from 1 to 1024", text.display()),
        }
        .into()),
    }
}
