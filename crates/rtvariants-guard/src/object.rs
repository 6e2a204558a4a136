//! The guard as one object file, which `rtvariants` links into a crate that does not use `module!`.
//!
//! The build tool compiles this crate with the feature `object`, the compiler, the target and the
//! CPU flags of the guarded crate. After the link it changes two values in the finished file: the
//! address of the exported init function becomes that of [`rtvariants_guard_entry`], and a slot in
//! the marker gets the distance from the marker to the guarded init function. Distances need no
//! relocation, and a section of its own is found in a stripped file too.

use core::arch::{global_asm, naked_asm};
use core::ffi::c_void;

use crate::__private as guard;

unsafe extern "C" {
    /// Sixteen bytes by which the build tool knows the section. Then, for `PyInit_…` and again for
    /// `PyModExport_…`, which Python 3.15 and newer call instead where it is exported: the distance
    /// from here to the entry, and the distance to the guarded function, zero in the object file.
    static rtvariants_guard_marker: [i32; 8];
}

const INIT_SLOT: usize = 20;
const MODEXPORT_SLOT: usize = 28;

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
// Hidden, so that distances to the entries are known to the linker whatever a crate exports.
#[cfg(not(any(target_vendor = "apple", windows)))]
macro_rules! section {
    () => {
        ".hidden {entry}\n.hidden {modexport}\n.pushsection .rtvguard,\"a\""
    };
}

global_asm!(
    section!(),
    ".balign 8",
    "{marker}:",
    ".ascii \"rtvariants-guard\"",
    ".long {entry} - {marker}",
    ".long 0",
    ".long {modexport} - {marker}",
    ".long 0",
    ".popsection",
    marker = sym rtvariants_guard_marker,
    entry = sym rtvariants_guard_entry,
    modexport = sym rtvariants_guard_modexport,
);

/// Defines a function that jumps to the function whose distance a slot of the marker holds.
macro_rules! leave {
    ($name:ident, $slot:expr) => {
        /// Jumps to the guarded function.
        ///
        /// # Safety
        /// The build tool has filled the slot; the rest is as for any init function.
        #[unsafe(naked)]
        unsafe extern "C" fn $name() -> *mut c_void {
            #[cfg(target_arch = "x86_64")]
            naked_asm!(
                "lea rax, [rip + {marker}]",
                "movsxd rcx, dword ptr [rax + {slot}]",
                "add rax, rcx",
                "jmp rax",
                marker = sym rtvariants_guard_marker,
                slot = const $slot,
            );
            #[cfg(all(target_arch = "aarch64", not(target_vendor = "apple")))]
            naked_asm!(
                "adrp x8, {marker}",
                "add x8, x8, :lo12:{marker}",
                "ldrsw x9, [x8, #{slot}]",
                "add x8, x8, x9",
                "br x8",
                marker = sym rtvariants_guard_marker,
                slot = const $slot,
            );
            #[cfg(all(target_arch = "aarch64", target_vendor = "apple"))]
            naked_asm!(
                "adrp x8, {marker}@PAGE",
                "add x8, x8, {marker}@PAGEOFF",
                "ldrsw x9, [x8, #{slot}]",
                "add x8, x8, x9",
                "br x8",
                marker = sym rtvariants_guard_marker,
                slot = const $slot,
            );
        }
    };
}

leave!(guarded, INIT_SLOT);
leave!(guarded_modexport, MODEXPORT_SLOT);

crate::__guarded! {
    export: rtvariants_guard_entry,
    guards: guarded,
    package: "",
    version: "",
    index_bits: crate::__env!("RTVARIANTS_INDEX_BITS", ""),
    allocator: crate::__env!("RTVARIANTS_ALLOCATOR", ""),
    stated_by: "configuration",
}

/// Where the assembly of the second entry continues if the CPU has everything.
///
/// # Safety
/// As for the exported function.
unsafe extern "C" fn describe() -> *mut c_void {
    static OWNER: guard::Owner = guard::Owner::new();
    // SAFETY: the caller's promise.
    unsafe { if OWNER.admits() { guarded_modexport() } else { core::ptr::null_mut() } }
}

crate::__entry!(rtvariants_guard_modexport, describe, NEEDS);
