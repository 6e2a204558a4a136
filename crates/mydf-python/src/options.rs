//! The options of readers and writers, converted from Python's terms to the core's.

use mydf_core::temporal::Format;
use mydf_core::{DType, Error};
use mydf_io::csv::{Numbers, Ragged, ReadOptions, WriteOptions};
use mydf_io::parquet::Compression;
use mydf_io::{ipc, ndjson};
use pyo3::prelude::*;

use crate::dtype;
use crate::error::Fault;

/// The options of `mydf.read_csv`, in the core's terms.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CsvOptions {
    separator: char,
    quote: Option<char>,
    has_header: bool,
    names: Option<Vec<String>>,
    skip_rows: usize,
    skip_rows_after_header: usize,
    comment_prefix: Option<String>,
    ragged: String,
    decimal_comma: bool,
    thousands: Option<char>,
    formats: Vec<(String, String)>,
    null_values: Vec<String>,
    column_null_values: Vec<(String, Vec<String>)>,
    columns: Option<Vec<String>>,
    dtypes: Vec<(String, String)>,
    infer_rows: Option<usize>,
    n_rows: Option<usize>,
}

impl CsvOptions {
    pub(crate) fn into_core(self) -> Result<ReadOptions, Fault> {
        Ok(ReadOptions {
            separator: byte("separator", self.separator)?,
            quote: self.quote.map(|quote| byte("quote_char", quote)).transpose()?,
            has_header: self.has_header,
            names: self.names,
            skip_rows: self.skip_rows,
            skip_rows_after_header: self.skip_rows_after_header,
            comment_prefix: self.comment_prefix,
            ragged: match self.ragged.as_str() {
                "fill" => Ragged::Fill,
                "truncate" => Ragged::Truncate,
                _ => Ragged::Error,
            },
            numbers: Numbers { decimal_comma: self.decimal_comma, thousands: self.thousands },
            formats: self.formats,
            null_values: self.null_values,
            column_null_values: self.column_null_values,
            columns: self.columns,
            dtypes: dtypes(self.dtypes)?,
            infer_rows: self.infer_rows,
            n_rows: self.n_rows,
        })
    }
}

/// The options of `DataFrame.write_csv`, in the core's terms.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CsvWriteOptions {
    separator: char,
    header: bool,
    null_value: String,
    decimal_comma: bool,
    float_precision: Option<usize>,
    date_format: Option<String>,
    datetime_format: Option<String>,
    byte_order_mark: bool,
}

impl CsvWriteOptions {
    pub(crate) fn into_core(self) -> Result<WriteOptions, Fault> {
        Ok(WriteOptions {
            separator: byte("separator", self.separator)?,
            header: self.header,
            null_value: self.null_value,
            decimal_comma: self.decimal_comma,
            float_precision: self.float_precision,
            date_format: written("date_format", self.date_format)?,
            datetime_format: written("datetime_format", self.datetime_format)?,
            byte_order_mark: self.byte_order_mark,
        })
    }
}

fn written(what: &'static str, format: Option<String>) -> Result<Option<Format>, Fault> {
    let format = format.map(|text| Format::to_write(&text)).transpose();
    format.map_err(|error| match error {
        Error::InvalidOption { message, hint, .. } => {
            Fault::Core(Error::InvalidOption { what, message, hint })
        }
        other => Fault::Core(other),
    })
}

/// The options of `mydf.read_ndjson`, in the core's terms.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct NdjsonOptions {
    columns: Option<Vec<String>>,
    schema: Option<Vec<(String, String)>>,
    dtypes: Vec<(String, String)>,
    n_rows: Option<usize>,
}

impl NdjsonOptions {
    pub(crate) fn into_core(self) -> Result<ndjson::ReadOptions, Fault> {
        Ok(ndjson::ReadOptions {
            columns: self.columns,
            schema: self.schema.map(dtypes).transpose()?,
            dtypes: dtypes(self.dtypes)?,
            n_rows: self.n_rows,
        })
    }
}

fn dtypes(named: Vec<(String, String)>) -> Result<Vec<(String, DType)>, Fault> {
    named.into_iter().map(|(name, text)| Ok((name, dtype::parse(&text)?))).collect()
}

/// The layout of Arrow IPC.
pub(crate) fn layout(is_stream: bool) -> ipc::Layout {
    if is_stream { ipc::Layout::Stream } else { ipc::Layout::File }
}

/// The compression of Arrow IPC with this name.
pub(crate) fn ipc_compression(name: &str) -> Result<ipc::Compression, Fault> {
    Ok(match name {
        "uncompressed" => ipc::Compression::Uncompressed,
        "lz4" => ipc::Compression::Lz4,
        "zstd" => ipc::Compression::Zstd,
        _ => {
            return Err(Fault::value(
                "compression",
                format!("`{name}` is unknown"),
                "one of `uncompressed`, `lz4`, `zstd`",
            ));
        }
    })
}

/// The single byte of an ASCII character.
pub(crate) fn byte(what: &str, character: char) -> Result<u8, Fault> {
    u8::try_from(character).ok().filter(u8::is_ascii).ok_or_else(|| {
        Fault::value(what, format!("`{character}` is not ASCII"), "use one ASCII character")
    })
}

/// The compression with this name.
pub(crate) fn compression(name: &str) -> Result<Compression, Fault> {
    Ok(match name {
        "uncompressed" => Compression::Uncompressed,
        "snappy" => Compression::Snappy,
        "zstd" => Compression::Zstd,
        "lz4" => Compression::Lz4,
        "gzip" => Compression::Gzip,
        _ => {
            return Err(Fault::value(
                "compression",
                format!("`{name}` is unknown"),
                "one of `zstd`, `snappy`, `lz4`, `gzip`, `uncompressed`",
            ));
        }
    })
}
