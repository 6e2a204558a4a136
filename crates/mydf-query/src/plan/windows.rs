//! Resolves what depends on other rows: windows, and groups of rows.

use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::windows::WindowOp;
use mydf_core::{DType, Error, Result};

use super::node::{Grouping, HoistedOp, Node, Step};
use super::operand::{Operand, alone};
use super::resolver::{Resolver, binary, choice};
use super::rules::wrong_dtype;
use crate::expr::{BinaryOp, Expr};

impl<'e> Resolver<'e, '_> {
    /// Takes an operator out and leaves a reference to it.
    pub(super) fn window(
        &mut self,
        expr: &'e Expr,
        op: WindowOp,
        input: &'e Expr,
    ) -> Result<(DType, Step<'e>)> {
        let outer = std::mem::take(&mut self.level);
        let node = self.node(input)?;
        self.windowed(expr, op, node, input, outer)
    }

    fn windowed(
        &mut self,
        expr: &'e Expr,
        op: WindowOp,
        node: Node<'e>,
        input: &'e Expr,
        outer: usize,
    ) -> Result<(DType, Step<'e>)> {
        if self.has_groups() {
            return Err(Error::InvalidOption {
                what: op.name(),
                message: format!("`{}` has one value for each group of group_by", input.label()),
                hint: "use it inside an aggregation, or in `with_columns` on the result",
            });
        }
        let dtype = op.dtype(&node.dtype, || input.label())?;
        let place = self.hoist(expr, HoistedOp::Window(op), Some(node), dtype.clone(), outer);
        Ok((dtype, Step::Window(place)))
    }

    /// A shift; a value for the rows that it leaves is a choice by another window.
    pub(super) fn shift(
        &mut self,
        expr: &'e Expr,
        input: &'e Expr,
        rows: i64,
        fill: Option<&'e Expr>,
    ) -> Result<(DType, Step<'e>)> {
        let shifted = self.window(expr, WindowOp::Shift(rows), input)?;
        let Some(fill) = fill else { return Ok(shifted) };
        let gaps = self.window(expr, WindowOp::Gaps(rows), input)?;
        let condition = Box::new(node(expr, gaps));
        let shifted = Operand::Node(node(expr, shifted));
        choice("shift", condition, self.operand(fill)?, shifted, expr)
    }

    /// A value minus the shifted one. Unsigned integers become signed ones first, so that a
    /// difference may be negative.
    pub(super) fn diff(
        &mut self,
        expr: &'e Expr,
        input: &'e Expr,
        rows: i64,
    ) -> Result<(DType, Step<'e>)> {
        let value = self.signed(expr, input)?;
        let outer = std::mem::take(&mut self.level);
        let shifted = self.signed(expr, input)?;
        let shifted = self.windowed(expr, WindowOp::Shift(rows), shifted, input, outer)?;
        let shifted = Operand::Node(node(expr, shifted));
        binary(BinaryOp::Sub, Operand::Node(value), shifted, expr)
    }

    fn signed(&mut self, expr: &'e Expr, input: &'e Expr) -> Result<Node<'e>> {
        let value = self.node(input)?;
        if !value.dtype.is_unsigned() {
            return Ok(value);
        }
        let dtype = value.dtype.common(&DType::Int8).unwrap_or(DType::Int64);
        Ok(Node { expr, dtype, step: Step::Cast { input: Box::new(value), strict: true } })
    }

    /// The expression with all its aggregations and windows in groups of their own.
    pub(super) fn over(
        &mut self,
        expr: &'e Expr,
        input: &'e Expr,
        [keys, order]: [&'e [Expr]; 2],
        orders: &'e [SortOrder],
    ) -> Result<Operand<'e>> {
        let refused = |message: &str, hint| {
            Err(Error::InvalidOption { what: "over", message: message.to_owned(), hint })
        };
        if self.is_grouped() {
            let hint = "leave it out, or use it in `with_columns` before `group_by`";
            return refused("inside `group_by`, which has groups already", hint);
        }
        if self.groups.is_some() {
            let hint = "compute the inner one first with `with_columns`";
            return refused("inside another `over`", hint);
        }
        if keys.is_empty() && order.is_empty() {
            return refused("no keys", "pass the columns whose equal values make a group");
        }
        self.groups = Some(self.grouping(expr, keys, order, orders)?);
        let input = self.operand(input)?;
        self.groups = None;
        Ok(input)
    }

    /// The place of the groups in the plan.
    fn grouping(
        &mut self,
        expr: &'e Expr,
        keys: &'e [Expr],
        order: &'e [Expr],
        orders: &'e [SortOrder],
    ) -> Result<usize> {
        let outer = std::mem::take(&mut self.level);
        let mut nodes = |exprs: &'e [Expr]| {
            let key = |expr| {
                let key: Node<'e> = alone(self.operand(expr)?, expr)?;
                match key.dtype {
                    DType::List(_) => Err(wrong_dtype("over", expr, "no lists", &key.dtype)),
                    _ => Ok(key),
                }
            };
            exprs.iter().map(key).collect::<Result<Vec<_>>>()
        };
        let grouping =
            Grouping { keys: nodes(keys)?, order: nodes(order)?, orders, expr, level: 0 };
        let grouping = Grouping { level: self.level, ..grouping };
        self.level = outer.max(self.level);
        let same = |known: &Grouping<'_>| {
            let Expr::Over { keys: other, order: by, orders: directions, .. } = known.expr else {
                return false;
            };
            known.level == grouping.level && other == keys && by == order && directions == orders
        };
        if let Some(place) = self.groupings.iter().position(same) {
            return Ok(place);
        }
        self.groupings.push(grouping);
        Ok(self.groupings.len() - 1)
    }
}

fn node<'e>(expr: &'e Expr, (dtype, step): (DType, Step<'e>)) -> Node<'e> {
    Node { expr, dtype, step }
}
