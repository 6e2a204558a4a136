//! Groups of rows by text.

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringViewArray};

use super::super::strings::Texts;
use super::hashed::{self, Rows};
use super::job::{Groups, Job};
use super::sorted;
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;
use crate::memory;

/// Groups rows by equal texts.
pub(super) fn group<I: Idx>(column: &Column, job: &Job) -> Result<Groups<I>> {
    memory::check("groups", (job.height * size_of::<I>()) as u64)?;
    let rows = TextRows::new(column.values().as_string_view());
    if let Some(groups) = hashed::group(&rows, job)? {
        return Ok(groups);
    }
    let source = |start: usize, codes: &mut [u64]| {
        for (row, code) in (start..).zip(codes) {
            *code = rows.wide_hash(rows.view(row));
        }
    };
    let same = |left: usize, right: usize| rows.equal(rows.view(left), rows.view(right));
    sorted::group(u64::BITS, &source, &same, job)
}

/// No text has this view: it would be longer than 2 GiB.
const NULL: u128 = u128::MAX;

struct TextRows<'a> {
    array: &'a StringViewArray,
    texts: Texts<'a>,
    nulls: bool,
}

impl<'a> TextRows<'a> {
    fn new(array: &'a StringViewArray) -> Self {
        TextRows { array, texts: Texts::new(array), nulls: array.null_count() > 0 }
    }

    #[inline]
    fn view(&self, row: usize) -> u128 {
        if self.nulls && self.array.is_null(row) { NULL } else { self.array.views()[row] }
    }

    #[inline]
    fn wide_hash(&self, view: u128) -> u64 {
        if view == NULL { 0 } else { self.texts.hash(view) }
    }
}

impl Rows for TextRows<'_> {
    type Key = u128;

    #[inline]
    fn fill(&self, start: usize, keys: &mut [u128]) {
        if self.nulls {
            (start..).zip(keys).for_each(|(row, key)| *key = self.view(row));
        } else {
            keys.copy_from_slice(&self.array.views()[start..start + keys.len()]);
        }
    }

    #[inline]
    fn hash(&self, key: u128) -> u32 {
        let hash = self.wide_hash(key);
        (hash ^ hash >> 32) as u32
    }

    #[inline]
    fn equal(&self, left: u128, right: u128) -> bool {
        // A null is equal to itself only; its view has no bytes to compare.
        left == right
            || (left != NULL && right != NULL && self.texts.equal(left, &self.texts, right))
    }
}
