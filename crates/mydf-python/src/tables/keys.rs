//! Columns whose values are in the paths of files, such as `year=2024/`.

use std::sync::Arc;

use mydf_core::kernels::concat::concat_rows;
use mydf_core::kernels::take::take_column;
use mydf_core::{Column, DataFrame, Error, Idx, Result};
use mydf_query::expr::Expr;
use mydf_query::lazy::{self, Bound, bound_name};

use crate::runtime::RowIdx;

/// The values of the keys of one file, a row each.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys(Vec<Column>);

impl Keys {
    /// The values in a row of a frame, which has a row for each file.
    pub(crate) fn of_row<I: Idx>(frame: &DataFrame<I>, row: usize) -> Self {
        Keys(frame.columns().iter().map(|column| column.slice(row, 1)).collect())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Column::name)
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.0
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().any(|known| known == name)
    }

    /// These columns of a file and of its path, in this order.
    pub(crate) fn with<I: Idx>(
        &self,
        frame: &DataFrame<I>,
        names: &[Arc<str>],
    ) -> Result<DataFrame<I>> {
        let rows = vec![I::from_usize(0); frame.height()];
        let column = |name: &Arc<str>| match self.0.iter().find(|key| key.name() == &**name) {
            Some(key) => take_column(key, &rows),
            None => frame.column(name).cloned(),
        };
        DataFrame::new(names.iter().map(column).collect::<Result<_>>()?)
    }

    /// The columns of a file that are read for these; at least one, which tells the number of rows.
    pub(crate) fn stored<I: Idx>(&self, names: &[Arc<str>], all: &DataFrame<I>) -> Vec<Arc<str>> {
        let stored: Vec<Arc<str>> = names.iter().filter(|name| !self.has(name)).cloned().collect();
        if !stored.is_empty() {
            return stored;
        }
        let columns = all.columns().iter().filter(|column| !self.has(column.name()));
        let cost = |column: &&Column| mydf_core::memory::row_bytes(column.dtype());
        columns.min_by_key(cost).map(|column| vec![column.shared_name()]).unwrap_or_default()
    }

    /// Rejects a key with the name of a column of the file.
    pub(crate) fn check<I: Idx>(&self, frame: &DataFrame<I>, path: &str) -> Result<()> {
        match self.names().find(|name| frame.column(name).is_ok()) {
            Some(name) => Err(Error::InvalidOption {
                what: "source",
                message: format!(
                    "`{name}` is a key in the path `{path}`, and a column of the file too"
                ),
                hint: "pass `hive_partitioning=False` to read the column of the file",
            }),
            None => Ok(()),
        }
    }

    /// The keys as bounds of so many parts.
    pub(crate) fn bounds(&self, parts: usize) -> Result<Vec<Column>> {
        let rows = vec![0; parts];
        let mut found = Vec::new();
        for key in &self.0 {
            for bound in [Bound::Min, Bound::Max] {
                let column = key.renamed(bound_name(bound, key.name()));
                found.push(take_column::<RowIdx>(&column, &rows)?);
            }
        }
        Ok(found)
    }
}

/// Whether the keys of each file leave a row for the predicates.
pub(crate) fn may_match(keys: &[Keys], predicates: &[Expr]) -> Result<Vec<bool>> {
    if keys.iter().all(|keys| keys.0.is_empty()) || predicates.is_empty() {
        return Ok(vec![true; keys.len()]);
    }
    let files: Vec<DataFrame<RowIdx>> =
        keys.iter().map(|keys| DataFrame::new(keys.bounds(1)?)).collect::<Result<_>>()?;
    lazy::kept(predicates, &concat_rows(&files)?)
}
