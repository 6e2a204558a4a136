//! The check on arm64: the kernel's capability bits on Linux; elsewhere nothing above the target's
//! own baseline may be compiled in, so there is nothing to ask.

use crate::message::{Message, NAME, name};
use crate::text::contains;

/// What every CPU of this target has; it isn't asked for.
#[cfg(not(target_vendor = "apple"))]
pub const BASELINE: &[&str] = &["neon"];

/// What the first arm64 Mac has, which is the target's own baseline.
#[cfg(target_vendor = "apple")]
pub const BASELINE: &[&str] = &[
    "aes", "crc", "dotprod", "dpb", "dpb2", "fcma", "fhm", "flagm", "fp16", "frintts", "jsconv",
    "lse", "neon", "paca", "pacg", "rcpc", "rcpc2", "rdm", "sb", "sha2", "sha3",
];

/// Where the kernel tells a feature.
#[allow(missing_docs)]
pub mod word {
    /// Bits of `getauxval(AT_HWCAP)`.
    pub const HWCAP: u32 = 0;
    /// Bits of `getauxval(AT_HWCAP2)`.
    pub const HWCAP2: u32 = 1;
    /// Only of use to a kernel, hints that older CPUs ignore, or switches that no compiler sets by
    /// itself: nothing to check. Linux hides some of these (`ssbs`, for an erratum) on the very CPUs
    /// that have them.
    pub const SYSTEM: u32 = u32::MAX - 1;
    /// No capability bit that the guard knows.
    pub const UNCHECKED: u32 = u32::MAX;
}

/// A feature of the compiler, and where the kernel tells it.
#[allow(missing_docs)]
pub struct Feature {
    pub name: &'static str,
    pub compiled: bool,
    pub word: u32,
    pub mask: u64,
}

const MOST_NEEDS: usize = 64;
const CHECKS: bool = cfg!(any(target_os = "linux", target_os = "android"));

#[repr(C)]
#[derive(Clone, Copy)]
struct Need {
    word: u32,
    name_len: u32,
    mask: u64,
    name: [u8; NAME],
}

/// What a module needs of the CPU, in the layout that the assembly reads.
#[repr(C)]
pub struct Needs {
    len: u32,
    message: Message,
    entries: [Need; MOST_NEEDS],
    stamp: &'static u8,
}

impl Needs {
    /// The needs of a build called `build`: all of `features` that are compiled in and not in
    /// `baseline`.
    ///
    /// # Panics
    /// When a compiled feature can't be checked on this operating system, or the message can't
    /// fit. It is only used in constants, so this is a compile error.
    pub const fn new(
        build: &str,
        features: &[Feature],
        baseline: &[&str],
        stamp: &'static u8,
    ) -> Self {
        let mut entries = [Need { word: 0, name_len: 0, mask: 0, name: [0; NAME] }; MOST_NEEDS];
        let mut len = 0;
        let mut names_bytes = 0;
        let mut at = 0;
        while at < features.len() {
            let feature = &features[at];
            at += 1;
            if !feature.compiled || feature.word == word::SYSTEM || contains(baseline, feature.name)
            {
                continue;
            }
            assert!(
                CHECKS && feature.word != word::UNCHECKED,
                "rtvariants-guard: this crate is compiled for a CPU feature that the guard can't \
                 check on this system; choose another target-cpu or disable it"
            );
            let (name, name_len) = name(feature.name);
            names_bytes += feature.name.len() + ", ".len();
            entries[len] = Need { word: feature.word, name_len, mask: feature.mask, name };
            len += 1;
        }
        let message = Message::new(build, names_bytes);
        Self { len: len as u32, message, entries, stamp }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
pub use linux::check;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    use core::arch::naked_asm;
    use core::ffi::{c_ulong, c_void};
    use core::mem::offset_of;

    use super::{Need, Needs};
    use crate::message::MESSAGE;

    unsafe extern "C" {
        static PyExc_ImportError: *mut c_void;
        fn PyErr_SetString(exception: *mut c_void, message: *const u8);
        fn getauxval(kind: c_ulong) -> c_ulong;
    }

    /// Zero when the CPU has everything in `needs`; else an `ImportError` is set.
    ///
    /// x19: needs, x20 and x21: the two words of capabilities, x22: count, x23: need, x24: end of
    /// the message, w9: whether something is missing.
    ///
    /// # Safety
    /// The thread is attached to the interpreter, as it is while Python initialises a module.
    #[unsafe(naked)]
    pub unsafe extern "C" fn check(needs: &Needs) -> u32 {
        naked_asm!(
            "stp x29, x30, [sp, #-64]!",
            "mov x29, sp",
            "stp x19, x20, [sp, #16]",
            "stp x21, x22, [sp, #32]",
            "stp x23, x24, [sp, #48]",
            "sub sp, sp, #{message_size}",
            "mov x19, x0",
            "ldr w22, [x19, #{needs_len}]",
            "mov w9, #0",
            "cbz w22, 7f",
            "mov x0, #16", // AT_HWCAP
            "bl {getauxval}",
            "mov x20, x0",
            "mov x0, #26", // AT_HWCAP2
            "bl {getauxval}",
            "mov x21, x0",
            "add x23, x19, #{needs}",
            "mov x24, sp",
            "mov w9, #0",
            "2: ldr w10, [x23, #{need_word}]",
            "cmp w10, #0",
            "csel x11, x20, x21, eq",
            "ldr x12, [x23, #{need_mask}]",
            "and x11, x11, x12",
            "cmp x11, x12",
            "b.eq 5f",
            "cbnz w9, 3f",
            "mov w9, #1",
            "add x13, x19, #{head}",
            "ldr w14, [x19, #{head_len}]",
            "bl 8f",
            "b 4f",
            "3: mov w15, #0x202c", // ", "
            "strh w15, [x24], #2",
            "4: add x13, x23, #{need_name}",
            "ldr w14, [x23, #{need_name_len}]",
            "bl 8f",
            "5: add x23, x23, #{need_size}",
            "subs w22, w22, #1",
            "b.ne 2b",
            "cbz w9, 7f",
            // Something is missing: end the message and raise ImportError.
            "add x13, x19, #{hint}",
            "ldr w14, [x19, #{hint_len}]",
            "bl 8f",
            "strb wzr, [x24]",
            "adrp x0, :got:{exception}",
            "ldr x0, [x0, :got_lo12:{exception}]",
            "ldr x0, [x0]",
            "mov x1, sp",
            "bl {set_string}",
            "mov w9, #1",
            "7: mov w0, w9",
            "add sp, sp, #{message_size}",
            "ldp x19, x20, [sp, #16]",
            "ldp x21, x22, [sp, #32]",
            "ldp x23, x24, [sp, #48]",
            "ldp x29, x30, [sp], #64",
            "ret",
            // Copies w14 bytes, at least one, from x13 to the end of the message.
            "8: ldrb w15, [x13], #1",
            "strb w15, [x24], #1",
            "subs w14, w14, #1",
            "b.ne 8b",
            "ret",
            message_size = const MESSAGE,
            needs = const offset_of!(Needs, entries),
            needs_len = const offset_of!(Needs, len),
            need_word = const offset_of!(Need, word),
            need_mask = const offset_of!(Need, mask),
            need_name = const offset_of!(Need, name),
            need_name_len = const offset_of!(Need, name_len),
            need_size = const size_of::<Need>(),
            head = const offset_of!(Needs, message.head),
            head_len = const offset_of!(Needs, message.head_len),
            hint = const offset_of!(Needs, message.cpu_hint),
            hint_len = const offset_of!(Needs, message.cpu_hint_len),
            getauxval = sym getauxval,
            exception = sym PyExc_ImportError,
            set_string = sym PyErr_SetString,
        )
    }
}
