//! Parquet files that are one table.

use std::path::PathBuf;
use std::sync::Arc;

use mydf_core::kernels::concat::concat_rows;
use mydf_core::{Column, DataFrame, Error, Result};
use mydf_io::parquet::parts::ParquetFile;
use mydf_query::lazy::{self, Bound, Part, Parts, Request, Source, Visit, bound_name};
use rayon::prelude::*;

use super::keys::{self, Keys};
use crate::runtime::RowIdx;

type Frame = DataFrame<RowIdx>;

/// A file of a table.
#[derive(Clone, Debug)]
pub(crate) struct TableFile {
    pub(crate) path: PathBuf,
    /// Only these row groups.
    pub(crate) groups: Option<Vec<usize>>,
    pub(crate) keys: Keys,
}

/// Parquet files with the same columns, one after the other.
#[derive(Clone)]
pub(crate) struct ParquetTable {
    files: Vec<TableFile>,
    /// The columns of the files, then the keys.
    empty: Frame,
    /// The columns of the files.
    stored: Frame,
}

impl std::fmt::Debug for ParquetTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.label())
    }
}

impl ParquetTable {
    /// The table of these files, of which there is at least one.
    pub(crate) fn new(files: Vec<TableFile>, columns: Option<&[String]>) -> Result<Self> {
        let Some(first) = files.first() else {
            return Err(Error::InvalidOption {
                what: "source",
                message: "no files".to_owned(),
                hint: "pass at least one path",
            });
        };
        let is_key = |name: &String| first.keys.has(name);
        let (keys, stored): (Vec<String>, Vec<String>) =
            columns.unwrap_or_default().iter().cloned().partition(is_key);
        let wanted = columns.map(|_| stored.as_slice());
        let file = ParquetFile::open(&first.path)?;
        let stored: Frame = file.empty(wanted)?;
        first.keys.check(&file.empty::<RowIdx>(wanted)?, &first.path.display().to_string())?;
        let mut all = stored.columns().to_vec();
        for key in first.keys.columns() {
            if columns.is_none() || keys.iter().any(|name| name == key.name()) {
                all.push(key.slice(0, 0));
            }
        }
        let table = ParquetTable { empty: DataFrame::new(all)?, stored, files };
        let checks: Vec<Result<()>> = table.files[1..]
            .par_iter()
            .map(|file| table.check(&ParquetFile::open(&file.path)?))
            .collect();
        checks.into_iter().collect::<Result<()>>()?;
        Ok(table)
    }

    /// Rejects a file with other columns than the first one.
    fn check(&self, file: &ParquetFile) -> Result<()> {
        for column in self.stored.columns() {
            // Other columns may have types that mydf has no dtype for.
            let found: Result<Frame> = file.empty(Some(&[column.name().to_owned()]));
            let message = match found.as_ref().map(DataFrame::columns) {
                Err(Error::ColumnNotFound { .. }) => "is not in this file, but".to_owned(),
                Ok([other]) if other.dtype() != column.dtype() => {
                    format!("is {} here, and {}", other.dtype(), column.dtype())
                }
                Err(_) => return found.map(drop),
                Ok(_) => continue,
            };
            let first = self.files[0].path.display();
            return Err(Error::Parquet {
                path: file.path().to_owned(),
                column: Some(column.name().to_owned()),
                message: format!("{message} in `{first}`"),
                hint: Some(
                    "scan the files one by one, give them the same columns with `select` and \
                     `cast`, and join them with `mydf.concat`",
                ),
            });
        }
        Ok(())
    }

    /// The row groups of each file, as far as the table has them.
    pub(crate) fn row_groups(&self) -> Result<Vec<Vec<(usize, usize)>>> {
        let groups = |file: &TableFile| {
            let rows = ParquetFile::open(&file.path)?.row_groups()?;
            let wanted = |number: &usize| file.groups.as_ref().is_none_or(|g| g.contains(number));
            Ok(rows.into_iter().enumerate().filter(|(number, _)| wanted(number)).collect())
        };
        let found: Vec<Result<Vec<(usize, usize)>>> = self.files.par_iter().map(groups).collect();
        found.into_iter().collect()
    }
}

impl Source<RowIdx> for ParquetTable {
    fn label(&self) -> String {
        let first = self.files[0].path.display();
        match self.files.len() {
            1 => format!("Parquet `{first}`"),
            many => format!("Parquet `{first}` and {} more", many - 1),
        }
    }

    fn empty(&self) -> &Frame {
        &self.empty
    }

    fn parts(&self, request: &Request) -> Result<Parts<RowIdx>> {
        let keys: Vec<Keys> = self.files.iter().map(|file| file.keys.clone()).collect();
        let kept = keys::may_match(&keys, &request.predicates)?;
        let files: Vec<TableFile> =
            self.files.iter().zip(kept).filter(|(_, kept)| *kept).map(|(f, _)| f.clone()).collect();
        let (table, request) = (self.clone(), request.clone());
        let parts = files.into_iter().flat_map(move |file| match groups(&table, file, &request) {
            Ok(parts) => parts.into_iter().map(Ok).collect::<Vec<_>>(),
            Err(error) => vec![Err(error)],
        });
        Ok(Box::new(parts))
    }

    fn whole(&self, columns: &[Arc<str>], limit: Option<usize>) -> Result<Frame> {
        let read = |file: &TableFile, limit: Option<usize>| {
            let open = ParquetFile::open(&file.path)?;
            self.check(&open)?;
            let stored = file.keys.stored(columns, &self.empty);
            let rows = open.read::<RowIdx>(&stored, file.groups.as_deref(), limit)?;
            file.keys.with(&rows, columns)
        };
        if let [file] = self.files.as_slice() {
            return read(file, limit);
        }
        let Some(mut left) = limit else {
            let found: Vec<Result<Frame>> =
                self.files.par_iter().map(|file| read(file, None)).collect();
            return concat_rows(&found.into_iter().collect::<Result<Vec<_>>>()?);
        };
        let mut found = Vec::new();
        for file in &self.files {
            let rows = read(file, Some(left))?;
            left -= rows.height();
            found.push(rows);
            if left == 0 {
                break;
            }
        }
        concat_rows(&found)
    }
}

/// The row groups of a file that can have a requested row.
fn groups(
    table: &ParquetTable,
    file: TableFile,
    request: &Request,
) -> Result<Vec<Box<dyn Part<RowIdx>>>> {
    let open = ParquetFile::open(&file.path)?;
    table.check(&open)?;
    let rows = open.row_groups()?;
    let wanted = |number: &usize| {
        rows[*number] > 0 && file.groups.as_ref().is_none_or(|groups| groups.contains(number))
    };
    let numbers: Vec<usize> = (0..rows.len()).filter(wanted).collect();
    let kept = by_bounds(&open, &file.keys, &numbers, request)?;
    let stored = file.keys.stored(&request.columns, &table.empty);
    let shared =
        Arc::new(Open { file: open, stored, columns: request.columns.clone(), keys: file.keys });
    let parts = numbers.into_iter().zip(kept).filter(|(_, kept)| *kept);
    Ok(parts
        .map(|(number, _)| Box::new(Group { open: Arc::clone(&shared), number }) as Box<_>)
        .collect())
}

/// Whether each row group can have a row for which the predicates are true.
fn by_bounds(
    open: &ParquetFile,
    keys: &Keys,
    numbers: &[usize],
    request: &Request,
) -> Result<Vec<bool>> {
    let mut columns = keys.bounds(numbers.len())?;
    for name in request.columns.iter().filter(|name| !keys.has(name)) {
        let Some(bounds) = open.bounds(name, numbers) else { continue };
        let all = [
            (Bound::Min, bounds.min),
            (Bound::Max, bounds.max),
            (Bound::Nulls, Arc::new(bounds.nulls)),
            (Bound::Rows, Arc::new(bounds.rows)),
        ];
        let made = all.map(|(bound, values)| Column::new(bound_name(bound, name), values));
        // Bounds that mydf can't hold are not known.
        if let Ok(made) = made.into_iter().collect::<Result<Vec<Column>>>() {
            columns.extend(made);
        }
    }
    if columns.is_empty() || request.predicates.is_empty() {
        return Ok(vec![true; numbers.len()]);
    }
    lazy::kept(&request.predicates, &Frame::new(columns)?)
}

struct Open {
    file: ParquetFile,
    stored: Vec<Arc<str>>,
    columns: Vec<Arc<str>>,
    keys: Keys,
}

struct Group {
    open: Arc<Open>,
    number: usize,
}

impl Part<RowIdx> for Group {
    fn read(&self, visit: &mut Visit<'_, RowIdx>) -> Result<()> {
        let Open { file, stored, columns, keys } = &*self.open;
        file.visit(self.number, stored, &mut |rows: Frame| visit(keys.with(&rows, columns)?))
    }
}
