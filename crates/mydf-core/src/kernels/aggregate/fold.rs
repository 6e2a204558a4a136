//! One accumulator for each group, over all rows, on all threads.
//!
//! The rows are cut into lanes by their number and that of the groups, never by the number of
//! threads, and the lanes are merged in order: so sums of floats are the same on every machine. If
//! the groups are too many for accumulators in each lane, each thread has some of the groups.

use std::ops::Range;

use arrow_buffer::NullBuffer;

use super::super::{PARALLEL_ROWS, TASK_ROWS, lanes, tasks};
use super::assignment::Assignment;
use crate::error::Result;
use crate::interrupt::Interrupt;
use crate::memory;

/// No more lanes than these, which is enough for as many threads.
const MOST: usize = 64;
/// A lane has at least so many rows for each group: merging them is then a small part of the work.
const ROWS_A_GROUP: usize = 16;

/// Adds each row that is not null to its group. `add` gets the accumulator, the row and its group;
/// `merge` gets the accumulator of earlier rows and that of later ones.
pub(in super::super) fn fold<A: Clone + Default + Send + Sync>(
    groups: &impl Assignment,
    nulls: Option<&NullBuffer>,
    add: impl Fn(&mut A, usize, usize) + Sync,
    merge: impl Fn(&mut A, &A) + Sync,
) -> Result<Vec<A>> {
    let (rows, count) = (groups.rows(), groups.groups());
    let stop = Interrupt::current();
    let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
    let worth = rows / (ROWS_A_GROUP * count.max(1));
    let most = (rows / PARALLEL_ROWS).min(worth).clamp(1, MOST);
    memory::check("aggregation", (most * count * size_of::<A>()) as u64)?;
    let ranges = lanes::split(rows, most);
    let mut all = if ranges.len() < 2 && (worth > 1 || rows < PARALLEL_ROWS) {
        let mut all = vec![A::default(); count];
        visit(0..rows, nulls, &stop, |row| {
            let group = groups.group(row);
            add(&mut all[group], row, group);
        });
        all
    } else if ranges.len() < 2 {
        owned(groups, nulls, &add, &stop)
    } else {
        let mut lanes: Vec<Vec<A>> = tasks::map(ranges, |range| {
            let mut all = vec![A::default(); count];
            visit(range, nulls, &stop, |row| {
                let group = groups.group(row);
                add(&mut all[group], row, group);
            });
            all
        });
        let later = lanes.split_off(1);
        let mut all = lanes.swap_remove(0);
        let each = TASK_ROWS / MOST;
        tasks::each(all.chunks_mut(each).enumerate(), |(number, firsts)| {
            for (group, first) in (number * each..).zip(firsts) {
                for later in &later {
                    merge(first, &later[group]);
                }
            }
        });
        all
    };
    stop.check()?;
    all.truncate(count);
    Ok(all)
}

/// The rows of each group in order: each thread looks at all rows and adds those of its groups.
fn owned<A: Clone + Default + Send>(
    groups: &impl Assignment,
    nulls: Option<&NullBuffer>,
    add: &(impl Fn(&mut A, usize, usize) + Sync),
    stop: &Interrupt,
) -> Vec<A> {
    let (rows, count) = (groups.rows(), groups.groups());
    let mut all = vec![A::default(); count];
    let each = count.div_ceil(rayon::current_num_threads()).max(1);
    tasks::each(all.chunks_mut(each).enumerate(), |(number, own)| {
        let first = number * each;
        visit(0..rows, nulls, stop, |row| {
            let group = groups.group(row);
            if let Some(accumulator) = own.get_mut(group.wrapping_sub(first)) {
                add(accumulator, row, group);
            }
        });
    });
    all
}

/// Calls `visit` with each row of a range that is not null, in order, until a stop.
#[inline]
fn visit(
    range: Range<usize>,
    nulls: Option<&NullBuffer>,
    stop: &Interrupt,
    mut visit: impl FnMut(usize),
) {
    for start in range.clone().step_by(PARALLEL_ROWS) {
        let end = range.end.min(start + PARALLEL_ROWS);
        if stop.is_set() {
            return;
        }
        match nulls {
            None => (start..end).for_each(&mut visit),
            Some(nulls) => {
                let nulls = nulls.slice(start, end - start);
                nulls.valid_indices().for_each(|row| visit(start + row));
            }
        }
    }
}
