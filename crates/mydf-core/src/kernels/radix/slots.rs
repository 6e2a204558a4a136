//! Into how many slots a pass deals codes out, and which code goes into which slot.
//!
//! Codes are rarely even: floats share most of their highest bits. So a slot is the highest bits of a
//! code, and where a sample is dense, some of the bits below them too.

use super::code::Code;

/// About so many codes are in a part: with their loads and a copy they fit the second-level cache.
const PART_BITS: u32 = 14;
/// There are about 2 to this power parts, if that many are needed: each needs a cache line to write to.
const PARTS_BITS: u32 = 9;
/// A slot has so many of the highest bits: of a float, the sign and the exponent.
const HIGH_BITS: u32 = 12;
/// So many codes are looked at to find where they are dense.
pub(super) const SAMPLE: usize = 1 << 12;

/// The slots of codes: their highest bits, and more bits where many codes share these.
pub(super) struct Slots {
    /// The number of bits below the highest ones.
    shift: u32,
    /// Moves these to the top of the word.
    align: u32,
    table: Vec<Entry>,
    /// The number of slots.
    pub(super) count: usize,
}

/// The slots of all codes with the same highest bits.
#[derive(Clone, Copy)]
struct Entry {
    first: u32,
    /// 63 without the number of further bits.
    down: u32,
}

impl Slots {
    /// By the highest of `bits` bits, and by further ones where a sample of `len` codes is denser
    /// than a part.
    pub(super) fn new(bits: u32, len: usize, sample: &[u64]) -> Self {
        let high = bits.min(HIGH_BITS);
        let shift = bits - high;
        let mut seen = vec![0usize; 1 << high];
        for code in sample {
            seen[(code >> shift) as usize & ((1 << high) - 1)] += 1;
        }
        let mut count = 0;
        let table = seen
            .iter()
            .map(|seen| {
                // Twice as many slots as parts, so that neighbours make up parts of like size.
                let slots = 2 * seen * len / (sample.len() * enough(len));
                let more = (slots + 1).next_power_of_two().ilog2().min(shift);
                let first = count;
                count += 1 << more;
                Entry { first, down: u64::BITS - 1 - more }
            })
            .collect();
        Slots { shift, align: u64::BITS - shift, table, count: count as usize }
    }

    /// Whether the codes in a slot are all equal: their bits are all in the slot's number.
    pub(super) fn is_exact(&self) -> bool {
        self.shift == 0
    }

    /// The slot of a code; slots are in the order of their codes.
    #[inline]
    pub(super) fn of<C: Code>(&self, code: C) -> usize {
        let code = code.wide();
        let entry = self.table[(code >> self.shift) as usize & (self.table.len() - 1)];
        // Two shifts, because no single one can be by 64.
        let rest = (code << (self.align & 63)) >> 1 >> entry.down;
        (entry.first + rest as u32) as usize
    }
}

/// A part of `len` codes has about so many of them.
pub(super) fn enough(len: usize) -> usize {
    len >> len.ilog2().saturating_sub(PART_BITS).min(PARTS_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The slots of codes, which are in order.
    fn slots(bits: u32, codes: &[u64]) -> (Slots, Vec<usize>) {
        let slots = Slots::new(bits, codes.len(), codes);
        let found = codes.iter().map(|code| slots.of(*code)).collect();
        (slots, found)
    }

    #[test]
    fn slots_are_in_the_order_of_the_codes() {
        for bits in [1, 5, 11, 12, 13, 40, 63, 64] {
            let most = u64::MAX >> (u64::BITS - bits);
            for skew in [1u64, 3, 17] {
                let codes: Vec<u64> = (0..1u64 << 15)
                    .map(|step| {
                        let part = step as f64 / f64::from(1 << 15);
                        (most as f64 * part.powi(skew as i32)) as u64 & most
                    })
                    .collect();
                let mut codes = codes;
                codes.sort_unstable();
                let (slots, found) = slots(bits, &codes);
                assert!(found.is_sorted(), "{bits} bits, skew {skew}");
                assert!(*found.last().unwrap() < slots.count);
            }
        }
    }

    #[test]
    fn dense_codes_have_more_slots() {
        // Each code has the same 12 bits on top.
        let codes: Vec<u64> =
            (0..1u64 << 20).map(|step| 0xabc0_0000_0000_0000 | step << 32).collect();
        let (slots, found) = slots(64, &codes);
        let mut sizes = vec![0; slots.count];
        for slot in &found {
            sizes[*slot] += 1;
        }
        assert!(sizes.iter().max().unwrap() <= &enough(codes.len()));
        assert!(slots.count < 1 << 14);
    }

    #[test]
    fn bits_above_the_given_ones_do_not_count() {
        let codes: Vec<u64> = (0..1u64 << 12).collect();
        let slots = Slots::new(20, codes.len(), &codes);
        for code in codes {
            assert_eq!(slots.of(code), slots.of(code | 0xfff << 40));
        }
    }
}
