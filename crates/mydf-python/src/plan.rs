//! Lazy frames: plans of verbs.

use std::sync::Arc;

use mydf_core::kernels::join::JoinHow;
use mydf_core::kernels::unique::Keep;
use mydf_query::Expr as Tree;
use mydf_query::lazy::{self, How, Node};
use mydf_query::plan::expand;
use pyo3::prelude::*;

use crate::error::Fault;
use crate::expr::orders;
use crate::frame::{Exprs, Frame};
use crate::options::CsvOptions;
use crate::runtime::RowIdx;
use crate::tables::{CsvTable, Keys, ParquetTable, TableFile};
use crate::work;

/// A plan of verbs over files and frames.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Plan {
    tree: lazy::Tree<RowIdx>,
    /// The table of the plan if it is only a scan.
    table: Option<Arc<ParquetTable>>,
}

impl From<lazy::Tree<RowIdx>> for Plan {
    fn from(tree: lazy::Tree<RowIdx>) -> Self {
        Plan { tree, table: None }
    }
}

/// A path, and the numbers of its row groups or None for all.
type File = (String, Option<Vec<usize>>);
type Answer = Result<Plan, Fault>;

impl Plan {
    fn trees(&self, exprs: &Exprs<'_>) -> Result<Vec<Tree>, Fault> {
        let trees = exprs.iter().map(|expr| expr.tree.clone()).collect();
        Ok(expand(trees, &self.tree.schema(), &[])?)
    }

    fn input(&self) -> lazy::Tree<RowIdx> {
        Arc::clone(&self.tree)
    }
}

#[pymethods]
impl Plan {
    #[staticmethod]
    fn scan_parquet(
        py: Python<'_>,
        files: Vec<File>,
        keys: &Frame,
        columns: Option<Vec<String>>,
    ) -> Answer {
        let files: Vec<TableFile> = files
            .into_iter()
            .enumerate()
            .map(|(row, (path, groups))| TableFile {
                path: path.into(),
                groups,
                keys: Keys::of_row(keys.inner(), row),
            })
            .collect();
        let table = work::run(py, || ParquetTable::new(files, columns.as_deref()))?;
        let table = Arc::new(table);
        let source: Arc<dyn lazy::Source<RowIdx>> = Arc::<ParquetTable>::clone(&table);
        Ok(Plan { tree: Node::scan(source), table: Some(table) })
    }

    #[staticmethod]
    fn scan_csv(py: Python<'_>, files: Vec<String>, keys: &Frame, options: CsvOptions) -> Answer {
        let options = options.into_core()?;
        let files = files.into_iter().enumerate();
        let files =
            files.map(|(row, path)| (path.into(), Keys::of_row(keys.inner(), row))).collect();
        let table = work::run(py, || CsvTable::new(files, &options))?;
        Ok(Node::scan(Arc::new(table)).into())
    }

    #[staticmethod]
    fn of_frame(frame: &Frame) -> Self {
        Node::frame(frame.inner().clone()).into()
    }

    /// The number and the rows of each row group of each file; None for a plan that is no scan.
    #[allow(clippy::type_complexity, reason = "a list for each file")]
    fn row_groups(&self, py: Python<'_>) -> Result<Option<Vec<Vec<(usize, usize)>>>, Fault> {
        let Some(table) = &self.table else { return Ok(None) };
        work::run(py, || table.row_groups().map(Some))
    }

    fn names(&self) -> Vec<String> {
        self.tree.empty().columns().iter().map(|column| column.name().to_owned()).collect()
    }

    fn dtypes(&self) -> Vec<String> {
        self.tree.empty().columns().iter().map(|column| column.dtype().to_string()).collect()
    }

    fn column_dtype(&self, name: &str) -> Result<String, Fault> {
        Ok(self.tree.empty().column(name)?.dtype().to_string())
    }

    fn empty(&self) -> Frame {
        self.tree.empty().clone().into()
    }

    fn filter(&self, py: Python<'_>, predicates: Exprs<'_>) -> Answer {
        let predicates = self.empty().conditions_of(&predicates)?;
        Ok(work::run(py, || Node::filter(self.input(), predicates))?.into())
    }

    fn select(&self, py: Python<'_>, exprs: Exprs<'_>) -> Answer {
        let exprs = self.trees(&exprs)?;
        Ok(work::run(py, || Node::select(self.input(), exprs))?.into())
    }

    fn with_columns(&self, py: Python<'_>, exprs: Exprs<'_>) -> Answer {
        let exprs = self.trees(&exprs)?;
        Ok(work::run(py, || Node::with_columns(self.input(), exprs))?.into())
    }

    fn group_by(&self, py: Python<'_>, keys: Exprs<'_>, aggs: Exprs<'_>) -> Answer {
        let keys = self.trees(&keys)?;
        let names: Vec<_> = keys.iter().map(Tree::output_name).collect();
        let aggs = aggs.iter().map(|expr| expr.tree.clone()).collect();
        let aggs = expand(aggs, &self.tree.schema(), &names)?;
        Ok(work::run(py, || Node::group_by(self.input(), keys, aggs))?.into())
    }

    fn join(
        &self,
        py: Python<'_>,
        other: &Plan,
        left_on: Vec<String>,
        right_on: Vec<String>,
        how: &str,
        suffix: String,
    ) -> Answer {
        let how = match how {
            "inner" => How::Keys(JoinHow::Inner),
            "left" => How::Keys(JoinHow::Left),
            "right" => How::Keys(JoinHow::Right),
            "full" => How::Keys(JoinHow::Full),
            "semi" => How::Keys(JoinHow::Semi),
            "anti" => How::Keys(JoinHow::Anti),
            _ => How::Cross,
        };
        let join = || Node::join(self.input(), other.input(), left_on, right_on, how, suffix);
        Ok(work::run(py, join)?.into())
    }

    fn sort(
        &self,
        py: Python<'_>,
        by: Exprs<'_>,
        descending: Vec<bool>,
        nulls_last: Vec<bool>,
    ) -> Answer {
        let (by, orders) = (self.trees(&by)?, orders(descending, nulls_last));
        Ok(work::run(py, || Node::sort(self.input(), by, orders))?.into())
    }

    fn slice(&self, offset: i64, length: Option<usize>) -> Self {
        Node::slice(self.input(), offset, length).into()
    }

    fn unique(&self, py: Python<'_>, subset: Option<Vec<String>>, keep: &str) -> Answer {
        let keep = match keep {
            "last" => Keep::Last,
            "none" => Keep::None,
            _ => Keep::First,
        };
        let subset = subset.map(|names| names.into_iter().map(Arc::from).collect());
        Ok(work::run(py, || Node::unique(self.input(), subset, keep))?.into())
    }

    #[staticmethod]
    fn concat(py: Python<'_>, parts: Vec<PyRef<'_, Plan>>) -> Answer {
        let inputs = parts.iter().map(|part| part.input()).collect();
        Ok(work::run(py, || Node::concat(inputs))?.into())
    }

    fn explain(&self, py: Python<'_>, optimized: bool) -> Result<String, Fault> {
        if !optimized {
            return Ok(lazy::explain(&self.tree));
        }
        work::run(py, || Ok(lazy::explain(&lazy::optimised(&self.tree)?)))
    }

    fn collect(&self, py: Python<'_>) -> Result<Frame, Fault> {
        Ok(work::run(py, || lazy::collect(&self.tree))?.into())
    }

    /// The plan for a part of the files, and the plan over the results of all parts, of which it
    /// has a frame without rows; None if there is no such part.
    fn split(&self, py: Python<'_>) -> Result<Option<(Plan, Plan)>, Fault> {
        let found = work::run(py, || lazy::split(&self.tree))?;
        Ok(found.map(|split| (split.part.into(), split.rest.into())))
    }

    /// This plan over the rows of a frame, which replaces the plan's own.
    fn over(&self, py: Python<'_>, frame: &Frame) -> Answer {
        Ok(work::run(py, || lazy::over(&self.tree, frame.inner()))?.into())
    }
}
