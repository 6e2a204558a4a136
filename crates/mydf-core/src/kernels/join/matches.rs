//! Which rows of two frames match.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::super::keys::Keys;
use super::keys::Coded;
use crate::column::Column;
use crate::error::Result;
use crate::frame::check_rows;
use crate::idx::Idx;
use crate::memory;

/// The key of each row as a number; [`Idx::NONE`] if the other side has no equal key.
pub(super) struct Matches<I> {
    left: Vec<I>,
    right: Vec<I>,
    /// All numbers are below this.
    count: usize,
}

/// Row numbers of the result of a join.
pub(super) struct Partners<I> {
    /// Rows of the left frame; `None` if they are all of its rows in order.
    pub(super) left: Option<Vec<I>>,
    /// Rows of the right frame; [`Idx::NONE`] if there is no partner.
    pub(super) right: Vec<I>,
}

impl<I: Idx> Matches<I> {
    /// Compares pairs of key columns.
    pub(super) fn new(pairs: &[(Column, Column)], left_rows: usize, right_rows: usize) -> Self {
        // The keys of the smaller side go into the tables; those of the other side are looked up.
        let left_known = left_rows < right_rows;
        let coded = pairs
            .iter()
            .map(|(left, right)| {
                if left_known {
                    Coded::columns::<I>(left, right)
                } else {
                    Coded::columns::<I>(right, left)
                }
            })
            .reduce(Coded::next_to)
            .expect("a join has at least one key");
        let (known, other, count) = numbered(&coded);
        let (left, right) = if left_known { (known, other) } else { (other, known) };
        Matches { left, right, count }
    }

    /// The left rows that have a partner, or those that have none.
    pub(super) fn left_rows(&self, with_partner: bool) -> Vec<I> {
        let mut present = vec![false; self.count];
        for number in self.right.iter().filter(|number| !number.is_none()) {
            present[number.to_usize()] = true;
        }
        let has_partner = |number: &I| !number.is_none() && present[number.to_usize()];
        let rows = self.left.iter().enumerate();
        rows.filter(|(_, number)| has_partner(number) == with_partner)
            .map(|(row, _)| I::from_usize(row))
            .collect()
    }

    /// The pairs of rows with equal keys; with `all_left`, also the left rows without a partner.
    /// `row_bytes` is the size of a row of the result, which is checked before there is one.
    pub(super) fn partners(&self, all_left: bool, row_bytes: u64) -> Result<Partners<I>> {
        let check = |rows: u64| {
            check_rows::<I>(rows)?;
            let numbers = 2 * size_of::<I>() as u64;
            memory::check("join", rows.saturating_mul(numbers + row_bytes))
        };
        match self.unique_right() {
            Some(rows) => {
                check(self.left.len() as u64)?;
                Ok(self.single_partners(&rows, all_left))
            }
            None => self.many_partners(all_left, check),
        }
    }

    /// The right row for each number, if no number has two.
    fn unique_right(&self) -> Option<Vec<I>> {
        let mut rows = vec![I::NONE; self.count];
        for (row, number) in self.right.iter().enumerate() {
            if !number.is_none() {
                let place = &mut rows[number.to_usize()];
                if !place.is_none() {
                    return None;
                }
                *place = I::from_usize(row);
            }
        }
        Some(rows)
    }

    fn single_partners(&self, rows: &[I], all_left: bool) -> Partners<I> {
        let partner = |number: &I| if number.is_none() { I::NONE } else { rows[number.to_usize()] };
        let right: Vec<I> = self.left.iter().map(partner).collect();
        if all_left || !right.iter().any(|row| row.is_none()) {
            return Partners { left: None, right };
        }
        let pairs = right.iter().enumerate().filter(|(_, row)| !row.is_none());
        let left = pairs.map(|(row, _)| I::from_usize(row)).collect();
        Partners { left: Some(left), right: right.into_iter().filter(|r| !r.is_none()).collect() }
    }

    fn many_partners(
        &self,
        all_left: bool,
        check: impl Fn(u64) -> Result<()>,
    ) -> Result<Partners<I>> {
        let (starts, rows) = self.right_by_number();
        let range = |number: I| {
            if number.is_none() {
                0..0
            } else {
                starts[number.to_usize()]..starts[number.to_usize() + 1]
            }
        };
        let total = self.left.iter().fold(0u64, |total, number| {
            total.saturating_add((range(*number).len() as u64).max(u64::from(all_left)))
        });
        check(total)?;
        let mut left = Vec::with_capacity(total as usize);
        let mut right = Vec::with_capacity(total as usize);
        for (row, number) in self.left.iter().enumerate() {
            let partners = &rows[range(*number)];
            if partners.is_empty() && all_left {
                left.push(I::from_usize(row));
                right.push(I::NONE);
            } else {
                left.extend(partners.iter().map(|_| I::from_usize(row)));
                right.extend_from_slice(partners);
            }
        }
        Ok(Partners { left: Some(left), right })
    }

    /// The right rows sorted by number, and the start of each number's rows.
    fn right_by_number(&self) -> (Vec<usize>, Vec<I>) {
        let mut starts = vec![0usize; self.count + 1];
        for number in self.right.iter().filter(|number| !number.is_none()) {
            starts[number.to_usize() + 1] += 1;
        }
        for number in 0..self.count {
            starts[number + 1] += starts[number];
        }
        let mut next = starts.clone();
        let mut rows = vec![I::NONE; starts[self.count]];
        for (row, number) in self.right.iter().enumerate() {
            if !number.is_none() {
                let place = &mut next[number.to_usize()];
                rows[*place] = I::from_usize(row);
                *place += 1;
            }
        }
        (starts, rows)
    }
}

/// Small numbers for codes: the codes themselves if their range is not much larger than the frames,
/// otherwise their positions in a hash table.
fn numbered<I: Idx>(coded: &Coded) -> (Vec<I>, Vec<I>, usize) {
    let Coded { known, other, bits } = coded;
    let direct = (4 * (known.values.len() + other.values.len())).max(1 << 10);
    if *bits < usize::BITS && 1 << bits <= direct && 1u64 << bits <= I::MAX_ROWS {
        let numbers = |keys: &Keys| numbers(keys, |code| Some(I::from_usize(code as usize)));
        return (numbers(known), numbers(other), 1 << bits);
    }
    let mut table: HashMap<u64, I, FixedState> = HashMap::default();
    let known = numbers(known, |code| {
        let next = table.len();
        Some(*table.entry(code).or_insert_with(|| I::from_usize(next)))
    });
    let other = numbers(other, |code| table.get(&code).copied());
    (known, other, table.len())
}

fn numbers<I: Idx>(keys: &Keys, mut number: impl FnMut(u64) -> Option<I>) -> Vec<I> {
    let row = |(row, code): (usize, &u64)| {
        if keys.is_valid(row) { number(*code).unwrap_or(I::NONE) } else { I::NONE }
    };
    keys.values.iter().enumerate().map(row).collect()
}
