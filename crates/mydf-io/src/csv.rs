//! CSV files (RFC 4180).

use std::path::Path;

use mydf_core::{DType, DataFrame, Idx, Result};

/// How a CSV file is read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Around a field that holds separators or line ends; doubled within.
    pub quote: Option<u8>,
    /// The first line holds the names (else `column_1`, …).
    pub has_header: bool,
    /// Text that means null, beside the empty unquoted field.
    pub null_values: Vec<String>,
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// Dtypes that are given, not inferred.
    pub dtypes: Vec<(String, DType)>,
    /// Rows looked at to infer dtypes; `None` looks at all.
    pub infer_rows: Option<usize>,
    /// At most this many rows.
    pub n_rows: Option<usize>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            separator: b',',
            quote: Some(b'"'),
            has_header: true,
            null_values: Vec::new(),
            columns: None,
            dtypes: Vec::new(),
            infer_rows: None,
            n_rows: None,
        }
    }
}

/// Reads a CSV file.
///
/// # Errors
/// [`mydf_core::Error::Csv`] naming file, line and column: ragged row, unclosed quote, invalid
/// UTF-8, a value that doesn't fit its dtype; [`mydf_core::Error::Io`].
pub fn read_csv<I: Idx>(path: &Path, options: &ReadOptions) -> Result<DataFrame<I>> {
    let _ = (path, options);
    todo!()
}

/// Reads CSV from memory; `name` stands for the path in errors.
///
/// # Errors
/// As [`read_csv`].
pub fn read_csv_bytes<I: Idx>(
    bytes: &[u8],
    name: &Path,
    options: &ReadOptions,
) -> Result<DataFrame<I>> {
    let _ = (bytes, name, options);
    todo!()
}

/// How a CSV file is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Write the names first.
    pub header: bool,
    /// What a null becomes. An empty string of the data is quoted where this is empty, so that the two stay apart.
    pub null_value: String,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions { separator: b',', header: true, null_value: String::new() }
    }
}

/// Writes a CSV file: whole or not at all (a temporary file beside it is renamed at the end).
///
/// # Errors
/// [`mydf_core::Error::Io`].
pub fn write_csv<I: Idx>(frame: &DataFrame<I>, path: &Path, options: &WriteOptions) -> Result<()> {
    let _ = (frame, path, options);
    todo!()
}

/// The text that [`write_csv`] would write.
///
/// # Errors
/// [`mydf_core::Error::Arrow`].
pub fn to_csv_string<I: Idx>(frame: &DataFrame<I>, options: &WriteOptions) -> Result<String> {
    let _ = (frame, options);
    todo!()
}
