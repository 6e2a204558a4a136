//! Reads and writes frames: CSV and Parquet. No Python here.

mod atomic;
pub mod csv;
pub mod parquet;
