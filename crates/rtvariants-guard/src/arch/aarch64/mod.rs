//! arm64: the kernel's capability bits on Linux. Elsewhere nothing above the target's own baseline
//! may be compiled in, so there is nothing to check.

#[cfg(any(target_os = "linux", target_os = "android"))]
mod check;
mod entry;
mod features;
#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
pub(super) mod oracle;
#[cfg(all(test, any(target_os = "linux", target_os = "android")))]
mod tests;

#[cfg(any(target_os = "linux", target_os = "android"))]
pub use check::check;

/// What every CPU of this target has; the check skips it.
#[cfg(not(target_vendor = "apple"))]
pub const BASELINE: &[&str] = &["neon"];

/// What the first arm64 Mac has, which is the target's own baseline.
#[cfg(target_vendor = "apple")]
pub const BASELINE: &[&str] = &[
    "aes", "crc", "dotprod", "dpb", "dpb2", "fcma", "fhm", "flagm", "fp16", "frintts", "jsconv",
    "lse", "neon", "paca", "pacg", "rcpc", "rcpc2", "rdm", "sb", "sha2", "sha3",
];

/// Only Linux reports features to a program in a way that needs no other library.
pub(crate) const CHECKS: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Where the kernel reports a feature.
#[allow(missing_docs)]
pub mod word {
    pub use crate::layout::{SYSTEM, UNCHECKED};

    /// Bits of `getauxval(AT_HWCAP)`.
    pub const HWCAP: u32 = 0;
    /// Bits of `getauxval(AT_HWCAP2)`.
    pub const HWCAP2: u32 = 1;
}

/// Nothing to prepare: the check always asks for both words.
#[repr(C)]
pub(crate) struct Queries;

impl Queries {
    pub(crate) const fn new() -> Self {
        Self
    }

    /// Asks for this word too.
    #[allow(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "the shape of `arch`")]
    pub(crate) const fn add(&mut self, _word: u32) {}
}
