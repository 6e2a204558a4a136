//! The options of readers and writers, converted from Python's terms to the core's.

use mydf_io::csv::ReadOptions;
use mydf_io::parquet::Compression;
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
    null_values: Vec<String>,
    column_null_values: Vec<(String, Vec<String>)>,
    columns: Option<Vec<String>>,
    dtypes: Vec<(String, String)>,
    infer_rows: Option<usize>,
    n_rows: Option<usize>,
}

impl CsvOptions {
    pub(crate) fn into_core(self) -> Result<ReadOptions, Fault> {
        let dtypes = self.dtypes.into_iter();
        Ok(ReadOptions {
            separator: byte("separator", self.separator)?,
            quote: self.quote.map(|quote| byte("quote_char", quote)).transpose()?,
            has_header: self.has_header,
            null_values: self.null_values,
            column_null_values: self.column_null_values,
            columns: self.columns,
            dtypes: dtypes
                .map(|(name, text)| Ok((name, dtype::parse(&text)?)))
                .collect::<Result<_, Fault>>()?,
            infer_rows: self.infer_rows,
            n_rows: self.n_rows,
        })
    }
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
