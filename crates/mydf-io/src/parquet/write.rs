//! Writing: row group after row group, the columns of each encoded in parallel.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType, Field, Schema};
use mydf_core::categories::with_offsets;
use mydf_core::{DType, DataFrame, Error, Idx, Result};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{ArrowSchemaConverter, add_encoded_arrow_schema_to_metadata};
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use rayon::prelude::*;

use super::{Compression, WriteOptions, damaged, fact};
use crate::atomic;

pub(super) fn write_file<I: Idx>(
    frame: &DataFrame<I>,
    path: &Path,
    options: &WriteOptions,
) -> Result<()> {
    if options.row_group_rows == 0 {
        return Err(Error::Value {
            what: "row_group_rows".to_owned(),
            message: "0, expected at least 1".to_owned(),
        });
    }
    atomic::write_file(path, |out| {
        write_to(frame, out, options).map_err(|error| failed(path, error))
    })
}

/// The operating system's error, if the library's error wraps one.
fn failed(path: &Path, error: ParquetError) -> Error {
    match error {
        ParquetError::External(source) => match source.downcast::<std::io::Error>() {
            Ok(source) => atomic::write_error(path)(*source),
            Err(source) => damaged(path, None, source.to_string()),
        },
        error => damaged(path, None, fact(&error)),
    }
}

fn write_to<I: Idx>(
    frame: &DataFrame<I>,
    out: &mut (dyn Write + Send),
    options: &WriteOptions,
) -> Result<(), ParquetError> {
    let schema = Arc::new(schema(frame));
    let parquet_schema = ArrowSchemaConverter::new().convert(&schema)?;
    let mut properties =
        WriterProperties::builder().set_compression(codec(options.compression)).build();
    // Parquet itself stores only whether a datetime has a zone; Arrow's schema has its name.
    add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
    let mut file =
        SerializedFileWriter::new(out, parquet_schema.root_schema_ptr(), Arc::new(properties))?;
    let factory = ArrowRowGroupWriterFactory::new(&file, Arc::clone(&schema));
    let starts = (0..frame.height()).step_by(options.row_group_rows);
    for (number, start) in starts.enumerate() {
        let rows = frame.slice(start, options.row_group_rows);
        let writers = factory.create_column_writers(number)?;
        let work: Vec<_> = writers.into_iter().zip(schema.fields()).zip(rows.columns()).collect();
        let chunks: Vec<ArrowColumnChunk> = work
            .into_par_iter()
            .map(|((writer, field), column)| encode(writer, field, column.values()))
            .collect::<Result<_, _>>()?;
        let mut group = file.next_row_group()?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
    }
    file.close().map(drop)
}

fn encode(
    mut writer: ArrowColumnWriter,
    field: &Field,
    values: &ArrayRef,
) -> Result<ArrowColumnChunk, ParquetError> {
    // The items of lists must have exactly the field's type; the writer takes views as text.
    let nested = matches!(field.data_type(), DataType::List(_));
    let values = match values.as_dictionary_opt() {
        Some(array) => {
            let made = with_offsets::<i32>(array);
            &(Arc::new(made.map_err(|error| ParquetError::External(error.into()))?) as ArrayRef)
        }
        None if nested => &arrow_cast::cast(values, field.data_type())?,
        None => values,
    };
    for leaf in compute_leaves(field, values)? {
        writer.write(&leaf)?;
    }
    writer.close()
}

/// The schema for other programs: string views are too new for many, and plain strings mean the
/// same.
fn schema<I: Idx>(frame: &DataFrame<I>) -> Schema {
    let field =
        |column: &mydf_core::Column| Field::new(column.name(), portable(column.dtype()), true);
    Schema::new(frame.columns().iter().map(field).collect::<Vec<_>>())
}

/// The type for other programs.
fn portable(dtype: &DType) -> DataType {
    match dtype {
        DType::String => DataType::Utf8,
        DType::Categorical => {
            DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
        }
        DType::Binary => DataType::Binary,
        DType::List(inner) => {
            DataType::List(Arc::new(Field::new("element", portable(inner), true)))
        }
        dtype => dtype.to_arrow(),
    }
}

fn codec(compression: Compression) -> Codec {
    match compression {
        Compression::Uncompressed => Codec::UNCOMPRESSED,
        Compression::Snappy => Codec::SNAPPY,
        Compression::Zstd => Codec::ZSTD(ZstdLevel::default()),
        // The older `LZ4` of the format is deprecated: writers did not agree on its framing.
        Compression::Lz4 => Codec::LZ4_RAW,
        Compression::Gzip => Codec::GZIP(GzipLevel::default()),
    }
}
