//! Expressions: Python builds them, the core evaluates them.

use std::sync::Arc;

use mydf_query::expr::{
    AggOp, BinaryOp, Closed, Cumulative, Decaying, DtOp, Expr as Tree, Foreign, Interpolation,
    Quantile, RankMethod, Renaming, Rolling, Scalar, Selection, SortOrder, StrOp, UnaryOp, Weights,
    WindowOp,
};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::dtype;
use crate::error::Fault;
use crate::functions;
use crate::series::Series;
use crate::values;

/// How deep a tree may be. The core walks it recursively; at this depth it stays well within the
/// stack of a thread ([`crate::work`]). A deeper tree is an error instead of a crash.
const DEPTH: usize = 1000;

/// A column expression.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Expr {
    pub(crate) tree: Tree,
    depth: usize,
}

impl From<Tree> for Expr {
    fn from(tree: Tree) -> Self {
        let depth = tree.depth();
        Expr { tree, depth }
    }
}

impl Expr {
    fn leaf(tree: Tree) -> Self {
        Expr { tree, depth: 1 }
    }

    fn over<const N: usize>(
        inputs: [&Expr; N],
        build: impl FnOnce([Box<Tree>; N]) -> Tree,
    ) -> Result<Self, Fault> {
        let depth = Expr::above(&inputs)?;
        Ok(Expr { tree: build(inputs.map(|input| Box::new(input.tree.clone()))), depth })
    }

    /// The depth of an expression of these parts.
    fn above(inputs: &[&Expr]) -> Result<usize, Fault> {
        let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or_default();
        check_depth(depth)?;
        Ok(depth)
    }

    fn windowed(&self, op: WindowOp) -> Result<Self, Fault> {
        Expr::over([self], |[input]| Tree::Window { op, input })
    }
}

/// The order of each key.
pub(crate) fn orders(descending: Vec<bool>, nulls_last: Vec<bool>) -> Vec<SortOrder> {
    let flags = descending.into_iter().zip(nulls_last);
    flags.map(|(descending, nulls_last)| SortOrder { descending, nulls_last }).collect()
}

/// True if the number of columns that an expression stands for is not known yet.
fn is_several(tree: &Tree) -> bool {
    let mut open = vec![tree];
    while let Some(part) = open.pop() {
        if matches!(part, Tree::Selected(_)) {
            return true;
        }
        open.extend(part.children());
    }
    false
}

fn check_depth(depth: usize) -> Result<(), Fault> {
    if depth <= DEPTH {
        return Ok(());
    }
    let message = format!("more than {DEPTH} operators deep");
    Err(Fault::value("expression", message, "compute a part first with `with_columns`"))
}

fn unknown(name: &str) -> Fault {
    Fault::value(
        "operator",
        format!("`{name}` is unknown"),
        "the operators are those of `mydf.Expr`",
    )
}

/// The name that a function of Python makes of another.
fn renamed(function: &Py<PyAny>, name: &str) -> mydf_core::Result<String> {
    Python::attach(|py| {
        let fault = |message| mydf_core::Error::InvalidOption {
            what: "name.map",
            message,
            hint: "the function takes the name so far and returns another text",
        };
        let made = function
            .call1(py, (name,))
            .map_err(|error| fault(format!("the function fails for `{name}`: {error}")))?;
        made.extract::<String>(py).map_err(|_| {
            fault(format!("the function makes {} of `{name}`, not a text", made.bind(py)))
        })
    })
}

#[pymethods]
impl Expr {
    #[staticmethod]
    fn column(name: &str) -> Self {
        Expr::leaf(Tree::Column(name.into()))
    }

    /// The columns of these names, or of these dtypes; all if there are neither.
    #[staticmethod]
    fn selected(names: Vec<String>, dtypes: Vec<String>) -> Result<Self, Fault> {
        Ok(Expr::leaf(Tree::Selected(Selection {
            names: names.into_iter().map(Arc::from).collect(),
            dtypes: dtypes.iter().map(|name| dtype::parse(name)).collect::<Result<_, _>>()?,
            without_names: Vec::new(),
            without_dtypes: Vec::new(),
        })))
    }

    /// A selection without some of its columns.
    fn exclude(&self, names: Vec<String>, dtypes: Vec<String>) -> Result<Self, Fault> {
        let Tree::Selected(selection) = &self.tree else {
            return Err(Fault::value(
                "exclude",
                format!("`{}` does not select several columns", self.tree),
                "start with them, e.g. `mydf.all().exclude(\"a\").sum()`",
            ));
        };
        let mut selection = selection.clone();
        selection.without_names.extend(names.into_iter().map(Arc::from));
        for name in &dtypes {
            selection.without_dtypes.push(dtype::parse(name)?);
        }
        Ok(Expr::leaf(Tree::Selected(selection)))
    }

    fn rename(&self, how: &str, text: &str) -> Result<Self, Fault> {
        let how = match how {
            "keep" => Renaming::Keep,
            "prefix" => Renaming::Prefix(text.into()),
            "suffix" => Renaming::Suffix(text.into()),
            "to_lowercase" => Renaming::Lower,
            "to_uppercase" => Renaming::Upper,
            _ => return Err(unknown(how)),
        };
        Expr::over([self], |[input]| Tree::Renamed(input, how))
    }

    fn rename_by(&self, function: Py<PyAny>) -> Result<Self, Fault> {
        let how = Renaming::Map(Arc::new(move |name: &str| renamed(&function, name)));
        Expr::over([self], |[input]| Tree::Renamed(input, how))
    }

    /// A column with one value for each row of the frame.
    #[staticmethod]
    fn series(values: &Series) -> Self {
        Expr::leaf(Tree::Series(Foreign(values.column.clone())))
    }

    #[staticmethod]
    fn literal(value: &Bound<'_, PyAny>) -> Result<Self, Fault> {
        Ok(Expr::leaf(Tree::Literal(values::scalar(value)?)))
    }

    #[staticmethod]
    fn rows() -> Self {
        Expr::leaf(Tree::Len)
    }

    #[staticmethod]
    fn when(condition: &Expr, then: &Expr, otherwise: &Expr) -> Result<Self, Fault> {
        Expr::over([condition, then, otherwise], |[condition, then, otherwise]| Tree::When {
            condition,
            then,
            otherwise,
        })
    }

    /// A function of operands and of other arguments, which depend on the function.
    #[staticmethod]
    fn function(
        name: &str,
        inputs: Vec<PyRef<'_, Expr>>,
        arguments: &Bound<'_, PyTuple>,
    ) -> Result<Self, Fault> {
        let several = inputs.iter().any(|input| is_several(&input.tree));
        let operands = if several { None } else { Some(inputs.len()) };
        let function = functions::of(name, operands, arguments)?.ok_or_else(|| unknown(name))?;
        let depth = 1 + inputs.iter().map(|input| input.depth).max().unwrap_or_default();
        check_depth(depth)?;
        let inputs = inputs.iter().map(|input| input.tree.clone()).collect();
        Ok(Expr { tree: Tree::Function { function: Box::new(function), inputs }, depth })
    }

    fn alias(&self, name: &str) -> Result<Self, Fault> {
        Expr::over([self], |[input]| Tree::Alias(input, name.into()))
    }

    fn binary(&self, op: &str, other: &Expr) -> Result<Self, Fault> {
        let op = BinaryOp::from_symbol(op).ok_or_else(|| unknown(op))?;
        Expr::over([self, other], |[left, right]| Tree::Binary { op, left, right })
    }

    fn unary(&self, op: &str) -> Result<Self, Fault> {
        let op = UnaryOp::from_name(op).ok_or_else(|| unknown(op))?;
        Expr::over([self], |[input]| Tree::Unary { op, input })
    }

    fn agg(&self, op: &str) -> Result<Self, Fault> {
        let op = AggOp::from_name(op).ok_or_else(|| unknown(op))?;
        Expr::over([self], |[input]| Tree::Agg { op, input })
    }

    fn cast(&self, dtype: &str, strict: bool) -> Result<Self, Fault> {
        let dtype = dtype::parse(dtype)?;
        Expr::over([self], |[input]| Tree::Cast { input, dtype, strict })
    }

    fn fill_null(&self, value: &Expr) -> Result<Self, Fault> {
        Expr::over([self, value], |[input, value]| Tree::FillNull { input, value })
    }

    fn is_between(&self, lower: &Expr, upper: &Expr, closed: &str) -> Result<Self, Fault> {
        let closed = Closed::from_name(closed).ok_or_else(|| {
            let hint = "use `both`, `left`, `right` or `none`";
            Fault::value("closed", format!("`{closed}` is unknown"), hint)
        })?;
        Expr::over([self, lower, upper], |[input, lower, upper]| Tree::Between {
            input,
            lower,
            upper,
            closed,
        })
    }

    fn is_in(&self, values: Vec<Bound<'_, PyAny>>) -> Result<Self, Fault> {
        let set = values.iter().map(values::scalar).collect::<Result<_, _>>()?;
        Expr::over([self], |[input]| Tree::IsIn { input, set })
    }

    fn text(&self, op: &str) -> Result<Self, Fault> {
        let op = StrOp::from_name(op).ok_or_else(|| unknown(op))?;
        Expr::over([self], |[input]| Tree::Str { op, input })
    }

    fn contains(&self, pattern: &str, literal: bool) -> Result<Self, Fault> {
        let op = StrOp::Contains { pattern: Arc::from(pattern), literal };
        Expr::over([self], |[input]| Tree::Str { op, input })
    }

    fn starts_with(&self, prefix: &str) -> Result<Self, Fault> {
        let op = StrOp::StartsWith(prefix.into());
        Expr::over([self], |[input]| Tree::Str { op, input })
    }

    fn ends_with(&self, suffix: &str) -> Result<Self, Fault> {
        let op = StrOp::EndsWith(suffix.into());
        Expr::over([self], |[input]| Tree::Str { op, input })
    }

    fn part(&self, op: &str) -> Result<Self, Fault> {
        let op = DtOp::from_name(op).ok_or_else(|| unknown(op))?;
        Expr::over([self], |[input]| Tree::Dt { op, input })
    }

    fn quantile(&self, share: f64, interpolation: &str) -> Result<Self, Fault> {
        let interpolation =
            Interpolation::from_name(interpolation).ok_or_else(|| unknown(interpolation))?;
        let quantile = Quantile { share, interpolation };
        Expr::over([self], |[input]| Tree::Quantile { quantile, input })
    }

    fn shift(&self, rows: i64, fill: Option<&Expr>) -> Result<Self, Fault> {
        // Null is what a gap has without a value.
        match fill.filter(|fill| fill.tree != Tree::Literal(Scalar::Null)) {
            None => Expr::over([self], |[input]| Tree::Shift { input, rows, fill: None }),
            Some(fill) => Expr::over([self, fill], |[input, fill]| Tree::Shift {
                input,
                rows,
                fill: Some(fill),
            }),
        }
    }

    fn diff(&self, rows: i64) -> Result<Self, Fault> {
        Expr::over([self], |[input]| Tree::Diff { input, rows })
    }

    fn fill_rows(&self, forward: bool, limit: Option<usize>) -> Result<Self, Fault> {
        let op = if forward { WindowOp::ForwardFill } else { WindowOp::BackwardFill };
        self.windowed(op(limit))
    }

    fn in_order(&self, op: &str, descending: bool, nulls_last: bool) -> Result<Self, Fault> {
        let order = SortOrder { descending, nulls_last };
        self.windowed(match op {
            "sort" => WindowOp::Sort(order),
            "arg_sort" => WindowOp::ArgSort(order),
            _ => return Err(unknown(op)),
        })
    }

    fn cumulative(&self, op: &str, reverse: bool) -> Result<Self, Fault> {
        let what = Cumulative::from_name(op).ok_or_else(|| unknown(op))?;
        self.windowed(WindowOp::Cumulative { what, reverse })
    }

    fn rolling(&self, op: &str, window: usize, least: usize, center: bool) -> Result<Self, Fault> {
        let what = Rolling::from_name(op).ok_or_else(|| unknown(op))?;
        // A window without rows has no meaning.
        let window = window.max(1);
        self.windowed(WindowOp::Rolling { what, window, least, center })
    }

    #[allow(clippy::fn_params_excessive_bools, reason = "these are Python's arguments")]
    fn decaying(
        &self,
        op: &str,
        alpha: f64,
        adjust: bool,
        ignore_nulls: bool,
        least: usize,
        bias: bool,
    ) -> Result<Self, Fault> {
        let what = Decaying::from_name(op).ok_or_else(|| unknown(op))?;
        let weights = Weights::new(alpha, adjust, ignore_nulls, least, bias);
        self.windowed(WindowOp::Decaying(what, weights))
    }

    fn rank(&self, method: &str, descending: bool) -> Result<Self, Fault> {
        let method = RankMethod::from_name(method).ok_or_else(|| unknown(method))?;
        self.windowed(WindowOp::Rank { method, descending })
    }

    fn window(&self, op: &str) -> Result<Self, Fault> {
        self.windowed(match op {
            "reverse" => WindowOp::Reverse,
            "is_unique" => WindowOp::IsUnique,
            "is_duplicated" => WindowOp::IsDuplicated,
            "is_first_distinct" => WindowOp::IsFirstDistinct,
            "is_last_distinct" => WindowOp::IsLastDistinct,
            _ => return Err(unknown(op)),
        })
    }

    /// The expression in groups of rows with equal keys, in the order of others.
    fn in_groups(
        &self,
        keys: Vec<PyRef<'_, Expr>>,
        order: Vec<PyRef<'_, Expr>>,
        descending: Vec<bool>,
        nulls_last: Vec<bool>,
    ) -> Result<Self, Fault> {
        let trees = |exprs: &[PyRef<'_, Expr>]| exprs.iter().map(|e| e.tree.clone()).collect();
        let inputs: Vec<&Expr> =
            std::iter::once(self).chain(keys.iter().chain(&order).map(|each| &**each)).collect();
        let depth = Expr::above(&inputs)?;
        let orders = orders(descending, nulls_last);
        let input = Box::new(self.tree.clone());
        let tree = Tree::Over { input, keys: trees(&keys), order: trees(&order), orders };
        Ok(Expr { tree, depth })
    }

    fn name(&self) -> String {
        self.tree.output_name().to_string()
    }

    /// True if a part of the expression is no text: a column of values, or a function.
    fn has_own_values(&self) -> bool {
        let mut open = vec![&self.tree];
        while let Some(part) = open.pop() {
            if matches!(part, Tree::Series(_) | Tree::Renamed(_, Renaming::Map(_))) {
                return true;
            }
            open.extend(part.children());
        }
        false
    }

    fn show(&self) -> String {
        self.tree.python()
    }
}
