//! Files as the tables of scans.

mod csv;
mod keys;
mod parquet;

pub(crate) use csv::CsvTable;
pub(crate) use keys::Keys;
pub(crate) use parquet::{ParquetTable, TableFile};
