//! The rows of each group, one group after the other.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use arrow_array::UInt64Array;

use super::super::groups::Groups;
use super::super::sort::argsort;
use super::super::sort_order::SortOrder;
use super::super::take::take_column;
use super::super::{PARALLEL_ROWS, TASK_ROWS, pieces, tasks};
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::check_rows;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;

/// The rows in the order that an operator sees them: group by group, and in each group in the order
/// of the frame or of some keys. A place is a position in this order.
pub struct Partition<I: Idx> {
    /// The row at each place; `None` if that is the order of the frame.
    rows: Option<Vec<I>>,
    /// The first place of each group, and the number of rows.
    starts: Vec<usize>,
    /// The keys by which the rows are ordered: the number of the group, and those of the caller.
    keys: Vec<Column>,
    orders: Vec<SortOrder>,
    places: OnceLock<Vec<I>>,
}

const ASCENDING: SortOrder = SortOrder { descending: false, nulls_last: false };

impl<I: Idx> Partition<I> {
    /// All rows in one group, in their order.
    ///
    /// # Errors
    /// [`Error::TooManyRows`].
    pub fn whole(height: usize) -> Result<Self> {
        check_rows::<I>(height as u64)?;
        let starts = vec![0, height];
        Ok(Partition {
            rows: None,
            starts,
            keys: Vec::new(),
            orders: Vec::new(),
            places: OnceLock::new(),
        })
    }

    /// The rows of groups, in the order of the keys or, without keys, of the frame.
    ///
    /// # Errors
    /// Those of [`argsort`].
    pub fn of(groups: &Groups<I>, keys: &[Column], orders: &[SortOrder]) -> Result<Self> {
        let height = groups.ids.len();
        let mut partition = Partition::whole(height)?;
        if groups.first.len() > 1 {
            memory::check("groups", 8 * height as u64)?;
            let ids = super::super::keys::map(&groups.ids, |id: I| id.to_usize() as u64);
            partition.keys.push(Column::new("group", Arc::new(UInt64Array::from(ids)))?);
            partition.orders.push(ASCENDING);
            partition.starts = starts(groups);
        }
        partition.keys.extend_from_slice(keys);
        partition.orders.extend_from_slice(orders);
        if !partition.keys.is_empty() {
            let rows = argsort::<I>(&partition.keys, &partition.orders)?;
            let in_place = rows.iter().enumerate().all(|(place, row)| row.to_usize() == place);
            partition.rows = (!in_place).then_some(rows);
        }
        Ok(partition)
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.starts[self.starts.len() - 1]
    }

    /// The first or last row of each group.
    pub fn edges(&self, last: bool) -> Vec<I> {
        let groups = self.starts.windows(2).filter(|pair| pair[0] < pair[1]);
        let place = |pair: &[usize]| if last { pair[1] - 1 } else { pair[0] };
        groups.map(|pair| I::from_usize(self.row(place(pair)))).collect()
    }

    /// True if all rows are one group, in their order.
    pub(super) fn is_plain(&self) -> bool {
        self.rows.is_none() && self.starts.len() == 2
    }

    /// The rows of the column in the order of the places.
    pub(super) fn gather(&self, column: &Column) -> Result<Column> {
        match &self.rows {
            Some(rows) => take_column(column, rows),
            None => Ok(column.clone()),
        }
    }

    /// A column in the order of the places, in the order of the frame.
    pub(super) fn spread(&self, column: Column) -> Result<Column> {
        match &self.rows {
            Some(rows) => {
                let places = self.places.get_or_init(|| scattered(rows, &I::from_usize));
                take_column(&column, places)
            }
            None => Ok(column),
        }
    }

    /// The column's rows moved: the row of each place gets the value of another place's row, or
    /// null.
    pub(super) fn moved(&self, column: &Column, sources: Vec<I>) -> Result<Column> {
        take_column(column, &self.numbers(sources))
    }

    /// The row numbers for places, in the order of the frame.
    pub(super) fn numbers(&self, sources: Vec<I>) -> Vec<I> {
        let Some(rows) = &self.rows else { return sources };
        scattered(rows, &|place| {
            let source = sources[place];
            if source.is_none() { I::NONE } else { rows[source.to_usize()] }
        })
    }

    /// The row at a place.
    pub(super) fn row(&self, place: usize) -> usize {
        self.rows.as_ref().map_or(place, |rows| rows[place].to_usize())
    }

    /// The rows in the order of a column within each group, and then of the partition.
    pub(super) fn sorted(&self, column: &Column, order: SortOrder) -> Result<Vec<I>> {
        let (mut keys, mut orders) = (self.keys.clone(), self.orders.clone());
        let place = usize::from(self.starts.len() > 2);
        keys.insert(place, column.clone());
        orders.insert(place, order);
        argsort(&keys, &orders)
    }

    /// A column of the group's number and another column, whose distinct pairs are the distinct
    /// values of each group.
    pub(super) fn pairs(&self, column: &Column) -> Vec<Column> {
        let mut keys: Vec<Column> = self.keys[..usize::from(self.starts.len() > 2)].to_vec();
        keys.push(column.clone());
        keys
    }

    /// The places of each group among these places, which are in order: for each, those of the
    /// whole group and those of the part.
    pub(super) fn groups_in(
        &self,
        places: Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let first = self.starts.partition_point(|start| *start <= places.start).max(1) - 1;
        let groups = self.starts[first..].windows(2).map(|pair| pair[0]..pair[1]);
        groups
            .take_while({
                let end = places.end;
                move |group| group.start < end
            })
            .map(move |group| {
                let part = group.start.max(places.start)..group.end.min(places.end);
                (group, part)
            })
    }

    /// The results for the places of each group, one after the other: `step` gets the state of the
    /// group, a new one for each, and each place in order or, in reverse, from the last.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub(super) fn accumulate<S: Default, T: Copy + Send>(
        &self,
        reverse: bool,
        step: impl Fn(&mut S, usize) -> T + Sync,
    ) -> Result<Vec<T>> {
        let pieces = self.pieces();
        let lengths: Vec<usize> = pieces.iter().map(Range::len).collect();
        pieces::in_pieces(&Interrupt::current(), &lengths, |task, piece| {
            let mut found = Vec::new();
            for (group, _) in self.groups_in(pieces[task].clone()) {
                let mut state = S::default();
                if reverse {
                    found.clear();
                    found.extend(group.rev().map(|place| step(&mut state, place)));
                    found.iter().rev().for_each(|value| piece.push(*value));
                } else {
                    group.for_each(|place| piece.push(step(&mut state, place)));
                }
            }
        })
    }

    /// Ranges of places that begin and end between groups, of about the size of a task.
    fn pieces(&self) -> Vec<Range<usize>> {
        let (mut pieces, mut start) = (Vec::new(), 0);
        for end in self.starts.iter().skip(1) {
            if end - start >= TASK_ROWS {
                pieces.push(start..*end);
                start = *end;
            }
        }
        if self.len() > start {
            pieces.push(start..self.len());
        }
        pieces
    }
}

fn starts<I: Idx>(groups: &Groups<I>) -> Vec<usize> {
    let mut starts = vec![0; groups.first.len() + 1];
    for id in &groups.ids {
        starts[id.to_usize() + 1] += 1;
    }
    for group in 1..starts.len() {
        starts[group] += starts[group - 1];
    }
    starts
}

/// A number for each row, from the number for each place; `rows` has every row once.
pub(super) fn scattered<I: Idx>(rows: &[I], number: &(dyn Fn(usize) -> I + Sync)) -> Vec<I> {
    if rows.len() < PARALLEL_ROWS {
        let mut numbers = vec![I::NONE; rows.len()];
        for (place, row) in rows.iter().enumerate() {
            numbers[row.to_usize()] = number(place);
        }
        return numbers;
    }
    let numbers: Vec<I::Atomic> = rows.iter().map(|_| I::NONE.shared()).collect();
    tasks::each(rows.chunks(TASK_ROWS).enumerate(), |(task, rows)| {
        for (place, row) in (task * TASK_ROWS..).zip(rows) {
            I::store(&numbers[row.to_usize()], number(place));
        }
    });
    numbers.into_iter().map(I::unshared).collect()
}

/// Rejects a column of another length.
pub(super) fn check_length<I: Idx>(column: &Column, partition: &Partition<I>) -> Result<()> {
    if column.len() == partition.len() {
        return Ok(());
    }
    Err(Error::LengthMismatch {
        column: column.name().to_owned(),
        expected: partition.len(),
        actual: column.len(),
    })
}
