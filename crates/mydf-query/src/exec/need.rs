//! How much memory expressions need, before they run.

use mydf_core::memory::row_bytes;

use crate::plan::{Node, Step};

/// Bytes for the results of expressions over this many rows, and for the parts of the one that
/// needs most. Texts count as their views, and a result of one row as nothing.
pub(super) fn of<'n, 'e: 'n>(nodes: impl IntoIterator<Item = &'n Node<'e>>, height: usize) -> u64 {
    let (mut results, mut parts) = (0, 0);
    for need in nodes.into_iter().map(need) {
        results += need.result;
        parts = parts.max(need.peak - need.result);
    }
    (results + parts).saturating_mul(height as u64)
}

struct Need {
    /// True if there is one row, however many rows use it.
    unit: bool,
    /// Bytes of a row of the result; a column is shared and needs none.
    result: u64,
    /// The most bytes of a row that exist at once.
    peak: u64,
}

fn need(node: &Node<'_>) -> Need {
    match node.step {
        Step::Column(_) | Step::Series(_) | Step::Window(_) => {
            return Need { unit: false, result: 0, peak: 0 };
        }
        Step::Literal(_) | Step::Aggregation(_) => return Need { unit: true, result: 0, peak: 0 },
        _ => {}
    }
    let (mut unit, mut finished, mut peak) = (true, 0, 0);
    for child in node.children().into_iter().map(need) {
        // The operands that are finished exist next to the one that is being computed.
        peak = peak.max(finished + child.peak);
        finished += child.result;
        unit &= child.unit;
    }
    let result = if unit { 0 } else { row_bytes(&node.dtype) };
    Need { unit, result, peak: peak.max(finished + result) }
}
