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

    /// How far a counter goes, and what a plot of it needs.
    #[pyfunction]
    fn digits() -> (u32, u32) {
        (counter::digits(), plotter::width())
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
