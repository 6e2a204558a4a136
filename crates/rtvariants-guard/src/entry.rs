//! The exported init function: calls the check, then goes on into Rust.
//!
//! It is a naked function, so the compiler adds no instruction of its own, and a `no_mangle`
//! function rather than global assembly, since rustc exports only the former from a cdylib.

/// The exported function on x86-64.
#[cfg(target_arch = "x86_64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($export:ident, $init:ident, $needs:ident) => {
        /// The module's init function behind the guard.
        ///
        /// # Safety
        /// To be called by Python's import machinery, with the thread attached to the interpreter.
        #[allow(unreachable_pub)]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $export() -> *mut ::core::ffi::c_void {
            // 40 bytes: the return address made the stack odd, and Windows wants 32 for the callee.
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

/// The exported function on arm64.
#[cfg(target_arch = "aarch64")]
#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($export:ident, $init:ident, $needs:ident) => {
        /// The module's init function behind the guard.
        ///
        /// # Safety
        /// To be called by Python's import machinery, with the thread attached to the interpreter.
        #[allow(unreachable_pub)]
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $export() -> *mut ::core::ffi::c_void {
            #[cfg(any(target_os = "linux", target_os = "android"))]
            ::core::arch::naked_asm!(
                "stp x29, x30, [sp, #-16]!",
                "mov x29, sp",
                "adrp x0, {needs}",
                "add x0, x0, :lo12:{needs}",
                "bl {check}",
                "ldp x29, x30, [sp], #16",
                "cbnz w0, 2f",
                "b {init}",
                "2: mov x0, #0",
                "ret",
                needs = sym $needs,
                check = sym guard::check,
                init = sym $init,
            );
            // Nothing above the target's baseline is compiled in: the constant `NEEDS` says so.
            #[cfg(not(any(target_os = "linux", target_os = "android")))]
            ::core::arch::naked_asm!("b {init}", init = sym $init);
        }
    };
}
