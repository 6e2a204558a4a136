//! Group numbers: which rows have equal keys.
//!
//! The keys of a row become one integer, its code, block by block and never as a whole column. Short
//! texts have codes as well (`short_text.rs`). If
//! the codes are few, a table that they index has their first rows; if they are many, each thread
//! numbers them in a hash table of its own, and the tables are merged; if even the groups are many,
//! the codes are sorted. In each case, groups are numbered in the order of their first row.

use std::sync::Arc;

use arrow_array::cast::AsArray;

use super::plain_keys;
use super::radix::Code;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::check_rows;
use crate::idx::Idx;
use crate::memory;

mod direct;
mod hashed;
mod job;
mod part;
mod ranks;
mod short_text;
mod sorted;
mod text;

pub use job::Groups;
pub(super) use job::Job;
pub(super) use part::Part;

/// Groups rows by equal keys. If there are no keys, all rows are one group.
///
/// # Errors
/// [`Error::Value`] if a key's length is not `height`, [`Error::TooManyRows`], [`Error::Memory`],
/// [`Error::Interrupted`].
pub fn group<I: Idx>(keys: &[Column], height: usize) -> Result<Groups<I>> {
    check_rows::<I>(height as u64)?;
    for key in keys {
        if key.len() != height {
            return Err(Error::Value {
                what: "group".into(),
                message: format!("key `{}` has {} rows, expected {height}", key.name(), key.len()),
            });
        }
    }
    let guess = Some(Arc::default());
    let job = Job { guess, ..Job::new(height) };
    let groups = grouped(keys, &job)?;
    if job.is_misled() { grouped(keys, &Job::new(height)) } else { Ok(groups) }
}

fn grouped<I: Idx>(keys: &[Column], job: &Job) -> Result<Groups<I>> {
    if let [key] = keys {
        let plain = plain_keys::key(key, "group_by")?;
        let key = plain.as_ref().unwrap_or(key);
        return match Part::of_values(key).or_else(|| short_text(key, job)) {
            Some(part) => by_codes(&part, job),
            None => text::group(key, job),
        };
    }
    let parts = keys.iter().map(|key| part_of::<I>(key, job)).collect::<Result<_>>()?;
    by_parts(parts, job)
}

/// Equal codes for equal values of a column.
pub(super) fn part_of<'a, I: Idx>(column: &'a Column, job: &Job) -> Result<Part<'a>> {
    if let Some(plain) = plain_keys::key(column, "group_by")? {
        return Ok(Part::of_groups(grouped::<I>(&[plain], job)?));
    }
    match Part::of_values(column).or_else(|| short_text(column, job)) {
        Some(part) => Ok(part),
        None => Ok(Part::of_groups(text::group::<I>(column, job)?)),
    }
}

/// Codes of texts for which a table has room.
fn short_text<'a>(column: &'a Column, job: &Job) -> Option<Part<'a>> {
    short_text::part(column.values().as_string_view(), job)
}

/// Groups rows that are equal in all parts.
///
/// # Errors
/// [`Error::Memory`], [`Error::Interrupted`].
pub(super) fn by_parts<I: Idx>(parts: Vec<Part<'_>>, job: &Job) -> Result<Groups<I>> {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap_or_else(Part::constant);
    let all = parts.try_fold(first, |left, right| joined::<I>(left, right, job))?;
    by_codes(&all, job)
}

/// Both parts in one. If their codes don't fit into 64 bits, group numbers replace them.
fn joined<'a, I: Idx>(left: Part<'a>, right: Part<'a>, job: &Job) -> Result<Part<'a>> {
    let (left, right) = match left.next_to(right) {
        Ok(part) => return Ok(part),
        Err(parts) => parts,
    };
    let (left, right) = match dense::<I>(left, job)?.next_to(right) {
        Ok(part) => return Ok(part),
        Err(parts) => parts,
    };
    // Two numbers of groups fit, unless there are more than 2 to the power of 32 of them.
    left.next_to(dense::<I>(right, job)?).map_err(|_| Error::Memory {
        operation: "groups".into(),
        bytes: u64::MAX,
        available: None,
    })
}

/// A part whose codes are less than the number of rows.
fn dense<'a, I: Idx>(part: Part<'a>, job: &Job) -> Result<Part<'a>> {
    if part.largest < job.height as u64 {
        return Ok(part);
    }
    Ok(Part::of_groups(by_codes::<I>(&part, job)?))
}

/// Groups rows by equal codes.
fn by_codes<I: Idx>(part: &Part<'_>, job: &Job) -> Result<Groups<I>> {
    memory::check("groups", (job.height * size_of::<I>()) as u64)?;
    if part.largest <= job.direct() {
        return direct::group(part, job);
    }
    if let Some(groups) = hashed::group(part, job)? {
        return Ok(groups);
    }
    let bits = u64::BITS - part.largest.leading_zeros();
    if bits <= u32::BITS {
        let source = |start: usize, codes: &mut [u32]| part.codes_as(start, codes, u32::of);
        sorted::group(bits, &source, &|_, _| true, job)
    } else {
        let source = |start: usize, codes: &mut [u64]| part.fill(start, codes);
        sorted::group(bits, &source, &|_, _| true, job)
    }
}

#[cfg(test)]
mod tests;
