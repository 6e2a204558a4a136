//! A file that is read in parts: row group by row group, some rows at a time.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use mydf_core::frame::check_rows;
use mydf_core::{DataFrame, Idx, Result};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};

use super::bounds::{self, Bounds};
use super::damaged;
use super::guard::guarded;
use super::read::File;
use super::text::cut_row;
use crate::source::{Ranges, Source};

/// Rows decoded at a time: their columns stay in the second-level cache.
const BATCH: usize = 1 << 16;

/// An open Parquet file and the contents of its footer.
pub struct ParquetFile {
    path: PathBuf,
    ranges: Ranges,
    metadata: ArrowReaderMetadata,
    categories: Arc<[bool]>,
}

impl ParquetFile {
    /// Opens a file and reads its footer.
    ///
    /// # Errors
    /// [`mydf_core::Error::Parquet`], [`mydf_core::Error::Io`].
    pub fn open(path: &Path) -> Result<Self> {
        let File { ranges, metadata, categories, .. } = File::open(&Source::open(path)?)?;
        Ok(ParquetFile { path: path.to_owned(), ranges, metadata, categories })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self) -> File<'_> {
        let (ranges, metadata) = (self.ranges.clone(), self.metadata.clone());
        File { path: &self.path, ranges, metadata, categories: Arc::clone(&self.categories) }
    }

    /// These columns, or all, without rows.
    ///
    /// # Errors
    /// [`mydf_core::Error::UnsupportedType`], [`mydf_core::Error::ColumnNotFound`].
    pub fn empty<I: Idx>(&self, columns: Option<&[String]>) -> Result<DataFrame<I>> {
        let file = self.file();
        DataFrame::new(file.columns(&file.selected(columns)?, &[])?)
    }

    /// The rows of each row group.
    ///
    /// # Errors
    /// [`mydf_core::Error::Parquet`] for a number of rows that is negative.
    pub fn row_groups(&self) -> Result<Vec<usize>> {
        let mut rows = vec![0; self.metadata.metadata().num_row_groups()];
        for group in self.file().groups(None)? {
            rows[group.number] = group.rows;
        }
        Ok(rows)
    }

    /// What the file says about the values of a column in these row groups; `None` if it says
    /// nothing that can be relied on.
    pub fn bounds(&self, column: &str, groups: &[usize]) -> Option<Bounds> {
        bounds::of(&self.metadata, column, groups)
    }

    /// All rows of these row groups, at most `limit`; columns and row groups are decoded in parallel.
    ///
    /// # Errors
    /// Those of [`super::read_parquet`].
    pub fn read<I: Idx>(
        &self,
        columns: &[Arc<str>],
        wanted: Option<&[usize]>,
        limit: Option<usize>,
    ) -> Result<DataFrame<I>> {
        let file = self.file();
        let selected = file.selected(Some(columns))?;
        let mut left = limit.unwrap_or(usize::MAX);
        let mut groups = file.groups(None)?;
        groups.retain(|group| wanted.is_none_or(|wanted| wanted.contains(&group.number)));
        for group in &mut groups {
            group.rows = group.rows.min(left);
            left -= group.rows;
        }
        groups.retain(|group| group.rows > 0);
        check_rows::<I>(groups.iter().map(|group| group.rows as u64).sum())?;
        DataFrame::new(file.columns(&selected, &groups)?)
    }

    /// Gives the rows of a row group to `visit`, some at a time, until it breaks off.
    ///
    /// # Errors
    /// Those of [`super::read_parquet`], and those of `visit`.
    pub fn visit<I: Idx>(
        &self,
        group: usize,
        columns: &[Arc<str>],
        visit: &mut (dyn FnMut(DataFrame<I>) -> Result<ControlFlow<()>> + '_),
    ) -> Result<()> {
        let file = self.file();
        let selected = file.selected(Some(columns))?;
        let rows =
            file.groups(None)?.iter().find(|each| each.number == group).map_or(0, |g| g.rows);
        let mut batches = guarded(&self.path, None, || {
            let mask = ProjectionMask::roots(file.metadata.parquet_schema(), selected.clone());
            let (ranges, metadata) = (self.ranges.clone(), self.metadata.clone());
            ParquetRecordBatchReaderBuilder::new_with_metadata(ranges, metadata)
                .with_projection(mask)
                .with_row_groups(vec![group])
                .with_batch_size(rows.clamp(1, BATCH))
                .build()
        })?;
        // The reader gives the columns in the order of the file.
        let mut order = selected.clone();
        order.sort_unstable();
        let places: Vec<usize> =
            selected.iter().filter_map(|n| order.iter().position(|o| o == n)).collect();
        let mut seen = 0;
        while let Some(batch) =
            guarded(&self.path, None, || batches.next().transpose().map_err(Into::into))?
        {
            let mut found = Vec::with_capacity(selected.len());
            for (number, place) in selected.iter().zip(&places) {
                let values = batch.column(*place);
                if let Some(row) = values.as_string_view_opt().and_then(cut_row) {
                    let field = self.metadata.schema().field(*number);
                    let message = format!("row {} of row group {group} is not UTF-8", seen + row);
                    return Err(damaged(&self.path, Some(field.name()), message));
                }
                found.push(file.named(*number, Arc::clone(values))?);
            }
            seen += batch.num_rows();
            if visit(DataFrame::new(found)?)?.is_break() {
                return Ok(());
            }
        }
        if seen == rows {
            return Ok(());
        }
        let message = format!("{seen} rows in row group {group}, expected {rows}");
        Err(damaged(&self.path, None, message))
    }
}

impl std::fmt::Debug for ParquetFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ParquetFile").field(&self.path).finish()
    }
}
