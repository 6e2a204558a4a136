//! Column expressions: the tree, the table of names, and the text form.

mod function;
mod list;
mod moment;
mod names;
mod quoted;
mod selection;
mod show;
mod text;
mod tree;

pub use function::{Function, HorizontalOp, MathOp, Template};
pub use list::ListOp;
pub use moment::{Ambiguous, Given, MomentOp};
pub use mydf_core::kernels::aggregate::{AggOp, Interpolation, Quantile};
pub use mydf_core::kernels::list_items::Rearrangement;
pub use mydf_core::kernels::sort::SortOrder;
pub use mydf_core::kernels::windows::{
    Cumulative, Decaying, RankMethod, Rolling, Weights, WindowOp,
};
pub use selection::{Renamer, Renaming, Selection};
pub use text::{Ends, Pattern, TextOp};
pub use tree::{BinaryOp, Closed, DtOp, Expr, Foreign, Scalar, StrOp, UnaryOp};
