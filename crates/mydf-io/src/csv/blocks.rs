//! A file that is read in blocks of whole records, for tables larger than memory.
//!
//! One thread looks for the ends of records, which are line ends outside quotes, and reads ahead by
//! some blocks. Each block gets the file's header in front and is then read like a small file, so a
//! block is checked as strictly as the whole.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memchr::{memchr_iter, memchr2_iter};
use mydf_core::interrupt::Interrupt;
use mydf_core::{DType, DataFrame, Error, Idx, Result};

use super::ReadOptions;
use super::content;
use super::input;
use super::layout::File;
use super::read;
use crate::source::{From, Ranges, Source, read_error};

/// Bytes of a block, at least; a record may be longer.
const BLOCK: usize = 4 << 20;
/// The rows that dtypes are inferred from lie within so many bytes.
const SAMPLE: usize = 16 << 20;

/// A CSV file whose columns are known.
#[derive(Debug)]
pub struct CsvFile {
    path: PathBuf,
    options: ReadOptions,
    /// What comes before the first record: marks, the line with the names.
    header: Vec<u8>,
    /// Whether the file can't be read in blocks: it is compressed, its lines end in CR, or an
    /// option leaves out lines or fields, which depends on the lines before.
    is_whole: bool,
}

/// Some whole records, with the header in front.
#[derive(Debug)]
pub struct Block {
    bytes: Vec<u8>,
    /// What an error adds to the number of a line behind the header.
    lines_before: u64,
}

impl CsvFile {
    /// Opens a file and infers the dtypes of its columns from the first rows, or from all if
    /// `infer_rows` is `None`.
    ///
    /// # Errors
    /// Those of [`super::read_csv`] for these rows.
    pub fn open<I: Idx>(path: &Path, options: &ReadOptions) -> Result<(Self, DataFrame<I>)> {
        let source = Source::open(path)?;
        let syntax = read::syntax(options)?;
        let ranges = source.ranges();
        let mut start = Vec::new();
        ranges.from(0).take(SAMPLE as u64).read_to_end(&mut start).map_err(read_error(path))?;
        let complete = start.len() as u64 == ranges.len();
        let is_whole = options.is_by_lines()
            || content::is_compressed(&start)
            || content::other_format(&start).is_some()
            || !start.contains(&b'\n')
            || !matches!(ranges, Ranges::File(..));
        let sample = match ends(&start, syntax.quote, &mut false) {
            Some(end) if !complete && !is_whole => &start[..end],
            _ => start.as_slice(),
        };
        let header = if is_whole {
            Vec::new()
        } else {
            let file = File { path, bytes: sample, left_out: &[] };
            let start = content::byte_order_marks(sample);
            let (_, data) = input::names(file, start, syntax, options)?;
            sample[..data].to_vec()
        };
        let schema = ReadOptions { n_rows: Some(0), ..options.clone() };
        let empty: DataFrame<I> = match options.infer_rows {
            Some(_) if !is_whole => super::read_csv(&Source::from_bytes(sample, path), &schema)?,
            _ => super::read_csv(&source, &schema)?,
        };
        // Rows without a value tell nothing about the later ones.
        let known = |column: &mydf_core::Column| match column.dtype() {
            DType::Null if options.infer_rows.is_some() => DType::String,
            dtype => dtype.clone(),
        };
        let dtypes: Vec<(String, DType)> =
            empty.columns().iter().map(|c| (c.name().to_owned(), known(c))).collect();
        let options = ReadOptions { dtypes, ..options.clone() };
        let file = CsvFile { path: path.to_owned(), options, header, is_whole };
        let empty = if is_whole {
            file.read(None, Some(0))?
        } else {
            file.parse(&Block { bytes: file.header.clone(), lines_before: 0 }, None)?
        };
        Ok((file, empty))
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// These columns of all rows, or of the first ones.
    ///
    /// # Errors
    /// Those of [`super::read_csv`].
    pub fn read<I: Idx>(
        &self,
        columns: Option<&[Arc<str>]>,
        limit: Option<usize>,
    ) -> Result<DataFrame<I>> {
        let mut options = self.only(columns);
        options.n_rows = limit;
        if limit == Some(0) {
            // The dtypes are known.
            options.infer_rows = Some(1);
        }
        super::read_csv(&Source::open(&self.path)?, &options)
    }

    /// The file in blocks, or `None` if it must be read as a whole.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn blocks(&self) -> Result<Option<Blocks>> {
        if self.is_whole {
            return Ok(None);
        }
        let ranges = Source::open(&self.path)?.ranges();
        Ok(Some(Blocks {
            from: ranges.from(self.header.len() as u64),
            path: self.path.clone(),
            quote: self.options.quote,
            header: self.header.clone(),
            rest: Vec::new(),
            lines: 0,
            ended: false,
        }))
    }

    /// These columns of a block.
    ///
    /// # Errors
    /// Those of [`super::read_csv`]; the line is that of the whole file.
    pub fn parse<I: Idx>(
        &self,
        block: &Block,
        columns: Option<&[Arc<str>]>,
    ) -> Result<DataFrame<I>> {
        let header_lines = memchr_iter(b'\n', &self.header).count() as u64;
        let source = Source::from_bytes(&block.bytes, &self.path);
        super::read_csv(&source, &self.only(columns)).map_err(|error| match error {
            Error::Csv { path, row: Some(row), column, message, hint } if row > header_lines => {
                let row = Some(row + block.lines_before);
                Error::Csv { path, row, column, message, hint }
            }
            other => other,
        })
    }

    fn only(&self, columns: Option<&[Arc<str>]>) -> ReadOptions {
        let mut options = self.options.clone();
        if let Some(columns) = columns {
            options.columns = Some(columns.iter().map(|name| (**name).to_owned()).collect());
        }
        options
    }
}

/// The blocks of a file, in order.
pub struct Blocks {
    from: From,
    path: PathBuf,
    quote: Option<u8>,
    header: Vec<u8>,
    /// The beginning of the next block.
    rest: Vec<u8>,
    lines: u64,
    ended: bool,
}

impl Iterator for Blocks {
    type Item = Result<Block>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended { None } else { self.block().transpose() }
    }
}

impl Blocks {
    /// The next block; `None` after the last one.
    fn block(&mut self) -> Result<Option<Block>> {
        let stop = Interrupt::current();
        let mut bytes = self.header.clone();
        bytes.append(&mut self.rest);
        let (mut inside, mut seen, mut end) = (false, self.header.len(), None);
        while end.is_none() && !self.ended {
            stop.check()?;
            let read = (&mut self.from).take(BLOCK as u64).read_to_end(&mut bytes);
            self.ended = read.map_err(read_error(&self.path))? < BLOCK;
            end = ends(&bytes[seen..], self.quote, &mut inside).map(|at| seen + at);
            seen = bytes.len();
        }
        let lines_before = self.lines;
        if self.ended {
            // The last record may have no line end.
            let empty = bytes.len() == self.header.len();
            return Ok((!empty).then_some(Block { bytes, lines_before }));
        }
        if let Some(end) = end {
            self.rest = bytes.split_off(end);
        }
        self.lines += memchr_iter(b'\n', &bytes[self.header.len()..]).count() as u64;
        Ok(Some(Block { bytes, lines_before }))
    }
}

/// The end of the last record; `inside` says whether the bytes start, and
/// then whether they end, within quotes.
fn ends(bytes: &[u8], quote: Option<u8>, inside: &mut bool) -> Option<usize> {
    let Some(quote) = quote else {
        return memchr::memrchr(b'\n', bytes).map(|at| at + 1);
    };
    let mut end = None;
    for at in memchr2_iter(quote, b'\n', bytes) {
        if bytes[at] == quote {
            *inside = !*inside;
        } else if !*inside {
            end = Some(at + 1);
        }
    }
    end
}
