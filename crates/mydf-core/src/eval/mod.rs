//! Evaluates expressions over a frame.
//!
//! An expression is evaluated in two steps. First its aggregations, each over all rows; every one
//! becomes a value of one row. What is left works row by row, so that a long frame may be cut into
//! morsels that the threads share. A value of one row ([`Typed::unit`]) meets any length and is
//! repeated only at the end.

mod arith;
mod compare;
mod is_in;
mod logic;
mod morsel;
mod parts;
mod text;
mod value;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::Int64Array;
use arrow_array::cast::AsArray;
use rayon::prelude::*;

use self::value::{Typed, Value, repeated};
use crate::cast::cast_array;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::{BinaryOp, Expr, Scalar};
use crate::frame::DataFrame;
use crate::idx::Idx;
use crate::ops;

/// Deeper trees are refused: whoever builds one has a loop that doesn't end where it should.
const DEEPEST: usize = 10_000;
/// Deeper trees are evaluated on a thread with a stack that fits them.
const DEEP: usize = 64;
/// Stack of one level, generously; builds without optimisation need the most.
const STACK_PER_LEVEL: usize = 16 << 10;
/// Fewer values than this are evaluated faster by one thread than handed to another.
const PARALLEL_VALUES: usize = 1 << 15;

/// A column of these expressions each, all of one length: literals and aggregations are repeated
/// to the frame's height where another expression has it, and give one row where none has.
///
/// # Errors
/// Those of the expressions; [`crate::Error::DuplicateColumn`].
pub fn select<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    check_names(exprs)?;
    let values = evaluate_all(frame, exprs)?;
    let height = if values.iter().all(|value| value.unit) { 1 } else { frame.height() };
    let columns = exprs.iter().zip(values);
    DataFrame::new(
        columns.map(|(expr, value)| to_column(expr, value, height)).collect::<Result<_>>()?,
    )
}

/// The frame with these expressions added, or put in place of columns of the same name. All see
/// the frame as it was. A frame without columns takes its height from the expressions, as
/// [`select`] does.
///
/// # Errors
/// As [`select`].
pub fn with_columns<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<DataFrame<I>> {
    if frame.width() == 0 {
        return select(frame, exprs);
    }
    check_names(exprs)?;
    let mut columns = frame.columns().to_vec();
    let places: HashMap<Arc<str>, usize> =
        columns.iter().enumerate().map(|(place, column)| (column.shared_name(), place)).collect();
    for (expr, value) in exprs.iter().zip(evaluate_all(frame, exprs)?) {
        let column = to_column(expr, value, frame.height())?;
        match places.get(column.name()) {
            Some(&place) => columns[place] = column,
            None => columns.push(column),
        }
    }
    DataFrame::new(columns)
}

/// The rows where the predicate is true (not false, not null).
///
/// # Errors
/// Those of the expression; [`crate::Error::DType`] where it is not Bool.
pub fn filter<I: Idx>(frame: &DataFrame<I>, predicate: &Expr) -> Result<DataFrame<I>> {
    let value = evaluate_value(frame.columns(), frame.height(), predicate)?;
    let mask = logic::bool_operand(value, "filter", predicate)?;
    let mask = repeated(mask.array, mask.unit, frame.height())?;
    ops::take::filter(frame, mask.as_boolean())
}

/// Evaluates one expression to a column of `frame.height()` rows (or one row, see [`select`] and
/// [`Expr::is_scalar`]).
///
/// # Errors
/// Those of the expression.
pub fn evaluate<I: Idx>(frame: &DataFrame<I>, expr: &Expr) -> Result<Column> {
    let value = evaluate_value(frame.columns(), frame.height(), expr)?;
    Column::new(expr.output_name(), value.array)
}

fn check_names(exprs: &[Expr]) -> Result<()> {
    let mut names = std::collections::HashSet::with_capacity(exprs.len());
    match exprs.iter().map(Expr::output_name).find(|name| !names.insert(Arc::clone(name))) {
        Some(name) => Err(Error::DuplicateColumn { name: name.to_string() }),
        None => Ok(()),
    }
}

/// Each expression's value; of several errors, that of the first expression.
fn evaluate_all<I: Idx>(frame: &DataFrame<I>, exprs: &[Expr]) -> Result<Vec<Typed>> {
    let one = |expr| evaluate_value(frame.columns(), frame.height(), expr);
    if exprs.len() < 2 || frame.height() * exprs.len() < PARALLEL_VALUES {
        return exprs.iter().map(one).collect();
    }
    let values: Vec<_> = exprs.par_iter().map(one).collect();
    values.into_iter().collect()
}

fn to_column(expr: &Expr, value: Typed, height: usize) -> Result<Column> {
    Column::new(expr.output_name(), repeated(value.array, value.unit, height)?)
}

/// Evaluates an expression over columns of one height.
fn evaluate_value(columns: &[Column], height: usize, expr: &Expr) -> Result<Typed> {
    let depth = expr.depth();
    if depth <= DEEP {
        return evaluate_shallow(columns, height, expr);
    }
    if depth > DEEPEST {
        return Err(Error::Value {
            what: "expression".into(),
            message: format!("nested {depth} levels deep, the limit is {DEEPEST}"),
        });
    }
    let worker = std::thread::Builder::new().stack_size((depth + DEEP) * STACK_PER_LEVEL);
    std::thread::scope(|scope| {
        let run = || {
            let done = Hoisted::of(columns, height, expr)?;
            Scope { columns, height, done: &done }.evaluate(expr)?.into_typed(expr)
        };
        let thread = worker.spawn_scoped(scope, run).map_err(|source| Error::Value {
            what: "expression".into(),
            message: format!("nested {depth} levels deep, and no thread for it: {source}"),
        })?;
        // A panic in there is a bug in here: it goes on as it would have without the thread.
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn evaluate_shallow(columns: &[Column], height: usize, expr: &Expr) -> Result<Typed> {
    let done = Hoisted::of(columns, height, expr)?;
    let scope = Scope { columns, height, done: &done };
    if let Some(value) = morsel::evaluate(&scope, expr)? {
        return Ok(value);
    }
    scope.evaluate(expr)?.into_typed(expr)
}

/// Aggregations that are already evaluated, by the address of their node in the tree, which nobody
/// moves meanwhile.
struct Hoisted(HashMap<usize, Typed>);

impl Hoisted {
    fn of(columns: &[Column], height: usize, expr: &Expr) -> Result<Self> {
        let mut done = HashMap::new();
        let mut open = vec![expr];
        while let Some(expr) = open.pop() {
            match expr {
                Expr::Agg { op, input } => {
                    let value =
                        Scope { columns, height, done: &Hoisted::of(columns, height, input)? };
                    let value = match morsel::evaluate(&value, input)? {
                        Some(value) => value,
                        None => value.evaluate(input)?.into_typed(input)?,
                    };
                    let column = Column::new(input.label(), value.array)?;
                    let result = ops::aggregate::aggregate(&column, *op)?;
                    done.insert(address(expr), Typed::of_column(&result, true));
                }
                Expr::Len => {
                    let rows = Int64Array::from_value(height as i64, 1);
                    done.insert(address(expr), Typed::new(Arc::new(rows), DType::Int64, true));
                }
                // Popped last first: pushed in reverse, so that errors come in reading order.
                _ => open.extend(expr.children().into_iter().rev()),
            }
        }
        Ok(Hoisted(done))
    }
}

fn address(expr: &Expr) -> usize {
    std::ptr::from_ref(expr) as usize
}

/// What an expression sees: columns of one height, and the aggregations over all rows.
#[derive(Clone, Copy)]
struct Scope<'a> {
    columns: &'a [Column],
    height: usize,
    done: &'a Hoisted,
}

impl Scope<'_> {
    fn evaluate(&self, expr: &Expr) -> Result<Value> {
        Ok(match expr {
            Expr::Column(name) => Typed::of_column(self.column(name)?, false).into(),
            Expr::Literal(scalar) => Value::Literal(scalar.clone()),
            Expr::Alias(input, _) => self.evaluate(input)?,
            Expr::Binary { op, left, right } => {
                binary(*op, self.evaluate(left)?, self.evaluate(right)?, expr)?.into()
            }
            Expr::Unary { op, input } => logic::unary(*op, self.evaluate(input)?, expr)?,
            Expr::FillNull { input, value } => {
                logic::fill_null(self.evaluate(input)?, self.evaluate(value)?, expr)?.into()
            }
            Expr::Cast { input, dtype, strict } => {
                let value = self.evaluate(input)?.into_typed(input)?;
                let what = || input.label();
                let array = cast_array(&value.array, &value.dtype, dtype, *strict, &what)?;
                Typed::new(array, dtype.clone(), value.unit).into()
            }
            Expr::Str { op, input } => text::apply(op, &self.typed(input)?, input)?.into(),
            Expr::Dt { op, input } => parts::apply(*op, self.typed(input)?, input)?.into(),
            Expr::IsIn { input, set } => is_in::apply(&self.typed(input)?, set, expr)?.into(),
            Expr::When { condition, then, otherwise } => {
                let condition = self.typed(condition)?;
                logic::when(condition, self.evaluate(then)?, self.evaluate(otherwise)?, expr)?
                    .into()
            }
            Expr::Agg { .. } | Expr::Len => match self.done.0.get(&address(expr)) {
                Some(value) => value.clone().into(),
                None => unreachable!("`Hoisted::of` visits every aggregation"),
            },
        })
    }

    fn typed(&self, expr: &Expr) -> Result<Typed> {
        self.evaluate(expr)?.into_typed(expr)
    }

    fn column(&self, name: &str) -> Result<&Column> {
        self.columns.iter().find(|column| column.name() == name).ok_or_else(|| {
            Error::ColumnNotFound {
                name: name.to_owned(),
                available: self.columns.iter().map(|c| c.name().to_owned()).collect(),
            }
        })
    }
}

fn binary(op: BinaryOp, left: Value, right: Value, expr: &Expr) -> Result<Typed> {
    if op.is_comparison() {
        compare::compare(op, left, right, expr)
    } else if op.is_arithmetic() {
        arith::arithmetic(op, left, right, expr)
    } else {
        logic::connective(op, left, right, expr)
    }
}

/// An operand's dtype that the operator does not take.
fn wrong_dtype(operation: &str, expr: &Expr, expected: impl Into<String>, actual: &DType) -> Error {
    Error::DType {
        operation: operation.to_owned(),
        what: expr.label(),
        expected: expected.into(),
        actual: actual.clone(),
    }
}

/// An error of Arrow's kernels where the operands are already known to fit: a limit was met.
fn arrow_error(operation: &str) -> impl Fn(arrow_schema::ArrowError) -> Error {
    move |source| Error::Arrow { operation: operation.to_owned(), source }
}

/// A literal as messages show it.
fn shown(scalar: &Scalar) -> String {
    Expr::Literal(scalar.clone()).to_string()
}
