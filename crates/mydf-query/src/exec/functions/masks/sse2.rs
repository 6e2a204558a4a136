//! Comparisons in the registers of SSE2, which every x86-64 processor has.

use std::arch::x86_64::{
    __m128i, _mm_and_pd, _mm_and_ps, _mm_and_si128, _mm_castpd_si128, _mm_castps_si128,
    _mm_castsi128_pd, _mm_castsi128_ps, _mm_cmpeq_epi32, _mm_cmpeq_pd, _mm_cmpeq_ps,
    _mm_cmpgt_epi32, _mm_cmpnge_pd, _mm_cmpnge_ps, _mm_cmpord_pd, _mm_cmpord_ps, _mm_cmpunord_pd,
    _mm_cmpunord_ps, _mm_loadu_si128, _mm_movemask_epi8, _mm_or_pd, _mm_or_ps, _mm_or_si128,
    _mm_packs_epi16, _mm_packs_epi32, _mm_shuffle_epi32, _mm_shuffle_ps, _mm_xor_si128,
};

use super::Total;

pub(super) type Register = __m128i;

/// The first values of a slice, which fill a register.
#[inline]
pub(super) fn load<T: Total>(values: &[T]) -> Register {
    assert!(size_of_val(values) >= size_of::<Register>());
    // SAFETY: the slice has that many bytes, all of numbers, and they need no alignment.
    unsafe { _mm_loadu_si128(values.as_ptr().cast()) }
}

/// The bits of 64 lanes of `SIZE` bytes, which `lanes` gives by the number of the register. Each
/// lane has all bits set or none.
#[inline]
pub(super) fn word<const SIZE: usize>(lanes: impl Fn(usize) -> Register) -> u64 {
    // SAFETY: every x86-64 processor has SSE2.
    let quarter = |first: usize| unsafe {
        // Four lanes of four bytes.
        let narrow = |part: usize| {
            if SIZE == 4 {
                return lanes(first * SIZE + part);
            }
            let first = first * SIZE + 2 * part;
            let (one, other) = (_mm_castsi128_ps(lanes(first)), _mm_castsi128_ps(lanes(first + 1)));
            _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(one, other))
        };
        let bytes = _mm_packs_epi16(
            _mm_packs_epi32(narrow(0), narrow(1)),
            _mm_packs_epi32(narrow(2), narrow(3)),
        );
        u64::from(_mm_movemask_epi8(bytes) as u16)
    };
    quarter(0) | quarter(1) << 16 | quarter(2) << 32 | quarter(3) << 48
}

/// The bits of 64 bytes, each of which has all bits set or none.
#[inline]
pub(super) fn bytes(bytes: &[u8; 64]) -> u64 {
    let (parts, _) = bytes.as_chunks::<16>();
    parts.iter().rev().fold(0, |word, part| {
        // SAFETY: as above.
        let bits = unsafe { _mm_movemask_epi8(load(part)) };
        word << 16 | u64::from(bits as u16)
    })
}

macro_rules! lanes {
    ($($name:ident: |$l:ident, $r:ident| $made:expr;)*) => {$(
        #[inline]
        pub(super) fn $name($l: Register, $r: Register) -> Register {
            // SAFETY: every x86-64 processor has SSE2.
            unsafe { $made }
        }
    )*};
}

lanes! {
    xor: |l, r| _mm_xor_si128(l, r);
    equal32: |l, r| _mm_cmpeq_epi32(l, r);
    less32: |l, r| _mm_cmpgt_epi32(r, l);
    equal64: |l, r| {
        let halves = _mm_cmpeq_epi32(l, r);
        _mm_and_si128(halves, _mm_shuffle_epi32::<0b10_11_00_01>(halves))
    };
    // SSE2 compares no integers of 64 bits: the high halves decide, or else the low ones, which
    // have no sign.
    less64: |l, r| {
        let low = load(&[0x8000_0000_i64; 2]);
        let below = _mm_cmpgt_epi32(_mm_xor_si128(r, low), _mm_xor_si128(l, low));
        let equal = _mm_cmpeq_epi32(l, r);
        let low = _mm_shuffle_epi32::<0b10_10_00_00>(below);
        let either = _mm_or_si128(below, _mm_and_si128(equal, low));
        _mm_shuffle_epi32::<0b11_11_01_01>(either)
    };
    equal_f32: |l, r| {
        let (l, r) = (_mm_castsi128_ps(l), _mm_castsi128_ps(r));
        let nan = _mm_and_ps(_mm_cmpunord_ps(l, l), _mm_cmpunord_ps(r, r));
        _mm_castps_si128(_mm_or_ps(_mm_cmpeq_ps(l, r), nan))
    };
    less_f32: |l, r| {
        let (l, r) = (_mm_castsi128_ps(l), _mm_castsi128_ps(r));
        _mm_castps_si128(_mm_and_ps(_mm_cmpnge_ps(l, r), _mm_cmpord_ps(l, l)))
    };
    equal_f64: |l, r| {
        let (l, r) = (_mm_castsi128_pd(l), _mm_castsi128_pd(r));
        let nan = _mm_and_pd(_mm_cmpunord_pd(l, l), _mm_cmpunord_pd(r, r));
        _mm_castpd_si128(_mm_or_pd(_mm_cmpeq_pd(l, r), nan))
    };
    less_f64: |l, r| {
        let (l, r) = (_mm_castsi128_pd(l), _mm_castsi128_pd(r));
        _mm_castpd_si128(_mm_and_pd(_mm_cmpnge_pd(l, r), _mm_cmpord_pd(l, l)))
    };
}
