//! Reading: each column of each row group is a separate task.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, new_empty_array};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use arrow_select::concat::concat;
use mydf_core::cast::cast;
use mydf_core::extension::{self, Extension};
use mydf_core::frame::check_rows;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as Physical;
use parquet::file::metadata::ParquetMetaDataReader;
use rayon::prelude::*;

use super::guard::guarded;
use super::metadata::repaired_footer;
use super::text::cut_row;
use super::{ReadOptions, damaged};
use crate::source::{Ranges, Source, read_error};

/// Rows decoded at a time. The library allocates memory for a whole batch before it reads the data,
/// so the row count of a damaged file must not become the size of a batch.
const BATCH: usize = 128 * 1024;

pub(super) fn read<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    let (path, ranges) = (source.name(), source.ranges());
    let file = File { path, metadata: metadata(path, &ranges)?, ranges };
    let selected = file.selected(options)?;
    let groups = file.groups(options.n_rows)?;
    check_rows::<I>(groups.iter().map(|group| group.rows as u64).sum())?;
    DataFrame::new(file.columns(&selected, &groups)?)
}

/// An open file and the contents of its footer.
struct File<'a> {
    path: &'a Path,
    ranges: Ranges,
    metadata: ArrowReaderMetadata,
}

/// The rows to read of a row group.
#[derive(Clone, Copy)]
struct Group {
    number: usize,
    rows: usize,
}

fn metadata(path: &Path, ranges: &Ranges) -> Result<ArrowReaderMetadata> {
    check_magic(path, ranges)?;
    let plain = footer(path, ranges)?;
    let wanted = guarded(path, None, || Ok(wanted_schema(&plain)))?;
    let Some(schema) = wanted else { return Ok(plain) };
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    guarded(path, None, || ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options))
}

fn footer(path: &Path, ranges: &Ranges) -> Result<ArrowReaderMetadata> {
    let options = ArrowReaderOptions::new;
    guarded(path, None, || ArrowReaderMetadata::load(ranges, options())).or_else(|error| {
        let Some(repaired) = repaired_footer(ranges) else { return Err(error) };
        guarded(path, None, || {
            let metadata = ParquetMetaDataReader::decode_metadata(&repaired)?;
            ArrowReaderMetadata::try_new(Arc::new(metadata), options())
        })
    })
}

fn check_magic(path: &Path, ranges: &Ranges) -> Result<()> {
    const MAGIC: &[u8] = b"PAR1";
    let at = |start: u64| {
        let mut bytes = Vec::new();
        ranges.from(start).take(4).read_to_end(&mut bytes).map_err(read_error(path))?;
        Ok(bytes)
    };
    let start = at(0)?;
    let (message, hint) = match (start.as_slice(), at(ranges.len().saturating_sub(4))?.as_slice()) {
        (MAGIC, MAGIC) if ranges.len() >= 12 => return Ok(()),
        (b"PARE", _) | (_, b"PARE") => {
            ("encrypted, which is not supported", "decrypt it first, e.g. with pyarrow")
        }
        (MAGIC, _) => (
            "cut off: it starts as a Parquet file but has no footer",
            "copy it again, or close the writer that makes it",
        ),
        ([], _) => ("no data", "write it again: the file is empty"),
        (start, _) => {
            ("not a Parquet file: it does not start and end with `PAR1`", other_reader(start))
        }
    };
    let (path, message, hint) = (path.to_owned(), message.to_owned(), Some(hint));
    Err(Error::Parquet { path, column: None, message, hint })
}

/// What reads a file that starts with these bytes.
fn other_reader(start: &[u8]) -> &'static str {
    match start {
        [0x1f, 0x8b, ..] => "it is compressed: pass the file opened by `gzip.open(path)`",
        b"PK\x03\x04" => "it is a zip archive: pass `zipfile.ZipFile(path).open(name)`",
        b"ARRO" => "for Arrow IPC: `mydf.from_arrow(pyarrow.ipc.open_file(path).read_all())`",
        text if text.is_ascii() => "for CSV: `mydf.read_csv(path)`",
        _ => "check what wrote the file",
    }
}

/// The schema with text as views, which are decoded without a copy; dictionaries as their values,
/// because row groups have different ones, which need not fit into one; old-style timestamps as
/// microseconds, because nanoseconds in 64 bits would not reach beyond the year 2262. `None` if the
/// file's own schema fits.
fn wanted_schema(metadata: &ArrowReaderMetadata) -> Option<Schema> {
    let parquet = metadata.parquet_schema();
    let old_style = |root: usize| {
        (0..parquet.num_columns()).any(|leaf| {
            parquet.get_column_root_idx(leaf) == root
                && parquet.column(leaf).physical_type() == Physical::INT96
        })
    };
    let field = |(number, field): (usize, &Arc<Field>)| {
        let data_type = match DType::from_arrow(field.data_type()) {
            Some(DType::String) => DataType::Utf8View,
            Some(DType::Datetime(zone)) if old_style(number) => {
                DataType::Timestamp(TimeUnit::Microsecond, zone)
            }
            _ => match field.data_type() {
                DataType::Dictionary(_, values) => values.as_ref().clone(),
                _ => return Arc::clone(field),
            },
        };
        Arc::new(field.as_ref().clone().with_data_type(data_type))
    };
    let old = metadata.schema();
    let fields: Vec<Arc<Field>> = old.fields().iter().enumerate().map(field).collect();
    let new = Schema::new_with_metadata(fields, old.metadata().clone());
    (new != **old).then_some(new)
}

impl File<'_> {
    /// The numbers of the requested columns; each has a type with a dtype.
    fn selected(&self, options: &ReadOptions) -> Result<Vec<usize>> {
        let fields = self.metadata.schema().fields();
        let selected = match &options.columns {
            None => (0..fields.len()).collect(),
            Some(names) => {
                let mut selected = Vec::with_capacity(names.len());
                for name in names {
                    let number = fields.iter().position(|field| field.name() == name);
                    let number = number.ok_or_else(|| Error::ColumnNotFound {
                        name: name.clone(),
                        available: fields.iter().map(|field| field.name().clone()).collect(),
                    })?;
                    if fields[number + 1..].iter().any(|field| field.name() == name) {
                        let fact = "two columns have this name";
                        return Err(damaged(self.path, Some(name), fact));
                    }
                    if selected.contains(&number) {
                        return Err(Error::DuplicateColumn { name: name.clone() });
                    }
                    selected.push(number);
                }
                selected
            }
        };
        let mut seen = HashSet::with_capacity(selected.len());
        for field in selected.iter().map(|number: &usize| &fields[*number]) {
            if let Some(name) = field.metadata().get(extension::KEY)
                && extension::meaning(name, field.data_type()) == Extension::Unknown
            {
                return Err(extension::unsupported(field.name(), name));
            }
            if DType::from_arrow(field.data_type()).is_none() {
                return Err(Error::UnsupportedType {
                    column: field.name().clone(),
                    arrow_type: field.data_type().to_string(),
                });
            }
            if !seen.insert(field.name()) {
                return Err(damaged(self.path, Some(field.name()), "two columns have this name"));
            }
        }
        Ok(selected)
    }

    /// The row groups to read, up to `limit` rows.
    fn groups(&self, limit: Option<usize>) -> Result<Vec<Group>> {
        let mut left = limit.unwrap_or(usize::MAX);
        let mut groups = Vec::new();
        for (number, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let rows = usize::try_from(group.num_rows()).map_err(|_| {
                let message = format!("row group {number} of {} rows", group.num_rows());
                damaged(self.path, None, message)
            })?;
            let rows = rows.min(left);
            left -= rows;
            if rows > 0 {
                groups.push(Group { number, rows });
            }
        }
        Ok(groups)
    }

    fn columns(&self, selected: &[usize], groups: &[Group]) -> Result<Vec<Column>> {
        let tasks: Vec<(usize, Group)> = selected
            .iter()
            .flat_map(|column| groups.iter().map(move |group| (*column, *group)))
            .collect();
        let decoded: Vec<Result<Vec<ArrayRef>>> =
            tasks.into_par_iter().map(|(column, group)| self.decode(column, group)).collect();
        let mut parts: Vec<Vec<ArrayRef>> = Vec::with_capacity(selected.len());
        let mut decoded = decoded.into_iter();
        for _ in selected {
            let mut column = Vec::new();
            for part in decoded.by_ref().take(groups.len()) {
                column.extend(part?);
            }
            parts.push(column);
        }
        selected.par_iter().zip(parts).map(|(column, parts)| self.join(*column, parts)).collect()
    }

    /// The values of a column in a row group.
    fn decode(&self, column: usize, group: Group) -> Result<Vec<ArrayRef>> {
        let name = self.metadata.schema().field(column).name();
        let arrays = guarded(self.path, Some(name), || {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), [column]);
            let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.ranges.clone(),
                self.metadata.clone(),
            )
            .with_projection(mask)
            .with_row_groups(vec![group.number])
            .with_batch_size(group.rows.min(BATCH))
            .with_limit(group.rows)
            .build()?;
            let mut arrays = Vec::new();
            for batch in batches {
                arrays.push(Arc::clone(batch?.column(0)));
            }
            Ok(arrays)
        })?;
        let rows: usize = arrays.iter().map(Array::len).sum();
        if rows != group.rows {
            let message =
                format!("{rows} rows in row group {}, expected {}", group.number, group.rows);
            return Err(damaged(self.path, Some(name), message));
        }
        let mut before = 0;
        for array in &arrays {
            if let Some(row) = array.as_string_view_opt().and_then(cut_row) {
                let (row, group) = (before + row, group.number);
                let message = format!("row {row} of row group {group} is not UTF-8");
                return Err(damaged(self.path, Some(name), message));
            }
            before += array.len();
        }
        Ok(arrays)
    }

    fn join(&self, column: usize, parts: Vec<ArrayRef>) -> Result<Column> {
        let field = self.metadata.schema().field(column);
        let values = match parts.as_slice() {
            [] => new_empty_array(field.data_type()),
            [one] => Arc::clone(one),
            several => {
                let several: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
                concat(&several).map_err(|source| Error::Arrow {
                    operation: format!("joining row groups of column `{}`", field.name()),
                    source,
                })?
            }
        };
        drop(parts);
        let column = Column::new(field.name().as_str(), values)?;
        match field.metadata().get(extension::KEY) {
            Some(name) if extension::meaning(name, field.data_type()) == Extension::Boolean => {
                cast(&column, &DType::Bool, true)
            }
            _ => Ok(column),
        }
    }
}
