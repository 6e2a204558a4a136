//! The Python functions that the guard calls.

use core::ffi::c_void;

#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    pub(crate) static PyExc_ImportError: *mut c_void;
    pub(crate) fn PyErr_SetString(exception: *mut c_void, message: *const u8);
    pub(crate) fn PyInterpreterState_Get() -> *mut c_void;
    pub(crate) fn PyInterpreterState_GetID(interpreter: *mut c_void) -> i64;
}

/// Stand-ins for the tests, which run without Python.
#[cfg(test)]
pub(crate) mod stand_ins {
    use core::cell::{Cell, RefCell};
    use core::ffi::{CStr, c_char, c_void};
    use core::ptr::without_provenance_mut;
    use std::string::{String, ToString};

    const IMPORT_ERROR: usize = 0x1234;
    const INTERPRETERS: usize = 0x1000;

    std::thread_local! {
        static RAISED: RefCell<Option<String>> = const { RefCell::new(None) };
        static INTERPRETER: Cell<usize> = const { Cell::new(0) };
    }

    /// Takes and clears the message of the error that this thread has raised.
    pub(crate) fn take_raised() -> Option<String> {
        RAISED.with(|raised| raised.borrow_mut().take())
    }

    /// Moves this thread to the interpreter with this number.
    pub(crate) fn enter_interpreter(number: usize) {
        INTERPRETER.set(number);
    }

    #[unsafe(no_mangle)]
    static mut PyExc_ImportError: *mut c_void = without_provenance_mut(IMPORT_ERROR);

    #[unsafe(no_mangle)]
    extern "C" fn PyErr_SetString(exception: *mut c_void, message: *const c_char) {
        assert_eq!(exception.addr(), IMPORT_ERROR);
        // An aligned stack is part of the calling convention: SSE code in Python relies on it.
        let aligned: u128 = 0;
        assert_eq!((&raw const aligned).addr() % 16, 0);
        // SAFETY: the guard passes a text that ends with zero.
        let text = unsafe { CStr::from_ptr(message) }.to_str().unwrap().to_string();
        RAISED.with(|raised| *raised.borrow_mut() = Some(text));
    }

    #[unsafe(no_mangle)]
    extern "C" fn PyInterpreterState_Get() -> *mut c_void {
        without_provenance_mut(INTERPRETERS + INTERPRETER.get())
    }

    #[unsafe(no_mangle)]
    extern "C" fn PyInterpreterState_GetID(interpreter: *mut c_void) -> i64 {
        (interpreter.addr() - INTERPRETERS) as i64
    }
}
