//! CSV files (RFC 4180): UTF-8, records that end in LF or CRLF, quotes around fields that contain
//! separators, quotes or line ends. Files that gzip or zstd compressed, and files whose lines all end
//! in CR alone, are converted first.
//!
//! The reader is strict if a guess could lose data: a quote within an unquoted field, text after a
//! closing quote, a CR or NUL outside quotes, and a record with too few or too many fields are
//! errors. A leading byte order mark is skipped, and a Ctrl-Z at the end. Empty lines are skipped in
//! files of several columns; in a file of one column an empty line is a row that holds null, because
//! a null has no other spelling there.

pub mod blocks;
mod build;
mod columns;
mod content;
mod fault;
mod input;
mod layout;
mod lines;
mod nulls;
mod read;
mod scan;
mod value;
mod write;

use std::path::Path;

use mydf_core::{DType, DataFrame, Error, Idx, Result};

use crate::source::Source;

/// How a CSV file is read.
///
/// Dtypes that are not given are inferred from the values that are not null. A column becomes
/// - `Int64` for plain integers (`UInt64` if none is negative and one does not fit `Int64`);
///   `Float64` if some are decimal numbers, `nan`, `inf` or `infinity` (in any case, with or
///   without a sign);
/// - `Bool` for `true` and `false` (also `True`, `TRUE`);
/// - `Date` for `YYYY-MM-DD`, `Datetime` for ISO 8601 with `T` or a blank; `Datetime(UTC)` if every
///   value has `Z` or an offset;
/// - `Null` if it has no value;
/// - `String` for everything else, and if a number or time would lose digits: integers beyond 64
///   bits, integers among decimal numbers that a float can't represent exactly, fractions finer
///   than microseconds, `+` before an integer (a telephone number).
///
/// Blanks around numbers, Booleans and times are ignored.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Around a field that contains separators or line ends; doubled inside it. With `None`, quotes
    /// are plain text.
    pub quote: Option<u8>,
    /// Whether the first line has the names; otherwise they are `column_1`, …
    pub has_header: bool,
    /// Texts that mean null in addition to the empty unquoted field. In columns of texts, quotes
    /// around them make them texts.
    pub null_values: Vec<String>,
    /// More texts that mean null, in one column each.
    pub column_null_values: Vec<(String, Vec<String>)>,
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// Dtypes to use instead of inferred ones.
    pub dtypes: Vec<(String, DType)>,
    /// How many rows to infer dtypes from; `None` for all. A later value that does not fit is an
    /// error. With 0, all columns without a given dtype are texts.
    pub infer_rows: Option<usize>,
    /// At most this many rows; the rest of the file is not checked. With 0, the frame has the dtypes
    /// that are inferred from `infer_rows`.
    pub n_rows: Option<usize>,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            separator: b',',
            quote: Some(b'"'),
            has_header: true,
            null_values: Vec::new(),
            column_null_values: Vec::new(),
            columns: None,
            dtypes: Vec::new(),
            infer_rows: None,
            n_rows: None,
        }
    }
}

impl ReadOptions {
    /// Checks what can be checked without a file.
    ///
    /// # Errors
    /// [`mydf_core::Error::InvalidOption`].
    pub fn check(&self) -> Result<()> {
        read::syntax(self).map(drop)
    }
}

/// Reads a CSV file.
///
/// # Errors
/// [`mydf_core::Error::Csv`] naming file, line and column: ragged row, unclosed quote, invalid
/// UTF-8, a value that doesn't fit its dtype, a name twice in the header;
/// [`mydf_core::Error::ColumnNotFound`] for a name in `columns`, `dtypes` or
/// `column_null_values`;
/// [`mydf_core::Error::TooManyRows`] before a column is built;
/// [`mydf_core::Error::InvalidOption`] for options that contradict each other;
/// [`mydf_core::Error::Io`].
pub fn read_csv<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    read::read(source, options)
}

fn check_character(what: &'static str, byte: u8) -> Result<()> {
    if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) {
        return Ok(());
    }
    let hint = "use one ASCII character that is neither a line end nor NUL";
    Err(Error::InvalidOption { what, message: format!("byte 0x{byte:02x}"), hint })
}

/// How a CSV file is written.
///
/// Floats are written with the fewest digits that identify them (or as `NaN`, `inf`, `-inf`), dates
/// and datetimes as ISO 8601, datetimes with a zone as their instant in UTC, with `Z`.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// Between two fields of a line.
    pub separator: u8,
    /// Whether to write the names first.
    pub header: bool,
    /// What to write for null. Texts of the data that would be read as null (the empty text, and
    /// this one) are quoted. No value of another dtype may be written like this.
    pub null_value: String,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions { separator: b',', header: true, null_value: String::new() }
    }
}

/// Writes a CSV file completely or not at all: a temporary file next to it is renamed at the end.
///
/// # Errors
/// [`mydf_core::Error::Io`], [`mydf_core::Error::InvalidOption`] for an invalid separator, or text for
/// null.
pub fn write_csv<I: Idx>(frame: &DataFrame<I>, path: &Path, options: &WriteOptions) -> Result<()> {
    write::write_file(frame, path, options)
}

/// The text that [`write_csv`] would write.
///
/// # Errors
/// [`mydf_core::Error::InvalidOption`] for an invalid separator, or text for null.
pub fn to_csv_string<I: Idx>(frame: &DataFrame<I>, options: &WriteOptions) -> Result<String> {
    write::to_text(frame, options)
}
