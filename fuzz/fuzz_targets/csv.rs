//! Any bytes are a CSV file or an error; what is read is written and read again without a change.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mydf_core::DataFrame;
use mydf_io::Source;
use mydf_io::csv::{ReadOptions, WriteOptions, read_csv, to_csv_string};

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let options = ReadOptions {
        separator: [b',', b';', b'\t', b'|'][usize::from(choice & 3)],
        quote: (choice & 4 == 0).then_some(b'"'),
        has_header: choice & 8 == 0,
        infer_rows: (choice & 16 != 0).then_some(usize::from(choice >> 5)),
        ..ReadOptions::default()
    };
    let Ok(frame) = read(bytes, &options) else { return };
    let Ok(text) = to_csv_string(&frame, &WriteOptions::default()) else { return };
    let dtypes = frame.columns().iter();
    let dtypes = dtypes.map(|column| (column.name().to_owned(), column.dtype().clone())).collect();
    let again = ReadOptions { dtypes, ..ReadOptions::default() };
    let again = read(text.as_bytes(), &again)
        .unwrap_or_else(|error| panic!("{text:?} can't be read again: {error}"));
    assert_eq!((frame.height(), frame.width()), (again.height(), again.width()), "{text:?}");
    let second = to_csv_string(&again, &WriteOptions::default()).expect("it was written before");
    assert_eq!(text, second);
});

/// With 32-bit and with 8-bit row numbers: both give the same rows, or the short ones are too few.
fn read(bytes: &[u8], options: &ReadOptions) -> mydf_core::Result<DataFrame<u32>> {
    let source = Source::from_bytes(bytes, Path::new("fuzz.csv"));
    let wide = read_csv::<u32>(&source, options);
    let narrow = read_csv::<u8>(&source, options);
    match (&wide, &narrow) {
        (Ok(wide), Ok(narrow)) => assert_eq!(wide.height(), narrow.height()),
        (Ok(wide), Err(_)) => assert!(wide.height() > 255),
        (Err(_), Ok(narrow)) => panic!("{} rows only with 8-bit numbers", narrow.height()),
        (Err(_), Err(_)) => {}
    }
    wide
}
