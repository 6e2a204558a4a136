//! Stable radix sort of integer codes, on all threads, with or without row numbers.
//!
//! Codes and row numbers are in arrays of their own, so a 32-bit row number next to a 64-bit code
//! takes 12 bytes and not 16. The first pass deals the codes out by their highest bits into parts
//! that fit the second-level cache, with more bits where many codes share these; each part is then
//! sorted by as many of its highest differing bits as tell most codes apart, and what these bits
//! leave equal by the rest.

mod code;
mod deal;
mod scratch;
mod slots;

use rayon::prelude::*;

use self::code::differing;
pub(super) use self::code::{Code, Load, Source};
use self::deal::Deal;
use self::scratch::Scratch;
use super::tasks;
use crate::error::Result;
use crate::interrupt::Interrupt;

/// Larger parts of parts are dealt out by all threads again.
const LARGE: usize = 1 << 19;
/// Rows that one task copies or changes.
const ROWS: usize = 1 << 16;

/// Changes codes that are in their places, in any pieces.
type Change<'a, C> = dyn Fn(&mut [C]) + Sync + 'a;

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
    sorted_then(len, bits, source, &|_| {}, stop)
}

/// The codes of `len` rows in order and changed, while they are still in the cache.
///
/// # Errors
/// [`crate::Error::Interrupted`].
pub(super) fn sorted_and_changed<C: Code>(
    len: usize,
    bits: u32,
    source: &Source<'_, C>,
    change: &Change<'_, C>,
    stop: &Interrupt,
) -> Result<Vec<C>> {
    sorted_then::<C, ()>(len, bits, source, change, stop).map(|(codes, _)| codes)
}

fn sorted_then<C: Code, L: Load>(
    len: usize,
    bits: u32,
    source: &Source<'_, C>,
    change: &Change<'_, C>,
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
        tasks::each(codes.chunks_mut(ROWS), change);
    } else {
        let deal = Deal::new(bits, len, &fill, stop);
        let bounds = deal.run(len, &fill, codes.as_mut_ptr(), loads.as_mut_ptr());
        stop.check()?;
        // SAFETY: `run` has written each of the `len` places, since it has not been stopped.
        unsafe {
            codes.set_len(len);
            loads.set_len(len);
        }
        deal.sort_parts(&mut codes, &mut loads, &bounds, change);
    }
    stop.check()?;
    Ok((codes, loads))
}

impl Deal<'_> {
    /// Sorts the parts, and changes the codes of each.
    fn sort_parts<C: Code, L: Load>(
        &self,
        codes: &mut [C],
        loads: &mut [L],
        bounds: &[usize],
        change: &Change<'_, C>,
    ) {
        if self.is_exact() {
            return tasks::each(codes.chunks_mut(ROWS), change);
        }
        let (mut rest_codes, mut rest_loads) = (codes, loads);
        let mut parts = Vec::with_capacity(bounds.len());
        for pair in bounds.windows(2) {
            let (codes, after) = rest_codes.split_at_mut(pair[1] - pair[0]);
            rest_codes = after;
            let (loads, after) = rest_loads.split_at_mut(pair[1] - pair[0]);
            rest_loads = after;
            if codes.len() > LARGE {
                sort(codes, loads, self.stop);
                tasks::each(codes.chunks_mut(ROWS), change);
            } else if !codes.is_empty() {
                parts.push((codes, loads));
            }
        }
        parts.into_par_iter().for_each_init(Scratch::default, |scratch, (codes, loads)| {
            if !self.stop.is_set() {
                scratch.sort(codes, loads);
                change(codes);
            }
        });
    }
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
    let mut dealt_codes = Vec::with_capacity(len);
    let mut dealt_loads = Vec::with_capacity(len);
    let fill = |start: usize, some_codes: &mut [C], some_loads: &mut [L]| {
        some_codes.copy_from_slice(&codes[start..start + some_codes.len()]);
        some_loads.copy_from_slice(&loads[start..start + some_loads.len()]);
    };
    let deal = Deal::new(bits, len, &fill, stop);
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
    deal.sort_parts(codes, loads, &bounds, &|_| {});
}

fn copy<T: Copy + Send + Sync>(to: &mut [T], from: &[T]) {
    tasks::each(to.chunks_mut(ROWS).zip(from.chunks(ROWS)), |(to, from)| {
        to.copy_from_slice(from);
    });
}
