//! Reads and writes frames: CSV and Parquet. No Python here.

pub mod csv;
pub mod parquet;
