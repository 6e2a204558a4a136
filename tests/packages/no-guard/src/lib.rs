//! A module without guard or stamp: nothing keeps it from running on a CPU that lacks AVX2.

use pyo3::prelude::*;

#[pymodule(gil_used = false)]
#[pyo3(name = "_hello")]
mod native {
    use pyo3::prelude::*;

    /// Greet by name.
    #[pyfunction]
    fn greet(name: &str) -> String {
        format!("Hello, {name}!")
    }
}
