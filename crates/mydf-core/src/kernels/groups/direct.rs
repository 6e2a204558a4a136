//! Groups of rows with small codes: tables that the codes index.

use std::iter;
use std::mem::MaybeUninit;
use std::ops::Range;

use super::super::{TASK_ROWS, lanes, tasks};
use super::job::{Groups, Job};
use super::part::{BLOCK, Part};
use crate::error::Result;
use crate::idx::Idx;

/// Groups rows by codes for which a table has room.
///
/// Each lane numbers the groups in the order in which it meets them. Before the lanes start, the
/// first rows are numbered for all of them, so they mostly know all groups already. Later ones get
/// their final number at the end.
pub(super) fn group<I: Idx>(part: &Part<'_>, job: &Job) -> Result<Groups<I>> {
    let start = if job.lanes == 1 { job.height } else { TASK_ROWS.min(job.height / 8) };
    let mut known =
        Numbers { of_code: vec![I::NONE; part.largest as usize + 1], first: Vec::new() };
    let rest = lanes::split(job.height - start, job.lanes);
    let rest = rest.iter().map(|range| range.start + start..range.end + start);
    let ranges: Vec<_> = iter::once(0..start).chain(rest).collect();

    let mut ids: Vec<I> = Vec::with_capacity(job.height);
    let mut slots = Vec::new();
    let mut free = ids.spare_capacity_mut();
    for range in &ranges {
        let (own, after) = free.split_at_mut(range.len());
        free = after;
        slots.push((range.clone(), own));
    }
    let mut slots = slots.into_iter();
    slots.by_ref().take(1).try_for_each(|(range, ids)| known.add(part, range, ids, job))?;
    let found = tasks::map(slots, |(range, ids)| {
        let mut numbers = known.clone();
        numbers.add(part, range, ids, job).map(|()| numbers)
    });
    let found = found.into_iter().collect::<Result<Vec<_>>>()?;
    // SAFETY: the ranges cover all rows, and `add` has written each id of its range.
    unsafe { ids.set_len(job.height) };
    let first = merge(known, found, &ranges[1..], &mut ids);
    job.stop.check()?;
    Ok(Groups { ids, first })
}

/// Groups in the order in which their rows come.
#[derive(Clone)]
struct Numbers<I> {
    /// The number of each code's group, `NONE` if it has not been met.
    of_code: Vec<I>,
    first: Vec<I>,
}

impl<I: Idx> Numbers<I> {
    /// Writes the numbers of the rows in a range: all of them, or it returns an error.
    fn add(
        &mut self,
        part: &Part<'_>,
        range: Range<usize>,
        ids: &mut [MaybeUninit<I>],
        job: &Job,
    ) -> Result<()> {
        let mut codes = [0; BLOCK];
        for (start, ids) in range.step_by(BLOCK).zip(ids.chunks_mut(BLOCK)) {
            job.stop.check()?;
            if job.is_misled() {
                // The ids are not used.
                ids.fill(MaybeUninit::new(I::default()));
                continue;
            }
            let codes = &mut codes[..ids.len()];
            part.fill(start, codes);
            for (place, (id, code)) in ids.iter_mut().zip(&*codes).enumerate() {
                let mut number = self.of_code[*code as usize];
                if number.is_none() {
                    number = self.new_group(*code as usize, start + place);
                }
                id.write(number);
            }
        }
        Ok(())
    }

    #[cold]
    fn new_group(&mut self, code: usize, row: usize) -> I {
        let number = I::from_usize(self.first.len());
        self.of_code[code] = number;
        self.first.push(I::from_usize(row));
        number
    }
}

/// Numbers the groups that the lanes have found, in the order of their first rows, and returns the
/// first row of each group.
fn merge<I: Idx>(
    known: Numbers<I>,
    found: Vec<Numbers<I>>,
    ranges: &[Range<usize>],
    ids: &mut [I],
) -> Vec<I> {
    let old = known.first.len();
    let Numbers { mut of_code, mut first } = known;
    let mut later = Vec::new();
    let mut rest = &mut ids[ranges.first().map_or(0, |range| range.start)..];
    for (lane, range) in found.into_iter().zip(ranges) {
        let (own, after) = rest.split_at_mut(range.len());
        rest = after;
        let mut final_numbers = vec![I::NONE; lane.first.len()];
        let codes = lane.of_code.iter().enumerate();
        let mut new: Vec<(usize, usize)> = codes
            .filter(|(_, number)| !number.is_none() && number.to_usize() >= old)
            .map(|(code, number)| (number.to_usize(), code))
            .collect();
        new.sort_unstable();
        for (number, code) in new {
            if of_code[code].is_none() {
                of_code[code] = I::from_usize(first.len());
                first.push(lane.first[number]);
            }
            final_numbers[number] = of_code[code];
        }
        let changed = |(number, new): (usize, &I)| number >= old && new.to_usize() != number;
        if final_numbers.iter().enumerate().any(changed) {
            later.push((own, final_numbers));
        }
    }
    tasks::each(later, |(ids, numbers)| {
        for id in ids {
            if id.to_usize() >= old {
                *id = numbers[id.to_usize()];
            }
        }
    });
    first
}
