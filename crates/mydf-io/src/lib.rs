//! Reads and writes frames: one folder per format, over one [`Source`] of bytes. Nothing here knows
//! Python.

mod atomic;
pub mod csv;
pub mod parquet;
mod source;

pub use source::Source;
