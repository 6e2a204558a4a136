//! Reads files.

use std::path::{Path, PathBuf};

use mydf_io::{Source, csv, parquet};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::Fault;
use crate::frame::Frame;
use crate::options::CsvOptions;
use crate::work;

/// Reads a CSV file.
#[pyfunction]
pub(crate) fn read_csv(py: Python<'_>, path: PathBuf, options: CsvOptions) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    options.check()?;
    Ok(work::run(py, || csv::read_csv(&Source::open(&path)?, &options))?.into())
}

/// Reads CSV from memory; errors show `name` as the file.
#[pyfunction]
pub(crate) fn read_csv_bytes(
    py: Python<'_>,
    data: &Bound<'_, PyBytes>,
    name: &str,
    options: CsvOptions,
) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    let source = Source::from_bytes(data.as_bytes(), Path::new(name));
    Ok(work::run(py, || csv::read_csv(&source, &options))?.into())
}

/// Reads a Parquet file.
#[pyfunction]
pub(crate) fn read_parquet(
    py: Python<'_>,
    path: PathBuf,
    columns: Option<Vec<String>>,
    n_rows: Option<usize>,
) -> Result<Frame, Fault> {
    let options = parquet::ReadOptions { columns, n_rows };
    Ok(work::run(py, || parquet::read_parquet(&Source::open(&path)?, &options))?.into())
}

/// Reads Parquet from memory; errors show `name` as the file.
#[pyfunction]
pub(crate) fn read_parquet_bytes(
    py: Python<'_>,
    data: &Bound<'_, PyBytes>,
    name: &str,
    columns: Option<Vec<String>>,
    n_rows: Option<usize>,
) -> Result<Frame, Fault> {
    let options = parquet::ReadOptions { columns, n_rows };
    let source = Source::from_bytes(data.as_bytes(), Path::new(name));
    Ok(work::run(py, || parquet::read_parquet(&source, &options))?.into())
}
