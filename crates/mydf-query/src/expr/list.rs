//! Functions of lists.

use std::fmt;
use std::sync::Arc;

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::kernels::list_items::Rearrangement;

use super::quoted::Quoted;

/// A function of the items of each list, or one that makes lists.
#[derive(Clone, Debug, PartialEq)]
pub enum ListOp {
    /// The number of items, Int64.
    Len,
    /// The item at a place, from the end if negative. A list that is too short gives null if the
    /// flag is set, and is an error otherwise.
    Get(i64, bool),
    /// The aggregation of the items.
    Agg(AggOp),
    /// True if an item equals the second operand.
    Contains,
    /// The texts of a list with a text between them; nulls are skipped.
    Join(Arc<str>),
    /// The parts of a text between a separator.
    Split(Arc<str>),
    /// Some of the items, in an order.
    Items(Rearrangement),
    /// The place of the smallest item, or of the largest one: the first of equal ones, Int64.
    Extreme(bool),
}

/// The aggregations that lists have, by their names under `.list`.
static AGGREGATIONS: [(AggOp, &str); 12] = [
    (AggOp::Sum, "list.sum"),
    (AggOp::Min, "list.min"),
    (AggOp::Max, "list.max"),
    (AggOp::Mean, "list.mean"),
    (AggOp::Median, "list.median"),
    (AggOp::Std, "list.std"),
    (AggOp::Var, "list.var"),
    (AggOp::Any, "list.any"),
    (AggOp::All, "list.all"),
    (AggOp::NUnique, "list.n_unique"),
    (AggOp::Count, "list.count"),
    (AggOp::NullCount, "list.null_count"),
];

impl ListOp {
    /// The aggregation of lists with this name.
    pub fn aggregation(name: &str) -> Option<Self> {
        AGGREGATIONS.iter().find(|row| row.1 == name).map(|row| ListOp::Agg(row.0))
    }

    /// The name of the Python method, after the namespace.
    pub fn name(&self) -> &'static str {
        match self {
            ListOp::Len => "list.len",
            ListOp::Get(..) => "list.get",
            ListOp::Agg(op) => {
                AGGREGATIONS.iter().find(|row| row.0 == *op).map_or("list", |row| row.1)
            }
            ListOp::Contains => "list.contains",
            ListOp::Join(_) => "list.join",
            ListOp::Split(_) => "str.split",
            ListOp::Items(how) => how.name(),
            ListOp::Extreme(false) => "list.arg_min",
            ListOp::Extreme(true) => "list.arg_max",
        }
    }
}

/// The arguments as Python writes them, without the operands.
impl fmt::Display for ListOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ListOp::Get(place, true) => write!(f, "{place}, null_on_oob=True"),
            ListOp::Get(place, false) => write!(f, "{place}"),
            ListOp::Join(text) | ListOp::Split(text) => write!(f, "{}", Quoted(text)),
            ListOp::Items(Rearrangement::Sort(order)) => {
                let descending = if order.descending { "descending=True" } else { "" };
                let between = if order.descending && order.nulls_last { ", " } else { "" };
                let last = if order.nulls_last { "nulls_last=True" } else { "" };
                write!(f, "{descending}{between}{last}")
            }
            ListOp::Items(Rearrangement::Slice(offset, Some(length))) => {
                write!(f, "{offset}, {length}")
            }
            ListOp::Items(Rearrangement::Slice(offset, None)) => write!(f, "{offset}"),
            ListOp::Items(_)
            | ListOp::Extreme(_)
            | ListOp::Len
            | ListOp::Agg(_)
            | ListOp::Contains => Ok(()),
        }
    }
}
