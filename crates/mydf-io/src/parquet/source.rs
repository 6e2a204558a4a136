//! Bytes of a file at any place, for several threads at a time.
//!
//! The library's own reader of files moves the one cursor that all clones of a file share; two
//! threads would read each other's bytes. Reads at a place need no cursor.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

/// A regular file, or the bytes of something that only reads forward (a pipe).
#[derive(Clone)]
pub(super) enum Source {
    File(Arc<File>, u64),
    Memory(Bytes),
}

impl Source {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let metadata = file.metadata()?;
        if metadata.is_file() {
            return Ok(Source::File(Arc::new(file), metadata.len()));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Source::Memory(bytes.into()))
    }

    /// Fills `out` from byte `at`, as far as there are bytes.
    fn read_at(&self, out: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Source::File(file, _) => read_file_at(file, out, at),
            Source::Memory(bytes) => {
                let start = usize::try_from(at).map_or(bytes.len(), |at| at.min(bytes.len()));
                let length = out.len().min(bytes.len() - start);
                out[..length].copy_from_slice(&bytes[start..start + length]);
                Ok(length)
            }
        }
    }
}

#[cfg(unix)]
fn read_file_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, at)
}

#[cfg(windows)]
fn read_file_at(file: &File, out: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, at)
}

/// Reads on from a place.
pub(super) struct From {
    source: Source,
    at: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(out, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Length for Source {
    fn len(&self) -> u64 {
        match self {
            Source::File(_, length) => *length,
            Source::Memory(bytes) => bytes.len() as u64,
        }
    }
}

impl ChunkReader for Source {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(From { source: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // Checked before memory is taken: a damaged file may ask for any number of bytes.
        if start.checked_add(length as u64).is_none_or(|end| end > self.len()) {
            return Err(ParquetError::EOF(format!(
                "bytes {start} to {} asked for, the file has {}",
                start.saturating_add(length as u64),
                self.len()
            )));
        }
        if let Source::Memory(bytes) = self {
            let start = usize::try_from(start)?;
            return Ok(bytes.slice(start..start + length));
        }
        let mut bytes = Vec::with_capacity(length);
        From { source: self.clone(), at: start }.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF("the file got shorter while it was read".to_owned()));
        }
        Ok(bytes.into())
    }
}
