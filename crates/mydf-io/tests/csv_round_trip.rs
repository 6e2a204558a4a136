//! Written frames read back equal, and reader and writer agree with the `csv` crate.

mod common;

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringViewArray};
use mydf_core::{Column, DType, DataFrame, Error};
use mydf_io::Source;
use mydf_io::csv::{ReadOptions, WriteOptions, read_csv, to_csv_string, write_csv};
use proptest::prelude::*;

fn given(frame: &DataFrame<u32>) -> Vec<(String, DType)> {
    frame.columns().iter().map(|c| (c.name().to_owned(), c.dtype().clone())).collect()
}

/// The same columns with the names that a file without a header gives them.
fn numbered(frame: &DataFrame<u32>) -> DataFrame<u32> {
    let columns = frame.columns().iter().zip(1..).map(|(column, number)| {
        Column::new(format!("column_{number}"), Arc::clone(column.values())).unwrap()
    });
    DataFrame::new(columns.collect()).unwrap()
}

fn reread(text: &str, options: &ReadOptions) -> DataFrame<u32> {
    read_bytes(text.as_bytes(), options).unwrap()
}

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<DataFrame<u32>, Error> {
    read_csv(&Source::from_bytes(bytes, Path::new("t.csv")), options)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// With any options that the writer accepts, and the same ones for the reader.
    #[test]
    fn a_written_frame_reads_back_equal(
        frame in common::frame(),
        separator in prop_oneof![
            prop::sample::select(b",;\t|".as_slice()),
            prop::sample::select(b"-+.:0129TZeNaitf '".as_slice()),
            1..128_u8,
        ],
        header in any::<bool>(),
        null_value in prop_oneof![
            Just(String::new()),
            prop::sample::select(vec!["NA", "NaN", "inf", "0", "-1", "true", "1970-01-01", " ", "a"])
                .prop_map(str::to_owned),
            common::nasty(),
        ],
    ) {
        let written = WriteOptions {
            separator,
            header,
            null_value: null_value.clone(),
            ..Default::default()
        };
        let text = match to_csv_string(&frame, &written) {
            Err(Error::InvalidOption { .. }) => return Ok(()),
            text => text.unwrap(),
        };
        let names = |frame: &DataFrame<u32>| -> Vec<String> {
            frame.columns().iter().map(|column| column.name().to_owned()).collect()
        };
        let frame = if header { frame } else { numbered(&frame) };
        let quote = (separator != b'"').then_some(b'"');
        let options = ReadOptions {
            separator, quote, has_header: header, null_values: vec![null_value],
            dtypes: given(&frame), ..Default::default()
        };
        let again = read_bytes(text.as_bytes(), &options);
        if text.is_empty() {
            let no_data = matches!(again, Err(Error::Csv { row: None, .. }));
            prop_assert!(no_data);
            return Ok(());
        }
        let again = again.map_err(|error| TestCaseError::fail(format!("{error}\n{text:?}")))?;
        common::same(&frame, &again).map_err(|why| TestCaseError::fail(format!("{why}\n{text:?}")))?;
        // Inferred dtypes never change or drop a text.
        let inferred = ReadOptions { dtypes: Vec::new(), ..options };
        let again = read_bytes(text.as_bytes(), &inferred).unwrap();
        prop_assert_eq!((again.height(), names(&again)), (frame.height(), names(&frame)));
    }

    /// Any bytes lead to an error or a frame.
    #[test]
    fn any_bytes_give_an_error_or_a_frame(
        bytes in prop::collection::vec(
            prop_oneof![
                4 => prop::sample::select(b"ab1,.\n\r\"".as_slice()),
                1 => any::<u8>(),
            ], 0..60),
        quoted in any::<bool>(), has_header in any::<bool>(), n_rows in prop::option::of(0..5_usize),
        infer_rows in prop::option::of(0..3_usize),
    ) {
        let options = ReadOptions {
            quote: quoted.then_some(b'"'), has_header, n_rows, infer_rows, ..Default::default()
        };
        if let Ok(frame) = read_bytes(&bytes, &options) {
            prop_assert!(n_rows.is_none_or(|limit| frame.height() <= limit));
            for column in frame.columns() {
                column.values().to_data().validate_full().unwrap();
            }
        }
    }

    /// Both read the same records from what the `csv` crate writes.
    #[test]
    fn the_csv_crate_reads_the_same_records(
        records in (1..5_usize).prop_flat_map(|width| {
            prop::collection::vec(prop::collection::vec(common::nasty(), width), 1..20)
        }),
        always in any::<bool>(), crlf in any::<bool>(),
    ) {
        let mut writer = csv::WriterBuilder::new()
            .quote_style(if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
            .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') })
            .from_writer(Vec::new());
        // The first record is a header line, so that our rules about the start of a file (byte order
        // mark, empty lines) make no difference.
        let header: Vec<String> = (0..records[0].len()).map(|n| format!("n{n}")).collect();
        writer.write_record(&header).unwrap();
        for record in &records {
            writer.write_record(record).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let dtypes = header.iter().map(|name| (name.clone(), DType::String)).collect();
        let options = ReadOptions { dtypes, ..Default::default() };
        let frame = read_bytes(&bytes, &options)
            .map_err(|error| TestCaseError::fail(format!("{error}\n{bytes:?}")))?;
        prop_assert_eq!(frame.height(), records.len());
        for (number, column) in frame.columns().iter().enumerate() {
            for (value, record) in column.values().as_string_view().iter().zip(&records) {
                // An empty field without quotes is null for us; the `csv` crate has no nulls.
                prop_assert_eq!(value.unwrap_or(""), record[number].as_str());
                prop_assert!(value.is_some() || !always);
            }
        }
    }

    /// The `csv` crate reads the fields that we write.
    #[test]
    fn the_csv_crate_reads_what_we_write(
        texts in prop::collection::vec(prop::collection::vec(common::nasty(), 3), 0..20),
    ) {
        let column = |number: usize| {
            let array: StringViewArray = texts.iter().map(|row| Some(row[number].as_str())).collect();
            Column::new(format!("n{number}"), Arc::new(array) as ArrayRef).unwrap()
        };
        let frame = DataFrame::<u32>::new(vec![column(0), column(1), column(2)]).unwrap();
        let text = to_csv_string(&frame, &WriteOptions::default()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        prop_assert_eq!(read, texts);
    }
}

/// Many chunks of every alignment give the same frame as one chunk.
#[test]
fn large_frames_read_back_equal() {
    let rows = 120_000_i64;
    let text = |row: i64| match row % 7 {
        0 => None,
        1 => Some(String::new()),
        2 => Some(format!("line\n{row}")),
        3 => Some(format!("\"{row}\" is quoted and long")),
        _ => Some(format!("a plain text that is long {row}")),
    };
    let columns = vec![
        Column::new("number", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef),
        Column::new("text", Arc::new((0..rows).map(text).collect::<StringViewArray>()) as ArrayRef),
        Column::new(
            "ratio",
            Arc::new(
                (0..rows).map(|r| (r % 3 > 0).then(|| r as f64 / 3.0)).collect::<Float64Array>(),
            ) as ArrayRef,
        ),
    ];
    let frame = DataFrame::<u32>::new(columns.into_iter().map(Result::unwrap).collect()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    write_csv(&frame, &path, &WriteOptions::default()).unwrap();
    let again = read_csv(&Source::open(&path).unwrap(), &ReadOptions::default()).unwrap();
    common::same(&frame, &again).unwrap();
    let text = to_csv_string(&frame, &WriteOptions::default()).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    common::same(&frame, &reread(&text, &ReadOptions::default())).unwrap();
    // Numbers of rows at and around the ends of chunks.
    for limit in [1, 8191, 50_000, 119_999, 120_000, 120_001] {
        let options =
            ReadOptions { n_rows: Some(limit), dtypes: given(&frame), ..Default::default() };
        common::same(&frame.slice(0, limit), &reread(&text, &options)).unwrap();
    }
}

#[test]
fn values_are_written_in_one_spelling() {
    let columns = vec![
        Column::new(
            "x,y",
            Arc::new(Float64Array::from(vec![
                Some(1.0),
                Some(0.1),
                Some(f64::NAN),
                Some(f64::NEG_INFINITY),
                Some(1e300),
                None,
            ])) as ArrayRef,
        )
        .unwrap(),
        Column::new(
            "",
            Arc::new(StringViewArray::from(vec![
                Some("plain"),
                Some(""),
                Some("a\"b"),
                Some("NA"),
                Some(" blank "),
                None,
            ])) as ArrayRef,
        )
        .unwrap(),
    ];
    let frame = DataFrame::<u32>::new(columns).unwrap();
    assert_eq!(
        to_csv_string(&frame, &WriteOptions::default()).unwrap(),
        "\"x,y\",\"\"\n1.0,plain\n0.1,\"\"\nNaN,\"a\"\"b\"\n-inf,NA\n1e300, blank \n,\n"
    );
    let options = WriteOptions {
        separator: b';',
        header: false,
        null_value: "NA".into(),
        ..Default::default()
    };
    assert_eq!(
        to_csv_string(&frame, &options).unwrap(),
        "1.0;plain\n0.1;\"\"\nNaN;\"a\"\"b\"\n-inf;\"NA\"\n1e300; blank \nNA;NA\n"
    );
    let empty = DataFrame::<u32>::new(vec![]).unwrap();
    assert_eq!(to_csv_string(&empty, &WriteOptions::default()).unwrap(), "");
    let none = frame.slice(0, 0);
    assert_eq!(to_csv_string(&none, &WriteOptions::default()).unwrap(), "\"x,y\",\"\"\n");
    let wrong = WriteOptions { separator: b'"', ..Default::default() };
    assert!(matches!(to_csv_string(&frame, &wrong), Err(Error::InvalidOption { .. })));
    let missing = write_csv(&frame, Path::new("no/such/folder/t.csv"), &WriteOptions::default());
    assert!(matches!(missing, Err(Error::Io { operation: "write", .. })));
}
