//! One interpreter per module: what `PyO3` keeps in statics belongs to one interpreter.
//!
//! `PyO3` itself does not check this for interpreters that share one GIL (all of them before 3.12,
//! and those of `mod_wsgi` and `Py_NewInterpreter` since): the second would get classes of the
//! first and use them after the first has ended.

use core::ffi::CStr;
use core::sync::atomic::{AtomicI64, Ordering};

use crate::python::{
    PyErr_SetString, PyExc_ImportError, PyInterpreterState_Get, PyInterpreterState_GetID,
};

const REFUSAL: &CStr =
    c"rtvariants: another interpreter of this process holds this module, and a PyO3 module works \
      in only one\nhint: import it in only one interpreter, or use processes instead of interpreters";

/// The interpreter that a module belongs to: the first one that initialises it.
pub struct Owner(AtomicI64);

impl Owner {
    const NONE: i64 = -1;

    /// No interpreter yet.
    #[allow(clippy::new_without_default, reason = "only a constant is needed")]
    pub const fn new() -> Self {
        Self(AtomicI64::new(Self::NONE))
    }

    /// Returns whether this interpreter owns the module, or becomes its owner; otherwise sets an
    /// `ImportError`.
    ///
    /// # Safety
    /// The thread is attached to the interpreter, as it is while Python initialises a module.
    pub unsafe fn admits(&self) -> bool {
        // SAFETY: both functions only need an attached thread; the caller has one.
        let asking = unsafe { PyInterpreterState_GetID(PyInterpreterState_Get()) };
        let order = Ordering::SeqCst;
        match self.0.compare_exchange(Self::NONE, asking, order, order) {
            Err(owner) if owner != asking => {
                // SAFETY: as above; the message ends with zero.
                unsafe { PyErr_SetString(PyExc_ImportError, REFUSAL.as_ptr().cast()) };
                false
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Owner;
    use crate::python::stand_ins::{enter_interpreter, take_raised};

    fn admitted(owner: &Owner, interpreter: usize) -> bool {
        enter_interpreter(interpreter);
        // SAFETY: the stand-ins don't need a thread.
        let admitted = unsafe { owner.admits() };
        assert_eq!(take_raised().is_none(), admitted);
        admitted
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
