//! Groups of rows by hash tables: one for each thread, merged at the end.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{lanes, tasks};
use super::job::{Groups, Job};
use super::part::{BLOCK, Part};
use crate::error::{Error, Result};
use crate::idx::Idx;

/// The keys of rows, as a hash table needs them.
pub(super) trait Rows: Sync {
    type Key: Copy + Default + Send + Sync;
    /// Writes the keys of the rows from `start`.
    fn fill(&self, start: usize, keys: &mut [Self::Key]);
    /// The same number for equal keys; all of its bits depend on all bits of the key.
    fn hash(&self, key: Self::Key) -> u32;
    /// True if the keys are equal.
    fn equal(&self, left: Self::Key, right: Self::Key) -> bool;
}

impl Rows for Part<'_> {
    type Key = u64;

    #[inline]
    fn fill(&self, start: usize, keys: &mut [u64]) {
        Part::fill(self, start, keys);
    }

    #[inline]
    fn hash(&self, key: u64) -> u32 {
        let product = u128::from(key ^ 0x243f_6a88_85a3_08d3) * 0x9e37_79b9_7f4a_7c15;
        let folded = product as u64 ^ (product >> 64) as u64;
        (folded ^ folded >> 32) as u32
    }

    #[inline]
    fn equal(&self, left: u64, right: u64) -> bool {
        left == right
    }
}

/// Groups rows by equal keys; `None` if there are too many groups for this way.
pub(super) fn group<I: Idx, R: Rows>(rows: &R, job: &Job) -> Result<Option<Groups<I>>> {
    let too_many = AtomicBool::new(false);
    let ranges = job.ranges();
    let fill = |range: Range<usize>, ids: &mut [MaybeUninit<I>]| {
        let mut table = Table::new()?;
        let mut keys = [R::Key::default(); BLOCK];
        let mut hashes = [0; BLOCK];
        for (start, ids) in range.step_by(BLOCK).zip(ids.chunks_mut(BLOCK)) {
            job.stop.check()?;
            if too_many.load(Ordering::Relaxed) {
                // The ids are not used.
                ids.fill(MaybeUninit::new(I::default()));
                continue;
            }
            let keys = &mut keys[..ids.len()];
            rows.fill(start, keys);
            for (hash, key) in hashes.iter_mut().zip(&*keys) {
                *hash = rows.hash(*key);
            }
            for (place, id) in ids.iter_mut().enumerate() {
                id.write(table.insert(rows, hashes[place], keys[place], start + place)?);
            }
            too_many.fetch_or(table.keys.len() > job.most, Ordering::Relaxed);
        }
        Ok(table)
    };
    // SAFETY: the blocks cover the range, and each of their ids is written.
    let (mut ids, tables) = unsafe { lanes::filled(&ranges, fill) }?;
    if too_many.into_inner() {
        return Ok(None);
    }
    let first = merge(rows, tables, &ranges, &mut ids)?;
    job.stop.check()?;
    Ok(Some(Groups { ids, first }))
}

/// Puts the groups of all lanes into those of the first one, which has the first rows, and returns
/// the first row of each group.
fn merge<I: Idx, R: Rows>(
    rows: &R,
    tables: Vec<Table<R::Key, I>>,
    ranges: &[Range<usize>],
    mut ids: &mut [I],
) -> Result<Vec<I>> {
    let mut tables = tables.into_iter();
    let Some(mut all) = tables.next() else { return Ok(Vec::new()) };
    ids = &mut ids[ranges[0].len()..];
    let mut later = Vec::new();
    for (table, range) in tables.zip(&ranges[1..]) {
        let pairs = table.keys.iter().zip(&table.first);
        let numbers: Vec<I> = pairs
            .map(|(key, row)| all.insert(rows, rows.hash(*key), *key, row.to_usize()))
            .collect::<Result<_>>()?;
        let (own, rest) = ids.split_at_mut(range.len());
        ids = rest;
        if numbers.iter().enumerate().any(|(old, new)| new.to_usize() != old) {
            later.push((own, numbers));
        }
    }
    tasks::each(later, |(ids, numbers)| {
        for id in ids {
            *id = numbers[id.to_usize()];
        }
    });
    Ok(all.first)
}

/// Keys numbered in the order in which they come.
struct Table<K, I> {
    /// A power of two of them, at most half of which are used.
    slots: Vec<Slot<I>>,
    keys: Vec<K>,
    first: Vec<I>,
}

#[derive(Clone, Copy)]
struct Slot<I> {
    hash: u32,
    number: I,
}

impl<K: Copy, I: Idx> Table<K, I> {
    fn new() -> Result<Self> {
        let mut table = Table { slots: Vec::new(), keys: Vec::new(), first: Vec::new() };
        table.grow(64)?;
        Ok(table)
    }

    /// The number of a key.
    #[inline]
    fn insert<R: Rows<Key = K>>(&mut self, rows: &R, hash: u32, key: K, row: usize) -> Result<I> {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.number.is_none() {
                return self.add(place, hash, key, row);
            }
            if slot.hash == hash && rows.equal(self.keys[slot.number.to_usize()], key) {
                return Ok(slot.number);
            }
            place = (place + 1) & mask;
        }
    }

    #[cold]
    fn add(&mut self, place: usize, hash: u32, key: K, row: usize) -> Result<I> {
        let number = I::from_usize(self.keys.len());
        self.slots[place] = Slot { hash, number };
        self.keys.push(key);
        self.first.push(I::from_usize(row));
        if self.keys.len() * 2 > self.slots.len() {
            self.grow(self.slots.len() * 2)?;
        }
        Ok(number)
    }

    fn grow(&mut self, size: usize) -> Result<()> {
        let mut slots = Vec::new();
        let reserved = slots.try_reserve_exact(size).and_then(|()| {
            self.keys.try_reserve(size / 2 + 1 - self.keys.len())?;
            self.first.try_reserve(size / 2 + 1 - self.first.len())
        });
        reserved.map_err(|_| {
            let slot = size_of::<Slot<I>>() + size_of::<K>() / 2 + size_of::<I>() / 2;
            Error::Memory {
                operation: "groups".into(),
                bytes: (size * slot) as u64,
                available: None,
            }
        })?;
        slots.resize(size, Slot { hash: 0, number: I::NONE });
        for slot in self.slots.iter().filter(|slot| !slot.number.is_none()) {
            let mut place = slot.hash as usize & (size - 1);
            while !slots[place].number.is_none() {
                place = (place + 1) & (size - 1);
            }
            slots[place] = *slot;
        }
        self.slots = slots;
        Ok(())
    }
}
