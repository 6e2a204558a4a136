//! The native module of mydf: thin doors between Python and the core.
//!
//! Python calls it through `mydf/_native.py` alone. Values cross as pyclasses, lists of Python
//! values and short strings (names of dtypes and operators); everything that takes time happens in
//! [`work::run`] with the GIL released.

#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

mod build_info;
mod dtype;
mod equal;
mod error;
mod expr;
mod files;
mod frame;
mod interchange;
mod pickle;
mod series;
mod show;
mod temporal;
mod values;
mod work;

/// Row numbers of this runtime.
#[cfg(not(feature = "rt64"))]
type RowIdx = u32;
/// Row numbers of this runtime.
#[cfg(feature = "rt64")]
type RowIdx = u64;

#[cfg(all(feature = "jemalloc", feature = "mimalloc"))]
compile_error!("the features `jemalloc` and `mimalloc` exclude each other");

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(all(feature = "mimalloc", not(feature = "jemalloc")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The allocator's name in the stamp.
const ALLOCATOR_NAME: &str = if cfg!(feature = "jemalloc") {
    "jemalloc"
} else if cfg!(feature = "mimalloc") {
    "mimalloc"
} else {
    "system"
};

/// The native module of mydf.
#[pyo3::pymodule(gil_used = false)]
#[pyo3(name = "_core_unguarded")]
mod native {
    #[pymodule_export]
    use crate::build_info::build_info;
    #[pymodule_export]
    use crate::expr::Expr;
    #[pymodule_export]
    use crate::files::{read_csv, read_csv_bytes, read_parquet};
    #[pymodule_export]
    use crate::frame::Frame;
    #[pymodule_export]
    use crate::series::Series;
}

rtvariants_guard::module! {
    export: PyInit__core,
    guards: PyInit__core_unguarded,
    index_bits: RowIdx::BITS,
    allocator: ALLOCATOR_NAME,
}
