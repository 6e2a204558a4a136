//! Frames as bytes for pickling: one Arrow IPC stream, the same in every runtime.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema};
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};

use crate::interchange::column_field;

/// The frame as bytes.
pub(crate) fn dump<I: Idx>(frame: &DataFrame<I>) -> Result<Vec<u8>> {
    let schema =
        Arc::new(Schema::new(frame.columns().iter().map(column_field).collect::<Vec<_>>()));
    let columns = frame.columns().iter().map(compact).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(frame.height()));
    let write = || {
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
        let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
        writer.write(&batch)?;
        writer.into_inner()
    };
    write().map_err(|source| arrow("pickle", source))
}

/// The frame from these bytes.
pub(crate) fn load<I: Idx>(bytes: &[u8]) -> Result<DataFrame<I>> {
    let read = || {
        let mut reader = StreamReader::try_new(bytes, None)?;
        let schema = reader.schema();
        reader.next().unwrap_or_else(|| Ok(RecordBatch::new_empty(schema)))
    };
    let batch: RecordBatch = read().map_err(|source| arrow("unpickle", source))?;
    let schema = batch.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, values)| Column::new(field.name().as_str(), Arc::clone(values)));
    DataFrame::new(columns.collect::<Result<_>>()?)
}

/// A slice of text shares the memory of the whole column; the bytes hold only the slice.
fn compact(column: &Column) -> ArrayRef {
    match column.dtype() {
        DType::String => Arc::new(column.values().as_string_view().gc()),
        _ => Arc::clone(column.values()),
    }
}

fn arrow(operation: &str, source: ArrowError) -> Error {
    Error::Arrow { operation: operation.into(), source }
}
