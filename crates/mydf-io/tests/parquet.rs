//! Parquet files: round trips, foreign files, and damaged ones.

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{
    Array, ArrayRef, Decimal128Array, DictionaryArray, Int32Array, Int64Array, ListArray,
    RecordBatch, StringArray, StringViewArray, StructArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field};
use mydf_core::{Column, DType, DataFrame, Error, Idx};
use mydf_io::Source;
use mydf_io::parquet::{Compression, ReadOptions, WriteOptions, read_parquet, write_parquet};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::RowGroupMetaData;
use proptest::prelude::*;

/// Counts allocated bytes, so that a test can limit what a damaged file makes us allocate.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged; counting has no effect on it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps `dealloc`'s contract, and the pointer is the system's.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("t.parquet")
    }

    fn with(&self, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(), bytes).unwrap();
        self.path()
    }
}

fn read(path: &Path) -> Result<DataFrame<u32>, Error> {
    read_with(path, &ReadOptions::default())
}

fn read_with<I: Idx>(path: &Path, options: &ReadOptions) -> Result<DataFrame<I>, Error> {
    read_parquet(&Source::open(path)?, options)
}

fn from_elsewhere(columns: Vec<(&str, ArrayRef)>) -> (Folder, PathBuf) {
    let folder = Folder::new();
    let path = folder.path();
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    (folder, path)
}

fn numbers(rows: i64) -> DataFrame<u32> {
    let texts: StringViewArray =
        (0..rows).map(|row| (row % 5 > 0).then(|| format!("text number {}", row % 100))).collect();
    DataFrame::new(vec![
        Column::new("n", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef).unwrap(),
        Column::new("t", Arc::new(texts) as ArrayRef).unwrap(),
    ])
    .unwrap()
}

fn compressions() -> impl Strategy<Value = Compression> {
    prop::sample::select(vec![
        Compression::Uncompressed,
        Compression::Snappy,
        Compression::Zstd,
        Compression::Lz4,
        Compression::Gzip,
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_written_frame_reads_back_equal(
        frame in common::frame(), compression in compressions(), row_group_rows in 1..40_usize,
    ) {
        let folder = Folder::new();
        let options = WriteOptions { compression, row_group_rows };
        write_parquet(&frame, &folder.path(), &options).unwrap();
        let again = read(&folder.path()).unwrap();
        common::same(&frame, &again).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn only_requested_columns_and_rows_are_read() {
    let folder = Folder::new();
    let frame = numbers(1000);
    let options = WriteOptions { row_group_rows: 300, ..Default::default() };
    write_parquet(&frame, &folder.path(), &options).unwrap();
    let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    for rows in [0, 1, 300, 301, 999, 1000, 5000] {
        let options = ReadOptions { columns: names(&["t", "n"]), n_rows: Some(rows) };
        let part = read_with::<u32>(&folder.path(), &options).unwrap();
        let turned = frame.columns().iter().rev().cloned().collect();
        let expected = DataFrame::<u32>::new(turned).unwrap().slice(0, rows);
        common::same(&expected, &part).unwrap();
    }
    let options = ReadOptions { columns: names(&["m"]), n_rows: None };
    let error = read_with::<u32>(&folder.path(), &options).unwrap_err();
    assert!(matches!(&error, Error::ColumnNotFound { available, .. } if *available == ["n", "t"]));
    let options = ReadOptions { columns: names(&["n", "n"]), n_rows: None };
    let error = read_with::<u32>(&folder.path(), &options).unwrap_err();
    assert!(matches!(error, Error::DuplicateColumn { name } if name == "n"));
    let options = ReadOptions { columns: names(&[]), n_rows: None };
    assert_eq!(read_with::<u32>(&folder.path(), &options).unwrap().width(), 0);
}

#[test]
fn frames_without_rows_or_columns_read_back_equal() {
    let folder = Folder::new();
    let frame = numbers(10).slice(0, 0);
    write_parquet(&frame, &folder.path(), &WriteOptions::default()).unwrap();
    common::same(&frame, &read(&folder.path()).unwrap()).unwrap();
    let empty = DataFrame::<u32>::new(vec![]).unwrap();
    write_parquet(&empty, &folder.path(), &WriteOptions::default()).unwrap();
    assert_eq!(read(&folder.path()).unwrap().width(), 0);
}

#[test]
fn more_rows_than_the_index_can_number_are_an_error() {
    let folder = Folder::new();
    write_parquet(&numbers(256), &folder.path(), &WriteOptions::default()).unwrap();
    let error = read_with::<u8>(&folder.path(), &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, Error::TooManyRows { rows: 256, limit: 255, bits: 8 }), "{error}");
    let options = ReadOptions { n_rows: Some(255), ..Default::default() };
    assert_eq!(read_with::<u8>(&folder.path(), &options).unwrap().height(), 255);
}

/// Other readers see plain strings, the requested compression and the requested row groups.
#[test]
fn other_readers_see_plain_files() {
    let folder = Folder::new();
    let options = WriteOptions { compression: Compression::Lz4, row_group_rows: 40 };
    write_parquet(&numbers(100), &folder.path(), &options).unwrap();
    let file = std::fs::File::open(folder.path()).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    assert_eq!(*reader.schema().field(1).data_type(), arrow_schema::DataType::Utf8);
    let groups = reader.metadata().row_groups();
    assert_eq!(groups.iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>(), [40, 40, 20]);
    assert_eq!(groups[0].column(0).compression(), parquet::basic::Compression::LZ4_RAW);
    let no_rows = WriteOptions { row_group_rows: 0, ..Default::default() };
    let error = write_parquet(&numbers(1), &folder.path(), &no_rows).unwrap_err();
    assert!(matches!(error, Error::Value { .. }), "{error}");
}

#[test]
fn types_of_other_writers_are_converted() {
    let dictionary: DictionaryArray<arrow_array::types::Int32Type> =
        vec![Some("x"), None, Some("x")].into_iter().collect();
    let list = ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>(vec![
        Some(vec![Some(1)]),
        None,
        Some(vec![]),
    ]);
    let field = Arc::new(Field::new("part", DataType::Int32, true));
    let parts =
        StructArray::from(vec![(field, Arc::new(Int32Array::from(vec![1, 2, 3])) as ArrayRef)]);
    let (_folder, path) = from_elsewhere(vec![
        ("dictionary", Arc::new(dictionary)),
        ("text", Arc::new(StringArray::from(vec!["a", "a text that is long", ""]))),
        (
            "time",
            Arc::new(TimestampMillisecondArray::from(vec![1, 2, 3]).with_timezone("Europe/Rome")),
        ),
        ("list", Arc::new(list)),
        ("parts", Arc::new(parts)),
        ("decimal", Arc::new(Decimal128Array::from(vec![1, 2, 3]))),
    ]);
    let error = read(&path).unwrap_err();
    assert!(
        matches!(&error, Error::UnsupportedType { column, .. } if column == "parts"),
        "{error}"
    );
    let only = |names: &[&str]| ReadOptions {
        columns: Some(names.iter().map(|name| (*name).to_owned()).collect()),
        n_rows: None,
    };
    let frame = read_with::<u32>(&path, &only(&["list", "decimal"])).unwrap();
    let dtypes: Vec<_> = frame.columns().iter().map(Column::dtype).collect();
    assert_eq!(dtypes, [&DType::List(DType::Int32.into()), &DType::Decimal(38, 10)]);
    let lists = frame.columns()[0].values().as_list::<i64>();
    assert_eq!((lists.value_length(0), lists.is_null(1), lists.value_length(2)), (1, true, 0));
    let frame = read_with::<u32>(&path, &only(&["dictionary", "text", "time"])).unwrap();
    let found = mydf_core::categories::texts(frame.columns()[0].values().as_dictionary()).unwrap();
    let texts: Vec<_> = found.iter().collect();
    assert_eq!(texts, [Some("x"), None, Some("x")]);
    assert_eq!(frame.columns()[1].values().as_string_view().value(1), "a text that is long");
    assert_eq!(*frame.columns()[2].dtype(), DType::Datetime(Some("Europe/Rome".into())));
    let times = frame.columns()[2].values().as_primitive::<TimestampMicrosecondType>();
    assert_eq!(times.values(), &[1000, 2000, 3000]);
}

#[test]
fn two_columns_of_one_name_are_an_error() {
    let one = Arc::new(Int32Array::from(vec![1])) as ArrayRef;
    let schema = Arc::new(arrow_schema::Schema::new(vec![
        arrow_schema::Field::new("x", arrow_schema::DataType::Int32, true),
        arrow_schema::Field::new("x", arrow_schema::DataType::Int32, true),
    ]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::clone(&one), one]).unwrap();
    let folder = Folder::new();
    let file = std::fs::File::create(folder.path()).unwrap();
    let mut writer = ArrowWriter::try_new(file, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let error = read(&folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("t.parquet`, column `x`: two columns have this name"), "{error}");
}

#[test]
fn files_that_are_not_parquet_are_errors() {
    let folder = Folder::new();
    let error = read(&folder.path()).unwrap_err();
    assert!(matches!(error, Error::Io { operation: "read", .. }), "{error}");
    let error = read(folder.0.path()).unwrap_err();
    assert!(matches!(error, Error::Io { operation: "read", .. }), "{error}");
    write_parquet(&numbers(100), &folder.path(), &WriteOptions::default()).unwrap();
    let whole = std::fs::read(folder.path()).unwrap();
    let cases: [(&[u8], &str); 5] = [
        (b"", "no data"),
        (b"a,b\n1,2\n", "not a Parquet file"),
        (b"PAR1", "cut off"),
        (&whole[..whole.len() / 2], "cut off"),
        (b"PAR1PAR1PAR1", "too small"),
    ];
    for (bytes, expected) in cases {
        let error = read(&folder.with(bytes)).unwrap_err();
        assert!(matches!(error, Error::Parquet { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

/// A frame that makes the writer use every encoding.
fn varied() -> DataFrame<u32> {
    let rows = 300_i64;
    let texts = |length: usize| -> ArrayRef {
        Arc::new(
            (0..rows)
                .map(|r| (r % 7 > 0).then(|| format!("{r:0length$}")))
                .collect::<StringViewArray>(),
        )
    };
    let few: StringViewArray =
        (0..rows).map(|r| Some(["red", "green", "blue"][r as usize % 3])).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(Int64Array::from_iter_values(0..rows))),
        ("few", Arc::new(few)),
        ("long", texts(30)),
        (
            "flag",
            Arc::new((0..rows).map(|r| Some(r % 3 == 0)).collect::<arrow_array::BooleanArray>()),
        ),
        (
            "ratio",
            Arc::new(
                (0..rows)
                    .map(|r| (r % 4 > 0).then_some(r as f64 / 7.0))
                    .collect::<arrow_array::Float64Array>(),
            ),
        ),
    ];
    DataFrame::new(columns.into_iter().map(|(n, a)| Column::new(n, a).unwrap()).collect()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    /// A damaged file gives an error or a frame of valid arrays, never a panic, never gigabytes.
    #[test]
    fn damaged_files_give_errors_or_valid_frames(
        compression in compressions(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        footer in any::<bool>(), cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let folder = Folder::new();
        let options = WriteOptions { compression, row_group_rows: 200 };
        write_parquet(&varied(), &folder.path(), &options).unwrap();
        let mut bytes = std::fs::read(folder.path()).unwrap();
        let length = bytes.len();
        let footer_length = 8 + u32::from_le_bytes(bytes[length - 8..length - 4].try_into().unwrap()) as usize;
        for (place, value) in flips {
            // A byte in the footer does most harm, so half of the cases damage it.
            let at = if footer { length - 1 - place.index(footer_length) } else { place.index(length) };
            bytes[at] ^= value;
        }
        if let Some(cut) = cut {
            // The last bytes stay, so that the first check does not find the damage.
            let end = bytes.split_off(length - footer_length);
            bytes.truncate(cut.index(bytes.len().max(1)));
            bytes.extend(end);
        }
        let path = folder.with(&bytes);
        PEAK.store(NOW.load(Ordering::Relaxed), Ordering::Relaxed);
        let before = NOW.load(Ordering::Relaxed);
        match read(&path) {
            Ok(frame) => {
                for column in frame.columns() {
                    column.values().to_data().validate_full().unwrap();
                }
            }
            Err(Error::Parquet { .. } | Error::UnsupportedType { .. } | Error::TooManyRows { .. } | Error::Io { .. } | Error::Arrow { .. }) => {}
            Err(other) => prop_assert!(false, "{other:?}"),
        }
        let taken = PEAK.load(Ordering::Relaxed).saturating_sub(before);
        prop_assert!(taken < 1 << 30, "{taken} bytes for a file of {length}");
    }
}
