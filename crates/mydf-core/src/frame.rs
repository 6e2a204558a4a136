//! The frame: columns of equal length, with no more rows than the index can number.

use std::collections::HashSet;
use std::marker::PhantomData;

use crate::column::Column;
use crate::error::{Error, Result};
use crate::idx::Idx;
use crate::memory::row_bytes;

/// Columns of equal length with distinct names.
///
/// `I` numbers the rows. [`DataFrame::new`] makes every frame and checks the row limit of `I`, so
/// an operator that numbers the rows of a frame can't overflow.
#[derive(Debug)]
pub struct DataFrame<I: Idx> {
    columns: Vec<Column>,
    height: usize,
    index: PhantomData<I>,
}

impl<I: Idx> Clone for DataFrame<I> {
    fn clone(&self) -> Self {
        DataFrame { columns: self.columns.clone(), height: self.height, index: PhantomData }
    }
}

impl<I: Idx> DataFrame<I> {
    /// Makes a frame of these columns; a frame without columns has no rows.
    ///
    /// # Errors
    /// [`Error::LengthMismatch`], [`Error::DuplicateColumn`], [`Error::TooManyRows`].
    pub fn new(columns: Vec<Column>) -> Result<Self> {
        let height = columns.first().map_or(0, Column::len);
        let mut names = HashSet::with_capacity(columns.len());
        for column in &columns {
            if column.len() != height {
                return Err(Error::LengthMismatch {
                    column: column.name().to_owned(),
                    expected: height,
                    actual: column.len(),
                });
            }
            if !names.insert(column.name()) {
                return Err(Error::DuplicateColumn { name: column.name().to_owned() });
            }
        }
        check_rows::<I>(height as u64)?;
        drop(names);
        Ok(DataFrame { columns, height, index: PhantomData })
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The bytes of one row, without the texts that string views point to.
    pub fn row_bytes(&self) -> u64 {
        self.columns.iter().map(|column| row_bytes(column.dtype())).sum()
    }

    /// The column with this name.
    ///
    /// # Errors
    /// [`Error::ColumnNotFound`].
    pub fn column(&self, name: &str) -> Result<&Column> {
        self.columns.iter().find(|column| column.name() == name).ok_or_else(|| {
            Error::ColumnNotFound {
                name: name.to_owned(),
                available: self.columns.iter().map(|c| c.name().to_owned()).collect(),
            }
        })
    }

    /// `length` rows from row `offset`, without a copy. Both are clipped to the frame's height.
    #[must_use]
    pub fn slice(&self, offset: usize, length: usize) -> Self {
        let offset = offset.min(self.height);
        let height = length.min(self.height - offset);
        DataFrame {
            columns: self.columns.iter().map(|c| c.slice(offset, height)).collect(),
            height,
            index: PhantomData,
        }
    }
}

/// Rejects more rows than `I` can number; for operators that know the size of a result before they
/// make it.
///
/// # Errors
/// [`Error::TooManyRows`].
pub fn check_rows<I: Idx>(rows: u64) -> Result<()> {
    if rows > I::MAX_ROWS {
        return Err(Error::TooManyRows { rows, limit: I::MAX_ROWS, bits: I::BITS });
    }
    Ok(())
}
