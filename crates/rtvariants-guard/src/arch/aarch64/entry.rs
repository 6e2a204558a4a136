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
