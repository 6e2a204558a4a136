//! Text by its 16-byte views: equality, order and hashes.
//!
//! Text of up to 12 bytes is in the view itself, padded with zeros, so two such views are equal
//! exactly if the texts are. For longer text, the view has the length, the first 4 bytes, the
//! buffer number and the offset (see the Arrow format's variable-size binary view layout).

use std::cmp::Ordering;
use std::hash::BuildHasher;

use arrow_array::{Array, StringViewArray};
use arrow_buffer::Buffer;
use foldhash::fast::FixedState;

const INLINE: u32 = 12;

#[inline]
fn is_inline(view: u128) -> bool {
    view as u32 <= INLINE
}

/// The bytes of a view that is not inline.
#[inline]
fn long(view: u128, buffers: &[Buffer]) -> &[u8] {
    let offset = (view >> 96) as u32 as usize;
    let length = view as u32 as usize;
    &buffers[(view >> 64) as u32 as usize][offset..offset + length]
}

/// The views of one array, with the buffers they point into.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    array: &'a StringViewArray,
    views: &'a [u128],
    buffers: &'a [Buffer],
}

impl<'a> Texts<'a> {
    pub(super) fn new(array: &'a StringViewArray) -> Self {
        Texts { array, views: array.views(), buffers: array.data_buffers() }
    }

    /// The same number for equal texts.
    #[inline]
    pub(super) fn hash(&self, view: u128) -> u64 {
        let state = FixedState::with_seed(0);
        if is_inline(view) {
            state.hash_one(view)
        } else {
            state.hash_one(long(view, self.buffers))
        }
    }

    /// True if the text of `view` equals that of `other_view` in `other`.
    #[inline]
    pub(super) fn equal(&self, view: u128, other: &Texts<'_>, other_view: u128) -> bool {
        if is_inline(view) {
            return view == other_view;
        }
        // The low half has the length and the first bytes.
        view as u64 == other_view as u64
            && long(view, self.buffers) == long(other_view, other.buffers)
    }

    /// The hash of a row that is not null.
    #[inline]
    pub(super) fn hash_of(&self, row: usize) -> u64 {
        self.hash(self.views[row])
    }

    /// True if the text of a row equals that of a row of `other`.
    #[inline]
    pub(super) fn same(&self, row: usize, other: &Texts<'_>, other_row: usize) -> bool {
        self.equal(self.views[row], other, other.views[other_row])
    }

    /// True if the row is null.
    #[inline]
    pub(super) fn is_null(&self, row: usize) -> bool {
        self.array.is_null(row)
    }

    /// Compares two rows.
    #[inline]
    pub(super) fn compare(&self, left: usize, right: usize) -> Ordering {
        // The bytes in the views decide most comparisons, without a look at the buffers.
        let head = |row: usize| ((self.views[row] >> 32) as u32).swap_bytes();
        head(left)
            .cmp(&head(right))
            .then_with(|| self.array.value(left).as_bytes().cmp(self.array.value(right).as_bytes()))
    }
}
