//! The frame as Python sees it.

use std::path::PathBuf;
use std::sync::Arc;

use mydf_core::display::{self, Limits};
use mydf_core::kernels::join::JoinHow;
use mydf_core::kernels::unique::Keep;
use mydf_core::kernels::{concat, join, lists, rows, take, unique};
use mydf_core::{DataFrame, memory};
use mydf_io::{csv, parquet};
use mydf_query::plan::{Schema, expand};
use mydf_query::{Expr as Tree, exec};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule};

use crate::error::Fault;
use crate::expr::{Expr, orders};
use crate::pickle::{Lent, Received};
use crate::runtime::RowIdx;
use crate::series::Series;
use crate::{equal, interchange, options, pickle, work};

/// Columns of equal length.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Frame {
    pub(crate) frame: DataFrame<RowIdx>,
}

impl From<DataFrame<RowIdx>> for Frame {
    fn from(frame: DataFrame<RowIdx>) -> Self {
        Frame { frame }
    }
}

pub(crate) type Exprs<'py> = Vec<PyRef<'py, Expr>>;
type Answer = Result<Frame, Fault>;

impl Frame {
    /// The frame of the core.
    pub(crate) fn inner(&self) -> &DataFrame<RowIdx> {
        &self.frame
    }

    /// The trees of expressions over this frame, one for each column that they stand for.
    fn trees(&self, exprs: &Exprs<'_>) -> Result<Vec<Tree>, Fault> {
        self.trees_without(exprs, &[])
    }

    /// The trees without these names among all columns.
    fn trees_without(&self, exprs: &Exprs<'_>, keys: &[Arc<str>]) -> Result<Vec<Tree>, Fault> {
        let trees = exprs.iter().map(|expr| expr.tree.clone()).collect();
        Ok(expand(trees, &Schema::of(self.frame.columns()), keys)?)
    }

    /// The trees of the predicates of a filter.
    pub(crate) fn conditions_of(&self, predicates: &Exprs<'_>) -> Result<Vec<Tree>, Fault> {
        let predicates = predicates.iter().map(|each| self.conditions(each));
        Ok(predicates.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The trees of one condition, of which there is at least one.
    fn conditions(&self, expr: &PyRef<'_, Expr>) -> Result<Vec<Tree>, Fault> {
        let found = expand(vec![expr.tree.clone()], &Schema::of(self.frame.columns()), &[])?;
        if found.is_empty() {
            let hint = "the frame has no such column; leave the condition out";
            return Err(Fault::value("filter", format!("`{}` selects no column", expr.tree), hint));
        }
        Ok(found)
    }
}

fn frames(frames: &[PyRef<'_, Frame>]) -> Vec<DataFrame<RowIdx>> {
    // Frames share their columns, so this copies only names and counters.
    frames.iter().map(|each| each.frame.clone()).collect()
}

fn limits((rows, columns, text, width): (usize, usize, usize, usize)) -> Limits {
    Limits { rows, columns, text, width }
}

#[pymethods]
impl Frame {
    #[new]
    fn new(columns: Vec<PyRef<'_, Series>>) -> Answer {
        let columns = columns.iter().map(|series| series.column.clone()).collect();
        Ok(DataFrame::new(columns)?.into())
    }

    #[staticmethod]
    fn from_arrow(py: Python<'_>, data: &Bound<'_, PyAny>) -> Answer {
        Ok(interchange::frame(py, data)?.into())
    }

    /// The frame of a header and its buffers, see [`pickle`].
    #[staticmethod]
    fn load(py: Python<'_>, header: &Bound<'_, PyBytes>, parts: Vec<Bound<'_, PyAny>>) -> Answer {
        // Before the buffers: too many rows are refused before anything is allocated.
        let header = pickle::announced::<RowIdx>(header.as_bytes())?;
        let parts = parts.iter().map(Received::new).collect::<Result<Vec<_>, _>>()?;
        let job = || {
            let parts = parts.into_iter().map(Received::buffer).collect::<Result<_, _>>()?;
            Ok(pickle::load(header, parts))
        };
        Ok(work::run(py, job)??.into())
    }

    fn dump<'py>(&self, py: Python<'py>) -> Result<(Bound<'py, PyBytes>, Vec<Lent>), Fault> {
        let (header, parts) = work::run(py, || pickle::dump(&self.frame))?;
        Ok((PyBytes::new(py, &header), parts.into_iter().map(Lent::from).collect()))
    }

    /// The bytes of the frame's own rows in memory.
    fn nbytes(&self, py: Python<'_>) -> Result<usize, Fault> {
        work::run(py, || Ok(pickle::nbytes(&self.frame)))
    }

    #[staticmethod]
    fn concat_rows(py: Python<'_>, parts: Vec<PyRef<'_, Frame>>) -> Answer {
        let parts = frames(&parts);
        Ok(work::run(py, || concat::concat_rows(&parts))?.into())
    }

    #[staticmethod]
    fn concat_columns(py: Python<'_>, parts: Vec<PyRef<'_, Frame>>) -> Answer {
        let parts = frames(&parts);
        Ok(work::run(py, || concat::concat_columns(&parts))?.into())
    }

    fn names(&self) -> Vec<&str> {
        self.frame.columns().iter().map(mydf_core::Column::name).collect()
    }

    /// One row for each item of the lists in these columns.
    #[allow(clippy::needless_pass_by_value, reason = "Python passes a list")]
    fn explode(
        &self,
        py: Python<'_>,
        names: Vec<String>,
        empty_as_null: bool,
        keep_nulls: bool,
    ) -> Result<Self, Fault> {
        let emptied = lists::Emptied { empty_as_null, keep_nulls };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Ok(work::run(py, || lists::explode(&self.frame, &names, emptied))?.into())
    }

    fn dtypes(&self) -> Vec<String> {
        self.frame.columns().iter().map(|column| column.dtype().to_string()).collect()
    }

    fn height(&self) -> usize {
        self.frame.height()
    }

    fn width(&self) -> usize {
        self.frame.width()
    }

    fn column(&self, name: &str) -> Result<Series, Fault> {
        Ok(self.frame.column(name)?.clone().into())
    }

    fn columns(&self) -> Vec<Series> {
        self.frame.columns().iter().map(|column| column.clone().into()).collect()
    }

    fn renamed(&self, names: Vec<String>) -> Answer {
        let columns = self.frame.columns().iter().zip(names);
        let columns = columns.map(|(column, name)| column.renamed(name)).collect();
        Ok(DataFrame::new(columns)?.into())
    }

    fn slice(&self, offset: usize, length: usize) -> Self {
        self.frame.slice(offset, length).into()
    }

    /// One expression for each column that the given ones stand for.
    fn expand(&self, exprs: Exprs<'_>) -> Result<Vec<Expr>, Fault> {
        Ok(self.trees(&exprs)?.into_iter().map(Expr::from).collect())
    }

    fn select(&self, py: Python<'_>, exprs: Exprs<'_>) -> Answer {
        let exprs = self.trees(&exprs)?;
        Ok(work::run(py, || exec::select(&self.frame, &exprs))?.into())
    }

    /// The values of one expression, and whether it is one value for the whole frame.
    fn evaluate(&self, py: Python<'_>, expr: PyRef<'_, Expr>) -> Result<(Series, bool), Fault> {
        let exprs = self.trees(&vec![expr])?;
        let [expr] = exprs.as_slice() else {
            let hint = "use `select` for several columns";
            return Err(Fault::value("expression", "it is not one column", hint));
        };
        let (column, unit) = work::run(py, || exec::evaluate_alone(&self.frame, expr))?;
        Ok((column.into(), unit))
    }

    fn with_columns(&self, py: Python<'_>, exprs: Exprs<'_>) -> Answer {
        let exprs = self.trees(&exprs)?;
        Ok(work::run(py, || exec::with_columns(&self.frame, &exprs))?.into())
    }

    fn filter(&self, py: Python<'_>, predicates: Exprs<'_>) -> Answer {
        let predicates = self.conditions_of(&predicates)?;
        Ok(work::run(py, || exec::filter(&self.frame, &predicates))?.into())
    }

    fn sort(
        &self,
        py: Python<'_>,
        by: Exprs<'_>,
        descending: Vec<bool>,
        nulls_last: Vec<bool>,
    ) -> Answer {
        let (by, orders) = (self.trees(&by)?, orders(descending, nulls_last));
        Ok(work::run(py, || exec::sort(&self.frame, &by, &orders))?.into())
    }

    fn arg_sort(
        &self,
        py: Python<'_>,
        by: Exprs<'_>,
        descending: Vec<bool>,
        nulls_last: Vec<bool>,
    ) -> Result<Series, Fault> {
        let (by, orders) = (self.trees(&by)?, orders(descending, nulls_last));
        let job = || rows::to_column("row", &exec::argsort(&self.frame, &by, &orders)?);
        Ok(work::run(py, job)?.into())
    }

    /// The first rows in the order of some keys, in which nulls come last.
    fn first(&self, py: Python<'_>, by: Exprs<'_>, descending: Vec<bool>, count: usize) -> Answer {
        let last = vec![true; descending.len()];
        let (by, orders) = (self.trees(&by)?, orders(descending, last));
        Ok(work::run(py, || exec::first(&self.frame, &by, &orders, count))?.into())
    }

    fn gather(&self, py: Python<'_>, numbers: &Series) -> Answer {
        let job = || {
            let height = self.frame.height();
            take::take(&self.frame, &rows::of_column(&numbers.column, height)?)
        };
        Ok(work::run(py, job)?.into())
    }

    fn group_by(&self, py: Python<'_>, keys: Exprs<'_>, aggs: Exprs<'_>) -> Answer {
        let keys = self.trees(&keys)?;
        let names: Vec<_> = keys.iter().map(Tree::output_name).collect();
        let aggs = self.trees_without(&aggs, &names)?;
        Ok(work::run(py, || exec::group_by(&self.frame, &keys, &aggs))?.into())
    }

    fn join(
        &self,
        py: Python<'_>,
        other: PyRef<'_, Frame>,
        left_on: Vec<String>,
        right_on: Vec<String>,
        how: &str,
        suffix: &str,
    ) -> Answer {
        let right = other.frame.clone();
        let how = match how {
            "inner" => JoinHow::Inner,
            "left" => JoinHow::Left,
            "right" => JoinHow::Right,
            "full" => JoinHow::Full,
            "semi" => JoinHow::Semi,
            "anti" => JoinHow::Anti,
            "cross" => {
                let job = || join::cross(&self.frame, &right, suffix);
                return Ok(work::run(py, job)?.into());
            }
            _ => {
                let message = format!("`{how}` is unknown");
                let hint = "one of `inner`, `left`, `right`, `full`, `semi`, `anti`, `cross`";
                return Err(Fault::value("how", message, hint));
            }
        };
        let left_on: Vec<&str> = left_on.iter().map(String::as_str).collect();
        let right_on: Vec<&str> = right_on.iter().map(String::as_str).collect();
        let job = || join::join(&self.frame, &right, &left_on, &right_on, how, suffix);
        Ok(work::run(py, job)?.into())
    }

    fn unique(&self, py: Python<'_>, subset: Option<Vec<String>>, keep: &str) -> Answer {
        let keep = match keep {
            // `any` lets us choose.
            "first" | "any" => Keep::First,
            "last" => Keep::Last,
            "none" => Keep::None,
            _ => {
                let message = format!("`{keep}` is unknown");
                return Err(Fault::value("keep", message, "one of `first`, `last`, `none`, `any`"));
            }
        };
        let subset: Option<Vec<&str>> =
            subset.as_ref().map(|names| names.iter().map(String::as_str).collect());
        let job = || unique::unique(&self.frame, subset.as_deref(), keep);
        Ok(work::run(py, job)?.into())
    }

    fn equals(&self, py: Python<'_>, other: &Frame) -> Result<bool, Fault> {
        work::run(py, || Ok(equal::frames(&self.frame, &other.frame)))
    }

    fn text(&self, py: Python<'_>, shown: (usize, usize, usize, usize)) -> Result<String, Fault> {
        work::run(py, || Ok(display::text(&self.frame, limits(shown))))
    }

    fn html(&self, py: Python<'_>, shown: (usize, usize, usize, usize)) -> Result<String, Fault> {
        work::run(py, || Ok(display::html(&self.frame, limits(shown))))
    }

    fn arrow_schema<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>, Fault> {
        interchange::schema_capsule(py, &interchange::frame_field(&self.frame))
    }

    fn arrow_stream<'py>(
        &self,
        py: Python<'py>,
        requested: Option<&Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyCapsule>, Fault> {
        let (field, values) = interchange::frame_as(py, &self.frame, requested)?;
        interchange::stream_capsule(py, field, values)
    }

    fn write_csv(
        &self,
        py: Python<'_>,
        path: PathBuf,
        options: options::CsvWriteOptions,
    ) -> Result<(), Fault> {
        let options = options.into_core()?;
        work::run(py, || csv::write_csv(&self.frame, &path, &options))
    }

    fn csv_text(&self, py: Python<'_>, options: options::CsvWriteOptions) -> Result<String, Fault> {
        let options = options.into_core()?;
        let text = work::run(py, || csv::to_csv_string(&self.frame, &options))?;
        memory::check("CSV text", text.len() as u64)?;
        Ok(text)
    }

    fn write_parquet(
        &self,
        py: Python<'_>,
        path: PathBuf,
        compression: &str,
        row_group_rows: usize,
    ) -> Result<(), Fault> {
        let compression = options::compression(compression)?;
        let options = parquet::WriteOptions { compression, row_group_rows };
        work::run(py, || parquet::write_parquet(&self.frame, &path, &options))
    }
}
