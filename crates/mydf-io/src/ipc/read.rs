//! Reading: dictionaries in their order, and the record batches between them in parallel.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{RecordBatch, new_empty_array};
use arrow_buffer::Buffer;
use arrow_ipc::MetadataVersion;
use arrow_ipc::reader::FileDecoder;
use arrow_schema::{ArrowError, Field, SchemaRef};
use mydf_core::cast::cast;
use mydf_core::extension::{self, Extension};
use mydf_core::frame::check_rows;
use mydf_core::kernels::concat;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};
use rayon::prelude::*;

use super::messages::{self, Kind, Messages, Part};
use super::{Layout, ReadOptions, damaged, fact};
use crate::guard;
use crate::source::Source;

pub(super) fn read<I: Idx>(
    source: &Source<'_>,
    layout: Layout,
    options: &ReadOptions,
) -> Result<DataFrame<I>> {
    let whole = source.whole()?;
    let mut found = messages::find(source.name(), whole.bytes(), layout)?;
    let bytes = match whole.shared() {
        Some(buffer) => buffer.clone(),
        // Columns outlive the borrow.
        None => Buffer::from_slice_ref(whole.bytes()),
    };
    let selected = selected(source.name(), &found.schema, options)?;
    let (parts, last) = needed(std::mem::take(&mut found.parts), options.n_rows);
    let rows = parts.iter().map(|part| match part.kind {
        Kind::Rows(rows) => rows,
        Kind::Dictionary => 0,
    });
    check_rows::<I>(rows.sum::<u64>().min(options.n_rows.map_or(u64::MAX, |rows| rows as u64)))?;
    let Messages { schema, version, .. } = found;
    let file = File { path: source.name(), bytes, schema, version, selected, parts: &parts };
    let mut frames = file.frames::<I>()?;
    if let (Some(frame), Some(rows)) = (frames.last_mut(), last) {
        *frame = frame.slice(0, rows);
    }
    match frames.len() {
        0 => file.empty(),
        1 => Ok(frames.remove(0)),
        _ => concat::concat_rows(&frames),
    }
}

/// The numbers of the requested columns; each has a type with a dtype, and a name of its own.
fn selected(path: &Path, schema: &SchemaRef, options: &ReadOptions) -> Result<Vec<usize>> {
    let fields = schema.fields();
    let available = || fields.iter().map(|field| field.name().clone()).collect();
    let selected: Vec<usize> = match &options.columns {
        None => (0..fields.len()).collect(),
        Some(names) => names
            .iter()
            .map(|name| {
                fields.iter().position(|field| field.name() == name).ok_or_else(|| {
                    Error::ColumnNotFound { name: name.clone(), available: available() }
                })
            })
            .collect::<Result<_>>()?,
    };
    for number in &selected {
        let field = &fields[*number];
        let name = field.name();
        if fields.iter().filter(|other| other.name() == name).count() > 1 {
            return Err(damaged(path, Some(name), "two columns have this name"));
        }
        if let Some(extension) = field.metadata().get(extension::KEY)
            && extension::meaning(extension, field.data_type()) == Extension::Unknown
        {
            return Err(extension::unsupported(name, extension));
        }
        if DType::from_arrow(field.data_type()).is_none() {
            return Err(Error::UnsupportedType {
                column: name.clone(),
                arrow_type: field.data_type().to_string(),
            });
        }
    }
    Ok(selected)
}

/// The parts up to `limit` rows, and how many rows of the last one are wanted if not all.
fn needed(parts: Vec<Part>, limit: Option<usize>) -> (Vec<Part>, Option<usize>) {
    let Some(limit) = limit else { return (parts, None) };
    let mut left = limit as u64;
    let mut needed = Vec::new();
    for part in parts {
        if let Kind::Rows(rows) = part.kind {
            if left == 0 {
                break;
            }
            if rows > left {
                needed.push(part);
                return (needed, Some(left as usize));
            }
            left -= rows;
        }
        needed.push(part);
    }
    (needed, None)
}

struct File<'a> {
    path: &'a Path,
    bytes: Buffer,
    schema: SchemaRef,
    version: MetadataVersion,
    selected: Vec<usize>,
    parts: &'a [Part],
}

impl File<'_> {
    fn decoder(&self, columns: &[usize]) -> FileDecoder {
        let decoder = FileDecoder::new(Arc::clone(&self.schema), self.version);
        if columns.len() == self.schema.fields().len() {
            return decoder;
        }
        decoder.with_projection(columns.to_vec())
    }

    fn frames<I: Idx>(&self) -> Result<Vec<DataFrame<I>>> {
        let mut decoder = self.decoder(&self.selected);
        let mut frames = Vec::new();
        // A stream may change its dictionaries between record batches.
        for run in self.parts.chunk_by(|left, right| is_rows(left) == is_rows(right)) {
            if is_rows(&run[0]) {
                let batches: Vec<_> =
                    run.par_iter().map(|part| self.frame(&decoder, part)).collect();
                for frame in batches {
                    frames.push(frame?);
                }
                continue;
            }
            for part in run {
                self.dictionary(&mut decoder, part)?;
            }
        }
        Ok(frames)
    }

    fn dictionary(&self, decoder: &mut FileDecoder, part: &Part) -> Result<()> {
        let bytes = part.bytes(&self.bytes);
        self.guarded(None, || decoder.read_dictionary(&part.block, &bytes))
    }

    fn frame<I: Idx>(&self, decoder: &FileDecoder, part: &Part) -> Result<DataFrame<I>> {
        let bytes = part.bytes(&self.bytes);
        let read = self.guarded(None, || decoder.read_record_batch(&part.block, &bytes));
        let batch = match read {
            Ok(Some(batch)) => self.in_order(batch)?,
            Ok(None) => return Err(damaged(self.path, None, "no record batch")),
            Err(error) => return Err(self.place(error, part, &bytes)),
        };
        let schema = batch.schema();
        let columns = schema.fields().iter().zip(batch.columns());
        DataFrame::new(columns.map(|(field, values)| column(field, values)).collect::<Result<_>>()?)
    }

    /// The columns in the requested order: the library may keep that of the file.
    fn in_order(&self, batch: RecordBatch) -> Result<RecordBatch> {
        let names: Vec<&String> =
            self.selected.iter().map(|number| self.schema.field(*number).name()).collect();
        if names.iter().zip(batch.schema().fields()).all(|(name, field)| *name == field.name()) {
            return Ok(batch);
        }
        let place = |name: &&String| batch.schema().index_of(name);
        let order: Result<Vec<usize>, ArrowError> = names.iter().map(place).collect();
        self.guarded(None, || batch.project(&order?))
    }

    /// The error for a record batch, with the first column that can't be decoded alone.
    fn place(&self, error: Error, part: &Part, bytes: &Buffer) -> Error {
        for number in &self.selected {
            let mut decoder = self.decoder(&[*number]);
            for other in self.parts.iter().filter(|part| !is_rows(part)) {
                if self.dictionary(&mut decoder, other).is_err() {
                    return error;
                }
            }
            let name = self.schema.field(*number).name();
            let read = self.guarded(Some(name), || decoder.read_record_batch(&part.block, bytes));
            if let Err(error) = read {
                return error;
            }
        }
        error
    }

    fn guarded<T>(
        &self,
        column: Option<&str>,
        decode: impl FnOnce() -> Result<T, ArrowError>,
    ) -> Result<T> {
        match guard::caught(decode) {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(damaged(self.path, column, fact(&error))),
            None => Err(damaged(self.path, column, "damaged data that the decoder can't read")),
        }
    }

    fn empty<I: Idx>(&self) -> Result<DataFrame<I>> {
        let columns = self.selected.iter().map(|number| {
            let field = self.schema.field(*number);
            column(field, &new_empty_array(field.data_type()))
        });
        DataFrame::new(columns.collect::<Result<_>>()?)
    }
}

fn is_rows(part: &Part) -> bool {
    part.kind != Kind::Dictionary
}

fn column(field: &Field, values: &arrow_array::ArrayRef) -> Result<Column> {
    let column = Column::imported(field.name().as_str(), Arc::clone(values))?;
    match field.metadata().get(extension::KEY) {
        Some(name) if extension::meaning(name, field.data_type()) == Extension::Boolean => {
            cast(&column, &DType::Bool, true)
        }
        _ => Ok(column),
    }
}
