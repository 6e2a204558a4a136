//! The guard as one object file, which `rtvariants` links into a crate that does not use `module!`.
//!
//! The build tool compiles this crate with the feature `object`, the compiler, the target and the
//! CPU flags of the guarded crate. After the link it changes two values in the finished file: the
//! address of the exported init function becomes that of [`rtvariants_guard_entry`], and the slot in
//! the marker gets the distance from the marker to the guarded init function. Distances need no
//! relocation, and a section of its own is found in a stripped file too.

use core::arch::{global_asm, naked_asm};
use core::ffi::c_void;

use crate::__private as guard;

unsafe extern "C" {
    /// Sixteen bytes by which the build tool knows the section; the distance from here to the
    /// entry; the distance from here to the guarded init function, zero in the object file.
    static rtvariants_guard_marker: [i32; 6];
}

const SLOT: usize = 20;

#[cfg(target_vendor = "apple")]
macro_rules! section {
    () => {
        ".pushsection __TEXT,__rtvguard,regular,no_dead_strip"
    };
}
#[cfg(windows)]
macro_rules! section {
    () => {
        ".pushsection .rtvgrd,\"dr\""
    };
}
// Hidden, so that distances from the entry are known to the linker whatever a crate exports.
#[cfg(not(any(target_vendor = "apple", windows)))]
macro_rules! section {
    () => {
        ".hidden {entry}\n.pushsection .rtvguard,\"a\""
    };
}

global_asm!(
    section!(),
    ".balign 8",
    "{marker}:",
    ".ascii \"rtvariants-guard\"",
    ".long {entry} - {marker}",
    ".long 0",
    ".popsection",
    marker = sym rtvariants_guard_marker,
    entry = sym rtvariants_guard_entry,
);

/// Jumps to the guarded init function.
///
/// # Safety
/// The build tool has filled the slot; the rest is as for any init function.
#[cfg(target_arch = "x86_64")]
#[unsafe(naked)]
unsafe extern "C" fn guarded() -> *mut c_void {
    naked_asm!(
        "lea rax, [rip + {marker}]",
        "movsxd rcx, dword ptr [rax + {slot}]",
        "add rax, rcx",
        "jmp rax",
        marker = sym rtvariants_guard_marker,
        slot = const SLOT,
    )
}

/// Jumps to the guarded init function.
///
/// # Safety
/// The build tool has filled the slot; the rest is as for any init function.
#[cfg(target_arch = "aarch64")]
#[unsafe(naked)]
unsafe extern "C" fn guarded() -> *mut c_void {
    #[cfg(not(target_vendor = "apple"))]
    naked_asm!(
        "adrp x8, {marker}",
        "add x8, x8, :lo12:{marker}",
        "ldrsw x9, [x8, #{slot}]",
        "add x8, x8, x9",
        "br x8",
        marker = sym rtvariants_guard_marker,
        slot = const SLOT,
    );
    #[cfg(target_vendor = "apple")]
    naked_asm!(
        "adrp x8, {marker}@PAGE",
        "add x8, x8, {marker}@PAGEOFF",
        "ldrsw x9, [x8, #{slot}]",
        "add x8, x8, x9",
        "br x8",
        marker = sym rtvariants_guard_marker,
        slot = const SLOT,
    );
}

crate::__guarded! {
    export: rtvariants_guard_entry,
    guards: guarded,
    package: "",
    version: "",
    index_bits: crate::__env!("RTVARIANTS_INDEX_BITS", ""),
    allocator: crate::__env!("RTVARIANTS_ALLOCATOR", ""),
    stated_by: "configuration",
}
