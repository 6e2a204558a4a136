//! Files in and out.

use std::path::{Path, PathBuf};

use mydf_io::csv::{self, ReadOptions};
use mydf_io::parquet::{self, Compression};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::Fault;
use crate::frame::Frame;
use crate::{dtype, work};

/// The options of `mydf.read_csv`, in the core's terms.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct CsvOptions {
    separator: char,
    quote: Option<char>,
    has_header: bool,
    null_values: Vec<String>,
    columns: Option<Vec<String>>,
    dtypes: Vec<(String, String)>,
    infer_rows: Option<usize>,
    n_rows: Option<usize>,
}

impl CsvOptions {
    fn into_core(self) -> Result<ReadOptions, Fault> {
        let dtypes = self.dtypes.into_iter();
        Ok(ReadOptions {
            separator: byte("separator", self.separator)?,
            quote: self.quote.map(|quote| byte("quote_char", quote)).transpose()?,
            has_header: self.has_header,
            null_values: self.null_values,
            columns: self.columns,
            dtypes: dtypes
                .map(|(name, text)| Ok((name, dtype::parse(&text)?)))
                .collect::<Result<_, Fault>>()?,
            infer_rows: self.infer_rows,
            n_rows: self.n_rows,
        })
    }
}

/// The one byte of an ASCII character.
pub(crate) fn byte(what: &str, character: char) -> Result<u8, Fault> {
    u8::try_from(character).ok().filter(u8::is_ascii).ok_or_else(|| {
        Fault::value(what, format!("`{character}` is not ASCII"), "use one ASCII character")
    })
}

/// Reads a CSV file.
#[pyfunction]
pub(crate) fn read_csv(py: Python<'_>, path: PathBuf, options: CsvOptions) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    Ok(work::run(py, || csv::read_csv(&path, &options))?.into())
}

/// Reads CSV from memory; errors call it `name`.
#[pyfunction]
pub(crate) fn read_csv_bytes(
    py: Python<'_>,
    data: &Bound<'_, PyBytes>,
    name: &str,
    options: CsvOptions,
) -> Result<Frame, Fault> {
    let options = options.into_core()?;
    let bytes = data.as_bytes();
    Ok(work::run(py, || csv::read_csv_bytes(bytes, Path::new(name), &options))?.into())
}

/// Reads a Parquet file.
#[pyfunction]
pub(crate) fn read_parquet(
    py: Python<'_>,
    path: PathBuf,
    columns: Option<Vec<String>>,
    n_rows: Option<usize>,
) -> Result<Frame, Fault> {
    let options = parquet::ReadOptions { columns, n_rows };
    Ok(work::run(py, || parquet::read_parquet(&path, &options))?.into())
}

/// The compression of this name.
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
