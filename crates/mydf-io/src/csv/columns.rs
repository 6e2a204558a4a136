//! Columns of a checked file, and their dtypes.
//!
//! Dtypes are guessed from a sample of every chunk, and the parsers of a guessed dtype accept only
//! values that would have led to it. If a guess fails, every value of the column is classified and
//! the column is parsed again. The result is the same as if every value were classified first, but
//! most columns are parsed only once.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_buffer::Buffer;
use mydf_core::{Column, DType, Error, Result, memory};
use rayon::prelude::*;

use super::build::{self, Filled, Job, Misfit, Part, Slots, Texts};
use super::fault::Fault;
use super::input::{Chunk, Input, Sampled};
use super::layout::{self, Grid};
use super::value::Kinds;

/// A view's offset has 31 bits.
const BLOCK: usize = i32::MAX as usize;

/// How to build a column of the result.
struct Plan {
    /// Its number in the file.
    column: usize,
    name: String,
    dtype: DType,
    guessed: bool,
    /// What to do if a value does not fit.
    hint: &'static str,
}

/// The columns `selected` of checked chunks.
pub(super) fn columns(
    input: &Input<'_>,
    selected: &[usize],
    chunks: &[Chunk],
) -> Result<Vec<Column>> {
    let mut plans = plans(input, selected, chunks)?;
    let blocks = Blocks::new(input.shared.filter(|_| worth_sharing(&plans, chunks)), chunks);
    let mut columns: Vec<Option<Column>> = plans.iter().map(|_| None).collect();
    let mut open: Vec<usize> = (0..plans.len()).collect();
    // At most twice: in the second pass no dtype is a guess.
    while !open.is_empty() {
        let parsed = Pass { input, plans: &plans, open: &open, chunks, blocks: &blocks }.run()?;
        let mut failed = Vec::new();
        for (plan, column) in open.into_iter().zip(parsed) {
            match column {
                Some(column) => columns[plan] = Some(column),
                None => failed.push(plan),
            }
        }
        infer_whole(input, &mut plans, &failed, chunks)?;
        open = failed;
    }
    Ok(columns.into_iter().flatten().collect())
}

/// Dtypes: given, inferred from the number of rows in the options, or guessed.
fn plans(input: &Input<'_>, selected: &[usize], chunks: &[Chunk]) -> Result<Vec<Plan>> {
    let mut plans = Vec::with_capacity(selected.len());
    let mut open = Vec::new();
    for &column in selected {
        let name = input.names[column].clone();
        let given = input.options.dtypes.iter().rev().find(|(other, _)| *other == name);
        if given.is_none() && !input.formats.contains_key(&column) {
            open.push(plans.len());
        }
        let format = input.formats.get(&column);
        let dtype = match (given, format) {
            (Some((_, dtype)), _) => dtype.clone(),
            (None, Some(format)) => build::dtype_of(format),
            (None, None) => DType::Null,
        };
        if let Some(format) = format
            && !matches!(dtype, DType::Date | DType::Datetime(_))
        {
            let message =
                format!("column `{name}` is {dtype}, and `{}` is a format", format.text());
            let hint = "leave the column out of `date_format` or of `schema_overrides`";
            return Err(Error::InvalidOption { what: "date_format", message, hint });
        }
        if let DType::Categorical | DType::Binary | DType::Decimal(..) | DType::List(_) = dtype {
            let message = format!("column `{name}`: no text in CSV is read as {dtype}");
            let hint = match dtype {
                DType::List(_) => "give it `mydf.String`, then use `.str.split(\",\")`",
                DType::Categorical => "give it `mydf.String`, then `.cast(mydf.Categorical)`",
                DType::Binary => "give it `mydf.String`, then `.cast(mydf.Binary)`",
                _ => "give it `mydf.String`, then e.g. `.cast(mydf.Decimal(38, 2))`",
            };
            return Err(Error::InvalidOption { what: "schema_overrides", message, hint });
        }
        let hint = if format.is_some() {
            "change its format in `date_format`, or name the text in `null_values`"
        } else {
            "give the column another dtype in `schema_overrides`, or name the text in `null_values`"
        };
        plans.push(Plan { column, name, dtype, guessed: false, hint });
    }
    if input.options.infer_rows == Some(0) {
        for plan in open {
            plans[plan].dtype = DType::String;
        }
        return Ok(plans);
    }
    if let Some(rows) = input.options.infer_rows {
        infer(input, &mut plans, &open, chunks, rows)?;
        for plan in open {
            plans[plan].hint = "infer from more rows with `infer_schema_length`, or give the column a \
                                 dtype in `schema_overrides`";
        }
        return Ok(plans);
    }
    let mut unsettled = Vec::new();
    for number in open {
        let plan = &mut plans[number];
        let kinds = chunks
            .iter()
            .map(|chunk| chunk.sample[plan.column].kinds)
            .fold(Kinds::default(), Kinds::union);
        (plan.dtype, plan.guessed) = (kinds.dtype(), true);
        if !kinds.settled() {
            unsettled.push(number);
        }
    }
    infer_whole(input, &mut plans, &unsettled, chunks)?;
    Ok(plans)
}

/// Gives plans the dtype that every value of the column fits.
fn infer_whole(
    input: &Input<'_>,
    plans: &mut [Plan],
    which: &[usize],
    chunks: &[Chunk],
) -> Result<()> {
    infer(input, plans, which, chunks, usize::MAX)
}

/// Gives plans the dtype that the values of the first rows fit.
fn infer(
    input: &Input<'_>,
    plans: &mut [Plan],
    which: &[usize],
    chunks: &[Chunk],
    rows: usize,
) -> Result<()> {
    if which.is_empty() {
        return Ok(());
    }
    let columns: Vec<usize> = which.iter().map(|plan| plans[*plan].column).collect();
    let mut left = rows;
    let looked_at: Vec<(&Chunk, usize)> = chunks
        .iter()
        .map(|chunk| {
            let rows = left.min(chunk.rows);
            left -= rows;
            (chunk, rows)
        })
        .filter(|(_, rows)| *rows > 0)
        .collect();
    let none = || vec![Kinds::default(); columns.len()];
    let kinds = looked_at
        .into_par_iter()
        .map_init(Vec::new, |ends, (chunk, rows)| {
            let grid = input.grid(chunk, ends)?;
            let numbers = &input.options.numbers;
            let kinds =
                |column| Sampled::of(&grid, column, input.nulls.of(column), numbers, rows).kinds;
            Ok(columns.iter().map(|column| kinds(*column)).collect())
        })
        .try_reduce(none, |left: Vec<Kinds>, right| {
            Ok(left.into_iter().zip(right).map(|(left, right)| left.union(right)).collect())
        })?;
    for (plan, kinds) in which.iter().zip(kinds) {
        plans[*plan].dtype = kinds.dtype();
        plans[*plan].guessed = false;
    }
    Ok(())
}

/// Returns whether columns should share the file's bytes. Sharing keeps the whole file in memory,
/// so it pays only if long texts are about half of the file or more.
fn worth_sharing(plans: &[Plan], chunks: &[Chunk]) -> bool {
    let bytes: usize = chunks.iter().flat_map(|chunk| &chunk.sample).map(|s| s.bytes).sum();
    let texts = plans.iter().filter(|plan| plan.dtype == DType::String);
    let long: usize =
        texts.flat_map(|plan| chunks.iter().map(|chunk| chunk.sample[plan.column].long)).sum();
    long * 2 >= bytes
}

/// The file's bytes as buffers that views can point into.
struct Blocks {
    buffers: Vec<Buffer>,
    /// The block of each chunk, and how far from the block's start it begins.
    places: Vec<(u32, u32)>,
}

impl Blocks {
    fn new(shared: Option<&Buffer>, chunks: &[Chunk]) -> Self {
        let mut blocks = Blocks { buffers: Vec::new(), places: Vec::new() };
        let Some(shared) = shared else { return blocks };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for chunk in chunks {
            match ranges.last_mut() {
                Some(last) if chunk.range.end - last.start <= BLOCK => last.end = chunk.range.end,
                _ => ranges.push(chunk.range.clone()),
            }
            let block = ranges.len() - 1;
            let offset = chunk.range.start - ranges[block].start;
            blocks.places.push((block as u32, offset as u32));
        }
        blocks.buffers = ranges
            .into_iter()
            .map(|range| shared.slice_with_length(range.start, range.len()))
            .collect();
        blocks
    }

    fn texts(&self, chunk: usize) -> Texts {
        match self.places.get(chunk) {
            Some(&(block, offset)) => Texts::Shared { block, offset },
            None => Texts::Copied,
        }
    }

    /// The number of the buffer with a chunk's own texts; these buffers follow the blocks.
    fn own(&self, chunk: usize) -> u32 {
        (self.buffers.len() + chunk) as u32
    }
}

/// One parse of some columns.
struct Pass<'a> {
    input: &'a Input<'a>,
    plans: &'a [Plan],
    /// The plans to parse.
    open: &'a [usize],
    chunks: &'a [Chunk],
    blocks: &'a Blocks,
}

impl Pass<'_> {
    /// One entry for each of `open`: its column, or `None` if the guess failed.
    fn run(&self) -> Result<Vec<Option<Column>>> {
        let rows: Vec<usize> = self.chunks.iter().map(|chunk| chunk.rows).collect();
        let height = rows.iter().sum();
        let row_bytes: u64 =
            self.open.iter().map(|p| memory::row_bytes(&self.plans[*p].dtype)).sum();
        memory::check("read", (height as u64).saturating_mul(row_bytes))?;
        let failed: Vec<AtomicBool> = self.open.iter().map(|_| AtomicBool::new(false)).collect();
        let mut slots: Vec<Slots> =
            self.open.iter().map(|plan| Slots::new(&self.plans[*plan].dtype, height)).collect();
        let filled = self.fill(&rows, &mut slots, &failed)?;
        let work: Vec<_> = self.open.iter().zip(slots).zip(filled).zip(failed).collect();
        work.into_par_iter()
            .map(|(((plan, slots), filled), failed)| {
                if failed.into_inner() {
                    return Ok(None);
                }
                let Plan { dtype, name, .. } = &self.plans[*plan];
                let array = build::finish(dtype, slots, &rows, filled, &self.blocks.buffers);
                Column::new(name.as_str(), array).map(Some)
            })
            .collect()
    }

    /// Parses all chunks; returns what the chunks of each column give in addition to the values.
    fn fill(
        &self,
        rows: &[usize],
        slots: &mut [Slots],
        failed: &[AtomicBool],
    ) -> Result<Vec<Vec<Filled>>> {
        let mut parts: Vec<Vec<Part<'_>>> = rows.iter().map(|_| Vec::new()).collect();
        for slots in slots {
            for (parts, part) in parts.iter_mut().zip(slots.split(rows)) {
                parts.push(part);
            }
        }
        let chunks: Vec<Result<Vec<Filled>>> = parts
            .into_par_iter()
            .enumerate()
            .map_init(Vec::new, |ends, (number, parts)| {
                self.fill_chunk(number, parts, failed, ends)
            })
            .collect();
        let mut columns: Vec<Vec<Filled>> = self.open.iter().map(|_| Vec::new()).collect();
        for chunk in chunks {
            for (column, filled) in columns.iter_mut().zip(chunk?) {
                column.push(filled);
            }
        }
        Ok(columns)
    }

    fn fill_chunk(
        &self,
        number: usize,
        parts: Vec<Part<'_>>,
        failed: &[AtomicBool],
        ends: &mut Vec<u32>,
    ) -> Result<Vec<Filled>> {
        let chunk = &self.chunks[number];
        let grid = self.input.grid(chunk, ends)?;
        let mut columns = Vec::with_capacity(parts.len());
        let mut first: Option<(usize, &Plan)> = None;
        for ((plan, failed), part) in self.open.iter().zip(failed).zip(parts) {
            let plan = &self.plans[*plan];
            if failed.load(Ordering::Relaxed) {
                columns.push(Filled::default());
                continue;
            }
            let job = Job {
                column: plan.column,
                dtype: &plan.dtype,
                guessed: plan.guessed,
                numbers: &self.input.options.numbers,
                format: self.input.formats.get(&plan.column),
                nulls: self.input.nulls.of(plan.column),
                texts: self.blocks.texts(number),
                own_buffer: self.blocks.own(number),
            };
            columns.push(build::fill(&grid, job, part).unwrap_or_else(|Misfit { row }| {
                if plan.guessed {
                    failed.store(true, Ordering::Relaxed);
                } else if first.is_none_or(|(other, _)| row < other) {
                    first = Some((row, plan));
                }
                Filled::default()
            }));
        }
        self.input.progress.advance(chunk.range.len());
        match first {
            Some((row, plan)) => Err(self.misfit(plan, &grid, chunk, row)),
            None => Ok(columns),
        }
    }

    fn misfit(&self, plan: &Plan, grid: &Grid<'_>, chunk: &Chunk, row: usize) -> Error {
        let field = grid.field(row, plan.column);
        let text = layout::excerpt(field.text);
        let message = format!("value `{text}` does not fit {}", plan.dtype);
        let fault = Fault::new(chunk.range.start + field.start, message, plan.hint);
        self.input.file.error(fault, Some(&plan.name))
    }
}
