//! JSON lines: an object on each line, whose names are the columns.
//!
//! JSON has types of its own, so nothing is guessed from texts: a text stays a text. Everything that
//! a column can't hold without loss is an error: nested values, numbers next to texts, numbers that
//! neither 64-bit integers nor floats hold, a name twice in one object.

mod build;
mod object;
mod read;
mod table;
mod write;

use std::path::Path;

use mydf_core::{DType, DataFrame, Error, Idx, Result};

use crate::source::Source;

/// How JSON lines are read.
///
/// A column becomes `Int64` for integers (`UInt64` if none is negative and one does not fit
/// `Int64`), `Float64` if some are decimal numbers, `Bool`, `String`, or `Null` if it has no value.
/// A name that an object does not have is null in its row.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// All columns and their dtypes; another name in the file is an error. Instead of inferring.
    pub schema: Option<Vec<(String, DType)>>,
    /// Dtypes to use instead of inferred ones. `String` takes values of any kind, as their JSON.
    pub dtypes: Vec<(String, DType)>,
    /// At most this many rows; the rest of the file is not checked. With 0, the frame has the
    /// dtypes that are inferred from all rows.
    pub n_rows: Option<usize>,
}

/// Reads JSON lines.
///
/// # Errors
/// [`mydf_core::Error::Ndjson`] naming file, line and column: a line that is not one object, a name
/// twice in an object, nested values, values of several kinds in a column, a value that does not
/// fit its dtype; [`mydf_core::Error::ColumnNotFound`]; [`mydf_core::Error::TooManyRows`];
/// [`mydf_core::Error::Io`].
pub fn read_ndjson<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    read::read(source, options)
}

/// Writes JSON lines completely or not at all. Dates and datetimes are texts in ISO 8601.
///
/// # Errors
/// [`mydf_core::Error::Io`]; [`mydf_core::Error::Value`] for a float that JSON does not have.
pub fn write_ndjson<I: Idx>(frame: &DataFrame<I>, path: &Path) -> Result<()> {
    write::write_file(frame, path)
}

/// The text that [`write_ndjson`] would write.
///
/// # Errors
/// [`mydf_core::Error::Value`] for a float that JSON does not have.
pub fn to_ndjson_string<I: Idx>(frame: &DataFrame<I>) -> Result<String> {
    write::to_text(frame)
}

/// The file's bytes and its name, which an error needs to report its position.
#[derive(Clone, Copy)]
struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    /// An error about a part of the file's text.
    fn error(
        &self,
        part: &str,
        column: Option<&str>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Error {
        let at = part.as_ptr().addr() - self.text.as_ptr().addr();
        let before = &self.text.as_bytes()[..at];
        Error::Ndjson {
            path: self.path.to_owned(),
            row: Some(memchr::memchr_iter(b'\n', before).count() as u64 + 1),
            column: column.map(str::to_owned),
            message: message.into(),
            hint: hint.into(),
        }
    }
}

/// The start of a text, for messages.
fn excerpt(text: &str) -> String {
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}
