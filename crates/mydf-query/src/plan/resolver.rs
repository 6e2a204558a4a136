//! Turns expressions into a plan: one walk finds every dtype and takes the aggregations out.

use std::collections::HashSet;
use std::sync::Arc;

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::{DType, Error, Result, cast};

use super::functions;
use super::literal;
use super::members::Members;
use super::node::{Grouping, Hoisted, HoistedOp, Node, Step};
use super::operand::{Operand, alone, literal_node, one_node, pair};
use super::pattern::compiled;
use super::rules;
use super::schema::Schema;
use crate::expr::{BinaryOp, Closed, DtOp, Expr, Foreign, Function, Scalar, StrOp, UnaryOp};

/// Expressions whose dtypes are all known, and the parts that see more than their row.
#[derive(Debug)]
pub(crate) struct Plan<'e> {
    /// Each part comes after those inside it.
    pub(crate) hoisted: Vec<Hoisted<'e>>,
    /// The groups that some of these parts see.
    pub(crate) groupings: Vec<Grouping<'e>>,
    /// One for each given expression.
    pub(crate) outputs: Vec<Node<'e>>,
}

impl<'e> Plan<'e> {
    /// Expressions with one value for each row; an aggregation is over all rows.
    pub(crate) fn rows(exprs: &'e [Expr], schema: &Schema<'_>) -> Result<Self> {
        Resolver::new(schema, false).plan(exprs)
    }

    /// Like [`Plan::rows`] for expressions that must be Bool.
    pub(crate) fn predicates(exprs: &'e [Expr], schema: &Schema<'_>) -> Result<Self> {
        let plan = Plan::rows(exprs, schema)?;
        for (output, expr) in plan.outputs.iter().zip(exprs) {
            rules::truth("filter", &output.dtype, expr)?;
        }
        Ok(plan)
    }

    /// Expressions with one value for each group: a column outside any aggregation is an error, and
    /// an aggregation inside another is that of the row's group.
    pub(crate) fn groups(exprs: &'e [Expr], schema: &Schema<'_>) -> Result<Self> {
        Resolver::new(schema, true).plan(exprs)
    }
}

/// Rejects two results with the same name.
pub(crate) fn check_names<'e>(exprs: impl IntoIterator<Item = &'e Expr>) -> Result<()> {
    let mut names = HashSet::new();
    match exprs.into_iter().map(Expr::output_name).find(|name| !names.insert(Arc::clone(name))) {
        Some(name) => Err(Error::DuplicateColumn { name: name.to_string() }),
        None => Ok(()),
    }
}

pub(super) struct Resolver<'e, 's> {
    schema: &'s Schema<'s>,
    hoisted: Vec<Hoisted<'e>>,
    pub(super) groupings: Vec<Grouping<'e>>,
    /// True if the outputs have one value for each group.
    grouped: bool,
    /// How many aggregations enclose the current part.
    inside: usize,
    /// One more than the highest level of the hoisted parts found inside the current one.
    pub(super) level: usize,
    /// The groups that the current part sees.
    pub(super) groups: Option<usize>,
}

impl<'e, 's> Resolver<'e, 's> {
    fn new(schema: &'s Schema<'s>, grouped: bool) -> Self {
        Resolver {
            schema,
            hoisted: Vec::new(),
            groupings: Vec::new(),
            grouped,
            inside: 0,
            level: 0,
            groups: None,
        }
    }

    fn plan(mut self, exprs: &'e [Expr]) -> Result<Plan<'e>> {
        let outputs = exprs.iter().map(|expr| self.node(expr)).collect::<Result<_>>()?;
        Ok(Plan { hoisted: self.hoisted, groupings: self.groupings, outputs })
    }

    /// True if the current part has one value for each group.
    pub(super) fn has_groups(&self) -> bool {
        self.grouped && self.inside == 0
    }

    /// True if the outputs have one value for each group.
    pub(super) fn is_grouped(&self) -> bool {
        self.grouped
    }

    /// The part alone.
    pub(super) fn node(&mut self, expr: &'e Expr) -> Result<Node<'e>> {
        let operand = self.operand(expr)?;
        alone(operand, expr)
    }

    fn boxed(&mut self, expr: &'e Expr) -> Result<Box<Node<'e>>> {
        self.node(expr).map(Box::new)
    }

    pub(super) fn operand(&mut self, expr: &'e Expr) -> Result<Operand<'e>> {
        // One method for each operator, and one `?` for all: every level of a deep tree uses this
        // stack frame, in which each `?` has its own places.
        let found = match expr {
            Expr::Literal(scalar) => return Ok(Operand::Literal(scalar.clone())),
            Expr::Alias(input, _) | Expr::Renamed(input, _) => return self.operand(input),
            Expr::Selected(_) => return Err(several(expr)),
            Expr::Unary { op, input } => return self.unary(*op, input, expr),
            Expr::Over { input, keys, order, orders } => {
                return self.over(expr, input, [keys, order], orders);
            }
            Expr::Column(name) => self.column(name),
            Expr::Series(foreign) => self.foreign(foreign),
            Expr::Binary { op, left, right } => self.binary(*op, left, right, expr),
            Expr::FillNull { input, value } => self.fill_null(input, value, expr),
            Expr::Cast { input, dtype, strict } => self.cast(input, dtype, *strict),
            Expr::Str { op, input } => self.text(op, input),
            Expr::Dt { op, input } => self.part(*op, input),
            Expr::Between { input, lower, upper, closed } => {
                self.between(input, [lower, upper], *closed, expr)
            }
            Expr::IsIn { input, set } => self.is_in(input, set, expr),
            Expr::When { condition, then, otherwise } => {
                self.when(condition, then, otherwise, expr)
            }
            Expr::Function { function, inputs } => self.function(function, inputs, expr),
            Expr::Agg { op, input } => self.aggregation(expr, HoistedOp::Agg(*op), Some(input)),
            Expr::Quantile { quantile, input } => {
                self.aggregation(expr, HoistedOp::Quantile(*quantile), Some(input))
            }
            Expr::Len => self.aggregation(expr, HoistedOp::Agg(AggOp::Len), None),
            Expr::Shift { input, rows, fill } => self.shift(expr, input, *rows, fill.as_deref()),
            Expr::Diff { input, rows } => self.diff(expr, input, *rows),
            Expr::Window { op, input } => self.window(expr, *op, input),
        };
        let (dtype, step) = found?;
        Ok(Operand::Node(Node { expr, dtype, step }))
    }

    fn binary(
        &mut self,
        op: BinaryOp,
        left: &'e Expr,
        right: &'e Expr,
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let (left, right) = (self.operand(left)?, self.operand(right)?);
        binary(op, left, right, expr)
    }

    fn unary(&mut self, op: UnaryOp, input: &'e Expr, expr: &'e Expr) -> Result<Operand<'e>> {
        let input = self.operand(input)?;
        unary(op, input, expr)
    }

    fn fill_null(
        &mut self,
        input: &'e Expr,
        value: &'e Expr,
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let (input, value) = (self.operand(input)?, self.operand(value)?);
        fill_null(input, value, expr)
    }

    fn text(&mut self, op: &'e StrOp, input: &'e Expr) -> Result<(DType, Step<'e>)> {
        text(op, self.boxed(input)?, input)
    }

    fn when(
        &mut self,
        condition: &'e Expr,
        then: &'e Expr,
        otherwise: &'e Expr,
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let condition = self.boxed(condition)?;
        choice("when", condition, self.operand(then)?, self.operand(otherwise)?, expr)
    }

    fn cast(&mut self, input: &'e Expr, dtype: &DType, strict: bool) -> Result<(DType, Step<'e>)> {
        let node = self.boxed(input)?;
        cast::check(&node.dtype, dtype, &|| input.label())?;
        Ok((dtype.clone(), Step::Cast { input: node, strict }))
    }

    fn part(&mut self, op: DtOp, input: &'e Expr) -> Result<(DType, Step<'e>)> {
        let node = self.boxed(input)?;
        Ok((rules::part(op, &node.dtype, input)?, Step::Dt { op, input: node }))
    }

    fn is_in(
        &mut self,
        input: &'e Expr,
        set: &'e [Scalar],
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let node = self.boxed(input)?;
        let set = Members::of(set, &node.dtype, expr)?;
        Ok((DType::Bool, Step::IsIn { input: node, set }))
    }

    fn function(
        &mut self,
        function: &'e Function,
        inputs: &'e [Expr],
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let operands = inputs.iter().map(|input| self.operand(input));
        functions::resolve(function, operands.collect::<Result<_>>()?, expr)
    }

    fn foreign(&self, Foreign(column): &'e Foreign) -> Result<(DType, Step<'e>)> {
        self.check_aggregated(column.name())?;
        Ok((column.dtype().clone(), Step::Series(column)))
    }

    fn between(
        &mut self,
        input: &'e Expr,
        [lower, upper]: [&'e Expr; 2],
        closed: Closed,
        expr: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let (above, below) = closed.comparisons();
        let above = self.bound(above, input, lower, expr)?;
        let below = self.bound(below, input, upper, expr)?;
        Ok((DType::Bool, Step::Between { above, below }))
    }

    /// The comparison of a value with one bound of a range.
    fn bound(
        &mut self,
        op: BinaryOp,
        input: &'e Expr,
        bound: &'e Expr,
        expr: &'e Expr,
    ) -> Result<Box<Node<'e>>> {
        let (input, bound) = (self.operand(input)?, self.operand(bound)?);
        let (dtype, step) = binary(op, input, bound, expr)?;
        Ok(Box::new(Node { expr, dtype, step }))
    }

    fn column(&self, name: &str) -> Result<(DType, Step<'e>)> {
        self.check_aggregated(name)?;
        let (place, dtype) = self.schema.column(name)?;
        Ok((dtype.clone(), Step::Column(place)))
    }

    /// Rejects rows where each group has one value.
    fn check_aggregated(&self, name: &str) -> Result<()> {
        if self.has_groups() {
            return Err(Error::NotAggregated { name: name.to_owned() });
        }
        Ok(())
    }

    /// Takes an aggregation out and leaves a reference to it.
    fn aggregation(
        &mut self,
        expr: &'e Expr,
        op: HoistedOp,
        input: Option<&'e Expr>,
    ) -> Result<(DType, Step<'e>)> {
        let outer = std::mem::take(&mut self.level);
        self.inside += 1;
        let node = match input {
            Some(input) => Some(self.node(input)?),
            None => None,
        };
        self.inside -= 1;
        let dtype = match (&node, input) {
            (Some(node), Some(input)) => op.dtype(&node.dtype, || input.label())?,
            _ => DType::Int64,
        };
        let place = self.hoist(expr, op, node, dtype.clone(), outer);
        // In groups of its own, each row has the value of its group.
        let rows = self.groups.is_some();
        Ok((dtype, if rows { Step::Window(place) } else { Step::Aggregation(place) }))
    }

    /// The place of a part in the plan; `outer` is the level that was reached before it.
    pub(super) fn hoist(
        &mut self,
        expr: &'e Expr,
        op: HoistedOp,
        input: Option<Node<'e>>,
        dtype: DType,
        outer: usize,
    ) -> usize {
        let groups = self.groups;
        let level = self.level.max(groups.map_or(0, |place| self.groupings[place].level));
        self.level = outer.max(level + 1);
        let same = |known: &Hoisted<'_>| {
            known.level == level && known.groups == groups && known.op == op && known.expr == expr
        };
        let place = self.hoisted.iter().position(same).unwrap_or(self.hoisted.len());
        if place == self.hoisted.len() {
            self.hoisted.push(Hoisted { expr, op, input, dtype, level, inner: false, groups });
        }
        self.hoisted[place].inner |= self.inside > 0;
        place
    }
}

fn several(expr: &Expr) -> Error {
    let message = format!("`{expr}` stands for several columns where one is needed");
    Error::Value { what: "expression".into(), message }
}

pub(super) fn binary<'e>(
    op: BinaryOp,
    left: Operand<'e>,
    right: Operand<'e>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    if op.is_comparison() {
        return comparison(op, left, right, expr);
    }
    let (dtype, left, right) = if op.is_arithmetic() {
        let (left, right) = pair(left, right, expr, literal::next_to)?;
        (rules::arithmetic(op, &left.dtype, &right.dtype, expr)?, left, right)
    } else {
        let left = alone(left, expr)?;
        rules::truth(op.word(), &left.dtype, expr)?;
        let right = alone(right, expr)?;
        rules::truth(op.word(), &right.dtype, expr)?;
        (DType::Bool, left, right)
    };
    Ok((dtype, Step::Binary { op, left: Box::new(left), right: Box::new(right) }))
}

fn comparison<'e>(
    op: BinaryOp,
    left: Operand<'e>,
    right: Operand<'e>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    let (op, left, right) = match one_node(left, right, expr)? {
        (Operand::Node(left), Operand::Literal(Scalar::Int(number))) => {
            against_integer(op, left, number, expr)?
        }
        (Operand::Literal(Scalar::Int(number)), Operand::Node(right)) => {
            against_integer(op.mirrored(), right, number, expr)?
        }
        (left, right) => {
            let (left, right) = pair(left, right, expr, literal::next_to)?;
            (op, left, right)
        }
    };
    rules::comparison(op, &left.dtype, &right.dtype, expr)?;
    Ok((DType::Bool, Step::Binary { op, left: Box::new(left), right: Box::new(right) }))
}

/// A value compared with an integer literal, by their exact values.
fn against_integer<'e>(
    op: BinaryOp,
    value: Node<'e>,
    number: i128,
    expr: &'e Expr,
) -> Result<(BinaryOp, Node<'e>, Node<'e>)> {
    let wide = number > i128::from(u64::MAX) || number < i128::from(i64::MIN);
    let (op, scalar) = if value.dtype.is_float() {
        literal::exactly(op, number, &value.dtype)
    } else if value.dtype.is_integer() && wide {
        // It is larger or smaller than all values of the column, as an integer or as a float.
        (op, Scalar::Float(number as f64))
    } else {
        (op, Scalar::Int(number))
    };
    let literal = literal_node(literal::next_to(&scalar, &value.dtype, expr)?, expr);
    Ok((op, value, literal))
}

fn unary<'e>(op: UnaryOp, input: Operand<'e>, expr: &'e Expr) -> Result<Operand<'e>> {
    match (op, input) {
        // This stays a literal, whose dtype adapts.
        (UnaryOp::Neg, Operand::Literal(Scalar::Int(value))) if value != i128::MIN => {
            Ok(Operand::Literal(Scalar::Int(-value)))
        }
        (_, input) => {
            let input = alone(input, expr)?;
            let dtype = rules::unary(op, &input.dtype, expr)?;
            Ok(Operand::Node(Node {
                expr,
                dtype,
                step: Step::Unary { op, input: Box::new(input) },
            }))
        }
    }
}

fn fill_null<'e>(
    input: Operand<'e>,
    value: Operand<'e>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    let (input, value) = pair(input, value, expr, literal::chosen_next_to)?;
    let dtype = rules::unified("fill_null", &input.dtype, &value.dtype, expr)?;
    Ok((dtype, Step::FillNull { input: Box::new(input), value: Box::new(value) }))
}

/// A choice between two values, by a condition; `operation` names it in errors.
pub(super) fn choice<'e>(
    operation: &str,
    condition: Box<Node<'e>>,
    then: Operand<'e>,
    otherwise: Operand<'e>,
    expr: &'e Expr,
) -> Result<(DType, Step<'e>)> {
    rules::truth(operation, &condition.dtype, expr)?;
    let (then, otherwise) = pair(then, otherwise, expr, literal::chosen_next_to)?;
    let dtype = rules::unified(operation, &then.dtype, &otherwise.dtype, expr)?;
    let (then, otherwise) = (Box::new(then), Box::new(otherwise));
    Ok((dtype, Step::When { condition, then, otherwise }))
}

fn text<'e>(op: &'e StrOp, node: Box<Node<'e>>, input: &Expr) -> Result<(DType, Step<'e>)> {
    // An invalid pattern is an error whatever the dtype is.
    let pattern = match op {
        StrOp::Contains { pattern, literal: false } => Some(compiled(pattern, "str.contains")?),
        _ => None,
    };
    Ok((rules::text(op, &node.dtype, input)?, Step::Str { op, pattern, input: node }))
}
