//! The checked file: names, and records split into chunks, counted and sampled.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use arrow_buffer::Buffer;
use mydf_core::temporal::Format;
use mydf_core::{Error, Result};
use rayon::prelude::*;

use super::build;
use super::content;
use super::fault::Fault;
use super::layout::{self, File, Grid};
use super::nulls::{ColumnNulls, Nulls};
use super::numbers::Numbers;
use super::scan::{self, Syntax};
use super::value::Kinds;
use super::{ReadOptions, date_format};
use crate::progress::Job;

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
    pub(super) names: Vec<String>,
    /// Where the records begin, after the header.
    data: usize,
    pub(super) nulls: ColumnNulls,
    /// By the numbers of their columns.
    pub(super) formats: HashMap<usize, Format>,
    /// Each byte is checked, then parsed.
    pub(super) progress: Job,
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
    pub(super) fn of(
        grid: &Grid<'_>,
        column: usize,
        nulls: &Nulls,
        numbers: &Numbers,
        rows: usize,
    ) -> Self {
        let mut sampled = Sampled::default();
        for field in grid.column(column).take(rows) {
            sampled.bytes += field.text.len() + 1;
            if field.text.len() > build::MAX_INLINE {
                sampled.long += field.text.len();
            }
            sampled.kinds = sampled.kinds.union(if !nulls.is_null(field) {
                Kinds::with(field.text, numbers)
            } else if field.quoted {
                Kinds::QUOTED_NULL
            } else {
                Kinds::default()
            });
        }
        sampled
    }
}

/// The names of the columns, and where the records begin.
pub(super) fn names(
    file: File<'_>,
    from: usize,
    syntax: Syntax,
    options: &ReadOptions,
) -> Result<(Vec<String>, usize)> {
    let mut start = from;
    if let Some((separator, length)) = content::separator_line(&file.bytes[start..]) {
        if separator != syntax.separator {
            let shown = char::from(separator).escape_debug();
            let message = format!("the first line says that the separator is `{shown}`");
            let fault = Fault::new(start, message, format!("read with `separator=\"{shown}\"`"));
            return Err(file.error(fault, None));
        }
        start += length;
    }
    let first = layout::first_record(file, start, syntax)?;
    let (names, data) = match (first, options.has_header) {
        (Some((names, after)), true) => (names, after),
        (Some((fields, _)), false) => (numbered(fields.len()), start),
        (None, false) if file.bytes.len() > start => (numbered(1), start),
        (None, _) => {
            return Err(Error::Csv {
                path: file.path.to_owned(),
                row: None,
                column: None,
                message: "no data".to_owned(),
                hint: "the file has neither a header nor rows".to_owned(),
            });
        }
    };
    let names = match &options.names {
        None => names,
        Some(given) if given.len() == names.len() => given.clone(),
        Some(given) => {
            let message = format!("{} columns, and `new_columns` has {}", names.len(), given.len());
            let fault = Fault::new(start, message, "name each column of the file, in order");
            return Err(file.error(fault, None));
        }
    };
    let mut seen = HashSet::with_capacity(names.len());
    if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
        let hint = "name the columns in `new_columns`, or read with `has_header=False`";
        let fault = Fault::new(start, "name twice in the header", hint);
        return Err(file.error(fault, Some(twice)));
    }
    Ok((names, data))
}

fn number(names: &[String], name: &str) -> Result<usize> {
    names
        .iter()
        .position(|other| other == name)
        .ok_or_else(|| Error::ColumnNotFound { name: name.to_owned(), available: names.to_vec() })
}

impl<'a> Input<'a> {
    pub(super) fn new(
        file: File<'a>,
        start: usize,
        syntax: Syntax,
        options: &'a ReadOptions,
        shared: Option<&'a Buffer>,
    ) -> Result<Self> {
        let (names, data) = names(file, start, syntax, options)?;
        let data = after_records(file, data, syntax, names.len(), options.skip_rows_after_header);
        let formats = options
            .formats
            .iter()
            .map(|(name, text)| Ok((number(&names, name)?, date_format(text)?)));
        let formats = formats.collect::<Result<_>>()?;
        let own: Vec<(usize, &[String])> = options
            .column_null_values
            .iter()
            .map(|(name, values)| Ok((number(&names, name)?, values.as_slice())))
            .collect::<Result<_>>()?;
        let nulls = ColumnNulls::new(&options.null_values, own.into_iter(), syntax.quote);
        let progress = Job::new(2 * (file.bytes.len() - data));
        Ok(Input { file, syntax, options, shared, names, data, nulls, formats, progress })
    }

    /// The numbers of the requested columns.
    pub(super) fn selected(&self) -> Result<Vec<usize>> {
        let names = &self.names;
        self.options.dtypes.iter().try_for_each(|(name, _)| number(names, name).map(drop))?;
        let Some(columns) = &self.options.columns else { return Ok((0..names.len()).collect()) };
        let mut selected = Vec::with_capacity(columns.len());
        for name in columns {
            let column = number(names, name)?;
            if selected.contains(&column) {
                return Err(Error::DuplicateColumn { name: name.clone() });
            }
            selected.push(column);
        }
        Ok(selected)
    }

    /// Checks and counts the records, up to `n_rows`.
    pub(super) fn chunks(&self) -> Result<Vec<Chunk>> {
        let part = self.data..self.file.bytes.len();
        let mut ranges = layout::chunks(self.file, part, self.syntax, CHUNK)?;
        let Some(limit) = self.options.n_rows else {
            // All are collected before an error is returned: it must be the first error in the
            // file, not the first in time.
            let checked: Vec<_> = ranges.into_par_iter().map(|range| self.check(range)).collect();
            return checked.into_iter().collect();
        };
        // In waves, so that the first rows of a large file don't cost as much as the whole file.
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut rows = 0;
        let wave = rayon::current_num_threads() * 4;
        while !ranges.is_empty() && rows < limit {
            let now: Vec<_> = ranges.drain(..wave.min(ranges.len())).collect();
            let checked: Vec<_> = now.par_iter().map(|range| self.check(range.clone())).collect();
            for (range, mut chunk) in now.into_iter().zip(checked) {
                if chunk.as_ref().map_or(true, |chunk| rows + chunk.rows > limit) {
                    chunk = self.check(self.cut(range, self.names.len(), limit - rows));
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
            let empty = width > 1 && layout::is_empty(&chunk[start..end]);
            left -= usize::from(!empty);
            start = end + 1;
        }
        if left == 0 { range.start..range.start + start } else { range }
    }

    fn check(&self, range: Range<usize>) -> Result<Chunk> {
        let names = &self.names;
        let bytes = &self.file.bytes[range.clone()];
        layout::check_utf8(self.file, range.clone(), |at| {
            names.get(layout::column_of(bytes, at, self.syntax)).map(String::as_str)
        })?;
        let mut ends = Vec::new();
        let grid = layout::find_fields(bytes, self.syntax, names.len(), false, &mut ends)
            .map_err(|fault| self.file.error(fault.after(range.start), None))?;
        let sample = (0..names.len())
            .map(|column| {
                let nulls = self.nulls.of(column);
                Sampled::of(&grid, column, nulls, &self.options.numbers, SAMPLE)
            })
            .collect();
        self.progress.advance(range.len());
        Ok(Chunk { rows: grid.rows(), range, sample })
    }

    /// The fields of a checked chunk.
    pub(super) fn grid<'b>(&'b self, chunk: &Chunk, ends: &'b mut Vec<u32>) -> Result<Grid<'b>> {
        let bytes = &self.file.bytes[chunk.range.clone()];
        let width = chunk.sample.len();
        layout::find_fields(bytes, self.syntax, width, true, ends)
            .map_err(|fault| self.file.error(fault.after(chunk.range.start), None))
    }
}

/// Where the records begin after the first `count` of them.
fn after_records(file: File<'_>, data: usize, syntax: Syntax, width: usize, count: usize) -> usize {
    let (mut at, mut left) = (data, count);
    while left > 0 && at < file.bytes.len() {
        let rest = &file.bytes[at..];
        let end = scan::after_first_record(rest, syntax.quote, false).unwrap_or(rest.len());
        let line = rest[..end].strip_suffix(b"\n").unwrap_or(&rest[..end]);
        left -= usize::from(width == 1 || !layout::is_empty(line));
        at += end;
    }
    at
}

fn numbered(width: usize) -> Vec<String> {
    (1..=width).map(|number| format!("column_{number}")).collect()
}
