//! The values of a resolved expression, row by row.

use std::sync::Arc;

use mydf_core::cast::cast_array;
use mydf_core::{Column, Error, Result};
use regex::Regex;

use super::functions::{
    compare, horizontal, is_in, joined, lists, logic, moments, numbers, operators, parts, text,
    text_ops,
};
use super::values::{Typed, by_category};
use crate::expr::{BinaryOp, Function};
use crate::plan::{Node, Step};

/// What an expression sees: columns of one height, the hoisted parts of its plan, and which of the
/// rows to evaluate.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    columns: &'a [Column],
    hoisted: &'a [Typed],
    height: usize,
    /// First row and number of rows; `None` for all rows.
    piece: Option<(usize, usize)>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(columns: &'a [Column], height: usize, hoisted: &'a [Typed]) -> Self {
        Scope { columns, hoisted, height, piece: None }
    }

    /// Only these rows.
    pub(super) fn piece(self, start: usize, rows: usize) -> Self {
        Scope { piece: Some((start, rows)), ..self }
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    /// True if the value is a single row whatever the number of rows.
    pub(super) fn is_unit(&self, node: &Node<'_>) -> bool {
        match node.step {
            Step::Column(_) | Step::Series(_) => false,
            Step::Aggregation(place) | Step::Window(place) => self.hoisted[place].unit,
            _ => node.children().into_iter().all(|child| self.is_unit(child)),
        }
    }

    fn rows_of(&self, value: Typed) -> Typed {
        match self.piece {
            Some((start, rows)) => value.slice(start, rows),
            None => value,
        }
    }

    /// A column from outside the frame.
    fn foreign(&self, column: &Column) -> Result<Typed> {
        if column.len() != self.height {
            return Err(Error::LengthMismatch {
                column: column.name().to_owned(),
                expected: self.height,
                actual: column.len(),
            });
        }
        Ok(Typed::of_column(column, false))
    }

    #[inline(never)]
    fn function(
        &self,
        function: &Function,
        pattern: Option<&Regex>,
        inputs: &[Node<'_>],
        node: &Node<'_>,
    ) -> Result<Typed> {
        let values = inputs.iter().map(|input| self.evaluate(input));
        apply(function, pattern, values.collect::<Result<_>>()?, node)
    }

    /// The values of a part, in the dtype of its node.
    pub(super) fn evaluate(&self, node: &Node<'_>) -> Result<Typed> {
        let (expr, dtype) = (node.expr, &node.dtype);
        let value = match &node.step {
            Step::Column(place) => self.rows_of(Typed::of_column(&self.columns[*place], false)),
            Step::Series(column) => self.rows_of(self.foreign(column)?),
            Step::Aggregation(place) | Step::Window(place) => {
                self.rows_of(self.hoisted[*place].clone())
            }
            Step::Literal(array) => Typed::new(Arc::clone(array), dtype.clone(), true),
            Step::Binary { op, left, right } => {
                binary(*op, self.evaluate(left)?, self.evaluate(right)?, node)?
            }
            Step::Unary { op, input } => logic::unary(*op, self.evaluate(input)?, dtype, expr)?,
            Step::FillNull { input, value } => {
                logic::fill_null(self.evaluate(input)?, self.evaluate(value)?, dtype, expr)?
            }
            Step::Cast { input, strict } => {
                let value = self.evaluate(input)?;
                let what =
                    || expr.children().first().map_or_else(String::new, |input| input.label());
                let array = cast_array(&value.array, &value.dtype, dtype, *strict, &what)?;
                Typed::new(array, dtype.clone(), value.unit)
            }
            Step::Str { op, pattern, input } => {
                let value = self.evaluate(input)?;
                by_category(&value, |value| text::apply(op, pattern.as_ref(), &value, dtype))?
            }
            Step::Dt { op, input } => parts::apply(*op, self.evaluate(input)?, dtype)?,
            Step::Between { above, below } => {
                logic::both(self.evaluate(above)?, self.evaluate(below)?)?
            }
            Step::IsIn { input, set } => is_in::apply(&self.evaluate(input)?, set, expr)?,
            Step::Function { function, pattern, inputs } => {
                self.function(function, pattern.as_ref(), inputs, node)?
            }
            Step::When { condition, then, otherwise } => {
                let condition = self.evaluate(condition)?;
                let (then, otherwise) = (self.evaluate(then)?, self.evaluate(otherwise)?);
                logic::when(condition, then, otherwise, dtype, expr)?
            }
        };
        debug_assert_eq!(value.dtype, *dtype, "{expr}");
        Ok(value)
    }
}

fn apply(
    function: &Function,
    pattern: Option<&Regex>,
    values: Vec<Typed>,
    node: &Node<'_>,
) -> Result<Typed> {
    let (dtype, expr) = (&node.dtype, node.expr);
    match function {
        Function::Round(decimals) => Ok(numbers::round(values, *decimals)),
        Function::Math(op) => numbers::math(*op, values, dtype, expr),
        Function::Log(base) => numbers::log(*base, values, dtype, expr),
        Function::Clip => horizontal::clip(values, dtype, expr),
        Function::FillNan => horizontal::fill_nan(values, dtype, expr),
        Function::Horizontal(op) => horizontal::apply(*op, values, dtype, expr),
        Function::Concat { separator, ignore_nulls } => {
            joined::concat(values, separator, *ignore_nulls, expr)
        }
        Function::Format(template) => joined::format(values, template, expr),
        Function::Text(op) => text_ops::apply(op, pattern, values, dtype, expr),
        Function::Moment(op) => moments::apply(op, values, dtype, expr),
        Function::List(op) => lists::apply(op, values, dtype, expr),
    }
}

fn binary(op: BinaryOp, left: Typed, right: Typed, node: &Node<'_>) -> Result<Typed> {
    if op.is_comparison() {
        compare::compare(op, left, right, node.expr)
    } else if op.is_arithmetic() {
        operators::arithmetic(op, left, right, &node.dtype, node.expr)
    } else {
        logic::connective(op, left, right)
    }
}
