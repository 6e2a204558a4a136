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
mod numbers;
mod prepare;
mod read;
mod scan;
pub(crate) mod value;
pub(crate) mod write;

use std::path::Path;

use mydf_core::temporal::Format;
use mydf_core::{DType, DataFrame, Error, Idx, Result};

pub use self::numbers::Numbers;

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
    /// Names to use instead of those of the file, one for each column.
    pub names: Option<Vec<String>>,
    /// So many lines before the header are left out, whatever they contain.
    pub skip_rows: usize,
    /// So many records after the header are left out.
    pub skip_rows_after_header: usize,
    /// Lines that begin with this text are left out.
    pub comment_prefix: Option<String>,
    /// What to do with records of fewer or more fields than the first one.
    pub ragged: Ragged,
    /// How numbers are written.
    pub numbers: Numbers,
    /// Formats of dates and datetimes, in one column each.
    pub formats: Vec<(String, String)>,
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

impl ReadOptions {
    /// Whether what is read of a line depends on the lines before it.
    fn is_by_lines(&self) -> bool {
        self.skip_rows > 0
            || self.skip_rows_after_header > 0
            || self.comment_prefix.is_some()
            || self.ragged != Ragged::Error
    }
}

/// What to do with records of fewer or more fields than the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ragged {
    /// They are errors.
    Error,
    /// Missing fields are null; records of more fields are errors.
    Fill,
    /// Missing fields are null; fields after the last column are left out.
    Truncate,
}

impl Default for ReadOptions {
    fn default() -> Self {
        ReadOptions {
            separator: b',',
            quote: Some(b'"'),
            has_header: true,
            names: None,
            skip_rows: 0,
            skip_rows_after_header: 0,
            comment_prefix: None,
            ragged: Ragged::Error,
            numbers: Numbers::default(),
            formats: Vec::new(),
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
        read::syntax(self)?;
        self.formats.iter().try_for_each(|(_, text)| date_format(text).map(drop))
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

/// The format of a column's dates.
fn date_format(text: &str) -> Result<Format> {
    Format::to_read(text).map_err(|error| match error {
        Error::InvalidOption { message, hint, .. } => {
            Error::InvalidOption { what: "date_format", message, hint }
        }
        other => other,
    })
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
    /// `1,5` instead of `1.5`.
    pub decimal_comma: bool,
    /// Digits after the decimal point of floats, instead of the fewest that identify them.
    pub float_precision: Option<usize>,
    /// The format of dates.
    pub date_format: Option<Format>,
    /// The format of datetimes, which are shown in their time zone.
    pub datetime_format: Option<Format>,
    /// Whether to begin with a byte order mark, from which Excel knows that it is UTF-8.
    pub byte_order_mark: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        WriteOptions {
            separator: b',',
            header: true,
            null_value: String::new(),
            decimal_comma: false,
            float_precision: None,
            date_format: None,
            datetime_format: None,
            byte_order_mark: false,
        }
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

/// The content of a file that gzip or zstd may have compressed.
///
/// # Errors
/// [`mydf_core::Error::Csv`] if it is damaged, [`mydf_core::Error::Io`].
pub fn decompressed(source: &Source<'_>) -> Result<Vec<u8>> {
    content::decompressed(source)
}

/// The text that [`write_csv`] would write.
///
/// # Errors
/// [`mydf_core::Error::InvalidOption`] for an invalid separator, or text for null.
pub fn to_csv_string<I: Idx>(frame: &DataFrame<I>, options: &WriteOptions) -> Result<String> {
    write::to_text(frame, options)
}
