//! Reading, first part: names, and the records checked and counted. `parse` makes columns of them.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use arrow_buffer::Buffer;
use mydf_core::frame::check_rows;
use mydf_core::{DataFrame, Error, Idx, Result};
use rayon::prelude::*;

use super::ReadOptions;
use super::build::Nulls;
use super::layout::{self, Fault, File, Grid};
use super::parse::{self, Sampled};
use super::scan::{self, Syntax};

/// Small enough that a chunk and the places of its fields stay in a core's second cache.
const CHUNK: usize = 256 * 1024;
/// Rows of each chunk from which dtypes are guessed.
const SAMPLE: usize = 64;

pub(super) fn read_file<I: Idx>(path: &Path, options: &ReadOptions) -> Result<DataFrame<I>> {
    let syntax = syntax(options)?;
    let bytes = std::fs::read(path).map_err(|source| Error::Io {
        operation: "read",
        path: path.to_owned(),
        source,
    })?;
    let buffer = Buffer::from_vec(bytes);
    let file = File { path, bytes: &buffer };
    Reader { file, syntax, options, shared: Some(&buffer), chunk: CHUNK }.read()
}

pub(super) fn read_bytes<I: Idx>(
    bytes: &[u8],
    name: &Path,
    options: &ReadOptions,
) -> Result<DataFrame<I>> {
    let file = File { path: name, bytes };
    let syntax = syntax(options)?;
    Reader { file, syntax, options, shared: None, chunk: CHUNK }.read()
}

fn syntax(options: &ReadOptions) -> Result<Syntax> {
    let usable = |what: &str, byte: u8| {
        if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) {
            return Ok(byte);
        }
        let message = format!("byte 0x{byte:02x}, expected an ASCII character that ends no line");
        Err(Error::Value { what: what.to_owned(), message })
    };
    let separator = usable("separator", options.separator)?;
    let quote = options.quote.map(|quote| usable("quote", quote)).transpose()?;
    if quote == Some(separator) {
        let message = format!("`{}`, which is the separator too", separator as char);
        return Err(Error::Value { what: "quote".to_owned(), message });
    }
    Ok(Syntax { separator, quote })
}

pub(super) struct Reader<'a> {
    pub(super) file: File<'a>,
    syntax: Syntax,
    pub(super) options: &'a ReadOptions,
    /// The file's bytes as a buffer that columns can keep.
    pub(super) shared: Option<&'a Buffer>,
    chunk: usize,
}

/// A number of whole records.
pub(super) struct Chunk {
    pub(super) range: Range<usize>,
    pub(super) rows: usize,
    /// One a column of the file.
    pub(super) sample: Vec<Sampled>,
}

impl Reader<'_> {
    fn read<I: Idx>(self) -> Result<DataFrame<I>> {
        let (names, data) = self.names()?;
        let selected = self.selected(&names)?;
        let chunks = self.chunks(&names, data)?;
        check_rows::<I>(chunks.iter().map(|chunk| chunk.rows as u64).sum())?;
        DataFrame::new(parse::columns(&self, &names, &selected, &chunks)?)
    }

    /// The columns' names, and where the records begin.
    fn names(&self) -> Result<(Vec<String>, usize)> {
        let start = if self.file.bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let first = layout::first_record(self.file, start, self.syntax)?;
        let (names, data) = match (first, self.options.has_header) {
            (Some((names, after)), true) => (names, after),
            (Some((fields, _)), false) => (numbered(fields.len()), start),
            (None, false) if self.file.bytes.len() > start => (numbered(1), start),
            (None, _) => {
                return Err(Error::Csv {
                    path: self.file.path.to_owned(),
                    row: None,
                    column: None,
                    message: "no data".to_owned(),
                });
            }
        };
        let mut seen = HashSet::with_capacity(names.len());
        if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
            let message = "name twice in the header\nhint: rename one, or read with \
                           `has_header=False`";
            return Err(self.file.error(start, Some(twice), message.to_owned()));
        }
        Ok((names, data))
    }

    /// The numbers of the columns asked for.
    fn selected(&self, names: &[String]) -> Result<Vec<usize>> {
        let number = |name: &String| {
            names.iter().position(|other| other == name).ok_or_else(|| Error::ColumnNotFound {
                name: name.clone(),
                available: names.to_vec(),
            })
        };
        self.options.dtypes.iter().try_for_each(|(name, _)| number(name).map(drop))?;
        let Some(columns) = &self.options.columns else { return Ok((0..names.len()).collect()) };
        let mut selected = Vec::with_capacity(columns.len());
        for name in columns {
            let column = number(name)?;
            if selected.contains(&column) {
                return Err(Error::DuplicateColumn { name: name.clone() });
            }
            selected.push(column);
        }
        Ok(selected)
    }

    /// Checks and counts the records, up to `n_rows`.
    fn chunks(&self, names: &[String], data: usize) -> Result<Vec<Chunk>> {
        let part = data..self.file.bytes.len();
        let mut ranges = layout::chunks(self.file, part, self.syntax, self.chunk)?;
        let Some(limit) = self.options.n_rows else {
            // All are collected before the first error is looked for: it must be the first one of
            // the file, not of the clock.
            let checked: Vec<_> =
                ranges.into_par_iter().map(|range| self.check(names, range)).collect();
            return checked.into_iter().collect();
        };
        // In waves, so that the first rows of a large file don't cost the whole.
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut rows = 0;
        let wave = rayon::current_num_threads() * 4;
        while !ranges.is_empty() && rows < limit {
            let now: Vec<_> = ranges.drain(..wave.min(ranges.len())).collect();
            let checked: Vec<_> =
                now.par_iter().map(|range| self.check(names, range.clone())).collect();
            for (range, mut chunk) in now.into_iter().zip(checked) {
                if chunk.as_ref().map_or(true, |chunk| rows + chunk.rows > limit) {
                    chunk = self.check(names, self.cut(range, names.len(), limit - rows));
                }
                let chunk = chunk?;
                rows += chunk.rows;
                chunks.push(chunk);
                if rows == limit {
                    break;
                }
            }
        }
        Ok(chunks)
    }

    /// The first `rows` records of a chunk that may be faulty after them.
    fn cut(&self, range: Range<usize>, width: usize, rows: usize) -> Range<usize> {
        let chunk = &self.file.bytes[range.clone()];
        let mut ends = Vec::new();
        scan::find_ends(chunk, self.syntax, &mut ends);
        let (mut start, mut left) = (0, rows);
        for end in ends.into_iter().map(|end| end as usize).filter(|end| chunk[*end] == b'\n') {
            if left == 0 {
                break;
            }
            let empty = width > 1 && matches!(chunk[start..end], [] | [b'\r']);
            left -= usize::from(!empty);
            start = end + 1;
        }
        if left == 0 { range.start..range.start + start } else { range }
    }

    fn check(&self, names: &[String], range: Range<usize>) -> Result<Chunk> {
        let bytes = &self.file.bytes[range.clone()];
        layout::check_utf8(self.file, range.clone(), |at| {
            names.get(layout::column_of(bytes, at, self.syntax)).map(String::as_str)
        })?;
        let mut ends = Vec::new();
        let grid = layout::find_fields(bytes, self.syntax, names.len(), false, &mut ends)
            .map_err(|Fault { at, message }| self.file.error(range.start + at, None, message))?;
        let nulls = self.nulls();
        let sample =
            (0..names.len()).map(|column| Sampled::of(&grid, column, &nulls, SAMPLE)).collect();
        Ok(Chunk { rows: grid.rows(), range, sample })
    }

    pub(super) fn nulls(&self) -> Nulls {
        Nulls::new(&self.options.null_values, self.syntax.quote)
    }

    /// The fields of a chunk that was checked.
    pub(super) fn grid<'b>(&'b self, chunk: &Chunk, ends: &'b mut Vec<u32>) -> Result<Grid<'b>> {
        let bytes = &self.file.bytes[chunk.range.clone()];
        let width = chunk.sample.len();
        layout::find_fields(bytes, self.syntax, width, true, ends)
            .map_err(|Fault { at, message }| self.file.error(chunk.range.start + at, None, message))
    }
}

fn numbered(width: usize) -> Vec<String> {
    (1..=width).map(|number| format!("column_{number}")).collect()
}
