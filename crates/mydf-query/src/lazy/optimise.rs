//! The passes over a plan, in their order.

use mydf_core::{Idx, Result};

use super::node::Tree;
use super::{common, limits, predicates, projection};

/// The plan that gives the same result with less work.
///
/// # Errors
/// None that the plan's verbs do not have; they are checked again.
pub fn optimised<I: Idx>(tree: &Tree<I>) -> Result<Tree<I>> {
    // Limits come after filters, which don't move past them, and columns after filters, whose
    // columns a scan needs only inside.
    let tree = predicates::pushed(tree)?;
    let tree = limits::pushed(&tree)?;
    let tree = projection::narrowed(&tree)?;
    common::shared(&tree)
}
