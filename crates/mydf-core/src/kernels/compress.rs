//! The values whose bits are set, one after the other: 64 rows and one word of the mask at a time.
//!
//! Values of 4 and 8 bytes use AVX2 if the runtime is compiled for it. All others, and all of them
//! in other runtimes, move eight values for each byte of the mask without a branch. Neither uses
//! `pext`, which takes hundreds of cycles on AMD's processors before Zen 3.

use std::mem::MaybeUninit;

/// For each byte: the places of its set bits, in order, then zeros.
static PLACES: [[u8; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut bit, mut found) = (0, 0);
        while bit < 8 {
            if byte >> bit & 1 == 1 {
                table[byte][found] = bit;
                found += 1;
            }
            bit += 1;
        }
        byte += 1;
    }
    table
};

/// Writes the values whose bits are set. Each word has the bits of 64 values, of which the last
/// word may have fewer; `out` has the size of the result, and is initialised afterwards.
///
/// # Panics
/// If `out` has another size, or the number of words is not that of the values.
pub(super) fn compress<T: Copy>(values: &[T], words: &[u64], out: &mut [MaybeUninit<T>]) {
    let (blocks, rest) = values.as_chunks::<64>();
    assert_eq!(words.len(), values.len().div_ceil(64), "a word for each 64 values");
    let mut done = 0;
    for (block, &word) in blocks.iter().zip(words) {
        let left = &mut out[done..];
        if word == u64::MAX {
            left[..64].iter_mut().zip(block).for_each(|(to, from)| _ = to.write(*from));
        } else if word == 0 {
            continue;
        } else if let Some(room) = left.first_chunk_mut() {
            compress_block(block, word, room);
        } else {
            one_by_one(block, word, left);
        }
        done += word.count_ones() as usize;
    }
    if !rest.is_empty() {
        let word = words[words.len() - 1];
        one_by_one(rest, word, &mut out[done..]);
        done += word.count_ones() as usize;
    }
    assert_eq!(done, out.len(), "the size of the result is the number of set bits");
}

/// Where there is no room for more than the result.
fn one_by_one<T: Copy>(values: &[T], mut word: u64, out: &mut [MaybeUninit<T>]) {
    for place in out.iter_mut().take(word.count_ones() as usize) {
        place.write(values[word.trailing_zeros() as usize]);
        word &= word - 1;
    }
}

/// Writes whole groups of values, of which the next ones overwrite what is too much.
fn compress_block<T: Copy>(block: &[T; 64], word: u64, room: &mut [MaybeUninit<T>; 64]) {
    #[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
    match size_of::<T>() {
        // SAFETY: the values have 4 bytes.
        4 => return unsafe { avx2::fours(block, word, room) },
        // SAFETY: the values have 8 bytes.
        8 => return unsafe { avx2::eights(block, word, room) },
        _ => {}
    }
    let mut done = 0;
    for (group, byte) in word.to_le_bytes().into_iter().enumerate() {
        for (place, from) in PLACES[usize::from(byte)].into_iter().enumerate() {
            // Neither number can exceed 63, but this way the compiler sees it.
            room[(done + place) & 63].write(block[(8 * group + usize::from(from)) & 63]);
        }
        done += byte.count_ones() as usize;
    }
}

#[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
mod avx2 {
    use std::arch::x86_64::{
        _mm_loadl_epi64, _mm256_cvtepu8_epi32, _mm256_loadu_si256, _mm256_permutevar8x32_epi32,
        _mm256_storeu_si256,
    };
    use std::mem::MaybeUninit;

    use super::PLACES;

    /// For each half byte: the places of the two halves of each 8-byte value whose bit is set.
    static HALVES: [[u32; 8]; 16] = {
        let mut table = [[0; 8]; 16];
        let mut bits = 0;
        while bits < 16 {
            let mut place = 0;
            while place < 8 {
                // The bits below 16 have at most four places, which are all in the first half.
                let found = place / 2 < (bits as u32).count_ones() as usize;
                let from = 2 * PLACES[bits][place / 2] as u32;
                table[bits][place] = if found { from + place as u32 % 2 } else { 0 };
                place += 1;
            }
            bits += 1;
        }
        table
    };

    /// # Safety
    /// A value has 4 bytes.
    pub(super) unsafe fn fours<T>(block: &[T; 64], word: u64, room: &mut [MaybeUninit<T>; 64]) {
        let mut done = 0;
        for (group, byte) in word.to_le_bytes().into_iter().enumerate() {
            // SAFETY: the eight values of group 0 to 7 are inside the block. Each group before has
            // written at most eight, so `done` is at most `8 * group`, and eight more are inside
            // the room. Both need no alignment.
            unsafe {
                let values = _mm256_loadu_si256(block.as_ptr().add(8 * group).cast());
                let places = _mm_loadl_epi64(PLACES[usize::from(byte)].as_ptr().cast());
                let moved = _mm256_permutevar8x32_epi32(values, _mm256_cvtepu8_epi32(places));
                _mm256_storeu_si256(room.as_mut_ptr().add(done).cast(), moved);
            }
            done += byte.count_ones() as usize;
        }
    }

    /// # Safety
    /// A value has 8 bytes.
    pub(super) unsafe fn eights<T>(block: &[T; 64], word: u64, room: &mut [MaybeUninit<T>; 64]) {
        let mut done = 0;
        for group in 0..16 {
            let bits = (word >> (4 * group)) as usize & 15;
            // SAFETY: the four values of group 0 to 15 are inside the block. Each group before has
            // written at most four, so `done` is at most `4 * group`, and four more are inside the
            // room. Both need no alignment.
            unsafe {
                let values = _mm256_loadu_si256(block.as_ptr().add(4 * group).cast());
                let places = _mm256_loadu_si256(HALVES[bits].as_ptr().cast());
                let moved = _mm256_permutevar8x32_epi32(values, places);
                _mm256_storeu_si256(room.as_mut_ptr().add(done).cast(), moved);
            }
            done += bits.count_ones() as usize;
        }
    }
}

/// The bits of `values` at the places of the set bits of `mask`, one after the other from the lowest
/// (Hacker's Delight, section 7-4).
pub(super) fn compress_bits(values: u64, mask: u64) -> u64 {
    let (mut values, mut mask) = (values & mask, mask);
    if values == mask {
        // All set, the most frequent case among nulls.
        return u64::MAX.checked_shr(64 - mask.count_ones()).unwrap_or(0);
    }
    // The zeros to the right of each bit are the distance that it moves; each step adds one bit of
    // that distance.
    let mut zeros = !mask << 1;
    for step in 0..6 {
        let mut odd = zeros ^ (zeros << 1);
        odd ^= odd << 2;
        odd ^= odd << 4;
        odd ^= odd << 8;
        odd ^= odd << 16;
        odd ^= odd << 32;
        let moving = odd & mask;
        mask = mask ^ moving | moving >> (1 << step);
        let moved = values & moving;
        values = values ^ moved | moved >> (1 << step);
        zeros &= !odd;
    }
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compressed<T: Copy>(values: &[T], words: &[u64]) -> Vec<T> {
        let count = words.iter().map(|word| word.count_ones() as usize).sum();
        let mut out = Vec::with_capacity(count);
        compress(values, words, &mut out.spare_capacity_mut()[..count]);
        // SAFETY: `compress` has written all of them.
        unsafe { out.set_len(count) };
        out
    }

    fn check<T: Copy + PartialEq + std::fmt::Debug>(
        words: &[u64],
        rows: usize,
        of: fn(usize) -> T,
    ) {
        let values: Vec<T> = (0..rows).map(of).collect();
        let is_set = |row: &usize| words[row / 64] >> (row % 64) & 1 == 1;
        let expected: Vec<T> = (0..rows).filter(is_set).map(of).collect();
        assert_eq!(compressed(&values, words), expected);
    }

    fn word() -> impl Strategy<Value = u64> {
        prop_oneof![
            any::<u64>(),
            Just(0),
            Just(u64::MAX),
            (any::<u64>(), any::<u64>()).prop_map(|(a, b)| a & b),
            (0..64u32).prop_map(|bit| 1 << bit),
        ]
    }

    proptest! {
        #[test]
        fn moves_the_values_whose_bits_are_set(
            mut words in prop::collection::vec(word(), 0..5),
            missing in 0..64usize,
        ) {
            let rows = (64 * words.len()).saturating_sub(missing);
            words.truncate(rows.div_ceil(64));
            if let Some(last) = words.last_mut() {
                *last &= u64::MAX >> (64 * rows.div_ceil(64) - rows);
            }
            check::<u8>(&words, rows, |row| row as u8);
            check::<u16>(&words, rows, |row| row as u16);
            check::<u32>(&words, rows, |row| row as u32 * 0x0101_0101);
            check::<u64>(&words, rows, |row| row as u64 * 0x0101_0101_0101_0101);
            check::<u128>(&words, rows, |row| row as u128 | 7 << 100);
        }

        #[test]
        fn moves_bits(values in word(), mask in word()) {
            let places = (0..64).filter(|place| mask >> place & 1 == 1);
            let expected = places
                .enumerate()
                .fold(0, |bits, (to, from)| bits | (values >> from & 1) << to);
            assert_eq!(compress_bits(values, mask), expected);
        }
    }
}
