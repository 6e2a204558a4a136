//! Finds the ends of fields and records, 64 bytes at a time; the quote state carries over from
//! block to block.
//!
//! A block becomes one bit mask for each character of interest. The running XOR of the quote mask
//! marks the bytes inside quotes: a doubled quote closes and reopens them with nothing in between,
//! so it needs no special case.

use memchr::memchr_iter;

const BLOCK: usize = 64;

/// The two characters that structure a file. Both are ASCII, so neither is ever part of another
/// UTF-8 character.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    pub(super) separator: u8,
    pub(super) quote: Option<u8>,
}

/// Bit `i` of each mask stands for byte `i` of the block.
struct Masks {
    separator: u64,
    newline: u64,
    quote: u64,
}

#[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
fn equal_mask(block: &[u8; BLOCK], byte: u8) -> u64 {
    use std::arch::x86_64::{
        _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_set1_epi8,
    };
    let half = |start: usize| {
        // SAFETY: this function exists only where the crate is compiled for AVX2. `start` is 0 or
        // 32 of a block of 64 bytes, so that 32 can be read; the load takes any alignment.
        unsafe {
            let wanted = _mm256_set1_epi8(byte.cast_signed());
            let bytes = _mm256_loadu_si256(block.as_ptr().add(start).cast());
            _mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)).cast_unsigned()
        }
    };
    u64::from(half(0)) | u64::from(half(32)) << 32
}

#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
fn equal_mask(block: &[u8; BLOCK], byte: u8) -> u64 {
    use std::arch::x86_64::{_mm_cmpeq_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_set1_epi8};
    let quarter = |start: usize| {
        // SAFETY: SSE2 belongs to every x86-64 CPU. `start` is 0, 16, 32 or 48 of a block of 64
        // bytes, so that 16 can be read; the load takes any alignment.
        unsafe {
            let wanted = _mm_set1_epi8(byte.cast_signed());
            let bytes = _mm_loadu_si128(block.as_ptr().add(start).cast());
            _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted)).cast_unsigned()
        }
    };
    u64::from(quarter(0) | quarter(16) << 16) | u64::from(quarter(32) | quarter(48) << 16) << 32
}

#[cfg(not(target_arch = "x86_64"))]
fn equal_mask(block: &[u8; BLOCK], byte: u8) -> u64 {
    // Eight bytes per step, without a branch: a compiler for NEON vectorizes the comparison, and
    // the multiplication gathers the eight results into one byte.
    let mut mask = 0;
    for (part, bytes) in block.chunks_exact(8).enumerate() {
        let mut truth = [0_u8; 8];
        for (t, b) in truth.iter_mut().zip(bytes) {
            *t = u8::from(*b == byte);
        }
        let gathered = u64::from_le_bytes(truth).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= gathered << (part * 8);
    }
    mask
}

fn masks(block: &[u8; BLOCK], syntax: Syntax) -> Masks {
    Masks {
        separator: equal_mask(block, syntax.separator),
        newline: equal_mask(block, b'\n'),
        quote: syntax.quote.map_or(0, |quote| equal_mask(block, quote)),
    }
}

/// Bit `i` of the result is the XOR of bits `0..=i`.
fn running_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// What [`find_ends`] finds in addition to the ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Line ends outside quotes.
    pub(super) newlines: usize,
    /// The chunk contains a quote character.
    pub(super) quotes: bool,
    /// The chunk ends inside quotes.
    pub(super) open: bool,
}

/// Puts the position of every separator and line end outside quotes into `ends`.
///
/// The chunk starts outside quotes. It is smaller than 4 GiB (the caller cuts it so).
pub(super) fn find_ends(chunk: &[u8], syntax: Syntax, ends: &mut Vec<u32>) -> Seen {
    ends.clear();
    let mut seen = Seen::default();
    let mut inside = 0_u64;
    let mut take = |block: &[u8; BLOCK], valid: u64, base: u32| {
        let found = masks(block, syntax);
        let quote = found.quote & valid;
        let within = if quote == 0 {
            inside
        } else {
            seen.quotes = true;
            running_xor(quote) ^ inside
        };
        // The last bit says whether the next block starts inside quotes.
        inside = 0_u64.wrapping_sub(within >> 63);
        let newline = found.newline & valid & !within;
        seen.newlines += newline.count_ones() as usize;
        push_bits(ends, (found.separator & valid & !within) | newline, base);
    };
    let (blocks, rest) = chunk.as_chunks::<BLOCK>();
    for (number, block) in blocks.iter().enumerate() {
        take(block, u64::MAX, (number * BLOCK) as u32);
    }
    if !rest.is_empty() {
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        // Bytes after the end are not part of the file, whatever the separator is. They do not
        // change the quote state.
        take(&block, (1 << rest.len()) - 1, (blocks.len() * BLOCK) as u32);
    }
    seen.open = inside != 0;
    seen
}

fn push_bits(ends: &mut Vec<u32>, mut bits: u64, base: u32) {
    while bits != 0 {
        ends.push(base + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// Returns whether `bytes` contains an odd number of quotes, so that the state at its end differs
/// from the state at its start.
pub(super) fn flips_state(bytes: &[u8], quote: Option<u8>) -> bool {
    quote.is_some_and(|quote| memchr_iter(quote, bytes).count() % 2 == 1)
}

/// The position after the first line end outside quotes, given the state at the start.
pub(super) fn after_first_record(bytes: &[u8], quote: Option<u8>, inside: bool) -> Option<usize> {
    let mut inside = inside;
    let mut next = |byte: u8| {
        if Some(byte) == quote {
            inside = !inside;
        }
        byte == b'\n' && !inside
    };
    match quote {
        Some(quote) => memchr::memchr2_iter(b'\n', quote, bytes).find(|&at| next(bytes[at])),
        None => memchr::memchr(b'\n', bytes),
    }
    .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(chunk: &[u8], syntax: Syntax) -> (Vec<u32>, usize, bool) {
        let (mut ends, mut newlines, mut inside) = (Vec::new(), 0, false);
        for (at, &byte) in chunk.iter().enumerate() {
            if Some(byte) == syntax.quote {
                inside = !inside;
            } else if !inside && (byte == syntax.separator || byte == b'\n') {
                ends.push(at as u32);
                newlines += usize::from(byte == b'\n');
            }
        }
        (ends, newlines, inside)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn same_as_byte_by_byte(
            chunk in prop::collection::vec(
                prop::sample::select(b"ab,\n\"\r\x00\xff".as_slice()), 0..400),
            quoted in any::<bool>(),
        ) {
            let syntax = Syntax { separator: b',', quote: quoted.then_some(b'"') };
            let mut ends = vec![7];
            let seen = find_ends(&chunk, syntax, &mut ends);
            let (expected, newlines, open) = naive(&chunk, syntax);
            prop_assert_eq!(&ends, &expected);
            prop_assert_eq!(seen.newlines, newlines);
            prop_assert_eq!(seen.open, open);
            prop_assert_eq!(seen.quotes, quoted && chunk.contains(&b'"'));
            prop_assert_eq!(flips_state(&chunk, syntax.quote), open);
            let first = expected.iter().find(|&&at| chunk[at as usize] == b'\n');
            prop_assert_eq!(
                after_first_record(&chunk, syntax.quote, false),
                first.map(|&at| at as usize + 1)
            );
        }
    }
}
