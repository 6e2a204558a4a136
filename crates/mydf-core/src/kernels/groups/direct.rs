//! Groups of rows with small codes: tables that the codes index.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::super::lanes;
use super::job::{Groups, Job};
use super::part::{BLOCK, Part};
use super::ranks::Heads;
use crate::error::Result;
use crate::idx::Idx;

/// Groups rows by codes for which a table has room.
pub(super) fn group<I: Idx>(part: &Part<'_>, job: &Job) -> Result<Groups<I>> {
    let firsts = first_rows::<I>(part, job)?;
    let heads = Heads::new(job.height);
    // The lanes are in the order of the rows.
    let of_code = |code: usize| firsts.iter().map(|first| first[code]).find(|row| !row.is_none());
    let codes = 0..=part.largest as usize;
    let rows: Vec<Option<I>> = codes.map(of_code).collect();
    rows.iter().flatten().for_each(|row| heads.set(row.to_usize()));
    let ranks = heads.ranks();
    let number = |row: &Option<I>| row.map_or(I::NONE, |row| ranks.number(row.to_usize()));
    let numbers: Vec<I> = rows.iter().map(number).collect();

    let fill = |range: Range<usize>, ids: &mut [MaybeUninit<I>]| {
        let mut codes = [0; BLOCK];
        for (start, ids) in range.step_by(BLOCK).zip(ids.chunks_mut(BLOCK)) {
            job.stop.check()?;
            let codes = &mut codes[..ids.len()];
            part.fill(start, codes);
            for (id, code) in ids.iter_mut().zip(codes) {
                id.write(numbers[*code as usize]);
            }
        }
        Ok(())
    };
    // SAFETY: the blocks cover the range, and each of their ids is written.
    let (ids, _) = unsafe { lanes::filled(&job.ranges(), fill) }?;
    Ok(Groups { ids, first: ranks.first() })
}

/// The first row of each code, lane by lane. If the first lane has all codes, the others may have
/// anything, because no row of theirs is the first one of its code.
fn first_rows<I: Idx>(part: &Part<'_>, job: &Job) -> Result<Vec<Vec<I>>> {
    let all = AtomicBool::new(false);
    let firsts = job.ranges().into_par_iter().map(|range| {
        let is_first_lane = range.start == 0;
        let mut first = vec![I::NONE; part.largest as usize + 1];
        let mut open = first.len();
        let mut codes = [0; BLOCK];
        for start in range.clone().step_by(BLOCK) {
            if job.stop.is_set() || all.load(Ordering::Relaxed) {
                break;
            }
            let codes = &mut codes[..BLOCK.min(range.end - start)];
            part.fill(start, codes);
            for (row, code) in (start..).zip(codes) {
                let first = &mut first[*code as usize];
                if first.is_none() {
                    *first = I::from_usize(row);
                    open -= 1;
                }
            }
            if open == 0 {
                all.fetch_or(is_first_lane, Ordering::Relaxed);
                break;
            }
        }
        first
    });
    let firsts = firsts.collect();
    job.stop.check()?;
    Ok(firsts)
}
