//! The native module of greeter: greets, and counts how often.

use pyo3::prelude::*;

#[cfg(feature = "wide")]
type Count = u64;
#[cfg(not(feature = "wide"))]
type Count = u32;

#[pymodule(gil_used = false)]
#[pyo3(name = "_hello_unguarded")]
mod native {
    use super::Count;
    use pyo3::prelude::*;

    /// Whether the interpreter still runs; a function that is no part of the stable ABI says so.
    #[pyfunction]
    fn running() -> bool {
        unsafe extern "C" {
            fn _Py_IsFinalizing() -> core::ffi::c_int;
        }
        // SAFETY: the function takes nothing, and this thread is attached to the interpreter.
        unsafe { _Py_IsFinalizing() == 0 }
    }

    /// Greet by name.
    #[pyfunction]
    fn greet(name: &str) -> String {
        format!("Hello, {name}!")
    }

    /// The largest count that this build can hold.
    #[pyfunction]
    fn most() -> Count {
        Count::MAX
    }

    /// What the build says about itself.
    #[pyfunction]
    fn stamp() -> &'static str {
        super::RTVARIANTS_STAMP
    }
}

rtvariants_guard::module! {
    export: PyInit__hello,
    guards: PyInit__hello_unguarded,
    index_bits: Count::BITS,
    allocator: "system",
}
