//! The assembly of arm64.

use core::arch::naked_asm;
use core::ffi::c_ulong;
use core::mem::offset_of;

use crate::layout::{Need, Needs};
use crate::message::MESSAGE;
use crate::python::{PyErr_SetString, PyExc_ImportError};

unsafe extern "C" {
    fn getauxval(kind: c_ulong) -> c_ulong;
}

/// Returns zero if the CPU has everything in `needs`; otherwise sets an `ImportError`.
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
