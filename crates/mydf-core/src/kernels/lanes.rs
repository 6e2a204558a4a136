//! Ranges of rows that threads share, and vectors that they fill together.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::tasks;
use crate::error::Result;

/// Cuts so many rows into at most `count` ranges of about the same size. All but the last one end
/// at a multiple of 64, so no two share a word of a bitmap.
pub(super) fn split(rows: usize, count: usize) -> Vec<Range<usize>> {
    let each = rows.div_ceil(count.max(1)).next_multiple_of(64);
    (0..rows).step_by(each.max(1)).map(|start| start..rows.min(start + each)).collect()
}

/// A vector whose ranges, which follow each other from 0, are each written by one call, and what
/// the calls return.
///
/// # Errors
/// That of the first call that fails.
///
/// # Safety
/// A call that returns `Ok` must have written all of its range.
pub(super) unsafe fn filled<T: Copy + Send, R: Send>(
    ranges: &[Range<usize>],
    fill: impl Fn(Range<usize>, &mut [MaybeUninit<T>]) -> Result<R> + Sync + Send,
) -> Result<(Vec<T>, Vec<R>)> {
    let len = ranges.last().map_or(0, |range| range.end);
    let mut values: Vec<T> = Vec::with_capacity(len);
    let mut rest = values.spare_capacity_mut();
    let mut jobs = Vec::with_capacity(ranges.len());
    let mut next = 0;
    for range in ranges {
        assert_eq!(next, range.start, "the ranges follow each other");
        next = range.end;
        let (own, after) = rest.split_at_mut(range.len());
        rest = after;
        jobs.push((range.clone(), own));
    }
    let found: Vec<Result<R>> = if jobs.len() == 1 {
        jobs.into_iter().map(|(range, values)| fill(range, values)).collect()
    } else {
        tasks::map(jobs, |(range, values)| fill(range, values))
    };
    let found = found.into_iter().collect::<Result<_>>()?;
    // SAFETY: the ranges cover `len` values, and every call has written its range, as the caller
    // promises.
    unsafe { values.set_len(len) };
    Ok((values, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_cover_all_rows() {
        for (rows, count) in [(0, 3), (1, 1), (63, 2), (64, 2), (1000, 3), (1000, 100), (5, 0)] {
            let ranges = split(rows, count);
            assert_eq!(ranges.iter().map(Range::len).sum::<usize>(), rows);
            assert!(ranges.len() <= count.max(1));
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(ranges.iter().all(|range| range.start % 64 == 0));
        }
    }
}
