//! The library's interface for reading at any position.

use std::io::{BufReader, Read};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::source::{From, Ranges};

impl Length for Ranges {
    fn len(&self) -> u64 {
        Ranges::len(self)
    }
}

impl ChunkReader for Ranges {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(self.from(start)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Checked before memory is allocated: a damaged file may ask for any number of bytes.
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(ParquetError::EOF(format!(
                "bytes {start} to {} requested, the file has {}",
                start.saturating_add(length as u64),
                self.len()
            )));
        }
        if let Ranges::Memory(bytes) = self {
            let start = usize::try_from(start)?;
            return Ok(bytes.slice(start..start + length));
        }
        let mut bytes = Vec::with_capacity(length);
        self.from(start).take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF("the file got shorter while it was read".to_owned()));
        }
        Ok(bytes.into())
    }
}
