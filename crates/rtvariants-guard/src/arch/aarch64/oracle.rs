//! The check in plain Rust.

use core::ffi::c_ulong;

use super::word;
use crate::layout::Feature;

/// A bit that no kernel sets: it leaves this one to the C library.
pub(in crate::arch) const IMPOSSIBLE: (u32, u64) = (word::HWCAP, 1 << 62);

unsafe extern "C" {
    fn getauxval(kind: c_ulong) -> c_ulong;
}

/// Returns whether the kernel reports the feature.
pub(in crate::arch) fn has(feature: &Feature) -> bool {
    let kind = match feature.word {
        word::HWCAP => 16,
        word::HWCAP2 => 26,
        other => panic!("unknown word {other}"),
    };
    // SAFETY: the function takes any number.
    let bits = unsafe { getauxval(kind) };
    bits & feature.mask == feature.mask
}
