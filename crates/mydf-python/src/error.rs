//! The only place that turns an error of the core into a Python exception.

use std::io;

use mydf_core::{DType, Error};
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// How a call of the extension module can fail.
#[derive(Debug)]
pub(crate) enum Fault {
    /// An error of the core.
    Core(Error),
    /// Like [`Error::Value`], with its own hint.
    Value { what: String, message: String, hint: String },
    /// A list of Python values that can't form a column.
    Mixed { column: String, row: usize, message: String, hint: String },
    /// A pickled frame that can't be one of this mydf.
    Pickle { message: String, hint: String },
    /// An exception that Python raised.
    Python(PyErr),
}

impl Fault {
    pub(crate) fn value(
        what: impl Into<String>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Fault::Value { what: what.into(), message: message.into(), hint: hint.into() }
    }

    pub(crate) fn pickle(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Fault::Pickle { message: message.into(), hint: hint.into() }
    }

    /// The same fault of one value in a list of them.
    pub(crate) fn in_row(self, column: &str, row: usize) -> Self {
        match self {
            Fault::Value { message, hint, .. } => {
                Fault::Mixed { column: column.to_owned(), row, message, hint }
            }
            other => other,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Fault::Core(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Fault::Python(error)
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        Python::attach(|py| match fault {
            Fault::Python(error) => error,
            Fault::Core(error) => {
                let raised = class_of(&error);
                let attributes = attributes(py, &error);
                raise(py, raised, &error.to_string(), error.hint().as_deref(), attributes)
            }
            Fault::Value { what, message, hint } => {
                let fact = format!("{what}: {message}");
                let attributes = filled(py, |a| a.set_item("what", &what));
                raise(py, "ArgumentError", &fact, Some(&hint), attributes)
            }
            Fault::Pickle { message, hint } => {
                raise(py, "PickleError", &message, Some(&hint), PyDict::new(py))
            }
            Fault::Mixed { column, row, message, hint } => {
                let fact = format!("values of column `{column}`, row {row}: {message}");
                let attributes = filled(py, |a| {
                    a.set_item("column", &column)?;
                    a.set_item("row", row)
                });
                raise(py, "MixedTypeError", &fact, Some(&hint), attributes)
            }
        })
    }
}

/// The class in `mydf.errors` for each error of the core.
fn class_of(error: &Error) -> &'static str {
    match error {
        Error::ColumnNotFound { .. } => "ColumnNotFoundError",
        Error::DuplicateColumn { .. } => "DuplicateColumnError",
        Error::LengthMismatch { .. } => "LengthMismatchError",
        Error::RowNotFound { .. } => "RowNotFoundError",
        Error::DType { .. } => "DTypeError",
        Error::UnsupportedType { .. } => "UnsupportedTypeError",
        Error::Cast { .. } | Error::Inexact { .. } | Error::Text { .. } => "CastError",
        Error::Overflow { .. } => "IntegerOverflowError",
        Error::TooManyRows { .. } => "RowLimitError",
        Error::Memory { .. } => "OutOfMemoryError",
        Error::Csv { .. } => "CsvError",
        Error::Parquet { .. } => "ParquetError",
        Error::Ipc { .. } => "IpcError",
        Error::Ndjson { .. } => "NdjsonError",
        Error::Io { source, .. } => match source.kind() {
            io::ErrorKind::NotFound => "MissingFileError",
            io::ErrorKind::PermissionDenied => "FilePermissionError",
            io::ErrorKind::IsADirectory => "FolderError",
            _ => "FileError",
        },
        Error::Internal { .. } => "InternalError",
        Error::Arrow { .. } | Error::ArrowData { .. } => "ArrowError",
        // `Value`, and errors that the core may add later: an invalid argument is most likely.
        _ => "ArgumentError",
    }
}

/// The attributes of the exception, under the names that `mydf.errors` declares.
fn attributes<'py>(py: Python<'py>, error: &Error) -> Bound<'py, PyDict> {
    filled(py, |a| match error {
        Error::ColumnNotFound { name, available } => {
            a.set_item("name", name)?;
            a.set_item("available", available)
        }
        Error::DuplicateColumn { name } => a.set_item("name", name),
        Error::RowNotFound { row, rows } => {
            a.set_item("row", row)?;
            a.set_item("rows", rows)
        }
        Error::LengthMismatch { column, expected, actual } => {
            a.set_item("column", column)?;
            a.set_item("expected", expected)?;
            a.set_item("actual", actual)
        }
        Error::DType { operation, what, expected, actual } => {
            a.set_item("operation", operation)?;
            a.set_item("what", what)?;
            a.set_item("expected", expected)?;
            a.set_item("actual", actual.to_string())
        }
        Error::UnsupportedType { column, arrow_type } => {
            a.set_item("column", column)?;
            a.set_item("arrow_type", arrow_type)
        }
        Error::Cast { what, from, to, value, row }
        | Error::Inexact { what, from, to, value, row } => {
            a.set_item("what", what)?;
            a.set_item("from_dtype", from.to_string())?;
            a.set_item("to_dtype", to.to_string())?;
            a.set_item("value", value)?;
            a.set_item("row", row)
        }
        Error::Text { what, to, value, row, .. } => {
            a.set_item("what", what)?;
            a.set_item("from_dtype", DType::String.to_string())?;
            a.set_item("to_dtype", to.to_string())?;
            a.set_item("value", value)?;
            a.set_item("row", row)
        }
        Error::Overflow { operation, what, dtype } => {
            a.set_item("operation", operation)?;
            a.set_item("what", what)?;
            a.set_item("dtype", dtype.to_string())
        }
        Error::TooManyRows { rows, limit, bits } => {
            a.set_item("rows", rows)?;
            a.set_item("limit", limit)?;
            a.set_item("bits", bits)
        }
        Error::Memory { operation, bytes, available } => {
            a.set_item("operation", operation)?;
            a.set_item("bytes", bytes)?;
            a.set_item("available", available)
        }
        Error::Csv { path, row, column, .. } | Error::Ndjson { path, row, column, .. } => {
            a.set_item("path", path.as_os_str())?;
            a.set_item("row", row)?;
            a.set_item("column", column)
        }
        Error::Parquet { path, column, .. } | Error::Ipc { path, column, .. } => {
            a.set_item("path", path.as_os_str())?;
            a.set_item("column", column)
        }
        Error::Io { operation, path, source } => {
            a.set_item("operation", operation)?;
            a.set_item("path", path.as_os_str())?;
            a.set_item("errno", source.raw_os_error())
        }
        Error::Value { what, .. } | Error::Moment { what, .. } | Error::Pattern { what, .. } => {
            a.set_item("what", what)
        }
        Error::Unsorted { column, .. } => a.set_item("what", column),
        Error::InvalidOption { what, .. } => a.set_item("what", what),
        Error::UnknownZone { .. } => a.set_item("what", "time zone"),
        Error::Arrow { operation, .. } => a.set_item("operation", operation),
        Error::ArrowData { column, .. } => {
            a.set_item("operation", "import")?;
            a.set_item("column", Some(column).filter(|column| !column.is_empty()))
        }
        _ => Ok(()),
    })
}

fn filled<'py>(
    py: Python<'py>,
    fill: impl FnOnce(&Bound<'py, PyDict>) -> PyResult<()>,
) -> Bound<'py, PyDict> {
    let attributes = PyDict::new(py);
    // This only fails if memory runs out, and then the message matters more than the attributes.
    let _ = fill(&attributes);
    attributes
}

fn raise(
    py: Python<'_>,
    class: &str,
    fact: &str,
    hint: Option<&str>,
    attributes: Bound<'_, PyDict>,
) -> PyErr {
    let build = || {
        attributes.set_item("hint", hint)?;
        let class = py.import("mydf.errors")?.getattr(class)?;
        PyResult::Ok(PyErr::from_value(class.call((fact,), Some(&attributes))?))
    };
    build().unwrap_or_else(|error| error)
}
