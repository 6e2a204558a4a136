//! Reading: each column of each row group is a separate task, which writes to its place in the column.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::mem::MaybeUninit;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray, StringViewArray, new_empty_array,
};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder};
use arrow_data::{ByteView, MAX_INLINE_VIEW_LEN};
use arrow_schema::{DataType, Field, FieldRef, Schema, TimeUnit};
use arrow_select::concat::concat;
use mydf_core::cast::cast;
use mydf_core::extension::{self, Extension};
use mydf_core::frame::check_rows;
use mydf_core::interrupt::Interrupt;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result, memory, with_primitive};
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
const BATCH: usize = 32 * 1024;

pub(super) fn read<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    let file = File::open(source)?;
    let selected = file.selected(options.columns.as_deref())?;
    let groups = file.groups(options.n_rows)?;
    check_rows::<I>(groups.iter().map(|group| group.rows as u64).sum())?;
    DataFrame::new(file.columns(&selected, &groups)?)
}

/// An open file and the contents of its footer.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    pub(super) ranges: Ranges,
    pub(super) metadata: ArrowReaderMetadata,
    /// Which columns have categories: they are read as text.
    pub(super) categories: Arc<[bool]>,
}

/// The rows to read of a row group.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) number: usize,
    pub(super) rows: usize,
}

/// The contents of the footer, and which columns have categories.
fn metadata(path: &Path, ranges: &Ranges) -> Result<(ArrowReaderMetadata, Arc<[bool]>)> {
    check_magic(path, ranges)?;
    let plain = footer(path, ranges)?;
    let wanted = guarded(path, None, || Ok(wanted_schema(&plain)))?;
    let is_category =
        |field: &Arc<Field>| DType::from_arrow(field.data_type()) == Some(DType::Categorical);
    let categories = plain.schema().fields().iter().map(is_category).collect();
    let Some(schema) = wanted else { return Ok((plain, categories)) };
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let made =
        guarded(path, None, || ArrowReaderMetadata::try_new(Arc::clone(plain.metadata()), options));
    Ok((made?, categories))
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
            Some(DType::String | DType::Categorical) => DataType::Utf8View,
            Some(DType::Datetime(zone)) if old_style(number) => {
                DataType::Timestamp(TimeUnit::Microsecond, zone)
            }
            _ => match plain(field.data_type()) {
                Some(plain) => plain,
                None => return Arc::clone(field),
            },
        };
        Arc::new(field.as_ref().clone().with_data_type(data_type))
    };
    let old = metadata.schema();
    let fields: Vec<Arc<Field>> = old.fields().iter().enumerate().map(field).collect();
    let new = Schema::new_with_metadata(fields, old.metadata().clone());
    (new != **old).then_some(new)
}

/// The type with dictionaries as their values, and text in lists not as views, in which the decoder
/// does not look for characters that are cut. `None` if it is such a type.
fn plain(data_type: &DataType) -> Option<DataType> {
    let item = |field: &FieldRef| {
        let item = match field.data_type() {
            DataType::Utf8View => Some(DataType::Utf8),
            other => plain(other),
        };
        item.map(|item| Arc::new(field.as_ref().clone().with_data_type(item)))
    };
    match data_type {
        DataType::Dictionary(_, values) => Some(values.as_ref().clone()),
        DataType::List(field) => item(field).map(DataType::List),
        DataType::LargeList(field) => item(field).map(DataType::LargeList),
        DataType::FixedSizeList(field, size) => {
            item(field).map(|field| DataType::FixedSizeList(field, *size))
        }
        _ => None,
    }
}

impl<'a> File<'a> {
    pub(super) fn open(source: &Source<'a>) -> Result<Self> {
        let (path, ranges) = (source.name(), source.ranges());
        let (metadata, categories) = metadata(path, &ranges)?;
        Ok(File { path, ranges, metadata, categories })
    }

    /// The numbers of the requested columns; each has a type with a dtype.
    pub(super) fn selected<T: AsRef<str>>(&self, columns: Option<&[T]>) -> Result<Vec<usize>> {
        let fields = self.metadata.schema().fields();
        let selected = match columns {
            None => (0..fields.len()).collect(),
            Some(names) => {
                let mut selected = Vec::with_capacity(names.len());
                for name in names.iter().map(AsRef::as_ref) {
                    let number = fields.iter().position(|field| field.name() == name);
                    let number = number.ok_or_else(|| Error::ColumnNotFound {
                        name: name.to_owned(),
                        available: fields.iter().map(|field| field.name().clone()).collect(),
                    })?;
                    if fields[number + 1..].iter().any(|field| field.name() == name) {
                        let fact = "two columns have this name";
                        return Err(damaged(self.path, Some(name), fact));
                    }
                    if selected.contains(&number) {
                        return Err(Error::DuplicateColumn { name: name.to_owned() });
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
    pub(super) fn groups(&self, limit: Option<usize>) -> Result<Vec<Group>> {
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

    pub(super) fn columns(&self, selected: &[usize], groups: &[Group]) -> Result<Vec<Column>> {
        let columns: Vec<Result<Column>> =
            selected.par_iter().map(|column| self.column(*column, groups)).collect();
        columns.into_iter().collect()
    }

    /// The values of a column; its row groups are decoded in parallel.
    fn column(&self, column: usize, groups: &[Group]) -> Result<Column> {
        let data_type = self.metadata.schema().field(column).data_type();
        let dtype = DType::from_arrow(data_type)
            .filter(|dtype| dtype.to_arrow() == *data_type && self.has_bytes_for(column, groups));
        let values = with_primitive!(
            dtype.as_ref().unwrap_or(&DType::Null),
            T => Arc::new(self.numbers::<T>(column, groups)?) as ArrayRef,
            _ => match dtype {
                Some(DType::String) => Arc::new(self.texts(column, groups)?),
                _ => self.joined(column, groups)?,
            }
        );
        self.named(column, values)
    }

    /// Whether the file has so many bytes of the column that its rows can be real. Equal values may
    /// take even less, but memory for a row count that is damaged would not.
    fn has_bytes_for(&self, column: usize, groups: &[Group]) -> bool {
        const ROWS_IN_A_BYTE: u64 = 64;
        let parquet = self.metadata.parquet_schema();
        let leaf =
            (0..parquet.num_columns()).find(|leaf| parquet.get_column_root_idx(*leaf) == column);
        groups.iter().all(|group| {
            let chunk = leaf.and_then(|leaf| {
                self.metadata.metadata().row_group(group.number).columns().get(leaf)
            });
            let bytes = chunk.map_or(0, |chunk| chunk.compressed_size().max(0).cast_unsigned());
            group.rows as u64 / ROWS_IN_A_BYTE <= bytes.min(self.ranges.len())
        })
    }

    /// Each task copies what it decodes to its place in the whole column, while it is in the cache.
    fn numbers<T: ArrowPrimitiveType>(
        &self,
        column: usize,
        groups: &[Group],
    ) -> Result<PrimitiveArray<T>> {
        let (values, parts) = self.filled(column, groups, |array, place, nulls: &mut Vec<_>| {
            let array = array.as_primitive::<T>();
            place.iter_mut().zip(array.values()).for_each(|(to, from)| _ = to.write(*from));
            nulls.push((array.len(), array.nulls().cloned()));
        })?;
        let nulls = joined_nulls(parts.into_iter().flatten());
        let field = self.metadata.schema().field(column);
        Ok(PrimitiveArray::<T>::new(values.into(), nulls).with_data_type(field.data_type().clone()))
    }

    /// Views are copied like numbers; the long texts that they point to stay where they are.
    fn texts(&self, column: usize, groups: &[Group]) -> Result<StringViewArray> {
        #[derive(Default)]
        struct Part {
            nulls: Vec<(usize, Option<NullBuffer>)>,
            buffers: Buffers,
        }
        let (mut views, parts) = self.filled(column, groups, |array, place, part: &mut Part| {
            let array = array.as_string_view();
            let mut moved = Moved::new(array.data_buffers(), &mut part.buffers);
            for (to, from) in place.iter_mut().zip(array.views()) {
                to.write(moved.view(*from));
            }
            part.nulls.push((array.len(), array.nulls().cloned()));
        })?;
        let (mut buffers, mut nulls) = (Buffers::default(), Vec::new());
        let mut left = views.as_mut_slice();
        for (part, group) in parts.into_iter().zip(groups) {
            let (views, after) = left.split_at_mut(group.rows);
            left = after;
            if !part.buffers.all.is_empty() {
                let mut moved = Moved::new(&part.buffers.all, &mut buffers);
                for view in views {
                    *view = moved.view(*view);
                }
            }
            nulls.extend(part.nulls);
        }
        // SAFETY: each view comes from a valid array and names the same bytes of the same buffer,
        // under the buffer's new number, or it is that of an empty text in place of a null.
        Ok(unsafe {
            StringViewArray::new_unchecked(views.into(), buffers.all.into(), joined_nulls(nulls))
        })
    }

    /// A vector with a place for each row, and what the task of each row group collects. `copy`
    /// writes an array of values to a place of the same length.
    fn filled<V: Send, P: Default + Send>(
        &self,
        column: usize,
        groups: &[Group],
        copy: impl Fn(&ArrayRef, &mut [MaybeUninit<V>], &mut P) + Sync,
    ) -> Result<(Vec<V>, Vec<P>)> {
        let rows = groups.iter().map(|group| group.rows).sum();
        memory::check("Parquet column", (rows as u64).saturating_mul(size_of::<V>() as u64))?;
        let mut values: Vec<V> = Vec::with_capacity(rows);
        let mut left = &mut values.spare_capacity_mut()[..rows];
        let mut tasks = Vec::with_capacity(groups.len());
        for group in groups {
            let (place, after) = left.split_at_mut(group.rows);
            left = after;
            tasks.push((*group, place));
        }
        let stop = Interrupt::current();
        let parts: Vec<Result<P>> = tasks
            .into_par_iter()
            .map(|(group, mut left)| {
                let mut part = P::default();
                self.decode(column, group, |array| {
                    stop.check()?;
                    let (place, after) = std::mem::take(&mut left).split_at_mut(array.len());
                    left = after;
                    copy(&array, place, &mut part);
                    Ok(())
                })?;
                Ok(part)
            })
            .collect();
        let parts = parts.into_iter().collect::<Result<_>>()?;
        // SAFETY: the places cover all rows. `decode` has given values for all rows of each group,
        // and `copy` has written each of them.
        unsafe { values.set_len(rows) };
        Ok((values, parts))
    }

    /// The values of a column whose type has no place of a fixed size, or is converted later.
    fn joined(&self, column: usize, groups: &[Group]) -> Result<ArrayRef> {
        let parts: Vec<Result<Vec<ArrayRef>>> = groups
            .par_iter()
            .map(|group| {
                let mut arrays = Vec::new();
                self.decode(column, *group, |array| {
                    arrays.push(array);
                    Ok(())
                })?;
                Ok(arrays)
            })
            .collect();
        let parts: Vec<Vec<ArrayRef>> = parts.into_iter().collect::<Result<_>>()?;
        let parts = parts.concat();
        let field = self.metadata.schema().field(column);
        match parts.as_slice() {
            [] => Ok(new_empty_array(field.data_type())),
            [one] => Ok(Arc::clone(one)),
            several => {
                let several: Vec<&dyn Array> = several.iter().map(AsRef::as_ref).collect();
                concat(&several).map_err(|source| Error::Arrow {
                    operation: format!("joining row groups of column `{}`", field.name()),
                    source,
                })
            }
        }
    }

    /// Gives the values of a column in a row group to `visit`, some at a time: as many as the group
    /// has, or it is an error.
    fn decode(
        &self,
        column: usize,
        group: Group,
        mut visit: impl FnMut(ArrayRef) -> Result<()>,
    ) -> Result<()> {
        let name = self.metadata.schema().field(column).name();
        let mut batches = guarded(self.path, Some(name), || {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), [column]);
            ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.ranges.clone(),
                self.metadata.clone(),
            )
            .with_projection(mask)
            .with_row_groups(vec![group.number])
            .with_batch_size(group.rows.min(BATCH))
            .with_limit(group.rows)
            .build()
        })?;
        let mut rows = 0;
        while let Some(array) = guarded(self.path, Some(name), || {
            batches.next().map(|batch| Ok(Arc::clone(batch?.column(0)))).transpose()
        })? {
            if let Some(row) = array.as_string_view_opt().and_then(cut_row) {
                let (row, group) = (rows + row, group.number);
                let message = format!("row {row} of row group {group} is not UTF-8");
                return Err(damaged(self.path, Some(name), message));
            }
            rows += array.len();
            if rows > group.rows {
                break;
            }
            visit(array)?;
        }
        if rows == group.rows {
            return Ok(());
        }
        let message = format!("{rows} rows in row group {}, expected {}", group.number, group.rows);
        Err(damaged(self.path, Some(name), message))
    }

    pub(super) fn named(&self, number: usize, values: ArrayRef) -> Result<Column> {
        let field = self.metadata.schema().field(number);
        let column = Column::imported(field.name().as_str(), values)?;
        match field.metadata().get(extension::KEY) {
            _ if self.categories.get(number) == Some(&true) => {
                cast(&column, &DType::Categorical, true)
            }
            Some(name) if extension::meaning(name, field.data_type()) == Extension::Boolean => {
                cast(&column, &DType::Bool, true)
            }
            _ => Ok(column),
        }
    }
}

/// Buffers of texts, each once.
#[derive(Default)]
struct Buffers {
    all: Vec<Buffer>,
    /// Numbers by address and length.
    known: HashMap<(usize, usize), u32>,
}

impl Buffers {
    /// The number of a buffer among all.
    fn number(&mut self, buffer: &Buffer) -> u32 {
        *self.known.entry((buffer.as_ptr().addr(), buffer.len())).or_insert_with(|| {
            self.all.push(buffer.clone());
            (self.all.len() - 1) as u32
        })
    }
}

/// Views whose buffers get new numbers among all, once a view needs them.
struct Moved<'a> {
    buffers: &'a [Buffer],
    numbers: Vec<Option<u32>>,
    all: &'a mut Buffers,
}

impl<'a> Moved<'a> {
    fn new(buffers: &'a [Buffer], all: &'a mut Buffers) -> Self {
        Moved { buffers, numbers: vec![None; buffers.len()], all }
    }

    /// The view with the new number of its buffer.
    #[inline]
    fn view(&mut self, view: u128) -> u128 {
        // The low half of a view begins with the text's length; the view itself holds short text.
        if view as u32 <= MAX_INLINE_VIEW_LEN { view } else { self.long(view) }
    }

    fn long(&mut self, view: u128) -> u128 {
        let mut long = ByteView::from(view);
        let old = long.buffer_index as usize;
        let Some(number) = self.numbers.get_mut(old) else {
            // A view under a null may point anywhere; that of an empty text does not.
            return 0;
        };
        long.buffer_index = *number.get_or_insert_with(|| self.all.number(&self.buffers[old]));
        long.as_u128()
    }
}

fn joined_nulls(
    parts: impl IntoIterator<Item = (usize, Option<NullBuffer>)>,
) -> Option<NullBuffer> {
    let mut all = NullBufferBuilder::new(0);
    for (rows, nulls) in parts {
        match nulls {
            Some(nulls) => all.append_buffer(&nulls),
            None => all.append_n_non_nulls(rows),
        }
    }
    all.finish()
}
