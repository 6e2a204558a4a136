//! The assembly of x86-64.

use core::arch::naked_asm;
use core::mem::offset_of;

use super::{QUERIES, Query};
use crate::layout::{Need, Needs};
use crate::message::MESSAGE;
use crate::python::{PyErr_SetString, PyExc_ImportError};

// The frame: 32 bytes that Windows requires for callees, the results of CPUID, and the message.
// With the return address and the pushes, its size keeps the stack a multiple of 16 at the call.
const RESULTS: usize = 32;
const TEXT: usize = RESULTS + QUERIES * 16;
const FRAME: usize = TEXT + MESSAGE + 8;

/// The body of [`check`] for one calling convention.
///
/// r12: needs, r13: query or need, r14: results, later the outcome (bit 0: something is
/// missing, bit 1: the operating system does not save a register), r15: count, later XCR0, rdi: end
/// of the message.
macro_rules! check_asm {
    ($save:literal, $restore:literal, $argument:literal, $raise:literal) => {
        naked_asm!(
            "push rbp",
            "mov rbp, rsp",
            "push rbx",
            "push r12",
            "push r13",
            "push r14",
            "push r15",
            $save,
            "sub rsp, {frame}",
            $argument,
            // Ask the leaves; one above the CPU's highest gives garbage, so its result stays zero.
            "lea r13, [r12 + {queries}]",
            "lea r14, [rsp + {results}]",
            "mov r15d, {query_count}",
            "2: mov qword ptr [r14], 0",
            "mov qword ptr [r14 + 8], 0",
            "cmp dword ptr [r13 + {query_used}], 0",
            "je 3f",
            "mov eax, dword ptr [r13 + {query_leaf}]",
            "and eax, 0x80000000",
            "xor ecx, ecx",
            "cpuid",
            "cmp eax, dword ptr [r13 + {query_leaf}]",
            "jb 3f",
            "mov eax, dword ptr [r13 + {query_leaf}]",
            "mov ecx, dword ptr [r13 + {query_subleaf}]",
            "cpuid",
            "mov dword ptr [r14], eax",
            "mov dword ptr [r14 + 4], ebx",
            "mov dword ptr [r14 + 8], ecx",
            "mov dword ptr [r14 + 12], edx",
            "3: add r13, {query_size}",
            "add r14, 16",
            "dec r15d",
            "jnz 2b",
            // XCR0 if OSXSAVE (leaf 1, ecx, bit 27) says that it can be read, otherwise zero.
            "xor r15d, r15d",
            "test dword ptr [rsp + {results} + 8], 0x8000000",
            "jz 4f",
            "xor ecx, ecx",
            "xgetbv",
            "mov r15d, eax",
            // Compare each need; the first one that is missing begins the message.
            "4: lea r13, [r12 + {needs}]",
            "mov ebx, dword ptr [r12 + {needs_len}]",
            "lea rdi, [rsp + {text}]",
            "xor r14d, r14d",
            "test ebx, ebx",
            "jz 9f",
            "5: mov ecx, dword ptr [r13 + {need_word}]",
            "mov eax, dword ptr [rsp + rcx + {results}]",
            "mov edx, dword ptr [r13 + {need_mask}]",
            "and eax, edx",
            "cmp eax, edx",
            "jne 6f",
            "mov edx, dword ptr [r13 + {need_state}]",
            "mov eax, r15d",
            "and eax, edx",
            "cmp eax, edx",
            "je 8f",
            "or r14d, 2",
            "6: test r14d, 1",
            "jnz 7f",
            "or r14d, 1",
            "lea rsi, [r12 + {head}]",
            "mov ecx, dword ptr [r12 + {head_len}]",
            "rep movsb",
            "jmp 22f",
            "7: mov word ptr [rdi], 0x202c", // ", "
            "add rdi, 2",
            "22: lea rsi, [r13 + {need_name}]",
            "mov ecx, dword ptr [r13 + {need_name_len}]",
            "rep movsb",
            "8: add r13, {need_size}",
            "dec ebx",
            "jnz 5b",
            "test r14d, r14d",
            "jz 9f",
            // Something is missing: end the message and raise ImportError.
            "lea rsi, [r12 + {cpu_hint}]",
            "mov ecx, dword ptr [r12 + {cpu_hint_len}]",
            "test r14d, 2",
            "jz 33f",
            "lea rsi, [r12 + {os_hint}]",
            "mov ecx, dword ptr [r12 + {os_hint_len}]",
            "33: rep movsb",
            "mov byte ptr [rdi], 0",
            $raise,
            "9: mov eax, r14d",
            "add rsp, {frame}",
            $restore,
            "pop r15",
            "pop r14",
            "pop r13",
            "pop r12",
            "pop rbx",
            "pop rbp",
            "ret",
            frame = const FRAME,
            results = const RESULTS,
            text = const TEXT,
            queries = const offset_of!(Needs, queries),
            query_count = const QUERIES,
            query_leaf = const offset_of!(Query, leaf),
            query_subleaf = const offset_of!(Query, subleaf),
            query_used = const offset_of!(Query, used),
            query_size = const size_of::<Query>(),
            needs = const offset_of!(Needs, entries),
            needs_len = const offset_of!(Needs, len),
            need_word = const offset_of!(Need, word),
            need_mask = const offset_of!(Need, mask),
            need_state = const offset_of!(Need, state),
            need_name = const offset_of!(Need, name),
            need_name_len = const offset_of!(Need, name_len),
            need_size = const size_of::<Need>(),
            head = const offset_of!(Needs, message.head),
            head_len = const offset_of!(Needs, message.head_len),
            cpu_hint = const offset_of!(Needs, message.cpu_hint),
            cpu_hint_len = const offset_of!(Needs, message.cpu_hint_len),
            os_hint = const offset_of!(Needs, message.os_hint),
            os_hint_len = const offset_of!(Needs, message.os_hint_len),
            exception = sym PyExc_ImportError,
            set_string = sym PyErr_SetString,
        )
    };
}

/// Returns zero if the CPU has everything in `needs`; otherwise sets an `ImportError`.
///
/// # Safety
/// The thread is attached to the interpreter, as it is while Python initialises a module.
#[cfg(not(windows))]
#[unsafe(naked)]
pub unsafe extern "C" fn check(needs: &Needs) -> u32 {
    check_asm!(
        "",
        "",
        "mov r12, rdi",
        "mov rdi, qword ptr [rip + {exception}@GOTPCREL]
         mov rdi, qword ptr [rdi]
         lea rsi, [rsp + {text}]
         call qword ptr [rip + {set_string}@GOTPCREL]"
    )
}

/// Returns zero if the CPU has everything in `needs`; otherwise sets an `ImportError`.
///
/// # Safety
/// The thread is attached to the interpreter, as it is while Python initialises a module.
#[cfg(windows)]
#[unsafe(naked)]
pub unsafe extern "C" fn check(needs: &Needs) -> u32 {
    // A variable of another DLL can only be reached through the import table.
    check_asm!(
        "push rdi\npush rsi",
        "pop rsi\npop rdi",
        "mov r12, rcx",
        "mov rcx, qword ptr [rip + __imp_{exception}]
         mov rcx, qword ptr [rcx]
         lea rdx, [rsp + {text}]
         call qword ptr [rip + __imp_{set_string}]"
    )
}
