//! Everything that can go wrong below the Python layer, as one enum with attributes.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use crate::dtype::DType;

/// The result of every function in the core that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong: the fact and its attributes. [`Error::hint`] has the advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A column that the frame does not have.
    #[error("column not found: `{name}`")]
    ColumnNotFound {
        /// The requested name.
        name: String,
        /// The names that the frame has, in order.
        available: Vec<String>,
    },
    /// Two columns of one result would have the same name.
    #[error("duplicate column: `{name}`")]
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// A column outside any aggregation, although each group gives one row.
    #[error("column `{name}` outside any aggregation in group_by")]
    NotAggregated {
        /// The column's name.
        name: String,
    },
    /// Columns of one frame differ in length.
    #[error("length of column `{column}`: {actual} rows, expected {expected}")]
    LengthMismatch {
        /// The column's name.
        column: String,
        /// The length of the frame.
        expected: usize,
        /// The length of the column.
        actual: usize,
    },
    /// A dtype that the operation does not accept.
    #[error("dtype of `{what}` in {operation}: {actual}, expected {expected}")]
    DType {
        /// The operation, e.g. `sum` or `str.contains`.
        operation: String,
        /// The column or expression.
        what: String,
        /// What the operation accepts, in words.
        expected: String,
        /// The actual dtype.
        actual: DType,
    },
    /// An Arrow type for which mydf has no dtype.
    #[error("unsupported Arrow type of column `{column}`: {arrow_type}")]
    UnsupportedType {
        /// The column's name.
        column: String,
        /// Arrow's name for the type.
        arrow_type: String,
    },
    /// A value that does not fit the dtype that it is converted to.
    #[error("cast of `{what}` from {from} to {to}: value `{value}` at row {row} does not fit")]
    Cast {
        /// The column or expression.
        what: String,
        /// The dtype of the column or expression.
        from: DType,
        /// The requested dtype.
        to: DType,
        /// The first value that does not fit.
        value: String,
        /// The row of that value, from 0.
        row: usize,
    },
    /// A text that can't be read as something else.
    #[error("text of `{what}`: `{value}` at row {row} is not {expected}")]
    Text {
        /// The column or expression.
        what: String,
        /// The requested dtype.
        to: DType,
        /// The first text that can't be read.
        value: String,
        /// The row of that text, from 0.
        row: usize,
        /// What it should be.
        expected: String,
    },
    /// A moment for which an operation has no result.
    #[error("{operation} of `{what}`: `{value}` at row {row} {fact}")]
    Moment {
        /// The operation.
        operation: &'static str,
        /// The column or expression.
        what: String,
        /// The moment.
        value: String,
        /// Its row, from 0.
        row: usize,
        /// What is wrong with it.
        fact: String,
        /// What fixes it.
        hint: &'static str,
    },
    /// A value that the requested dtype holds only in part.
    #[error("values of `{what}` as {to}: the {from} `{value}` at row {row} would not survive")]
    Inexact {
        /// The column.
        what: String,
        /// The dtype of the values.
        from: DType,
        /// The requested dtype.
        to: DType,
        /// The first value that would not survive.
        value: String,
        /// The row of that value, from 0.
        row: usize,
    },
    /// Integer arithmetic that leaves the range of its dtype.
    #[error("integer overflow in {operation} of `{what}` ({dtype})")]
    Overflow {
        /// The operation.
        operation: String,
        /// The column or expression.
        what: String,
        /// The dtype whose range is exceeded.
        dtype: DType,
    },
    /// More rows than this runtime's row index can number.
    #[error("too many rows: {rows}, the limit of a {bits}-bit row index is {limit}")]
    TooManyRows {
        /// The rows that the result would have.
        rows: u64,
        /// The limit.
        limit: u64,
        /// The width of the index in bits.
        bits: u32,
    },
    /// More memory than the process can have.
    #[error("memory for {operation}: {} needed, {}", size(*bytes), left(*available))]
    Memory {
        /// The operation.
        operation: String,
        /// The bytes that it needs, at least.
        bytes: u64,
        /// The bytes that the process could have, if the system says so.
        available: Option<u64>,
    },
    /// An invalid CSV file.
    #[error("CSV file `{}`{}{}: {message}", path.display(), at_row(*row), at_column(column.as_deref()))]
    Csv {
        /// The file.
        path: PathBuf,
        /// The line in the file, from 1 (the header is line 1).
        row: Option<u64>,
        /// The column's name.
        column: Option<String>,
        /// The fact.
        message: String,
        /// What fixes it.
        hint: String,
    },
    /// An invalid Parquet file.
    #[error("Parquet file `{}`{}: {message}", path.display(), at_column(column.as_deref()))]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The column's name.
        column: Option<String>,
        /// The fact.
        message: String,
        /// What fixes it, if known.
        hint: Option<&'static str>,
    },
    /// An invalid file or stream of Arrow IPC.
    #[error("Arrow file `{}`{}: {message}", path.display(), at_column(column.as_deref()))]
    Ipc {
        /// The file.
        path: PathBuf,
        /// The column's name.
        column: Option<String>,
        /// The fact.
        message: String,
        /// What fixes it.
        hint: &'static str,
    },
    /// An invalid file of JSON lines.
    #[error("JSON file `{}`{}{}: {message}", path.display(), at_row(*row), at_column(column.as_deref()))]
    Ndjson {
        /// The file.
        path: PathBuf,
        /// The line in the file, from 1.
        row: Option<u64>,
        /// The column's name.
        column: Option<String>,
        /// The fact.
        message: String,
        /// What fixes it.
        hint: String,
    },
    /// The operating system reports an error.
    #[error("{operation} `{}`: {source}", path.display())]
    Io {
        /// The operation: `read`, `write`, …
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// An argument that makes no sense.
    #[error("{what}: {message}")]
    Value {
        /// The argument or operation.
        what: String,
        /// The fact.
        message: String,
    },
    /// A time zone that is not known.
    #[error("time zone: `{name}` is neither a name of the IANA database nor an offset")]
    UnknownZone {
        /// The name.
        name: String,
        /// The known name that it probably stands for.
        meant: Option<&'static str>,
    },
    /// A row number that a frame or column does not have.
    #[error("row {row} of {rows} rows")]
    RowNotFound {
        /// The row number; a negative one counts from the end.
        row: i64,
        /// The number of rows.
        rows: usize,
    },
    /// The caller has stopped the operation, see [`crate::interrupt`].
    #[error("interrupted")]
    Interrupted,
    /// A bug: a panic and its text.
    #[error("internal error: {message}")]
    Internal {
        /// The text.
        message: String,
    },
    /// Data of another library that breaks the rules of Arrow's C interface.
    #[error("Arrow data{}: {message}", of_column(column))]
    ArrowData {
        /// The column's name; empty for the data as a whole.
        column: String,
        /// The fact.
        message: String,
        /// What fixes it.
        hint: &'static str,
    },
    /// The key of a join on the nearest key does not ascend.
    #[error(
        "key `{column}` of the {side} frame: row {row} is smaller than a row before it{}",
        if *grouped { " in its group" } else { "" }
    )]
    Unsorted {
        /// `left` or `right`.
        side: &'static str,
        /// The key.
        column: String,
        /// The first row that is smaller than one before it.
        row: usize,
        /// Whether only rows of one group are compared.
        grouped: bool,
    },
    /// A pattern that is not a regular expression.
    #[error("{what}: `{pattern}` is not a regular expression: {fact}")]
    Pattern {
        /// The pattern's role.
        what: String,
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        fact: String,
    },
    /// An option of a reader or writer that does not fit the data or another option.
    #[error("{what}: {message}")]
    InvalidOption {
        /// The option's name in Python.
        what: &'static str,
        /// The fact.
        message: String,
        /// What fixes it.
        hint: &'static str,
    },
    /// An error of the Arrow library that no other case describes.
    #[error("{operation}: {source}")]
    Arrow {
        /// The operation.
        operation: String,
        /// The library's error.
        source: arrow_schema::ArrowError,
    },
}

/// Runs a job; a panic becomes an error.
///
/// Everything that Python calls and that reads data runs in here: `PyO3` would make a panic a
/// `PanicException`, which `except Exception` does not catch. A panic leaves nothing half-changed,
/// because frames never change.
///
/// # Errors
/// The job's errors; [`Error::Internal`] if it panics.
pub fn caught<T, E: From<Error>>(job: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(Error::Internal { message: text.unwrap_or("no message").to_owned() }.into())
    })
}

impl Error {
    /// What fixes the error, if known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::ColumnNotFound { name, available } => Some(near_names(name, available)),
            Error::Csv { hint, .. } | Error::Ndjson { hint, .. } => Some(hint.clone()),
            Error::Ipc { hint, .. } => Some((*hint).to_owned()),
            Error::Parquet { hint, .. } => hint.map(str::to_owned),
            Error::Io { operation, path, source } => file_hint(operation, path, source.kind()),
            Error::InvalidOption { hint, .. } | Error::Moment { hint, .. } => {
                Some((*hint).to_owned())
            }
            Error::DuplicateColumn { .. } => {
                Some("give one of them another name with `.alias(...)`".into())
            }
            Error::NotAggregated { name } => Some(format!(
                "aggregate it, e.g. `col(\"{name}\").first()`, or make it a key"
            )),
            Error::TooManyRows { bits, .. } if *bits < 64 => Some(
                "use the runtime with a 64-bit row index: set MYDF_RUNTIME=rt64 before Python starts"
                    .into(),
            ),
            Error::Memory { operation, .. } if operation == "join" => Some(
                "keys that occur many times on both sides multiply the rows: use `unique` or \
                 `group_by` first, or more keys"
                    .into(),
            ),
            Error::Memory { operation, .. } if operation == "cross join" => Some(
                "a cross join has a row for each pair of rows: use `filter` first, or join with \
                 keys"
                    .into(),
            ),
            Error::Memory { operation, .. } if operation == "read" => Some(
                "CSV is read whole: split the file first, or store it as Parquet and read fewer \
                 `columns`"
                    .into(),
            ),
            Error::Memory { .. } => {
                Some("work on fewer rows or columns, with `filter` or `select` first".into())
            }
            Error::Overflow { dtype, .. } if dtype.is_temporal() || *dtype == DType::Duration => Some(
                "take such rows out with `filter` first: 64 bits of microseconds are 292,271 years"
                    .into(),
            ),
            Error::Unsorted { side, column, .. } => {
                Some(format!("sort the {side} frame first: `.sort(\"{column}\")`"))
            }
            Error::Pattern { pattern, .. } => Some(pattern_hint(pattern).into()),
            Error::Overflow { .. } => {
                Some("cast to a wider dtype first, e.g. `.cast(mydf.Float64)`".into())
            }
            Error::Inexact { from: DType::Datetime(Some(_)), .. } => Some(
                "leave out the dtype; `.cast(mydf.Datetime)` then keeps the wall-clock time only"
                    .into(),
            ),
            Error::Inexact { to, .. } => Some(format!(
                "leave out the dtype, and round or cut the values with `.cast(mydf.{to})`"
            )),
            Error::Text { .. } => Some("`strict=False` makes such texts null".into()),
            Error::Cast { from, to, .. } if from.is_integer() && to.is_float() => Some(
                "an explicit cast of the integers, `.cast(mydf.Float64)`, rounds such values".into(),
            ),
            Error::Cast { from: DType::String, to: to @ (DType::Date | DType::Datetime(_)), .. } => {
                let reader = if *to == DType::Date { "to_date" } else { "to_datetime" };
                Some(format!(
                    "`.str.{reader}(format)` reads other formats; `strict=False` makes such texts \
                     null"
                ))
            }
            Error::Cast { from: DType::String, to, value, .. }
                if to.is_numeric() && value.contains(',') =>
            {
                Some(
                    "`read_csv` has `decimal_comma=True` and `thousands=\",\"`; in a frame, \
                     `.str.replace_all(\",\", \".\", literal=True)` makes a point of a comma"
                        .into(),
                )
            }
            Error::Cast { .. } => {
                Some("`.cast(dtype, strict=False)` makes such values null".into())
            }
            Error::DType { actual, .. } => Some(conversion(actual).into()),
            Error::UnsupportedType { arrow_type, .. } => Some(unsupported_hint(arrow_type).into()),
            Error::UnknownZone { meant: Some(meant), .. } => {
                Some(format!("did you mean `{meant}`?"))
            }
            Error::UnknownZone { .. } => {
                Some("use a name such as `Europe/Berlin` or `UTC`, or an offset such as `+01:00`".into())
            }
            Error::Internal { .. } => Some(
                "this is a bug of mydf: please report it with the output of \
                 `python -m mydf runtime`"
                    .into(),
            ),
            Error::ArrowData { hint, .. } => Some((*hint).into()),
            _ => None,
        }
    }
}

/// What to write instead of a pattern that is not a regular expression.
fn pattern_hint(pattern: &str) -> &'static str {
    const AROUND: [&str; 4] = ["(?=", "(?!", "(?<=", "(?<!"];
    if AROUND.iter().any(|around| pattern.contains(around)) {
        "match what is around it too, and take the part with a group: `str.extract(\"a(b)c\")`"
    } else {
        "write a backslash before a character such as `(` or `*` to mean the character itself; \
         `literal=True` does so for all of them where a method has it"
    }
}

fn file_hint(operation: &str, path: &Path, kind: io::ErrorKind) -> Option<String> {
    Some(match kind {
        io::ErrorKind::NotFound if path.to_string_lossy().contains('*') => {
            "name one file: patterns are not expanded, `glob.glob(pattern)` does that".into()
        }
        io::ErrorKind::NotFound if operation == "write" => "create the folder first".into(),
        io::ErrorKind::NotFound if path.is_relative() => {
            let folder = std::env::current_dir().ok()?;
            format!("the path starts at the current folder, `{}`", folder.display())
        }
        io::ErrorKind::IsADirectory => "give the path of a file".into(),
        io::ErrorKind::NotADirectory => "a part of the path is a file, not a folder".into(),
        io::ErrorKind::InvalidFilename => "use a shorter path".into(),
        _ => return None,
    })
}

/// Bytes in a unit that people read.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut size, mut unit) = (bytes as f64 / 1024.0, 0);
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

fn left(available: Option<u64>) -> String {
    let unknown = || "which the system refuses".to_owned();
    available.map_or_else(unknown, |bytes| format!("{} available", size(bytes)))
}

fn at_row(row: Option<u64>) -> String {
    row.map_or_else(String::new, |row| format!(", line {row}"))
}

fn at_column(column: Option<&str>) -> String {
    column.map_or_else(String::new, |column| format!(", column `{column}`"))
}

fn of_column(column: &str) -> String {
    if column.is_empty() { String::new() } else { format!(" of column `{column}`") }
}

/// What makes values of another dtype of those of this one.
fn conversion(actual: &DType) -> &'static str {
    match actual {
        dtype if dtype.is_temporal() => {
            "`.cast(mydf.Int64)` makes days of a date, microseconds of a datetime, since 1970"
        }
        DType::Decimal(..) => {
            "`.cast(mydf.Float64)` makes the nearest floats, `.cast(mydf.String)` exact texts"
        }
        DType::List(_) => {
            "`.list` has the functions of lists, and `frame.explode(...)` makes rows of them"
        }
        DType::Categorical => "`.cast(mydf.String)` makes text of categories",
        DType::Binary => "`.cast(mydf.String)` makes text of bytes that are UTF-8",
        DType::Time => "`.cast(mydf.String)` makes text of a time of day",
        DType::Duration => "`.dt.total_seconds()` and its kin make integers of a duration",
        _ => "convert it first with `.cast(...)`",
    }
}

/// How to convert a type that has no dtype to one that has.
fn unsupported_hint(arrow_type: &str) -> &'static str {
    let starts = |names: &[&str]| names.iter().any(|name| arrow_type.starts_with(name));
    if arrow_type.contains("pandas.period") {
        "convert it first in pandas, e.g. with `.dt.to_timestamp()`, or leave the column out"
    } else if arrow_type.contains("`pandas.") {
        "convert it first in pandas, e.g. with `.astype(str)`, or leave the column out"
    } else if arrow_type.starts_with("extension type") {
        "convert it first to what it means, or, in pyarrow, to what it stores: \
         `column.cast(column.type.storage_type)`"
    } else if starts(&["Decimal"]) {
        "convert it first to floats or text, or leave the column out"
    } else if starts(&["Interval"]) {
        "convert it first to a number, e.g. of seconds, or leave the column out"
    } else if starts(&["struct", "Struct"]) {
        "make a column of each field first, e.g. with `.flatten()` in pyarrow or `.unnest()` in \
         polars, or leave the column out"
    } else {
        "convert it first to numbers, text, dates or datetimes, or leave the column out"
    }
}

fn near_names(name: &str, available: &[String]) -> String {
    let near = available
        .iter()
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count();
            // Nothing is near a name that would have to be replaced as a whole.
            *distance <= length.max(3) / 3 && *distance < length.max(name.chars().count())
        })
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((_, candidate)) => format!("did you mean `{candidate}`?"),
        None => format!("the columns are: {}", available.join(", ")),
    }
}

fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_with_its_text() {
        let error = caught::<(), Error>(|| panic!("row {} of 2", 3)).unwrap_err();
        assert_eq!(error.to_string(), "internal error: row 3 of 2");
        assert!(error.hint().unwrap().contains("please report it"));
        let error = caught::<(), Error>(|| panic!("no rows")).unwrap_err();
        assert_eq!(error.to_string(), "internal error: no rows");
        assert_eq!(caught::<_, Error>(|| Ok(7)).unwrap(), 7);
    }
}
