//! The extension module of mydf: a thin layer between Python and the core.
//!
//! Python calls it only through `mydf/_native.py`. Values cross as pyclasses, lists of Python
//! values and short strings (names of dtypes and operators). Everything that takes time runs in
//! [`work::run`] with the GIL released.

#![allow(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

mod asof;
mod build_info;
mod decimals;
mod dtype;
mod equal;
mod error;
mod expr;
mod files;
mod foreign;
mod frame;
mod functions;
mod interchange;
mod options;
mod pages;
mod pickle;
mod plan;
mod progress;
mod runtime;
mod series;
mod tables;
mod temporal;
mod values;
mod work;
mod zones;

/// The extension module of mydf.
#[pyo3::pymodule(gil_used = false)]
#[pyo3(name = "_core_unguarded")]
mod native {
    #[pymodule_export]
    use crate::asof::join_asof;
    #[pymodule_export]
    use crate::build_info::{build_info, threads};
    #[pymodule_export]
    use crate::expr::Expr;
    #[pymodule_export]
    use crate::files::{
        decompressed, ndjson_text, read_csv, read_csv_bytes, read_ipc, read_ipc_bytes, read_ndjson,
        read_ndjson_bytes, read_parquet, read_parquet_bytes, write_ipc, write_ndjson,
    };
    #[pymodule_export]
    use crate::frame::Frame;
    #[pymodule_export]
    use crate::pickle::Lent;
    #[pymodule_export]
    use crate::plan::Plan;
    #[pymodule_export]
    use crate::progress::set_progress;
    #[pymodule_export]
    use crate::series::Series;

    #[pymodule_init]
    #[allow(clippy::unnecessary_wraps, reason = "PyO3 asks for a result")]
    fn init(_module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::zones::use_those_of_python();
        Ok(())
    }
}
