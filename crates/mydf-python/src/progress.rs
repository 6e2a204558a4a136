//! Who shows how far a long call is: a function of Python, if one is set.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use mydf_io::progress;
use pyo3::prelude::*;

static IS_SET: AtomicBool = AtomicBool::new(false);
static HOOK: Mutex<Option<Py<PyAny>>> = Mutex::new(None);

/// Sets the function that is called with seconds, and work done and all work if both are known,
/// every now and then while a call runs; and once with None when a call for which it was called
/// ends.
#[pyfunction]
pub(crate) fn set_progress(hook: Option<Py<PyAny>>) {
    IS_SET.store(hook.is_some(), Ordering::Relaxed);
    if let Ok(mut place) = HOOK.lock() {
        *place = hook;
    }
}

/// What is shown of one call.
pub(crate) struct Shown {
    start: Instant,
    called: bool,
}

impl Shown {
    pub(crate) fn new() -> Self {
        Shown { start: Instant::now(), called: false }
    }

    /// Shows how far the call is.
    pub(crate) fn update(&mut self, py: Python<'_>) {
        if IS_SET.load(Ordering::Relaxed) {
            self.called = true;
            call(py, Some((self.start.elapsed().as_secs_f64(), progress::state())));
        }
    }

    /// Removes what is shown.
    pub(crate) fn finish(&self) {
        if self.called {
            Python::attach(|py| call(py, None));
        }
    }
}

fn call(py: Python<'_>, state: Option<(f64, Option<(u64, u64)>)>) {
    let hook = HOOK.lock().ok().and_then(|hook| hook.as_ref().map(|hook| hook.clone_ref(py)));
    if let Some(hook) = hook
        && let Err(error) = hook.call1(py, (state,))
    {
        // What shows the work must not stop it.
        error.write_unraisable(py, None);
    }
}
