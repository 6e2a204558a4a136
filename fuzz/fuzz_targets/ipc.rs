//! Any bytes are Arrow IPC, whose columns are valid Arrow, or an error.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use mydf_io::Source;
use mydf_io::ipc::{Layout, ReadOptions, read_ipc};

fuzz_target!(|input: (bool, &[u8])| {
    let (stream, bytes) = input;
    let layout = if stream { Layout::Stream } else { Layout::File };
    let source = Source::from_bytes(bytes, Path::new("fuzz.arrow"));
    let Ok(frame) = read_ipc::<u32>(&source, layout, &ReadOptions::default()) else { return };
    for column in frame.columns() {
        assert_eq!(column.len(), frame.height());
        column.values().to_data().validate_full().expect("what is read is valid Arrow");
    }
});
