//! Stable radix sort of integer codes, on all threads, with or without row numbers.
//!
//! Codes and row numbers are in arrays of their own, so a 32-bit row number next to a 64-bit code
//! takes 12 bytes and not 16. The first pass deals the codes out by their highest bits into parts
//! that fit the second-level cache; each part is then sorted by as many of its highest differing
//! bits as tell most codes apart, and what these bits leave equal by the rest.

use rayon::prelude::*;

use super::tasks;

use crate::error::Result;
use crate::idx::Idx;
use crate::interrupt::Interrupt;

/// An integer that is sorted by its value.
pub(super) trait Code: Copy + Default + Ord + Send + Sync {
    /// Takes the low bits.
    fn of(wide: u64) -> Self;
    /// All bits.
    fn wide(self) -> u64;
}

impl Code for u32 {
    #[inline]
    fn of(wide: u64) -> Self {
        wide as u32
    }

    #[inline]
    fn wide(self) -> u64 {
        u64::from(self)
    }
}

impl Code for u64 {
    #[inline]
    fn of(wide: u64) -> Self {
        wide
    }

    #[inline]
    fn wide(self) -> u64 {
        self
    }
}

/// What moves with a code: a row number, or nothing.
pub(super) trait Load: Copy + Default + Ord + Send + Sync {
    /// The load of a row.
    fn of(row: usize) -> Self;
}

impl Load for () {
    fn of(_: usize) -> Self {}
}

impl<I: Idx> Load for I {
    #[inline]
    fn of(row: usize) -> Self {
        I::from_usize(row)
    }
}

/// Writes the codes of the rows from the given one.
pub(super) type Source<'a, C> = dyn Fn(usize, &mut [C]) + Sync + 'a;

/// Writes the codes and loads of the rows from the given one.
type Fill<'a, C, L> = dyn Fn(usize, &mut [C], &mut [L]) + Sync + 'a;

/// Codes in a buffer on the stack while they are counted and dealt out.
const BLOCK: usize = 512;
/// About so many codes are in a part: with their loads and a copy they fit the second-level cache.
const PART_BITS: u32 = 14;
/// No pass has more digits than 2 to this power: each needs a cache line to write to.
const DIGIT_BITS: u32 = 11;
/// The first pass counts by so many bits, and puts neighbours together until parts are alike: floats
/// share most of their highest bits.
const FINE_BITS: u32 = 13;
/// So few codes are sorted by comparisons.
const FEW: usize = 96;
/// Larger parts of parts are dealt out by all threads again.
const LARGE: usize = 1 << 19;
/// Every so many codes, a thread asks whether to stop.
const PATIENCE: usize = 1 << 20;

/// The codes of `len` rows in order, and their loads. Equal codes keep their order. The codes have
/// at most `bits` bits.
///
/// # Errors
/// [`crate::Error::Interrupted`].
pub(super) fn sorted<C: Code, L: Load>(
    len: usize,
    bits: u32,
    source: &Source<'_, C>,
    stop: &Interrupt,
) -> Result<(Vec<C>, Vec<L>)> {
    let fill = |start: usize, codes: &mut [C], loads: &mut [L]| {
        source(start, codes);
        for (row, load) in loads.iter_mut().enumerate() {
            *load = L::of(start + row);
        }
    };
    let mut codes = Vec::with_capacity(len);
    let mut loads = Vec::with_capacity(len);
    if bits == 0 || len < LARGE {
        // One part: there is nothing to deal out.
        codes.resize(len, C::default());
        loads.resize(len, L::default());
        fill(0, &mut codes, &mut loads);
        sort(&mut codes, &mut loads, stop);
    } else {
        let deal = Deal::new(bits, stop);
        let bounds = deal.run(len, &fill, codes.as_mut_ptr(), loads.as_mut_ptr());
        stop.check()?;
        // SAFETY: `run` has written each of the `len` places, since it has not been stopped.
        unsafe {
            codes.set_len(len);
            loads.set_len(len);
        }
        sort_parts(&mut codes, &mut loads, &bounds, deal.shift, stop);
    }
    stop.check()?;
    Ok((codes, loads))
}

/// A pass that puts each code into the part of its digit, in order, on all threads.
struct Deal<'a> {
    shift: u32,
    digits: u32,
    stop: &'a Interrupt,
}

/// Where several threads write, each to places of its own.
struct Places<T>(*mut T);

// SAFETY: threads write only to places that no other thread reads or writes; see `Deal::run`.
unsafe impl<T: Send> Sync for Places<T> {}

impl<'a> Deal<'a> {
    /// By the highest of so many bits.
    fn new(bits: u32, stop: &'a Interrupt) -> Self {
        let digits = if bits <= DIGIT_BITS { bits } else { bits.min(FINE_BITS) };
        Deal { shift: bits - digits, digits, stop }
    }

    /// The part of each digit: a part of its own if the digits are all bits of the codes, otherwise
    /// the same part for neighbours that have few codes together.
    fn parts(&self, len: usize, counts: &[Vec<usize>]) -> Vec<u16> {
        let enough = len >> len.ilog2().saturating_sub(PART_BITS).min(DIGIT_BITS - 2);
        let (mut part, mut size) = (0, 0);
        (0..1usize << self.digits)
            .map(|digit| {
                let count: usize = counts.iter().map(|counts| counts[digit]).sum();
                if digit > 0 && (self.shift == 0 || size + count > enough) {
                    part += 1;
                    size = 0;
                }
                size += count;
                part
            })
            .collect()
    }

    /// Deals out `len` codes and returns where each part starts, with the end. The pointers have
    /// room for `len` values. Places may be left unwritten after a stop.
    fn run<C: Code, L: Load>(
        &self,
        len: usize,
        fill: &Fill<'_, C, L>,
        codes: *mut C,
        loads: *mut L,
    ) -> Vec<usize> {
        let tasks = (rayon::current_num_threads() * 4).clamp(1, len.div_ceil(BLOCK).max(1));
        let rows = len.div_ceil(tasks).next_multiple_of(BLOCK);
        let each = |task: usize| (task * rows).min(len)..((task + 1) * rows).min(len);
        let mut counts: Vec<Vec<usize>> = (0..tasks)
            .into_par_iter()
            .map(|task| {
                let mut counts = vec![0; 1 << self.digits];
                self.blocks::<C, L>(each(task), fill, |codes, _| {
                    for code in codes {
                        counts[self.digit(*code)] += 1;
                    }
                });
                counts
            })
            .collect();
        let part_of = self.parts(len, &counts);
        let parts = part_of.last().map_or(0, |last| usize::from(*last) + 1);
        for counts in &mut counts {
            for digit in 0..part_of.len() {
                let count = std::mem::take(&mut counts[digit]);
                counts[usize::from(part_of[digit])] += count;
            }
        }
        // From counts to the place of the first code of each task and part.
        let mut bounds = Vec::with_capacity(parts + 1);
        let mut next = 0;
        for part in 0..parts {
            bounds.push(next);
            for counts in &mut counts {
                next += std::mem::replace(&mut counts[part], next);
            }
        }
        bounds.push(next);
        let (codes, loads) = (Places(codes), Places(loads));
        tasks::each(counts.iter_mut().enumerate(), |(task, places)| {
            let (all_codes, all_loads) = (&codes, &loads);
            self.blocks::<C, L>(each(task), fill, |codes, loads| {
                for (code, load) in codes.iter().zip(loads) {
                    let place = &mut places[usize::from(part_of[self.digit(*code)])];
                    if *place < len {
                        // SAFETY: the check keeps the place inside the room, and each place is of
                        // one task: the counts of all tasks and parts add up to at most `len`, the
                        // places of a task and part start where those before them end, and the
                        // source gives the same codes as when they were counted.
                        unsafe {
                            all_codes.0.add(*place).write(*code);
                            all_loads.0.add(*place).write(*load);
                        }
                    }
                    *place += 1;
                }
            });
        });
        bounds
    }

    #[inline]
    fn digit<C: Code>(&self, code: C) -> usize {
        (code.wide() >> self.shift) as usize & ((1 << self.digits) - 1)
    }

    /// Calls `visit` with block after block of codes and loads.
    #[inline]
    fn blocks<C: Code, L: Load>(
        &self,
        rows: std::ops::Range<usize>,
        fill: &Fill<'_, C, L>,
        mut visit: impl FnMut(&[C], &[L]),
    ) {
        let mut codes = [C::default(); BLOCK];
        let mut loads = [L::default(); BLOCK];
        for start in rows.clone().step_by(BLOCK) {
            let count = BLOCK.min(rows.end - start);
            if start % PATIENCE < BLOCK && self.stop.is_set() {
                return;
            }
            fill(start, &mut codes[..count], &mut loads[..count]);
            visit(&codes[..count], &loads[..count]);
        }
    }
}

/// Sorts parts of codes that are equal in all bits above `bits`.
fn sort_parts<C: Code, L: Load>(
    codes: &mut [C],
    loads: &mut [L],
    bounds: &[usize],
    bits: u32,
    stop: &Interrupt,
) {
    if bits == 0 {
        return;
    }
    let (mut rest_codes, mut rest_loads) = (codes, loads);
    let mut parts = Vec::with_capacity(bounds.len());
    for pair in bounds.windows(2) {
        let (codes, after) = rest_codes.split_at_mut(pair[1] - pair[0]);
        rest_codes = after;
        let (loads, after) = rest_loads.split_at_mut(pair[1] - pair[0]);
        rest_loads = after;
        if codes.len() > LARGE {
            sort(codes, loads, stop);
        } else if codes.len() > 1 {
            parts.push((codes, loads));
        }
    }
    parts.into_par_iter().for_each_init(Scratch::default, |scratch, (codes, loads)| {
        if !stop.is_set() {
            scratch.sort(codes, loads);
        }
    });
}

/// Sorts codes with their loads, which ascend; on all threads if they are many. They may be in any
/// order after a stop.
pub(super) fn sort<C: Code, L: Load>(codes: &mut [C], loads: &mut [L], stop: &Interrupt) {
    let len = codes.len();
    if len < LARGE {
        return Scratch::default().sort(codes, loads);
    }
    let bits = differing(codes);
    if bits == 0 || stop.is_set() {
        return;
    }
    let deal = Deal::new(bits, stop);
    let mut dealt_codes = Vec::with_capacity(len);
    let mut dealt_loads = Vec::with_capacity(len);
    let fill = |start: usize, some_codes: &mut [C], some_loads: &mut [L]| {
        some_codes.copy_from_slice(&codes[start..start + some_codes.len()]);
        some_loads.copy_from_slice(&loads[start..start + some_loads.len()]);
    };
    let bounds = deal.run(len, &fill, dealt_codes.as_mut_ptr(), dealt_loads.as_mut_ptr());
    if stop.is_set() {
        return;
    }
    // SAFETY: `run` has written each of the `len` places, since it has not been stopped: it asks
    // the same question, and nothing takes a stop back.
    unsafe {
        dealt_codes.set_len(len);
        dealt_loads.set_len(len);
    }
    copy(codes, &dealt_codes);
    copy(loads, &dealt_loads);
    drop((dealt_codes, dealt_loads));
    sort_parts(codes, loads, &bounds, deal.shift, stop);
}

fn copy<T: Copy + Send + Sync>(to: &mut [T], from: &[T]) {
    const ROWS: usize = 1 << 16;
    tasks::each(to.chunks_mut(ROWS).zip(from.chunks(ROWS)), |(to, from)| {
        to.copy_from_slice(from);
    });
}

/// The number of low bits in which the codes differ; 0 too if they are in order.
fn differing<C: Code>(codes: &[C]) -> u32 {
    let first = codes[0];
    let (mut low, mut high) = (first, first);
    for code in codes {
        low = low.min(*code);
        high = high.max(*code);
    }
    if codes.is_sorted() { 0 } else { u64::BITS - (low.wide() ^ high.wide()).leading_zeros() }
}

/// The memory with which one thread sorts part after part.
struct Scratch<C, L> {
    codes: Vec<C>,
    loads: Vec<L>,
    pairs: Vec<(C, L)>,
    counts: Vec<u32>,
}

impl<C, L> Default for Scratch<C, L> {
    fn default() -> Self {
        Scratch { codes: Vec::new(), loads: Vec::new(), pairs: Vec::new(), counts: Vec::new() }
    }
}

impl<C: Code, L: Load> Scratch<C, L> {
    /// Sorts one part.
    fn sort(&mut self, codes: &mut [C], loads: &mut [L]) {
        let len = codes.len();
        if len <= FEW {
            return self.sort_few(codes, loads);
        }
        let bits = differing(codes);
        if bits == 0 {
            return;
        }
        // With some more bits than the rows have, few codes are equal in them.
        let window = bits.min(len.ilog2() + 6);
        let passes = window.div_ceil(DIGIT_BITS);
        let digits = window.div_ceil(passes);
        let lowest = (bits).saturating_sub(digits * passes);
        if self.codes.len() < len {
            self.codes.resize(len, C::default());
            self.loads.resize(len, L::default());
        }
        self.passes(codes, loads, lowest, digits, passes);
        if lowest > 0 {
            self.sort_equal(codes, loads, lowest);
        }
    }

    /// Sorts by `passes` digits, the lowest of which starts at bit `lowest`.
    fn passes(&mut self, codes: &mut [C], loads: &mut [L], lowest: u32, digits: u32, passes: u32) {
        let len = codes.len();
        let size = 1usize << digits;
        let digit =
            |code: C, pass: u32| (code.wide() >> (lowest + pass * digits)) as usize & (size - 1);
        self.counts.clear();
        self.counts.resize(size * passes as usize, 0);
        for code in codes.iter() {
            for pass in 0..passes {
                self.counts[pass as usize * size + digit(*code, pass)] += 1;
            }
        }
        let (mut from, mut to) = ((codes, loads), (&mut self.codes[..len], &mut self.loads[..len]));
        let mut moved = 0;
        for pass in 0..passes {
            let places = &mut self.counts[pass as usize * size..][..size];
            if places[digit(from.0[0], pass)] as usize == len {
                continue;
            }
            let mut next = 0;
            for place in places.iter_mut() {
                next += std::mem::replace(place, next);
            }
            for (code, load) in from.0.iter().zip(from.1.iter()) {
                let place = &mut places[digit(*code, pass)];
                // SAFETY: the counts of all digits add up to `len`, and the places of each digit
                // start where those of the one before it end; the codes are those that have been
                // counted, because nothing else can write to them meanwhile.
                unsafe {
                    *to.0.get_unchecked_mut(*place as usize) = *code;
                    *to.1.get_unchecked_mut(*place as usize) = *load;
                }
                *place += 1;
            }
            std::mem::swap(&mut from, &mut to);
            moved += 1;
        }
        if moved % 2 == 1 {
            // The result is in the scratch memory.
            to.0.copy_from_slice(from.0);
            to.1.copy_from_slice(from.1);
        }
    }

    /// Sorts codes that are in order without their lowest bits.
    fn sort_equal(&mut self, codes: &mut [C], loads: &mut [L], lowest: u32) {
        let mut start = 0;
        for end in 1..=codes.len() {
            let same =
                end < codes.len() && (codes[end - 1].wide() ^ codes[end].wide()) >> lowest == 0;
            if same {
                continue;
            }
            if end - start > 1 {
                self.sort(&mut codes[start..end], &mut loads[start..end]);
            }
            start = end;
        }
    }

    /// Sorts by comparisons.
    fn sort_few(&mut self, codes: &mut [C], loads: &mut [L]) {
        if codes.len() <= 20 {
            for end in 1..codes.len() {
                let (code, load) = (codes[end], loads[end]);
                let mut place = end;
                while place > 0 && codes[place - 1] > code {
                    codes[place] = codes[place - 1];
                    loads[place] = loads[place - 1];
                    place -= 1;
                }
                codes[place] = code;
                loads[place] = load;
            }
            return;
        }
        if codes.is_sorted() {
            return;
        }
        self.pairs.clear();
        self.pairs.extend(codes.iter().copied().zip(loads.iter().copied()));
        // Loads ascend before a part is sorted, so they keep the order of equal codes.
        self.pairs.sort_unstable();
        for (place, (code, load)) in self.pairs.iter().enumerate() {
            codes[place] = *code;
            loads[place] = *load;
        }
    }
}
