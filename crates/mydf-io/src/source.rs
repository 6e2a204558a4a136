//! Where the bytes of a format come from: a file, a pipe, or memory.
//!
//! A format's reader takes them as a whole, or reads at any position from several threads at a
//! time.

use std::fs::{File, Metadata};
use std::io::{self, IsTerminal, Read};
use std::mem::MaybeUninit;
use std::path::Path;
use std::slice;
use std::sync::Arc;

use arrow_buffer::Buffer;
use bytes::Bytes;
use mydf_core::interrupt::Interrupt;
use mydf_core::kernels::tasks;
use mydf_core::{Error, Result, memory};

/// Bytes that one task reads: few enough for the second-level cache.
const PIECE: usize = 1 << 18;

/// Bytes to read, and the name that errors use for them.
pub struct Source<'a> {
    name: &'a Path,
    data: Data<'a>,
}

enum Data<'a> {
    /// A regular file and its length.
    File(Arc<File>, u64),
    /// The content of something that can only be read forward (a pipe).
    Read(Bytes),
    Borrowed(&'a [u8]),
}

impl<'a> Source<'a> {
    /// Opens a file. A pipe is read to its end.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn open(path: &'a Path) -> Result<Self> {
        Ok(Source { name: path, data: Data::open(path)? })
    }

    /// Bytes in memory.
    pub fn from_bytes(bytes: &'a [u8], name: &'a Path) -> Self {
        Source { name, data: Data::Borrowed(bytes) }
    }

    pub(crate) fn name(&self) -> &'a Path {
        self.name
    }

    /// All bytes.
    pub(crate) fn whole(&self) -> Result<Whole<'a>> {
        Ok(match &self.data {
            Data::File(file, length) => {
                memory::check("read", *length)?;
                let ranges = Ranges::File(Arc::clone(file), *length);
                Whole::Owned(Buffer::from_vec(ranges.whole(self.name)?))
            }
            Data::Read(bytes) => Whole::Owned(Buffer::from(bytes.clone())),
            Data::Borrowed(bytes) => Whole::Borrowed(bytes),
        })
    }

    /// The bytes for reading at any position. Borrowed ones are copied: readers outlive the borrow.
    pub(crate) fn ranges(&self) -> Ranges {
        match &self.data {
            Data::File(file, length) => Ranges::File(Arc::clone(file), *length),
            Data::Read(bytes) => Ranges::Memory(bytes.clone()),
            Data::Borrowed(bytes) => Ranges::Memory(Bytes::copy_from_slice(bytes)),
        }
    }
}

impl Data<'_> {
    fn open(path: &Path) -> Result<Self> {
        let failed = read_error(path);
        let mut file = File::open(path).map_err(&failed)?;
        let metadata = file.metadata().map_err(&failed)?;
        if metadata.is_file() {
            return Ok(Data::File(Arc::new(file), metadata.len()));
        }
        let mut bytes = Vec::new();
        if is_device(&metadata) && !file.is_terminal() {
            // `/dev/null` has no bytes; `/dev/zero` has no end, and a disk is no table.
            if (&mut file).take(1).read_to_end(&mut bytes).map_err(&failed)? > 0 {
                return Err(failed(io::Error::other("a device, not a file or pipe")));
            }
        } else {
            bytes = read_all(file, failed)?;
        }
        Ok(Data::Read(bytes.into()))
    }
}

/// Reads to an end that is not known before. The memory for each step is asked for, because a pipe
/// or a compressed file may have any length.
pub(crate) fn read_all(
    mut from: impl Read,
    failed: impl Fn(io::Error) -> Error,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut step: u64 = 1 << 20;
    loop {
        memory::check("read", bytes.len() as u64 + step)?;
        let read = (&mut from).take(step).read_to_end(&mut bytes).map_err(&failed)?;
        if (read as u64) < step {
            return Ok(bytes);
        }
        step = bytes.len() as u64;
    }
}

#[cfg(unix)]
fn is_device(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.file_type().is_char_device() || metadata.file_type().is_block_device()
}

#[cfg(windows)]
fn is_device(_: &Metadata) -> bool {
    false
}

/// The error for a failed read.
pub(crate) fn read_error(name: &Path) -> impl Fn(io::Error) -> Error + '_ {
    |source| Error::Io { operation: "read", path: name.to_owned(), source }
}

/// All bytes of a source.
pub(crate) enum Whole<'a> {
    Owned(Buffer),
    Borrowed(&'a [u8]),
}

impl Whole<'_> {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Whole::Owned(buffer) => buffer,
            Whole::Borrowed(bytes) => bytes,
        }
    }

    /// The bytes as a buffer that columns can share.
    pub(crate) fn shared(&self) -> Option<&Buffer> {
        match self {
            Whole::Owned(buffer) => Some(buffer),
            Whole::Borrowed(_) => None,
        }
    }
}

/// The bytes of a source for reading at any position, from several threads at a time.
///
/// A file has one cursor, which all its clones move; two threads would read each other's bytes.
/// Reading at a position needs no cursor.
#[derive(Clone)]
pub(crate) enum Ranges {
    File(Arc<File>, u64),
    Memory(Bytes),
}

impl Ranges {
    pub(crate) fn len(&self) -> u64 {
        match self {
            Ranges::File(_, length) => *length,
            Ranges::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// A reader that starts at byte `at`.
    pub(crate) fn from(&self, at: u64) -> From {
        From { ranges: self.clone(), at }
    }

    /// All bytes. A long file is read by all threads: copying it from the system's cache, and the
    /// first touch of the memory, take longer than looking for its lines.
    fn whole(&self, name: &Path) -> Result<Vec<u8>> {
        let length = usize::try_from(self.len()).unwrap_or(0);
        let mut bytes: Vec<u8> = Vec::with_capacity(length);
        let stop = Interrupt::current();
        let pieces = bytes.spare_capacity_mut()[..length].chunks_mut(PIECE).enumerate();
        let read = tasks::map(pieces, |(number, piece)| {
            if stop.is_set() {
                return Ok(0);
            }
            piece.fill(MaybeUninit::new(0));
            // SAFETY: all bytes of the piece have just been written.
            let piece =
                unsafe { slice::from_raw_parts_mut(piece.as_mut_ptr().cast(), piece.len()) };
            self.read_full_at(piece, (number * PIECE) as u64)
        });
        stop.check()?;
        // Up to the first piece that is short, because the file has been cut meanwhile.
        let mut whole = 0;
        for (number, read) in read.into_iter().enumerate() {
            let read = read.map_err(read_error(name))?;
            whole += read;
            if read < PIECE.min(length - number * PIECE) {
                break;
            }
        }
        // SAFETY: the first `whole` bytes have been written: each piece before the last one that
        // counts is full, and of the last one as much counts as has been read.
        unsafe { bytes.set_len(whole) };
        // What has been added to the file meanwhile, and files that say that they have no bytes.
        self.from(whole as u64).read_to_end(&mut bytes).map_err(read_error(name))?;
        Ok(bytes)
    }

    /// Fills `out` from byte `at` to its end, or to that of the bytes.
    fn read_full_at(&self, out: &mut [u8], at: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < out.len() {
            match self.read_at(&mut out[filled..], at + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(filled)
    }

    /// Fills `out` from byte `at`, as far as there are bytes.
    fn read_at(&self, out: &mut [u8], at: u64) -> io::Result<usize> {
        match self {
            Ranges::File(file, _) => read_file_at(file, out, at),
            Ranges::Memory(bytes) => {
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

/// Reads forward from a position.
pub(crate) struct From {
    ranges: Ranges,
    at: u64,
}

impl Read for From {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.ranges.read_at(out, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(source: &Source<'_>) -> (Vec<u8>, Vec<u8>) {
        let whole = source.whole().unwrap().bytes().to_vec();
        let mut end = Vec::new();
        source.ranges().from(3).read_to_end(&mut end).unwrap();
        (whole, end)
    }

    #[test]
    fn a_file_and_memory_read_alike() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        std::fs::write(&path, "abcdef").unwrap();
        let file = Source::open(&path).unwrap();
        let memory = Source::from_bytes(b"abcdef", Path::new("<bytes>"));
        assert_eq!(parts(&file), (b"abcdef".to_vec(), b"def".to_vec()));
        assert_eq!(parts(&memory), parts(&file));
        assert_eq!((file.ranges().len(), memory.ranges().len()), (6, 6));
        assert!(file.whole().unwrap().shared().is_some());
        assert!(memory.whole().unwrap().shared().is_none());
    }

    #[test]
    fn a_file_of_many_pieces_is_read_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        for length in [PIECE - 1, PIECE, PIECE + 1, 5 * PIECE + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at / 7 % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let source = Source::open(&path).unwrap();
            assert!(source.whole().unwrap().bytes() == bytes, "{length}");
            // A file that is cut after it has been opened, and one that grows.
            std::fs::write(&path, &bytes[..length / 2]).unwrap();
            assert!(source.whole().unwrap().bytes() == &bytes[..length / 2], "{length}");
            std::fs::write(&path, [bytes.clone(), bytes.clone()].concat()).unwrap();
            assert!(source.whole().unwrap().bytes() == [bytes.clone(), bytes].concat());
        }
    }

    #[test]
    fn reading_past_the_end_gives_nothing() {
        let ranges = Source::from_bytes(b"abc", Path::new("<bytes>")).ranges();
        for at in [3, 4, u64::MAX] {
            let mut out = Vec::new();
            ranges.from(at).read_to_end(&mut out).unwrap();
            assert!(out.is_empty());
        }
    }

    #[test]
    fn a_file_larger_than_memory_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        // Without blocks on the disk; some file systems do not have such files.
        if File::create(&path).unwrap().set_len(8 << 40).is_ok() {
            let error = Source::open(&path).unwrap().whole().err().unwrap();
            assert!(matches!(error, Error::Memory { .. }), "{error}");
        }
    }

    #[test]
    fn input_of_any_length_is_read_to_its_end() {
        for length in [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 1 << 21, (1 << 21) + 1] {
            let bytes = read_all(io::repeat(b'a').take(length), read_error(Path::new("pipe")));
            assert_eq!(bytes.unwrap().len() as u64, length);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_device_without_end_is_refused() {
        assert!(Source::open(Path::new("/dev/null")).unwrap().whole().unwrap().bytes().is_empty());
        let error = Source::open(Path::new("/dev/zero")).err().unwrap();
        assert!(error.to_string().contains("a device"), "{error}");
    }

    #[test]
    fn an_error_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().join("none"), folder.path().to_owned()] {
            let error = Source::open(&path).err().unwrap();
            assert!(matches!(&error, Error::Io { operation: "read", path: p, .. } if *p == path));
        }
    }
}
