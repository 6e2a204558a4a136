//! Parquet files.

use std::path::Path;

use mydf_core::{DataFrame, Idx, Result};

/// How a Parquet file is read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// At most this many rows.
    pub n_rows: Option<usize>,
}

/// Reads a Parquet file; row groups are decoded in parallel.
///
/// # Errors
/// [`mydf_core::Error::Parquet`] naming the file and, where known, the column;
/// [`mydf_core::Error::Io`]; [`mydf_core::Error::TooManyRows`] before anything is decoded.
pub fn read_parquet<I: Idx>(path: &Path, options: &ReadOptions) -> Result<DataFrame<I>> {
    let _ = (path, options);
    todo!()
}

/// How a Parquet file's pages are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Compression {
    Uncompressed,
    Snappy,
    #[default]
    Zstd,
    Lz4,
    Gzip,
}

/// How a Parquet file is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Of every page.
    pub compression: Compression,
    /// Rows a row group.
    pub row_group_rows: usize,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions { compression: Compression::default(), row_group_rows: 256 * 1024 }
    }
}

/// Writes a Parquet file: whole or not at all. Text is written as plain strings (not views), so
/// that every reader takes it.
///
/// # Errors
/// [`mydf_core::Error::Io`], [`mydf_core::Error::Parquet`].
pub fn write_parquet<I: Idx>(
    frame: &DataFrame<I>,
    path: &Path,
    options: &WriteOptions,
) -> Result<()> {
    let _ = (frame, path, options);
    todo!()
}
