//! A pass over all codes that puts each into its part.

use super::code::{Code, Fill, Load};
use super::slots::{SAMPLE, Slots, enough};
use crate::interrupt::Interrupt;
use crate::kernels::tasks;

/// Codes in a buffer on the stack while they are counted and dealt out.
const BLOCK: usize = 512;
/// Every so many codes, a thread asks whether to stop.
const PATIENCE: usize = 1 << 20;

/// A pass that puts each code into the part of its slot, in order, on all threads.
pub(super) struct Deal<'a> {
    slots: Slots,
    pub(super) stop: &'a Interrupt,
}

/// Where several threads write, each to places of its own.
struct Places<T>(*mut T);

// SAFETY: threads write only to places that no other thread reads or writes; see `Deal::run`.
unsafe impl<T: Send> Sync for Places<T> {}

impl<'a> Deal<'a> {
    /// By the highest of so many bits of `len` codes.
    pub(super) fn new<C: Code, L: Load>(
        bits: u32,
        len: usize,
        fill: &Fill<'_, C, L>,
        stop: &'a Interrupt,
    ) -> Self {
        let apart = (len / SAMPLE).max(1);
        let sample: Vec<u64> = (0..SAMPLE.min(len))
            .map(|step| {
                // Not always the same distance: codes often repeat themselves after some rows.
                let jitter = step.wrapping_mul(0x9e37_79b9) >> 8;
                let (mut code, mut load) = ([C::default()], [L::default()]);
                fill(step * apart + jitter % apart, &mut code, &mut load);
                code[0].wide()
            })
            .collect();
        Deal { slots: Slots::new(bits, len, &sample), stop }
    }

    /// Whether the codes of a part are all equal.
    pub(super) fn is_exact(&self) -> bool {
        self.slots.is_exact()
    }

    /// The part of each slot: a part of its own if all its codes are equal, otherwise the same part
    /// for neighbours that have few codes together.
    fn parts(&self, len: usize, counts: &[Vec<usize>]) -> Vec<u16> {
        let enough = enough(len);
        let (mut part, mut size) = (0, 0);
        (0..self.slots.count)
            .map(|slot| {
                let count: usize = counts.iter().map(|counts| counts[slot]).sum();
                if slot > 0 && (self.is_exact() || size + count > enough) {
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
    pub(super) fn run<C: Code, L: Load>(
        &self,
        len: usize,
        fill: &Fill<'_, C, L>,
        codes: *mut C,
        loads: *mut L,
    ) -> Vec<usize> {
        let tasks = (rayon::current_num_threads() * 4).clamp(1, len.div_ceil(BLOCK).max(1));
        let rows = len.div_ceil(tasks).next_multiple_of(BLOCK);
        let each = |task: usize| (task * rows).min(len)..((task + 1) * rows).min(len);
        let mut counts: Vec<Vec<usize>> = tasks::map(0..tasks, |task| {
            let mut counts = vec![0; self.slots.count];
            self.blocks::<C, L>(each(task), fill, |codes, _| {
                for code in codes {
                    counts[self.slots.of(*code)] += 1;
                }
            });
            counts
        });
        let part_of = self.parts(len, &counts);
        let parts = part_of.last().map_or(0, |last| usize::from(*last) + 1);
        for counts in &mut counts {
            for slot in 0..part_of.len() {
                let count = std::mem::take(&mut counts[slot]);
                counts[usize::from(part_of[slot])] += count;
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
                    let place = &mut places[usize::from(part_of[self.slots.of(*code)])];
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
