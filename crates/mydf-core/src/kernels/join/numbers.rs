//! Small numbers for keys of any width: each key's number is the first row that has it.

use arrow_array::cast::AsArray;
use arrow_array::{Array, StringViewArray};
use rayon::prelude::*;

use super::super::pieces::in_tasks;
use super::super::strings::Texts;
use super::partition::{Coded, Partitions, useful};
use super::side::{BLOCK, Block, Side};
use crate::column::Column;
use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;

/// Keys whose codes are hashes.
pub(super) trait Hashed: Coded {
    /// Whether a row's key equals that of a row of `known` with an equal hash.
    fn same(&self, row: usize, known: &Self, known_row: usize) -> bool;
}

/// Codes of 64 bits, mixed so that no two become equal.
pub(super) struct Mixed<'a, I>(pub(super) &'a Side<I>);

#[inline]
fn mixed(code: u64) -> u64 {
    // Each step has an inverse, so equal hashes mean equal codes.
    let code = (code ^ (code >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let code = (code ^ (code >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    code ^ (code >> 32)
}

impl<I: Idx> Coded for Mixed<'_, I> {
    fn len(&self) -> usize {
        self.0.len
    }

    #[inline]
    fn blocks(&self, start: usize, len: usize, mut visit: impl FnMut(usize, usize, &mut Block)) {
        self.0.blocks(start, len, |start, len, block| {
            block.codes[..len].iter_mut().for_each(|code| *code = mixed(*code));
            visit(start, len, block);
        });
    }
}

impl<I: Idx> Hashed for Mixed<'_, I> {
    #[inline]
    fn same(&self, _row: usize, _known: &Self, _known_row: usize) -> bool {
        true
    }
}

/// Pairs of codes that don't fit into 64 bits together.
pub(super) struct Pairs<'a, I>(pub(super) &'a Side<I>, pub(super) &'a Side<I>);

impl<I: Idx> Coded for Pairs<'_, I> {
    fn len(&self) -> usize {
        self.0.len
    }

    fn blocks(&self, start: usize, len: usize, mut visit: impl FnMut(usize, usize, &mut Block)) {
        self.0.blocks(start, len, |start, len, left| {
            self.1.blocks(start, len, |start, len, right| {
                for place in 0..len {
                    let code = mixed(left.codes[place]).wrapping_add(right.codes[place]);
                    right.codes[place] = mixed(code);
                    right.found[place] &= left.found[place];
                }
                visit(start, len, right);
            });
        });
    }
}

impl<I: Idx> Hashed for Pairs<'_, I> {
    fn same(&self, row: usize, known: &Self, known_row: usize) -> bool {
        self.0.code(row) == known.0.code(known_row) && self.1.code(row) == known.1.code(known_row)
    }
}

/// Texts, by their views.
pub(super) struct TextKeys<'a> {
    array: &'a StringViewArray,
    texts: Texts<'a>,
}

impl<'a> TextKeys<'a> {
    pub(super) fn new(column: &'a Column) -> Self {
        let array = column.values().as_string_view();
        TextKeys { array, texts: Texts::new(array) }
    }
}

impl Coded for TextKeys<'_> {
    fn len(&self) -> usize {
        self.array.len()
    }

    #[inline]
    fn blocks(&self, start: usize, len: usize, mut visit: impl FnMut(usize, usize, &mut Block)) {
        let mut block = Block { codes: [0; BLOCK], found: [true; BLOCK] };
        let end = start + len;
        for start in (start..end).step_by(BLOCK) {
            let len = BLOCK.min(end - start);
            if let Some(nulls) = self.array.nulls() {
                for place in 0..len {
                    block.found[place] = nulls.is_valid(start + place);
                }
            }
            for place in 0..len {
                // The view under a null may be anything, and point nowhere.
                if block.found[place] {
                    block.codes[place] = self.texts.hash_of(start + place);
                }
            }
            visit(start, len, &mut block);
        }
    }
}

impl Hashed for TextKeys<'_> {
    #[inline]
    fn same(&self, row: usize, known: &Self, known_row: usize) -> bool {
        self.texts.same(row, &known.texts, known_row)
    }
}

/// The number of each row's key among the keys of `known`: the first row there that has it;
/// [`Idx::NONE`] for a null and for a key that is not there.
pub(super) fn numbered<I: Idx, K: Hashed>(
    stop: &Interrupt,
    known: &K,
    other: &K,
) -> Result<(Vec<I>, Vec<I>)> {
    // The rows in their partitions, at most three slots for each, and the numbers of both sides.
    let entry = size_of::<(u64, I)>() as u64;
    let numbers = size_of::<I>() as u64;
    let known_bytes = known.len() as u64 * (4 * entry + numbers);
    memory::check("join", known_bytes + other.len() as u64 * numbers)?;
    let count = useful(known.len());
    // Without bits for the partition, all 64 are shifted out.
    let part = |hash: u64| hash.checked_shr(64 - count.trailing_zeros()).unwrap_or(0) as usize;
    let partitions = Partitions::<I>::new(stop, known, count, part)?;
    let numbers: Vec<I::Atomic> =
        (0..known.len()).into_par_iter().map(|_| I::NONE.shared()).collect();
    let tables: Vec<Table<I>> = partitions
        .parts()
        .into_par_iter()
        .map(|rows| {
            stop.check()?;
            let mut table = Table::new(rows.len());
            for (hash, row) in rows {
                let same = |number: I| known.same(row.to_usize(), known, number.to_usize());
                I::store(&numbers[row.to_usize()], table.insert(*hash, *row, same));
            }
            Ok(table)
        })
        .collect::<Result<_>>()?;
    drop(partitions);
    let known_numbers = numbers.into_iter().map(I::unshared).collect();
    let other_numbers = in_tasks(stop, other.len(), |start, len, piece| {
        let mut first = [(0, I::NONE); BLOCK];
        other.blocks(start, len, |start, len, block| {
            let hashes = &block.codes[..len];
            // Most keys are in their first slot or not at all. These reads don't depend on each
            // other, so the processor waits for many of them at once.
            for (slot, hash) in first.iter_mut().zip(hashes) {
                *slot = tables[part(*hash)].first(*hash);
            }
            for (place, hash) in hashes.iter().enumerate() {
                let same = |number: I| other.same(start + place, known, number.to_usize());
                let (slot_hash, number) = first[place];
                piece.push(if !block.found[place] || number.is_none() {
                    I::NONE
                } else if slot_hash == *hash && same(number) {
                    number
                } else {
                    tables[part(*hash)].find(*hash, same)
                });
            }
        });
    })?;
    Ok((known_numbers, other_numbers))
}

/// Hashes with the first row that has each key, in slots one after the other from the hash's own.
struct Table<I> {
    slots: Vec<(u64, I)>,
}

impl<I: Idx> Table<I> {
    fn new(rows: usize) -> Self {
        // At least a third of the slots stays empty, so that a search ends soon.
        let slots = (rows + rows / 2 + 1).next_power_of_two();
        Table { slots: vec![(0, I::NONE); slots] }
    }

    #[inline]
    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    #[inline]
    fn first(&self, hash: u64) -> (u64, I) {
        self.slots[self.place(hash)]
    }

    /// The slot of a key, or the empty one that would be its own.
    #[inline]
    fn slot(&self, hash: u64, same: impl Fn(I) -> bool) -> usize {
        let mut place = self.place(hash);
        loop {
            let (slot_hash, row) = self.slots[place];
            if row.is_none() || (slot_hash == hash && same(row)) {
                return place;
            }
            place = (place + 1) & (self.slots.len() - 1);
        }
    }

    /// The first row with this row's key.
    #[inline]
    fn insert(&mut self, hash: u64, row: I, same: impl Fn(I) -> bool) -> I {
        let place = self.slot(hash, same);
        let slot = &mut self.slots[place];
        if slot.1.is_none() {
            *slot = (hash, row);
        }
        slot.1
    }

    #[inline]
    fn find(&self, hash: u64, same: impl Fn(I) -> bool) -> I {
        self.slots[self.slot(hash, same)].1
    }
}
