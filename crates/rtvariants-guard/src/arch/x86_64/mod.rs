//! x86-64: CPUID for the features, XGETBV for the state that the operating system saves.

mod check;
mod entry;
mod features;
#[cfg(test)]
pub(super) mod oracle;
#[cfg(test)]
mod tests;

pub use check::check;

/// What every x86-64 CPU and every x86-64 calling convention has; the check skips it.
pub const BASELINE: &[&str] = &["fxsr", "sse", "sse2", "x87"];

/// CPUID works on every operating system.
pub(crate) const CHECKS: bool = true;

/// The registers of the CPUID leaves that report features: byte offsets into the check's results.
#[allow(missing_docs)]
pub mod word {
    pub use crate::layout::{SYSTEM, UNCHECKED};

    const EAX: u32 = 0;
    const EBX: u32 = 4;
    const ECX: u32 = 8;
    const EDX: u32 = 12;

    pub const LEAF1_ECX: u32 = ECX;
    pub const LEAF1_EDX: u32 = EDX;
    pub const LEAF7_EBX: u32 = 16 + EBX;
    pub const LEAF7_ECX: u32 = 16 + ECX;
    pub const LEAF7_EDX: u32 = 16 + EDX;
    pub const LEAF7_1_EAX: u32 = 32 + EAX;
    pub const LEAF7_1_EDX: u32 = 32 + EDX;
    pub const LEAF81_ECX: u32 = 48 + ECX;
    pub const LEAFD_1_EAX: u32 = 64 + EAX;
    pub const LEAF19_EBX: u32 = 80 + EBX;
}

/// The bits of XCR0 that must be set before an instruction may use the registers.
#[allow(missing_docs)]
pub mod state {
    /// Any bit: XCR0 itself can only be read if the operating system uses XSAVE.
    pub const XSAVE: u32 = 1;
    pub const YMM: u32 = 0b110;
    pub const ZMM: u32 = 0b1110_0110;
    pub const TILE: u32 = 0b11 << 17;
    pub const APX: u32 = 1 << 19;
}

/// Leaf and subleaf, in the order of the offsets in [`word`]; the first one is always asked.
const LEAVES: [(u32, u32); QUERIES] =
    [(1, 0), (7, 0), (7, 1), (0x8000_0001, 0), (0xd, 1), (0x19, 0)];
const QUERIES: usize = 6;

#[repr(C)]
#[derive(Clone, Copy)]
struct Query {
    leaf: u32,
    subleaf: u32,
    used: u32,
}

/// The leaves of CPUID, and which of them the check asks: each one is slow in a virtual machine.
#[repr(C)]
pub(crate) struct Queries([Query; QUERIES]);

impl Queries {
    pub(crate) const fn new() -> Self {
        let mut queries = [Query { leaf: 0, subleaf: 0, used: 0 }; QUERIES];
        let mut at = 0;
        while at < QUERIES {
            let (leaf, subleaf) = LEAVES[at];
            queries[at] = Query { leaf, subleaf, used: (at == 0) as u32 };
            at += 1;
        }
        Self(queries)
    }

    /// Asks for this word too.
    pub(crate) const fn add(&mut self, word: u32) {
        self.0[(word / 16) as usize].used = 1;
    }
}
