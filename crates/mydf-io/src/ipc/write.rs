//! Writing: record batch after record batch.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use mydf_core::categories::with_offsets;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};

use super::{Compression, Layout, WriteOptions, damaged, fact};
use crate::atomic;

pub(super) fn write_file<I: Idx>(
    frame: &DataFrame<I>,
    path: &Path,
    options: &WriteOptions,
) -> Result<()> {
    if options.batch_rows == 0 {
        return Err(Error::Value {
            what: "record_batch_size".to_owned(),
            message: "0, expected at least 1".to_owned(),
        });
    }
    atomic::write_file(path, |out| {
        write_to(frame, out, options).map_err(|error| match error {
            ArrowError::IoError(_, source) => atomic::write_error(path)(source),
            error => damaged(path, None, fact(&error)),
        })
    })
}

fn write_to<I: Idx>(
    frame: &DataFrame<I>,
    out: &mut (dyn Write + Send),
    options: &WriteOptions,
) -> Result<(), ArrowError> {
    let schema = Arc::new(schema(frame));
    let compression = match options.compression {
        Compression::Uncompressed => None,
        Compression::Lz4 => Some(CompressionType::LZ4_FRAME),
        Compression::Zstd => Some(CompressionType::ZSTD),
    };
    let settings = IpcWriteOptions::default().try_with_compression(compression)?;
    match options.layout {
        Layout::File => {
            let mut writer = FileWriter::try_new_with_options(out, &schema, settings)?;
            batches(frame, &schema, options.batch_rows, |batch| writer.write(batch))?;
            writer.finish()
        }
        Layout::Stream => {
            let mut writer = StreamWriter::try_new_with_options(out, &schema, settings)?;
            batches(frame, &schema, options.batch_rows, |batch| writer.write(batch))?;
            writer.finish()
        }
    }
}

fn batches<I: Idx>(
    frame: &DataFrame<I>,
    schema: &SchemaRef,
    rows: usize,
    mut write: impl FnMut(&RecordBatch) -> Result<(), ArrowError>,
) -> Result<(), ArrowError> {
    for start in (0..frame.height()).step_by(rows) {
        let part = frame.slice(start, rows);
        let columns = part.columns().iter().map(values).collect::<Result<_, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(part.height()));
        write(&RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?)?;
    }
    Ok(())
}

fn values(column: &Column) -> Result<ArrayRef, ArrowError> {
    let wanted = portable(column.dtype());
    if wanted == *column.values().data_type() {
        return Ok(Arc::clone(column.values()));
    }
    if let Some(array) = column.values().as_dictionary_opt() {
        let made = with_offsets::<i64>(array);
        return Ok(Arc::new(made.map_err(|error| ArrowError::ExternalError(error.into()))?));
    }
    arrow_cast::cast(column.values(), &wanted)
}

/// The schema for other programs: string views are too new for many, and plain strings mean the
/// same.
fn schema<I: Idx>(frame: &DataFrame<I>) -> Schema {
    let field = |column: &Column| Field::new(column.name(), portable(column.dtype()), true);
    Schema::new(frame.columns().iter().map(field).collect::<Vec<_>>())
}

/// The type for other programs.
fn portable(dtype: &DType) -> DataType {
    match dtype {
        DType::String => DataType::LargeUtf8,
        DType::Categorical => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::LargeUtf8))
        }
        DType::Binary => DataType::LargeBinary,
        DType::List(inner) => {
            DataType::LargeList(Arc::new(Field::new("item", portable(inner), true)))
        }
        dtype => dtype.to_arrow(),
    }
}
