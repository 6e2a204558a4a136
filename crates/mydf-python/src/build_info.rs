//! What this binary reports about itself.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::Fault;
use crate::runtime::{ALLOCATOR_NAME, RTVARIANTS_STAMP, RowIdx};
use crate::work;

/// The facts of the compiled stamp, the row index and the allocator.
#[pyfunction]
pub(crate) fn build_info(py: Python<'_>) -> Result<Bound<'_, PyDict>, Fault> {
    let facts = PyDict::new(py);
    for (key, value) in RTVARIANTS_STAMP.lines().filter_map(|line| line.split_once('=')) {
        facts.set_item(key.replace('-', "_"), value)?;
    }
    facts.set_item("index_bits", RowIdx::BITS)?;
    facts.set_item("allocator", ALLOCATOR_NAME)?;
    facts.set_item("debug", cfg!(debug_assertions))?;
    Ok(facts)
}

/// The number of threads that share the work. It starts none.
#[pyfunction]
pub(crate) fn threads() -> Result<usize, Fault> {
    work::threads()
}
