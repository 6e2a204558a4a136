//! Parts that one thread sorts.

use super::code::{Code, Load, differing};

/// No pass has more digits than 2 to this power: each needs a cache line to write to.
const DIGIT_BITS: u32 = 11;
/// So few codes are sorted by comparisons.
const FEW: usize = 96;

/// The memory with which one thread sorts part after part.
pub(super) struct Scratch<C, L> {
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
    pub(super) fn sort(&mut self, codes: &mut [C], loads: &mut [L]) {
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
