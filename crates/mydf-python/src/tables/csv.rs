//! CSV files that are one table.

use std::path::PathBuf;
use std::sync::Arc;

use mydf_core::kernels::concat::concat_rows;
use mydf_core::{Column, DataFrame, Error, Result};
use mydf_io::csv::ReadOptions;
use mydf_io::csv::blocks::{Block, CsvFile};
use mydf_query::lazy::{Part, Parts, Request, Source, Visit};

use super::keys::{self, Keys};
use crate::runtime::RowIdx;

type Frame = DataFrame<RowIdx>;

/// CSV files with the same columns, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct CsvTable {
    files: Arc<Vec<(CsvFile, Keys)>>,
    empty: Frame,
}

impl CsvTable {
    /// The table of these files, of which there is at least one.
    pub(crate) fn new(files: Vec<(PathBuf, Keys)>, options: &ReadOptions) -> Result<Self> {
        let mut found: Vec<(CsvFile, Keys)> = Vec::with_capacity(files.len());
        let mut table: Option<Frame> = None;
        let mut options = options.clone();
        for (path, keys) in files {
            let (file, empty) = CsvFile::open::<RowIdx>(&path, &options)?;
            match &table {
                None => {
                    keys.check(&empty, &path.display().to_string())?;
                    // The dtypes of the first file are those of all.
                    let dtype =
                        |column: &Column| (column.name().to_owned(), column.dtype().clone());
                    options.dtypes = empty.columns().iter().map(dtype).collect();
                    options.infer_rows = Some(0);
                    options.columns = Some(names(&empty));
                    table = Some(empty);
                }
                Some(first) if names(first) != names(&empty) => {
                    return Err(Error::Internal { message: "columns in another order".to_owned() });
                }
                Some(_) => {}
            }
            found.push((file, keys));
        }
        let mut columns = table.map_or_else(Vec::new, |table| table.columns().to_vec());
        if let Some((_, keys)) = found.first() {
            columns.extend(keys.columns().iter().map(|key| key.slice(0, 0)));
        }
        Ok(CsvTable { files: Arc::new(found), empty: DataFrame::new(columns)? })
    }
}

fn names(frame: &Frame) -> Vec<String> {
    frame.columns().iter().map(|column| column.name().to_owned()).collect()
}

impl Source<RowIdx> for CsvTable {
    fn label(&self) -> String {
        let first = self.files.first().map(|(file, _)| file.path().display().to_string());
        let first = first.unwrap_or_default();
        match self.files.len() {
            1 => format!("CSV `{first}`"),
            many => format!("CSV `{first}` and {} more", many - 1),
        }
    }

    fn empty(&self) -> &Frame {
        &self.empty
    }

    fn parts(&self, request: &Request) -> Result<Parts<RowIdx>> {
        let (table, columns) = (self.clone(), request.columns.clone());
        let keys: Vec<Keys> = self.files.iter().map(|(_, keys)| keys.clone()).collect();
        let kept = keys::may_match(&keys, &request.predicates)?;
        let files = (0..self.files.len()).filter(move |place| kept[*place]);
        Ok(Box::new(files.flat_map(move |place| -> Parts<RowIdx> {
            let (table, columns) = (table.clone(), columns.clone());
            let blocks = table.files[place].0.blocks();
            let part = move |block| -> Box<dyn Part<RowIdx>> {
                let (table, columns) = (table.clone(), columns.clone());
                Box::new(Lines { table, place, columns, block })
            };
            match blocks {
                Err(error) => Box::new(std::iter::once(Err(error))),
                Ok(None) => Box::new(std::iter::once(Ok(part(None)))),
                Ok(Some(blocks)) => Box::new(blocks.map(move |block| Ok(part(Some(block?))))),
            }
        })))
    }

    fn whole(&self, columns: &[Arc<str>], limit: Option<usize>) -> Result<Frame> {
        let (mut left, mut found) = (limit, Vec::new());
        for (file, keys) in self.files.iter() {
            let stored = keys.stored(columns, &self.empty);
            let rows = keys.with(&file.read::<RowIdx>(Some(&stored), left)?, columns)?;
            left = left.map(|left| left - rows.height());
            found.push(rows);
            if left == Some(0) {
                break;
            }
        }
        concat_rows(&found)
    }
}

/// Some lines of a file, or all.
struct Lines {
    table: CsvTable,
    place: usize,
    columns: Vec<Arc<str>>,
    block: Option<Block>,
}

impl Part<RowIdx> for Lines {
    fn read(&self, visit: &mut Visit<'_, RowIdx>) -> Result<()> {
        let (file, keys) = &self.table.files[self.place];
        let stored = keys.stored(&self.columns, &self.table.empty);
        let rows: Frame = match &self.block {
            Some(block) => file.parse(block, Some(&stored))?,
            None => file.read(Some(&stored), None)?,
        };
        visit(keys.with(&rows, &self.columns)?).map(|_| ())
    }
}
