//! The exported init function: calls the check, then continues in Rust.
//!
//! It is a naked function, so the compiler adds no instruction of its own, and a `no_mangle`
//! function rather than global assembly, since rustc exports only the former from a cdylib.

/// The exported function.
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($export:ident, $init:ident, $needs:ident) => {
        /// The module's init function behind the guard.
        ///
        /// # Safety
        /// Only Python's import machinery may call it, with the thread attached to the interpreter.
        #[allow(unreachable_pub)]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $export() -> *mut ::core::ffi::c_void {
            // 40 bytes: the return address made the stack odd, and Windows requires 32 for the
            // callee.
            #[cfg(not(windows))]
            ::core::arch::naked_asm!(
                "sub rsp, 40",
                "lea rdi, [rip + {needs}]",
                "call {check}",
                "add rsp, 40",
                "test eax, eax",
                "jnz 2f",
                "jmp {init}",
                "2: xor eax, eax",
                "ret",
                needs = sym $needs,
                check = sym guard::check,
                init = sym $init,
            );
            #[cfg(windows)]
            ::core::arch::naked_asm!(
                "sub rsp, 40",
                "lea rcx, [rip + {needs}]",
                "call {check}",
                "add rsp, 40",
                "test eax, eax",
                "jnz 2f",
                "jmp {init}",
                "2: xor eax, eax",
                "ret",
                needs = sym $needs,
                check = sym guard::check,
                init = sym $init,
            );
        }
    };
}
