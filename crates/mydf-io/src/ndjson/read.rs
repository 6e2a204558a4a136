//! Reading: the lines are parsed in parallel, then each column gets its dtype and its values.

use std::ops::Range;

use arrow_array::new_empty_array;
use mydf_core::frame::check_rows;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};
use rayon::prelude::*;

use super::build;
use super::table::{self, Table};
use super::{File, ReadOptions};
use crate::compressed;
use crate::progress::Job;
use crate::source::Source;

/// Large enough that a part's columns are worth their cost.
const PART: usize = 512 * 1024;

pub(super) fn read<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    let path = source.name();
    let failed = |message: String, hint: &str| Error::Ndjson {
        path: path.to_owned(),
        row: None,
        column: None,
        message,
        hint: hint.to_owned(),
    };
    let whole = compressed::opened(source.whole()?, |name, source| {
        failed(format!("{name}: {source}"), "the file may be cut off or damaged")
    })?;
    let bytes = whole.bytes();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some((name, hint)) = other_format(bytes) {
        return Err(failed(format!("{name}, not JSON lines in UTF-8"), hint));
    }
    let text = simdutf8::compat::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Error::Ndjson {
            path: path.to_owned(),
            row: Some(memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64 + 1),
            column: None,
            message: format!("invalid UTF-8: 0x{:02x}", bytes[at]),
            hint: "convert the file to UTF-8, e.g. `iconv -f latin1 -t utf-8`".to_owned(),
        }
    })?;
    let file = File { path, text };
    // With 0, only the dtypes are wanted, and they are those of all rows.
    let tables = tables(file, options.n_rows.filter(|rows| *rows > 0))?;
    check_rows::<I>(tables.iter().map(|table| table.rows as u64).sum())?;
    let wanted = wanted(file, &tables, options)?;
    if wanted.is_empty() {
        let hint = "the file has no object with a name; with `schema` it may have no rows";
        return Err(failed("no data".to_owned(), hint));
    }
    let columns = wanted
        .par_iter()
        .map(|(name, dtype)| build::column(file, &tables, name, dtype.as_ref()))
        .collect::<Vec<Result<Column>>>();
    let columns = columns.into_iter().collect::<Result<Vec<_>>>()?;
    if options.n_rows == Some(0) {
        return empty(&columns);
    }
    DataFrame::new(columns)
}

fn other_format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'{', 0, ..] | [0, b'{', ..] => {
            Some(("UTF-16", "convert the file to UTF-8, e.g. `iconv -f utf-16 -t utf-8`"))
        }
        [b'P', b'A', b'R', b'1', ..] => Some(("Parquet", "use `mydf.read_parquet(path)`")),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => {
            Some(("Arrow IPC", "use `mydf.read_ipc(path)`"))
        }
        [b'P', b'K', 3, 4, ..] => {
            Some(("a zip archive", "pass one file of it: `zipfile.ZipFile(path).open(name)`"))
        }
        _ => None,
    }
}

/// All rows, or the first ones.
fn tables(file: File<'_>, n_rows: Option<usize>) -> Result<Vec<Table<'_>>> {
    let mut parts = table::parts(file.text, PART);
    let progress = Job::new(file.text.len());
    let Some(limit) = n_rows else {
        // All are collected before an error is returned: it must be the first error in the file,
        // not the first in time.
        let read: Vec<_> = parts
            .into_par_iter()
            .map(|part| read_part(file, part, usize::MAX, &progress))
            .collect();
        return read.into_iter().collect();
    };
    let (mut tables, mut left) = (Vec::new(), limit);
    for part in parts.drain(..) {
        if left == 0 {
            break;
        }
        let table = read_part(file, part, left, &progress)?;
        left -= table.rows;
        tables.push(table);
    }
    Ok(tables)
}

fn read_part<'t>(
    file: File<'t>,
    part: Range<usize>,
    limit: usize,
    progress: &Job,
) -> Result<Table<'t>> {
    let length = part.len();
    let table = Table::read(file, part, limit);
    progress.advance(length);
    table
}

/// The columns of the result, with their dtypes if these are given.
fn wanted(
    file: File<'_>,
    tables: &[Table<'_>],
    options: &ReadOptions,
) -> Result<Vec<(String, Option<DType>)>> {
    let names = names(tables);
    let known = match &options.schema {
        None => names,
        Some(schema) => {
            check_names(file, tables, &names, schema)?;
            schema.iter().map(|(name, _)| name.clone()).collect()
        }
    };
    let missing =
        |name: &String| Error::ColumnNotFound { name: name.clone(), available: known.clone() };
    for name in options.dtypes.iter().map(|(name, _)| name).chain(options.columns.iter().flatten())
    {
        if !known.contains(name) {
            return Err(missing(name));
        }
    }
    let given = options.schema.iter().flatten().chain(&options.dtypes);
    let dtypes: Vec<_> = given.collect();
    let dtype = |name: &String| {
        let found = dtypes.iter().rev().find(|(other, _)| other == name);
        found.map(|(_, dtype)| dtype.clone())
    };
    let selected = options.columns.clone().unwrap_or_else(|| known.clone());
    Ok(selected
        .into_iter()
        .map(|name| {
            let dtype = dtype(&name);
            (name, dtype)
        })
        .collect())
}

/// The names in the order in which they first occur.
fn names(tables: &[Table<'_>]) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let all = tables.iter().flat_map(|table| &table.names);
    all.filter(|name| seen.insert(name.as_str())).cloned().collect()
}

/// Refuses names that a schema does not have: to leave them out would lose their values.
fn check_names(
    file: File<'_>,
    tables: &[Table<'_>],
    names: &[String],
    schema: &[(String, DType)],
) -> Result<()> {
    let more = names.iter().find(|name| schema.iter().all(|(known, _)| known != *name));
    let Some(name) = more else { return Ok(()) };
    let cells = tables.iter().filter_map(|table| table.column(name)).flatten();
    let first = cells.into_iter().find(|cell| !cell.is_empty()).copied().unwrap_or(file.text);
    let hint = "add it to `schema`, or choose columns with `columns` and give them dtypes in \
                `schema_overrides`";
    Err(file.error(first, Some(name), "a name that `schema` does not have", hint))
}

fn empty<I: Idx>(columns: &[Column]) -> Result<DataFrame<I>> {
    let columns = columns
        .iter()
        .map(|column| Column::new(column.name(), new_empty_array(column.values().data_type())));
    DataFrame::new(columns.collect::<Result<_>>()?)
}
