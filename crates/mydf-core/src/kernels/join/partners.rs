//! The partners of each row: tables indexed by the codes of the keys.

use rayon::prelude::*;

use super::super::pieces::{in_pieces, in_tasks, pairs};
use super::super::{TASK_ROWS, tasks};
use super::codes::Codes;
use super::partition::{Partitions, useful};
use super::side::Side;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;

/// Row numbers of the result of a join.
///
/// On either side, `None` stands for all rows of the frame in order, and [`Idx::NONE`] for a row
/// without a partner.
pub(super) struct Partners<I> {
    pub(super) left: Option<Vec<I>>,
    pub(super) right: Option<Vec<I>>,
}

impl<I> Partners<I> {
    pub(super) fn swapped(self) -> Self {
        Partners { left: self.right, right: self.left }
    }
}

impl<I: Idx> Codes<I> {
    /// The pairs of rows with equal keys; with `all_left`, also the left rows without a partner.
    /// `check` has the number of pairs before they are made.
    pub(super) fn partners(
        self,
        stop: &Interrupt,
        all_left: bool,
        check: impl Fn(u64) -> Result<()>,
    ) -> Result<Partners<I>> {
        match self.single_rows(stop)? {
            Some(rows) => {
                let right = looked_up(stop, &self.left, &rows)?;
                drop(rows);
                with_left(stop, right, all_left, check)
            }
            None => {
                Lists::new(stop, &self.right, self.size)?.pairs(stop, &self.left, all_left, check)
            }
        }
    }

    /// All left rows with their partners, then `alone`, the right rows that have none; `None` stands
    /// for all right rows.
    pub(super) fn all_partners(
        self,
        stop: &Interrupt,
        alone: Option<Vec<I>>,
        check: impl Fn(u64) -> Result<()>,
    ) -> Result<Partners<I>> {
        let (left_rows, right_rows) = (self.left.len, self.right.len);
        let alone = alone.unwrap_or_else(|| all_rows(right_rows));
        let more = alone.len() as u64;
        let Partners { left, right } =
            self.partners(stop, true, |rows| check(rows.saturating_add(more)))?;
        if alone.is_empty() {
            return Ok(Partners { left, right });
        }
        let mut left = left.unwrap_or_else(|| all_rows(left_rows));
        let mut right = right.unwrap_or_else(|| all_rows(right_rows));
        left.resize(left.len() + alone.len(), I::NONE);
        right.extend(alone);
        Ok(Partners { left: Some(left), right: Some(right) })
    }

    /// The left rows that have a partner, or those that have none; `None` if they are all.
    pub(super) fn left_rows(&self, stop: &Interrupt, with_partner: bool) -> Result<Option<Vec<I>>> {
        let rows = self.any_rows(stop)?;
        let has_partner = looked_up(stop, &self.left, &rows)?;
        drop(rows);
        let wanted = |row: &I| row.is_none() != with_partner;
        let lengths = lengths(&has_partner, wanted);
        if lengths.iter().sum::<usize>() == has_partner.len() {
            return Ok(None);
        }
        let rows = in_pieces(stop, &lengths, |task, piece| {
            let start = task * TASK_ROWS;
            let rows = has_partner[start..].iter().take(TASK_ROWS).enumerate();
            rows.filter(|(_, row)| wanted(row))
                .for_each(|(place, _)| piece.push(I::from_usize(start + place)));
        })?;
        Ok(Some(rows))
    }

    /// The right row of each code, if no code has two.
    fn single_rows(&self, stop: &Interrupt) -> Result<Option<Vec<I::Atomic>>> {
        let count = |found: &[bool]| found.iter().filter(|found| **found).count();
        let counts = self.right.tasks(stop, |start, len| {
            let mut rows = 0;
            self.right.blocks(start, len, |_, len, block| rows += count(&block.found[..len]));
            rows
        })?;
        let rows: usize = counts.into_iter().sum();
        if rows > self.size {
            return Ok(None);
        }
        let places = self.any_rows(stop)?;
        let filled =
            |places: &[I::Atomic]| places.iter().filter(|place| !I::load(place).is_none()).count();
        let filled: usize = tasks::map(places.chunks(TASK_ROWS), filled).into_iter().sum();
        Ok((filled == rows).then_some(places))
    }

    /// One of the right rows of each code.
    fn any_rows(&self, stop: &Interrupt) -> Result<Vec<I::Atomic>> {
        memory::check("join", self.size as u64 * size_of::<I>() as u64)?;
        let places: Vec<I::Atomic> = (0..self.size)
            .into_par_iter()
            .with_min_len(TASK_ROWS)
            .map(|_| I::NONE.shared())
            .collect();
        self.right.tasks(stop, |start, len| {
            self.right.blocks(start, len, |start, len, block| {
                for place in 0..len {
                    if block.found[place] {
                        let code = block.codes[place] as usize;
                        I::store(&places[code], I::from_usize(start + place));
                    }
                }
            });
        })?;
        Ok(places)
    }
}

fn all_rows<I: Idx>(height: usize) -> Vec<I> {
    (0..height).map(I::from_usize).collect()
}

/// Every pair of a left and a right row.
pub(super) fn every_pair<I: Idx>(
    stop: &Interrupt,
    left_rows: usize,
    right_rows: usize,
) -> Result<Partners<I>> {
    let rows_each = (TASK_ROWS / right_rows.max(1)).max(1);
    let starts: Vec<usize> = (0..left_rows).step_by(rows_each).collect();
    let rows = |start: usize| start..left_rows.min(start + rows_each);
    let lengths: Vec<usize> = starts.iter().map(|start| rows(*start).len() * right_rows).collect();
    let (left, right) = pairs(stop, &lengths, |task, left, right| {
        for left_row in rows(starts[task]) {
            for right_row in 0..right_rows {
                left.push(I::from_usize(left_row));
                right.push(I::from_usize(right_row));
            }
        }
    })?;
    Ok(Partners { left: Some(left), right: Some(right) })
}

/// The row in the place of each code; [`Idx::NONE`] for a row that can have no partner.
fn looked_up<I: Idx>(stop: &Interrupt, side: &Side<I>, places: &[I::Atomic]) -> Result<Vec<I>> {
    in_tasks(stop, side.len, |start, len, piece| {
        side.blocks(start, len, |_, len, block| {
            for (code, found) in block.codes[..len].iter().zip(&block.found[..len]) {
                piece.push(if *found { I::load(&places[*code as usize]) } else { I::NONE });
            }
        });
    })
}

/// The number of wanted rows in each task.
fn lengths<I: Idx>(rows: &[I], wanted: impl Fn(&I) -> bool + Sync) -> Vec<usize> {
    let count = |rows: &[I]| rows.iter().filter(|row| wanted(row)).count();
    tasks::map(rows.chunks(TASK_ROWS), count)
}

/// The pairs of all left rows and the one partner of each, without those that have none unless
/// `all_left`.
fn with_left<I: Idx>(
    stop: &Interrupt,
    right: Vec<I>,
    all_left: bool,
    check: impl Fn(u64) -> Result<()>,
) -> Result<Partners<I>> {
    let lengths = lengths(&right, |row| !row.is_none());
    let found: usize = lengths.iter().sum();
    if all_left || found == right.len() {
        check(right.len() as u64)?;
        return Ok(Partners { left: None, right: Some(right) });
    }
    check(found as u64)?;
    let (left, right) = pairs(stop, &lengths, |task, left_rows, right_rows| {
        let start = task * TASK_ROWS;
        for (place, row) in right[start..].iter().take(TASK_ROWS).enumerate() {
            if !row.is_none() {
                left_rows.push(I::from_usize(start + place));
                right_rows.push(*row);
            }
        }
    })?;
    Ok(Partners { left: Some(left), right: Some(right) })
}

/// The right rows of each code, in order.
struct Lists<I> {
    /// Where the rows of each code start, and the number of all rows.
    starts: Vec<I>,
    rows: Vec<I>,
}

/// A place among the rows, or just after the last of them, which may be one more than a row number.
#[inline]
fn place<I: Idx>(place: usize) -> I {
    // The largest value means "no row" elsewhere; as a place, it is just that number.
    if place == I::NONE.to_usize() { I::NONE } else { I::from_usize(place) }
}

impl<I: Idx> Lists<I> {
    fn new(stop: &Interrupt, right: &Side<I>, size: usize) -> Result<Self> {
        let entry = size_of::<(u64, I)>() as u64 + size_of::<I>() as u64;
        let bytes = right.len as u64 * entry + size as u64 * size_of::<I>() as u64;
        memory::check("join", bytes)?;
        let width = size.div_ceil(useful(right.len)).next_power_of_two();
        let shift = width.trailing_zeros();
        let part = |code: u64| (code >> shift) as usize;
        let partitions = Partitions::new(stop, right, size.div_ceil(width), part)?;
        let mut starts = vec![I::default(); size + 1];
        starts[size] = place(partitions.len());
        let mut rows = vec![I::default(); partitions.len()];
        let mut rest = rows.as_mut_slice();
        let mut first = 0;
        let mut tasks = Vec::new();
        for (entries, starts) in
            partitions.parts().into_iter().zip(starts[..size].chunks_mut(width))
        {
            let (rows, others) = std::mem::take(&mut rest).split_at_mut(entries.len());
            tasks.push((entries, starts, rows, first));
            rest = others;
            first += entries.len();
        }
        tasks.into_par_iter().try_for_each(|(entries, starts, rows, first)| {
            stop.check()?;
            let mut next = vec![0; starts.len() + 1];
            let code = |code: u64| code as usize & (width - 1);
            for (key, _) in entries {
                next[code(*key) + 1] += 1;
            }
            for number in 1..next.len() {
                next[number] += next[number - 1];
            }
            for (start, next) in starts.iter_mut().zip(&next) {
                *start = place(first + next);
            }
            for (entry, row) in entries {
                let next = &mut next[code(*entry)];
                rows[*next] = *row;
                *next += 1;
            }
            Ok(())
        })?;
        Ok(Lists { starts, rows })
    }

    #[inline]
    fn of(&self, code: u64) -> &[I] {
        let code = code as usize;
        &self.rows[self.starts[code].to_usize()..self.starts[code + 1].to_usize()]
    }

    fn pairs(
        &self,
        stop: &Interrupt,
        left: &Side<I>,
        all_left: bool,
        check: impl Fn(u64) -> Result<()>,
    ) -> Result<Partners<I>> {
        let least = u64::from(all_left);
        let totals = left.tasks(stop, |start, len| {
            let mut total = 0u64;
            left.blocks(start, len, |_, len, block| {
                for (code, found) in block.codes[..len].iter().zip(&block.found[..len]) {
                    let partners = if *found { self.of(*code).len() as u64 } else { 0 };
                    total = total.saturating_add(partners.max(least));
                }
            });
            total
        })?;
        check(totals.iter().fold(0, |sum: u64, total| sum.saturating_add(*total)))?;
        let lengths: Vec<usize> = totals.into_iter().map(|total| total as usize).collect();
        let (left, right) = pairs(stop, &lengths, |task, left_rows, right_rows| {
            let start = task * TASK_ROWS;
            left.blocks(start, TASK_ROWS.min(left.len - start), |start, len, block| {
                for place in 0..len {
                    let partners =
                        if block.found[place] { self.of(block.codes[place]) } else { &[] };
                    for partner in partners {
                        left_rows.push(I::from_usize(start + place));
                        right_rows.push(*partner);
                    }
                    if partners.is_empty() && all_left {
                        left_rows.push(I::from_usize(start + place));
                        right_rows.push(I::NONE);
                    }
                }
            });
        })?;
        Ok(Partners { left: Some(left), right: Some(right) })
    }
}
