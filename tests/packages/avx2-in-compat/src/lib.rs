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

    /// How much work a greeting is.
    #[pyfunction]
    fn work(text: &[u8]) -> u32 {
        // SAFETY: none. Nobody asked the CPU whether it has AVX2.
        unsafe { super::sum_of_bytes(text) }
    }

    /// What the build says about itself.
    #[pyfunction]
    fn stamp() -> &'static str {
        super::RTVARIANTS_STAMP
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn sum_of_bytes(text: &[u8]) -> u32 {
    text.iter().map(|&byte| u32::from(byte)).sum()
}

#[cfg(not(target_arch = "x86_64"))]
unsafe fn sum_of_bytes(text: &[u8]) -> u32 {
    text.iter().map(|&byte| u32::from(byte)).sum()
}

rtvariants_guard::module! {
    export: PyInit__hello,
    guards: PyInit__hello_unguarded,
    index_bits: Count::BITS,
    allocator: "system",
}
