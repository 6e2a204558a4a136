//! Arrow IPC: files, which Feather's second version is, and streams.

mod messages;
mod read;
mod write;

use std::path::Path;

use arrow_schema::ArrowError;
use mydf_core::{DataFrame, Error, Idx, Result};

use crate::source::Source;

/// The two layouts of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// With a footer that says where everything is.
    File,
    /// One message after the other.
    Stream,
}

/// How Arrow IPC is read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// Only these columns, in this order.
    pub columns: Option<Vec<String>>,
    /// At most this many rows; record batches after them are not read.
    pub n_rows: Option<usize>,
}

/// Reads Arrow IPC; record batches are decoded in parallel, and columns share the memory of the file
/// where its layout is that of a frame.
///
/// Text of any Arrow type becomes `String`, a dictionary of text `Categorical`, and timestamps of any unit
/// become `Datetime`. Columns that are not selected may have any type. Everything that the file says
/// is checked: lengths, offsets, UTF-8, keys of dictionaries.
///
/// # Errors
/// [`mydf_core::Error::Ipc`] naming the file and, if known, the column: another format or layout, cut
/// off, damaged; [`mydf_core::Error::UnsupportedType`];
/// [`mydf_core::Error::ColumnNotFound`]; [`mydf_core::Error::Io`];
/// [`mydf_core::Error::TooManyRows`] before anything is decoded.
pub fn read_ipc<I: Idx>(
    source: &Source<'_>,
    layout: Layout,
    options: &ReadOptions,
) -> Result<DataFrame<I>> {
    read::read(source, layout, options)
}

/// How the buffers of Arrow IPC are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Compression {
    #[default]
    Uncompressed,
    Lz4,
    Zstd,
}

/// How Arrow IPC is written.
#[derive(Clone, Debug)]
pub struct WriteOptions {
    /// The layout.
    pub layout: Layout,
    /// The compression of every buffer.
    pub compression: Compression,
    /// Rows in each record batch.
    pub batch_rows: usize,
}

/// Writes Arrow IPC completely or not at all. Text is written with offsets of 64 bits (not as
/// views), so that every reader accepts it.
///
/// # Errors
/// [`mydf_core::Error::Io`], [`mydf_core::Error::Ipc`], [`mydf_core::Error::Value`] for record
/// batches without rows.
pub fn write_ipc<I: Idx>(frame: &DataFrame<I>, path: &Path, options: &WriteOptions) -> Result<()> {
    write::write_file(frame, path, options)
}

/// The library's message without its prefix and final period.
fn fact(error: &ArrowError) -> String {
    let text = error.to_string();
    let text = ["Ipc error: ", "Parser error: ", "Invalid argument error: ", "Arrow: "]
        .iter()
        .fold(text.as_str(), |text, prefix| text.strip_prefix(prefix).unwrap_or(text));
    text.trim_end_matches('.').to_owned()
}

fn damaged(path: &Path, column: Option<&str>, message: impl Into<String>) -> Error {
    Error::Ipc {
        path: path.to_owned(),
        column: column.map(str::to_owned),
        message: message.into(),
        hint: "the file may be cut off or damaged: write it again",
    }
}
