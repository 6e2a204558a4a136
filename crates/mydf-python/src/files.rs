//! Reads files, and writes those of some formats.

use std::path::{Path, PathBuf};

use mydf_io::{Source, csv, ipc, ndjson, parquet};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::Fault;
use crate::frame::Frame;
use crate::options::{self, CsvOptions, NdjsonOptions};
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

/// Reads Arrow IPC.
#[pyfunction]
pub(crate) fn read_ipc(
    py: Python<'_>,
    path: PathBuf,
    is_stream: bool,
    columns: Option<Vec<String>>,
    n_rows: Option<usize>,
) -> Result<Frame, Fault> {
    let options = ipc::ReadOptions { columns, n_rows };
    let layout = options::layout(is_stream);
    Ok(work::run(py, || ipc::read_ipc(&Source::open(&path)?, layout, &options))?.into())
}

/// Reads Arrow IPC from memory; errors show `name` as the file.
#[pyfunction]
pub(crate) fn read_ipc_bytes(
    py: Python<'_>,
    data: &Bound<'_, PyBytes>,
    name: &str,
    is_stream: bool,
    columns: Option<Vec<String>>,
    n_rows: Option<usize>,
) -> Result<Frame, Fault> {
    let options = ipc::ReadOptions { columns, n_rows };
    let layout = options::layout(is_stream);
    let source = Source::from_bytes(data.as_bytes(), Path::new(name));
    Ok(work::run(py, || ipc::read_ipc(&source, layout, &options))?.into())
}

/// Writes Arrow IPC.
#[pyfunction]
pub(crate) fn write_ipc(
    py: Python<'_>,
    frame: &Frame,
    path: PathBuf,
    is_stream: bool,
    compression: &str,
    batch_rows: usize,
) -> Result<(), Fault> {
    let compression = options::ipc_compression(compression)?;
    let options = ipc::WriteOptions { layout: options::layout(is_stream), compression, batch_rows };
    work::run(py, || ipc::write_ipc(&frame.frame, &path, &options))
}

/// Reads JSON lines.
#[pyfunction]
pub(crate) fn read_ndjson(
    py: Python<'_>,
    path: PathBuf,
    options: NdjsonOptions,
) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    Ok(work::run(py, || ndjson::read_ndjson(&Source::open(&path)?, &options))?.into())
}

/// Reads JSON lines from memory; errors show `name` as the file.
#[pyfunction]
pub(crate) fn read_ndjson_bytes(
    py: Python<'_>,
    data: &Bound<'_, PyBytes>,
    name: &str,
    options: NdjsonOptions,
) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    let source = Source::from_bytes(data.as_bytes(), Path::new(name));
    Ok(work::run(py, || ndjson::read_ndjson(&source, &options))?.into())
}

/// Writes JSON lines.
#[pyfunction]
pub(crate) fn write_ndjson(py: Python<'_>, frame: &Frame, path: PathBuf) -> Result<(), Fault> {
    work::run(py, || ndjson::write_ndjson(&frame.frame, &path))
}

/// The text of JSON lines.
#[pyfunction]
pub(crate) fn ndjson_text(py: Python<'_>, frame: &Frame) -> Result<String, Fault> {
    work::run(py, || ndjson::to_ndjson_string(&frame.frame))
}

/// The content of bytes that gzip or zstd may have compressed; errors show `name` as the file.
#[pyfunction]
pub(crate) fn decompressed<'py>(
    py: Python<'py>,
    data: &Bound<'py, PyBytes>,
    name: &str,
) -> Result<Bound<'py, PyBytes>, Fault> {
    let source = Source::from_bytes(data.as_bytes(), Path::new(name));
    let content = work::run(py, || csv::decompressed(&source))?;
    Ok(PyBytes::new(py, &content))
}
