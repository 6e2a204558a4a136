//! The check in plain Rust.

use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

use super::LEAVES;
use crate::layout::Feature;

/// A bit that no CPU sets: bit 10 of leaf 1's edx is reserved.
pub(in crate::arch) const IMPOSSIBLE: (u32, u64) = (super::word::LEAF1_EDX, 1 << 10);

/// Returns whether this CPU has the feature and the operating system saves its registers.
pub(in crate::arch) fn has(feature: &Feature) -> bool {
    let (leaf, subleaf) = LEAVES[feature.word as usize / 16];
    let registers = ask(leaf, subleaf);
    let register = registers[feature.word as usize % 16 / 4];
    let mask = u32::try_from(feature.mask).expect("a mask of 32 bits");
    register & mask == mask && saved() & feature.state == feature.state
}

fn ask(leaf: u32, subleaf: u32) -> [u32; 4] {
    if __cpuid(leaf & 0x8000_0000).eax < leaf {
        return [0; 4];
    }
    let found = __cpuid_count(leaf, subleaf);
    [found.eax, found.ebx, found.ecx, found.edx]
}

/// XCR0: the state that the operating system saves.
fn saved() -> u32 {
    #[target_feature(enable = "xsave")]
    fn xcr0() -> u32 {
        // SAFETY: only called where the operating system uses XSAVE.
        (unsafe { _xgetbv(0) }) as u32
    }
    let uses_xsave = ask(1, 0)[2] & 1 << 27 != 0;
    // SAFETY: the bit OSXSAVE says that the CPU has XSAVE and the operating system uses it.
    if uses_xsave { unsafe { xcr0() } } else { 0 }
}
