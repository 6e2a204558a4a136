//! Reads and writes frames: one folder per format, over one [`Source`] of bytes. Nothing here knows
//! Python.

mod atomic;
mod compressed;
pub mod csv;
mod guard;
pub mod ipc;
pub mod ndjson;
pub mod parquet;
pub mod progress;
mod source;

pub use source::Source;
