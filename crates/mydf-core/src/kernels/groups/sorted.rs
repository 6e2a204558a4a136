//! Groups of rows by sorted codes, for very many groups.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::radix::{self, Code, Source};
use super::super::{lanes, tasks};
use super::job::{Groups, Job};
use super::ranks::Heads;
use crate::error::Result;
use crate::idx::Idx;
use crate::memory;

/// Rows that one thread handles before it asks whether to stop.
const PATIENCE: usize = 1 << 20;

/// Groups rows by codes of so many bits. Rows with equal codes are in one group if `same` says so.
pub(super) fn group<C: Code, I: Idx>(
    bits: u32,
    source: &Source<'_, C>,
    same: &(dyn Fn(usize, usize) -> bool + Sync),
    job: &Job,
) -> Result<Groups<I>> {
    // Codes and rows, and the numbers; the sort itself copies parts only.
    memory::check("groups", (job.height * (size_of::<C>() + 2 * size_of::<I>())) as u64)?;
    let (codes, rows) = radix::sorted::<C, I>(job.height, bits, source, &job.stop)?;
    let heads = Heads::new(job.height);
    // First the first row of the group of each row, then the number of that group.
    let mut first_of: Vec<I> = Vec::with_capacity(job.height);
    let place = Places(first_of.as_mut_ptr());
    let place = &place;
    tasks::each(cut(&codes, job.lanes * 4), |range| {
        let mut found: Vec<usize> = Vec::new();
        for (number, at) in range.clone().enumerate() {
            if number % PATIENCE == 0 && job.stop.is_set() {
                return;
            }
            if at == range.start || codes[at - 1] != codes[at] {
                found.clear();
            }
            let row = rows[at].to_usize();
            let known = found.iter().copied().find(|first| same(*first, row));
            let first = known.unwrap_or_else(|| {
                found.push(row);
                heads.set(row);
                row
            });
            // SAFETY: the sort returns each row from 0 to `height` once, so the row is inside the
            // capacity, and no other thread writes to its place.
            unsafe { place.0.add(row).write(I::from_usize(first)) };
        }
    });
    job.stop.check()?;
    // SAFETY: the ranges cover all rows, and no thread has stopped early: nothing takes a stop back.
    unsafe { first_of.set_len(job.height) };
    drop((codes, rows));
    let ranks = heads.ranks();
    let number = |range: Range<usize>, ids: &mut [MaybeUninit<I>]| {
        for (id, first) in ids.iter_mut().zip(&first_of[range]) {
            id.write(ranks.number(first.to_usize()));
        }
        Ok(())
    };
    // SAFETY: each id of the range is written.
    let (ids, _) = unsafe { lanes::filled(&job.ranges(), number) }?;
    Ok(Groups { ids, first: ranks.first() })
}

/// Ranges of which none ends between equal codes.
fn cut<C: Code>(codes: &[C], count: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for range in lanes::split(codes.len(), count) {
        let mut end = range.end.max(start);
        while 0 < end && end < codes.len() && codes[end - 1] == codes[end] {
            end += 1;
        }
        if start < end {
            ranges.push(start..end);
            start = end;
        }
    }
    ranges
}

/// Where several threads write, each to places of its own.
struct Places<T>(*mut T);

// SAFETY: threads write only to places that no other thread reads or writes; see `group`.
unsafe impl<T: Send> Sync for Places<T> {}
