//! What a scan reads: files, seen as parts that the threads share.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use mydf_core::{DataFrame, Idx, Result};

use crate::expr::Expr;

/// Files that are one table.
pub trait Source<I: Idx>: Send + Sync + fmt::Debug {
    /// What the plan's text calls it.
    fn label(&self) -> String;

    /// All columns, without rows.
    fn empty(&self) -> &DataFrame<I>;

    /// The parts with the requested rows, in the order of the rows. A part is opened when the
    /// iterator reaches it.
    ///
    /// # Errors
    /// Those of reading.
    fn parts(&self, request: &Request) -> Result<Parts<I>>;

    /// These columns of all rows, or of the first ones.
    ///
    /// # Errors
    /// Those of reading.
    fn whole(&self, columns: &[Arc<str>], limit: Option<usize>) -> Result<DataFrame<I>>;
}

/// The parts of a table, in the order of the rows.
pub type Parts<I> = Box<dyn Iterator<Item = Result<Box<dyn Part<I>>>> + Send>;

/// What a scan reads.
#[derive(Clone, Debug)]
pub struct Request {
    /// The columns, in the order of the source.
    pub columns: Vec<Arc<str>>,
    /// Rows for which one of these is not true may be left out; the scan checks them again.
    pub predicates: Vec<Expr>,
    /// At most this many rows are wanted.
    pub limit: Option<usize>,
}

/// A part of a table: a row group, or some lines.
pub trait Part<I: Idx>: Send + Sync {
    /// Gives the rows to `visit`, some at a time, until there are no more or it breaks off.
    ///
    /// # Errors
    /// Those of reading, and those of `visit`.
    fn read(&self, visit: &mut Visit<'_, I>) -> Result<()>;
}

/// What takes some rows of a part.
pub type Visit<'a, I> = dyn FnMut(DataFrame<I>) -> Result<ControlFlow<()>> + 'a;
