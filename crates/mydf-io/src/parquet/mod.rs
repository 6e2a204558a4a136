//! Parquet files.

pub mod bounds;
mod guard;
mod metadata;
pub mod parts;
mod ranges;
mod read;
mod text;
mod write;

use std::path::Path;

use mydf_core::{DataFrame, Error, Idx, Result};
use parquet::errors::ParquetError;

use crate::source::Source;

/// How a Parquet file is read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// At most this many rows; row groups after them are not read.
    pub n_rows: Option<usize>,
}

/// Reads a Parquet file; row groups and columns are decoded in parallel.
///
/// Text of any Arrow type becomes `String`, a dictionary of text `Categorical`, and timestamps of any unit
/// become `Datetime`. Columns that are not selected may have any type.
///
/// # Errors
/// [`mydf_core::Error::Parquet`] naming the file and, if known, the column: not a Parquet file, cut
/// off, damaged; [`mydf_core::Error::UnsupportedType`] for lists, structs, decimals and the like;
/// [`mydf_core::Error::ColumnNotFound`]; [`mydf_core::Error::Io`];
/// [`mydf_core::Error::TooManyRows`] before anything is decoded.
pub fn read_parquet<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    read::read(source, options)
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
    /// The compression of every page.
    pub compression: Compression,
    /// Rows in each row group.
    pub row_group_rows: usize,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions { compression: Compression::default(), row_group_rows: 256 * 1024 }
    }
}

/// Writes a Parquet file completely or not at all. Text is written as plain strings (not views), so
/// that every reader accepts it.
///
/// # Errors
/// [`mydf_core::Error::Io`], [`mydf_core::Error::Parquet`], [`mydf_core::Error::Value`] for row
/// groups without rows.
pub fn write_parquet<I: Idx>(
    frame: &DataFrame<I>,
    path: &Path,
    options: &WriteOptions,
) -> Result<()> {
    write::write_file(frame, path, options)
}

/// The library's message without its prefix and final period.
fn fact(error: &ParquetError) -> String {
    let text = error.to_string();
    let text = ["Parquet error: ", "External: ", "Arrow: ", "EOF: "]
        .iter()
        .fold(text.as_str(), |text, prefix| text.strip_prefix(prefix).unwrap_or(text));
    text.trim_end_matches('.').to_owned()
}

fn damaged(path: &Path, column: Option<&str>, message: impl Into<String>) -> Error {
    Error::Parquet {
        path: path.to_owned(),
        column: column.map(str::to_owned),
        message: message.into(),
        hint: None,
    }
}
