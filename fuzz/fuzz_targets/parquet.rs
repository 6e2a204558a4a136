//! Any bytes are a Parquet file or an error.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mydf_io::Source;
use mydf_io::parquet::{ReadOptions, read_parquet};

fuzz_target!(|bytes: &[u8]| {
    let source = Source::from_bytes(bytes, Path::new("fuzz.parquet"));
    if let Ok(frame) = read_parquet::<u32>(&source, &ReadOptions::default()) {
        for column in frame.columns() {
            assert_eq!(column.len(), frame.height());
        }
    }
});
