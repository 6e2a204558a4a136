//! Lists in memory.

use arrow_array::{ArrayRef, LargeListArray};

use crate::dtype::{DType, item_field};
use crate::error::{Error, Result};

/// A list array of mydf: the items of row `n` are those from `offsets[n]` to `offsets[n + 1]`.
///
/// # Errors
/// [`Error::Arrow`] if the offsets are none of the items.
pub fn list_of(
    inner: &DType,
    items: ArrayRef,
    offsets: Vec<i64>,
    nulls: Option<arrow_buffer::NullBuffer>,
) -> Result<LargeListArray> {
    let offsets = arrow_buffer::OffsetBuffer::new(offsets.into());
    LargeListArray::try_new(item_field(inner), offsets, items, nulls)
        .map_err(|source| Error::Arrow { operation: "list".into(), source })
}
