//! Rows in partitions by their codes, in order within each partition.

use super::super::tasks;
use super::side::{Block, Side};
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// Rows that one task writes into all partitions.
const TASK_ROWS: usize = 1 << 17;
/// With more, the places that a task writes to in turn don't fit into the table of memory pages.
const MOST: usize = 1 << 10;
/// Rows of a partition, whose table then fits into the second-level cache.
const ROWS: usize = 1 << 14;

/// Rows that have a code each.
pub(super) trait Coded: Sync {
    /// The number of rows.
    fn len(&self) -> usize;
    /// Calls `visit` with each block of some rows, its first row and its length.
    fn blocks(&self, start: usize, len: usize, visit: impl FnMut(usize, usize, &mut Block));
}

impl<I: Idx> Coded for Side<I> {
    fn len(&self) -> usize {
        self.len
    }

    #[inline]
    fn blocks(&self, start: usize, len: usize, visit: impl FnMut(usize, usize, &mut Block)) {
        Side::blocks(self, start, len, visit);
    }
}

/// A useful number of partitions for so many rows, a power of two.
pub(super) fn useful(rows: usize) -> usize {
    rows.div_ceil(ROWS).next_power_of_two().min(MOST)
}

/// The codes and numbers of the rows that can have a partner, one partition after the other.
pub(super) struct Partitions<I> {
    entries: Vec<(u64, I)>,
    lengths: Vec<usize>,
}

impl<I: Idx> Partitions<I> {
    /// Partitions rows; `part` is the number of a code's partition.
    pub(super) fn new(
        stop: &Interrupt,
        rows: &impl Coded,
        count: usize,
        part: impl Fn(u64) -> usize + Sync,
    ) -> Result<Self> {
        let starts: Vec<usize> = (0..rows.len()).step_by(TASK_ROWS).collect();
        let lengths = tasks::map(&starts, |start| {
            stop.check()?;
            let mut lengths = vec![0; count];
            each(rows, *start, |code, _| lengths[part(code)] += 1);
            Ok(lengths)
        });
        let lengths: Vec<Vec<usize>> = lengths.into_iter().collect::<Result<_>>()?;
        let total = lengths.iter().flatten().sum();
        let mut entries = vec![(0, I::default()); total];
        let mut pieces: Vec<Vec<&mut [(u64, I)]>> =
            starts.iter().map(|_| Vec::with_capacity(count)).collect();
        let mut rest = entries.as_mut_slice();
        for part in 0..count {
            for (pieces, lengths) in pieces.iter_mut().zip(&lengths) {
                let (piece, others) = rest.split_at_mut(lengths[part]);
                pieces.push(piece);
                rest = others;
            }
        }
        let done = tasks::map(starts.iter().zip(pieces), |(start, mut pieces)| {
            stop.check()?;
            let mut next = vec![0; count];
            each(rows, *start, |code, row| {
                let part = part(code);
                pieces[part][next[part]] = (code, I::from_usize(row));
                next[part] += 1;
            });
            Ok(())
        });
        done.into_iter().collect::<Result<()>>()?;
        let sum = |part| lengths.iter().map(|lengths| lengths[part]).sum();
        let lengths = (0..count).map(sum).collect();
        Ok(Partitions { entries, lengths })
    }

    /// The number of all rows.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The rows of each partition.
    pub(super) fn parts(&self) -> Vec<&[(u64, I)]> {
        let mut rest = self.entries.as_slice();
        let mut parts = Vec::with_capacity(self.lengths.len());
        for length in &self.lengths {
            let (part, others) = rest.split_at(*length);
            parts.push(part);
            rest = others;
        }
        parts
    }
}

/// Calls `visit` with the code and the number of each row of a task that can have a partner.
#[inline]
fn each(rows: &impl Coded, start: usize, mut visit: impl FnMut(u64, usize)) {
    rows.blocks(start, TASK_ROWS.min(rows.len() - start), |start, len, block| {
        for place in 0..len {
            if block.found[place] {
                visit(block.codes[place], start + place);
            }
        }
    });
}
