//! Comparisons in the registers of AVX2.

use std::arch::x86_64::{
    __m256i, _CMP_EQ_OQ, _CMP_NGE_UQ, _CMP_ORD_Q, _CMP_UNORD_Q, _mm_movemask_epi8,
    _mm_unpackhi_epi16, _mm_unpackhi_epi32, _mm_unpacklo_epi16, _mm_unpacklo_epi32, _mm256_and_pd,
    _mm256_and_ps, _mm256_castpd_si256, _mm256_castps_si256, _mm256_castsi256_pd,
    _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmp_pd, _mm256_cmp_ps, _mm256_cmpeq_epi32,
    _mm256_cmpeq_epi64, _mm256_cmpgt_epi32, _mm256_cmpgt_epi64, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_or_pd, _mm256_or_ps, _mm256_packs_epi16, _mm256_packs_epi32,
    _mm256_shuffle_ps, _mm256_xor_si256,
};

use super::Total;

pub(super) type Register = __m256i;

/// The first values of a slice, which fill a register.
#[inline]
pub(super) fn load<T: Total>(values: &[T]) -> Register {
    assert!(size_of_val(values) >= size_of::<Register>());
    // SAFETY: the slice has that many bytes, all of numbers, and they need no alignment.
    unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
}

/// The bits of 64 lanes of `SIZE` bytes, which `lanes` gives by the number of the register. Each
/// lane has all bits set or none.
#[inline]
pub(super) fn word<const SIZE: usize>(lanes: impl Fn(usize) -> Register) -> u64 {
    // SAFETY: this file is compiled only for levels with AVX2.
    let half = |first: usize| unsafe {
        // Eight lanes of four bytes.
        let narrow = |part: usize| {
            if SIZE == 4 {
                return lanes(first * SIZE + part);
            }
            let first = first * SIZE + 2 * part;
            let (one, other) =
                (_mm256_castsi256_ps(lanes(first)), _mm256_castsi256_ps(lanes(first + 1)));
            _mm256_castps_si256(_mm256_shuffle_ps::<0b10_00_10_00>(one, other))
        };
        let bytes = _mm256_packs_epi16(
            _mm256_packs_epi32(narrow(0), narrow(1)),
            _mm256_packs_epi32(narrow(2), narrow(3)),
        );
        // These instructions work on each half of a register alone, so the halves take turns now.
        let (low, high) = (_mm256_castsi256_si128(bytes), _mm256_extracti128_si256::<1>(bytes));
        let (low, high) = if SIZE == 4 {
            (_mm_unpacklo_epi32(low, high), _mm_unpackhi_epi32(low, high))
        } else {
            (_mm_unpacklo_epi16(low, high), _mm_unpackhi_epi16(low, high))
        };
        u64::from(_mm_movemask_epi8(low) as u16) | u64::from(_mm_movemask_epi8(high) as u16) << 16
    };
    half(0) | half(1) << 32
}

/// The bits of 64 bytes, each of which has all bits set or none.
#[inline]
pub(super) fn bytes(bytes: &[u8; 64]) -> u64 {
    use std::arch::x86_64::_mm256_movemask_epi8;
    let (low, high) = bytes.split_at(32);
    // SAFETY: as above.
    let bits = |part: &[u8]| unsafe { _mm256_movemask_epi8(load(part)) as u32 };
    u64::from(bits(low)) | u64::from(bits(high)) << 32
}

macro_rules! lanes {
    ($($name:ident: |$l:ident, $r:ident| $made:expr;)*) => {$(
        #[inline]
        pub(super) fn $name($l: Register, $r: Register) -> Register {
            // SAFETY: this file is compiled only for levels with AVX2.
            unsafe { $made }
        }
    )*};
}

lanes! {
    xor: |l, r| _mm256_xor_si256(l, r);
    equal32: |l, r| _mm256_cmpeq_epi32(l, r);
    less32: |l, r| _mm256_cmpgt_epi32(r, l);
    equal64: |l, r| _mm256_cmpeq_epi64(l, r);
    less64: |l, r| _mm256_cmpgt_epi64(r, l);
    equal_f32: |l, r| {
        let (l, r) = (_mm256_castsi256_ps(l), _mm256_castsi256_ps(r));
        let nan = _mm256_and_ps(
            _mm256_cmp_ps::<_CMP_UNORD_Q>(l, l), _mm256_cmp_ps::<_CMP_UNORD_Q>(r, r),
        );
        _mm256_castps_si256(_mm256_or_ps(_mm256_cmp_ps::<_CMP_EQ_OQ>(l, r), nan))
    };
    less_f32: |l, r| {
        let (l, r) = (_mm256_castsi256_ps(l), _mm256_castsi256_ps(r));
        let number = _mm256_cmp_ps::<_CMP_ORD_Q>(l, l);
        _mm256_castps_si256(_mm256_and_ps(_mm256_cmp_ps::<_CMP_NGE_UQ>(l, r), number))
    };
    equal_f64: |l, r| {
        let (l, r) = (_mm256_castsi256_pd(l), _mm256_castsi256_pd(r));
        let nan = _mm256_and_pd(
            _mm256_cmp_pd::<_CMP_UNORD_Q>(l, l), _mm256_cmp_pd::<_CMP_UNORD_Q>(r, r),
        );
        _mm256_castpd_si256(_mm256_or_pd(_mm256_cmp_pd::<_CMP_EQ_OQ>(l, r), nan))
    };
    less_f64: |l, r| {
        let (l, r) = (_mm256_castsi256_pd(l), _mm256_castsi256_pd(r));
        let number = _mm256_cmp_pd::<_CMP_ORD_Q>(l, l);
        _mm256_castpd_si256(_mm256_and_pd(_mm256_cmp_pd::<_CMP_NGE_UQ>(l, r), number))
    };
}
