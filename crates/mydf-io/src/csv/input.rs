//! The checked file: names, and records split into chunks, counted and sampled.

use std::collections::HashSet;
use std::ops::Range;

use arrow_buffer::Buffer;
use mydf_core::{Error, Result};
use rayon::prelude::*;

use super::ReadOptions;
use super::build::{self, Nulls};
use super::layout::{self, Fault, File, Grid};
use super::scan::{self, Syntax};
use super::value::Kinds;

/// Small enough that a chunk and the positions of its fields stay in a core's second-level cache.
const CHUNK: usize = 256 * 1024;
/// Rows of each chunk from which dtypes are guessed.
const SAMPLE: usize = 64;

/// A file and how to read it.
pub(super) struct Input<'a> {
    pub(super) file: File<'a>,
    pub(super) syntax: Syntax,
    pub(super) options: &'a ReadOptions,
    /// The file's bytes as a buffer that columns can keep.
    pub(super) shared: Option<&'a Buffer>,
}

/// A number of whole records.
pub(super) struct Chunk {
    pub(super) range: Range<usize>,
    pub(super) rows: usize,
    /// One for each column of the file.
    pub(super) sample: Vec<Sampled>,
}

/// What the first rows of a chunk show about a column.
#[derive(Clone, Copy, Default)]
pub(super) struct Sampled {
    pub(super) kinds: Kinds,
    /// Bytes of the texts that do not fit into a view.
    pub(super) long: usize,
    pub(super) bytes: usize,
}

impl Sampled {
    pub(super) fn of(grid: &Grid<'_>, column: usize, nulls: &Nulls, rows: usize) -> Self {
        let mut sampled = Sampled::default();
        for field in grid.column(column).take(rows) {
            sampled.bytes += field.text.len() + 1;
            if field.text.len() > build::MAX_INLINE {
                sampled.long += field.text.len();
            }
            if !nulls.has(field) {
                sampled.kinds = sampled.kinds.union(Kinds::of(field.text));
            }
        }
        sampled
    }
}

impl Input<'_> {
    /// The names of the columns, and where the records begin.
    pub(super) fn names(&self) -> Result<(Vec<String>, usize)> {
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

    /// The numbers of the requested columns.
    pub(super) fn selected(&self, names: &[String]) -> Result<Vec<usize>> {
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
    pub(super) fn chunks(&self, names: &[String], data: usize) -> Result<Vec<Chunk>> {
        let part = data..self.file.bytes.len();
        let mut ranges = layout::chunks(self.file, part, self.syntax, CHUNK)?;
        let Some(limit) = self.options.n_rows else {
            // All are collected before an error is returned: it must be the first error in the
            // file, not the first in time.
            let checked: Vec<_> =
                ranges.into_par_iter().map(|range| self.check(names, range)).collect();
            return checked.into_iter().collect();
        };
        // In waves, so that the first rows of a large file don't cost as much as the whole file.
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

    /// The first `rows` records of a chunk, which may be invalid after them.
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

    /// The fields of a checked chunk.
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
