//! The check on x86-64: CPUID for the features, XGETBV for the state that the OS saves.

use core::arch::naked_asm;
use core::ffi::c_void;
use core::mem::offset_of;

use crate::message::{MESSAGE, Message, NAME, name};
use crate::text::contains;

/// What every x86-64 CPU and every x86-64 calling convention has; it isn't asked for.
pub const BASELINE: &[&str] = &["fxsr", "sse", "sse2", "x87"];

/// The registers of the CPUID leaves that features live in: byte offsets into the check's results.
#[allow(missing_docs)]
pub mod word {
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
    /// The feature isn't a bit of CPUID, or takes more than one to tell.
    pub const UNCHECKED: u32 = u32::MAX;
}

/// Leaf and subleaf, in the order of the offsets in [`word`]; the first one is always asked.
const LEAVES: [(u32, u32); QUERIES] =
    [(1, 0), (7, 0), (7, 1), (0x8000_0001, 0), (0xd, 1), (0x19, 0)];
const QUERIES: usize = 6;

/// The bits of XCR0 that must be set before an instruction may touch the registers.
#[allow(missing_docs)]
pub mod state {
    pub const NONE: u32 = 0;
    /// Any bit: XCR0 itself can only be read where the OS uses XSAVE.
    pub const XSAVE: u32 = 1;
    pub const YMM: u32 = 0b110;
    pub const ZMM: u32 = 0b1110_0110;
    pub const TILE: u32 = 0b11 << 17;
    pub const APX: u32 = 1 << 19;
}

/// A feature of the compiler, and where the CPU tells it.
#[allow(missing_docs)]
pub struct Feature {
    pub name: &'static str,
    pub compiled: bool,
    pub word: u32,
    pub mask: u32,
    pub state: u32,
}

const MOST_NEEDS: usize = 96;

#[repr(C)]
#[derive(Clone, Copy)]
struct Query {
    leaf: u32,
    subleaf: u32,
    used: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Need {
    word: u32,
    mask: u32,
    state: u32,
    name_len: u32,
    name: [u8; NAME],
}

/// What a module needs of the CPU, in the layout that the assembly reads.
#[repr(C)]
pub struct Needs {
    queries: [Query; QUERIES],
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
    /// When a compiled feature can't be checked, or the message can't fit. It is only used in
    /// constants, so this is a compile error.
    pub const fn new(
        build: &str,
        features: &[Feature],
        baseline: &[&str],
        stamp: &'static u8,
    ) -> Self {
        let mut queries = [Query { leaf: 0, subleaf: 0, used: 0 }; QUERIES];
        let mut at = 0;
        while at < QUERIES {
            let (leaf, subleaf) = LEAVES[at];
            queries[at] = Query { leaf, subleaf, used: (at == 0) as u32 };
            at += 1;
        }
        let mut entries =
            [Need { word: 0, mask: 0, state: 0, name_len: 0, name: [0; NAME] }; MOST_NEEDS];
        let mut len = 0;
        let mut names_bytes = 0;
        at = 0;
        while at < features.len() {
            let feature = &features[at];
            at += 1;
            if !feature.compiled || contains(baseline, feature.name) {
                continue;
            }
            assert!(
                feature.word != word::UNCHECKED,
                "rtvariants-guard: this crate is compiled for a CPU feature that the guard can't \
                 check (AVX10 or a newer part of AMX); choose another target-cpu or disable it"
            );
            queries[(feature.word / 16) as usize].used = 1;
            let (name, name_len) = name(feature.name);
            names_bytes += feature.name.len() + ", ".len();
            entries[len] = Need {
                word: feature.word,
                mask: feature.mask,
                state: feature.state,
                name_len,
                name,
            };
            len += 1;
        }
        let message = Message::new(build, names_bytes);
        Self { queries, len: len as u32, message, entries, stamp }
    }
}

#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    static PyExc_ImportError: *mut c_void;
    fn PyErr_SetString(exception: *mut c_void, message: *const u8);
}

// The frame: 32 bytes that Windows wants for callees, the results of CPUID, the message. With the
// return address and the pushes its size keeps the stack a multiple of 16 at the call.
const RESULTS: usize = 32;
const TEXT: usize = RESULTS + QUERIES * 16;
const FRAME: usize = TEXT + MESSAGE + 8;

/// The body of [`check`] for one calling convention.
///
/// r12: needs, r13: query or need, r14: results, later what was found (bit 0: something is
/// missing, bit 1: the OS is the one to blame), r15: count, later XCR0, rdi: end of the message.
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
            // Ask the leaves; one above the CPU's highest answers nonsense and stays zero.
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
            // XCR0, where OSXSAVE (leaf 1, ecx, bit 27) says that it can be read; else zero.
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

/// Zero when the CPU has everything in `needs`; else an `ImportError` is set.
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

/// Zero when the CPU has everything in `needs`; else an `ImportError` is set.
///
/// # Safety
/// The thread is attached to the interpreter, as it is while Python initialises a module.
#[cfg(windows)]
#[unsafe(naked)]
pub unsafe extern "C" fn check(needs: &Needs) -> u32 {
    // A variable of another DLL is reached through the import table alone.
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

#[cfg(test)]
mod tests;
