//! CSV files (RFC 4180): UTF-8, records that end in LF or CRLF, fields quoted where they hold
//! separators, quotes or line ends.
//!
//! Strict where a guess could lose data: a quote within an unquoted field, text after a closing
//! quote, and a record with too few or too many fields are errors. A leading byte order mark is
//! skipped. Empty lines are skipped in files of several columns; in a file of one column an empty
//! line is a row that holds null, because a null has no other spelling there.

mod build;
mod layout;
mod parse;
mod read;
mod scan;
mod value;
mod write;

use std::path::Path;

use mydf_core::{DType, DataFrame, Idx, Result};

/// How a CSV file is read.
///
/// Dtypes that are not given are inferred from the values that are not null. A column becomes
/// - `Int64` (`UInt64` where all are positive and one needs it) of plain integers; `Float64` where
///   some are decimal numbers, `NaN`, `inf` or `-inf`;
/// - `Bool` of `true` and `false` (also `True`, `TRUE`);
/// - `Date` of `YYYY-MM-DD`, `Datetime` of ISO 8601 with `T` or a blank; where every value has `Z` or
///   an offset, `Datetime(UTC)`;
/// - `Null` without a value;
/// - `String` of everything else, also where a number or time would lose digits: integers beyond 64
///   bits, integers beside decimal numbers that a float does not hold exactly, fractions finer than
///   microseconds, `+` before an integer (a telephone number).
///
/// Blanks around numbers, truth values and times are ignored.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Around a field that holds separators or line ends; doubled within. With `None`, the quote
    /// is a character like any other.
    pub quote: Option<u8>,
    /// The first line holds the names (else `column_1`, …).
    pub has_header: bool,
    /// Text that means null, beside the empty unquoted field; quoted or not.
    pub null_values: Vec<String>,
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// Dtypes that are given, not inferred.
    pub dtypes: Vec<(String, DType)>,
    /// Rows looked at to infer dtypes; `None` looks at all. A later value that does not fit is an
    /// error.
    pub infer_rows: Option<usize>,
    /// At most this many rows; what comes after them is not looked at.
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
/// UTF-8, a value that doesn't fit its dtype, a name twice in the header;
/// [`mydf_core::Error::ColumnNotFound`] for a name in `columns` or `dtypes`;
/// [`mydf_core::Error::TooManyRows`] before a column is built; [`mydf_core::Error::Value`] for
/// options that contradict each other; [`mydf_core::Error::Io`].
pub fn read_csv<I: Idx>(path: &Path, options: &ReadOptions) -> Result<DataFrame<I>> {
    read::read_file(path, options)
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
    read::read_bytes(bytes, name, options)
}

/// How a CSV file is written.
///
/// Floats are written with the fewest digits that name them (`NaN`, `inf`, `-inf` apart), dates and
/// datetimes as ISO 8601, datetimes with a zone as their instant in UTC, with `Z`.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Write the names first.
    pub header: bool,
    /// What a null becomes. Texts of the data that would be read as null (the empty one, and this
    /// one) are quoted.
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
/// [`mydf_core::Error::Io`], [`mydf_core::Error::Value`] for a separator that can't be one.
pub fn write_csv<I: Idx>(frame: &DataFrame<I>, path: &Path, options: &WriteOptions) -> Result<()> {
    write::write_file(frame, path, options)
}

/// The text that [`write_csv`] would write.
///
/// # Errors
/// [`mydf_core::Error::Value`] for a separator that can't be one.
pub fn to_csv_string<I: Idx>(frame: &DataFrame<I>, options: &WriteOptions) -> Result<String> {
    write::to_text(frame, options)
}
