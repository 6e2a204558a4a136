//! One interpreter a module: what `PyO3` keeps in statics belongs to one interpreter.
//!
//! `PyO3` does not ask for itself where Python's interpreters share one GIL (all of them before 3.12,
//! and those of `mod_wsgi` and `Py_NewInterpreter` since): the second would be handed classes of the
//! first, and use them after their interpreter's end.

use core::ffi::{CStr, c_void};
use core::sync::atomic::{AtomicI64, Ordering};

const REFUSAL: &CStr =
    c"rtvariants: another interpreter of this process holds this module, and PyO3's live in one\n\
      hint: import it in one interpreter alone, or use processes instead of interpreters";

#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    static PyExc_ImportError: *mut c_void;
    fn PyErr_SetString(exception: *mut c_void, message: *const u8);
    fn PyInterpreterState_Get() -> *mut c_void;
    fn PyInterpreterState_GetID(interpreter: *mut c_void) -> i64;
}

/// The interpreter that a module belongs to: the first one that initialises it.
pub struct Owner(AtomicI64);

impl Owner {
    const NOBODY: i64 = -1;

    /// No interpreter yet.
    #[allow(clippy::new_without_default, reason = "a constant is what is needed")]
    pub const fn new() -> Self {
        Self(AtomicI64::new(Self::NOBODY))
    }

    /// Whether this interpreter is the first one here, or the same again; else an `ImportError` is
    /// set.
    ///
    /// # Safety
    /// The thread is attached to the interpreter, as it is while Python initialises a module.
    pub unsafe fn admits(&self) -> bool {
        // SAFETY: both functions need an attached thread alone; the caller has one.
        let asking = unsafe { PyInterpreterState_GetID(PyInterpreterState_Get()) };
        let order = Ordering::SeqCst;
        match self.0.compare_exchange(Self::NOBODY, asking, order, order) {
            Err(owner) if owner != asking => {
                // SAFETY: as above; the message ends with zero.
                unsafe { PyErr_SetString(PyExc_ImportError, REFUSAL.as_ptr().cast()) };
                false
            }
            _ => true,
        }
    }
}

// The stand-in for `PyErr_SetString` is that of the check's tests.
#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use core::cell::Cell;
    use core::ffi::c_void;
    use core::ptr::without_provenance_mut;

    use super::Owner;

    std::thread_local! {
        static CURRENT: Cell<usize> = const { Cell::new(0) };
    }

    #[unsafe(no_mangle)]
    extern "C" fn PyInterpreterState_Get() -> *mut c_void {
        without_provenance_mut(CURRENT.get() + 0x1000)
    }

    #[unsafe(no_mangle)]
    extern "C" fn PyInterpreterState_GetID(interpreter: *mut c_void) -> i64 {
        (interpreter.addr() - 0x1000) as i64
    }

    fn admitted(owner: &Owner, interpreter: usize) -> bool {
        CURRENT.set(interpreter);
        // SAFETY: the stand-ins don't care about a thread.
        unsafe { owner.admits() }
    }

    #[test]
    fn the_first_interpreter_keeps_the_module() {
        for first in [0, 3] {
            let owner = Owner::new();
            assert!(admitted(&owner, first));
            assert!(!admitted(&owner, 1));
            assert!(admitted(&owner, first));
            assert!(!admitted(&owner, 2));
        }
    }
}
