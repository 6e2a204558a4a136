//! Rows in the order of several codes, one after the other.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::codes::Codes;
use super::radix::{self, Code};
use super::sort_order::SortOrder;
use super::strings::Texts;
use super::tasks;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// Shorter runs of equal rows are sorted by comparisons.
const SHORT_RUN: usize = 64;
/// One task refines about so many rows.
const TASK_ROWS: usize = 1 << 14;

/// What rows are compared by, after all levels before it.
pub(super) enum Level<'a> {
    /// A code for each row.
    Codes(Codes),
    /// The texts; rows that are equal so far are all null, or none is.
    Texts(Texts<'a>, SortOrder),
}

impl Level<'_> {
    fn compare<I: Idx>(&self, left: I, right: I) -> Ordering {
        let (left, right) = (left.to_usize(), right.to_usize());
        match self {
            Level::Codes(codes) => codes.values[left].cmp(&codes.values[right]),
            Level::Texts(texts, _) if texts.is_null(left) => Ordering::Equal,
            Level::Texts(texts, order) if order.descending => texts.compare(right, left),
            Level::Texts(texts, _) => texts.compare(left, right),
        }
    }
}

/// The rows in the order of the levels; equal rows keep their order.
///
/// # Errors
/// [`crate::Error::Interrupted`].
pub(super) fn by_levels<I: Idx>(
    first: &Codes,
    rest: &[Level<'_>],
    stop: &Interrupt,
) -> Result<Vec<I>> {
    let values = &first.values;
    if let Some(mut rows) = in_order(values.len(), |row| values[row]) {
        let code = |row: I| values[row.to_usize()];
        if !rest.is_empty() {
            let order = rows.clone();
            let joined = |place: usize| code(order[place - 1]) == code(order[place]);
            refine(&mut rows, &joined, rest, stop);
            stop.check()?;
        }
        return Ok(rows);
    }
    if first.bits <= u32::BITS {
        by_codes::<u32, I>(first, rest, stop)
    } else {
        by_codes::<u64, I>(first, rest, stop)
    }
}

fn by_codes<C: Code, I: Idx>(
    first: &Codes,
    rest: &[Level<'_>],
    stop: &Interrupt,
) -> Result<Vec<I>> {
    let source = |start: usize, codes: &mut [C]| {
        for (code, value) in codes.iter_mut().zip(&first.values[start..]) {
            *code = C::of(*value);
        }
    };
    let (codes, mut rows) = radix::sorted(first.values.len(), first.bits, &source, stop)?;
    refine(&mut rows, &|place| codes[place] == codes[place - 1], rest, stop);
    stop.check()?;
    Ok(rows)
}

/// The rows in order if they are already in order, or in the opposite one.
pub(super) fn in_order<I: Idx>(len: usize, code: impl Fn(usize) -> u64) -> Option<Vec<I>> {
    if (1..len).all(|row| code(row - 1) <= code(row)) {
        return Some((0..len).map(I::from_usize).collect());
    }
    if !(1..len).all(|row| code(row - 1) >= code(row)) {
        return None;
    }
    let mut rows: Vec<I> = (0..len).rev().map(I::from_usize).collect();
    // Equal rows keep their order.
    for run in rows.chunk_by_mut(|left, right| code(left.to_usize()) == code(right.to_usize())) {
        run.reverse();
    }
    Some(rows)
}

/// Sorts each run of equal rows by further levels. `joined` is true if the row at a place equals
/// the one before it. Rows may be left in any order after a stop.
fn refine<I: Idx>(
    rows: &mut [I],
    joined: &(dyn Fn(usize) -> bool + Sync),
    levels: &[Level<'_>],
    stop: &Interrupt,
) {
    if levels.is_empty() {
        return;
    }
    let len = rows.len();
    let (mut tasks, mut rest, mut start) = (Vec::new(), rows, 0);
    while start < len {
        let mut end = (start + TASK_ROWS).min(len);
        while end < len && joined(end) {
            end += 1;
        }
        let (task, after) = rest.split_at_mut(end - start);
        tasks.push((start, task));
        (rest, start) = (after, end);
    }
    tasks::each(tasks, |(offset, task)| {
        let mut start = 0;
        for end in 1..=task.len() {
            if end < task.len() && joined(offset + end) {
                continue;
            }
            if end - start > 1 && !stop.is_set() {
                sort_run(&mut task[start..end], levels, stop);
            }
            start = end;
        }
    });
}

/// Sorts rows that are equal so far and are in the order of the frame.
fn sort_run<I: Idx>(rows: &mut [I], levels: &[Level<'_>], stop: &Interrupt) {
    if rows.len() <= SHORT_RUN {
        let compare = |left: I, right: I| {
            let mut orders = levels.iter().map(|level| level.compare(left, right));
            orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        return rows.sort_by(|left, right| compare(*left, *right));
    }
    match &levels[0] {
        Level::Codes(codes) => {
            let mut codes: Vec<u64> = rows.iter().map(|row| codes.values[row.to_usize()]).collect();
            radix::sort(&mut codes, rows, stop);
            refine(rows, &|place| codes[place] == codes[place - 1], &levels[1..], stop);
        }
        level @ Level::Texts(..) => {
            rows.par_sort_by(|left, right| level.compare(*left, *right));
            let sorted = rows.to_vec();
            let same = |place: usize| level.compare(sorted[place - 1], sorted[place]).is_eq();
            refine(rows, &same, &levels[1..], stop);
        }
    }
}
