//! Makes a native Python module refuse a CPU that lacks what it was compiled for, and carry its
//! build stamp.
//!
//! A module that was compiled for a higher CPU level than the machine has dies of an illegal
//! instruction, at import or hours later. [`module!`] puts a small piece of baseline assembly
//! before the module's own init function. It asks the CPU itself (CPUID and XGETBV on x86-64, the
//! kernel's capability bits on arm64 Linux) for every feature that the compiler was allowed to
//! use, and then either goes on into the init function or raises an `ImportError` that names what
//! is missing. The list of features comes from the compiler, so it fits any level.
//!
//! It also refuses a second interpreter of the process: `PyO3`'s modules live in one, and `PyO3`
//! itself lets most others in.
//!
//! The same macro writes the stamp: what this build says about itself, in a section of the file
//! that can be read without loading it.
//!
//! ```ignore
//! #[pyo3::pymodule(gil_used = false)]
//! #[pyo3(name = "_core_unguarded")]
//! mod core {}
//!
//! rtvariants_guard::module! {
//!     export: PyInit__core,
//!     guards: PyInit__core_unguarded,
//!     index_bits: u32::BITS,
//!     allocator: "jemalloc",
//! }
//!
//! /// The stamp is a `&'static str` of the crate too.
//! fn build_info() -> &'static str {
//!     RTVARIANTS_STAMP
//! }
//! ```
//!
//! # What the guard can't see
//!
//! - Constructors of C code (`.init_array`) run while the file is loaded, before any init function.
//!   C libraries that have them, allocators above all, must be compiled for the baseline whatever
//!   the level of the runtime is. Rust's own standard library is prebuilt for the baseline; with
//!   `-Zbuild-std` it no longer is.
//! - Features that the compiler uses without saying so in `cfg(target_feature)`. On stable Rust
//!   these are LAHF and SAHF, `prfchw` and system instructions; no compiler emits them in a module's
//!   ordinary code for the levels `x86-64-v2` to `x86-64-v4`.
#![no_std]

#[cfg(test)]
extern crate std;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("rtvariants-guard knows x86-64 and arm64 only");

#[cfg(target_arch = "aarch64")]
mod aarch64;
mod entry;
mod features;
mod interpreter;
mod message;
mod stamp;
mod text;
#[cfg(target_arch = "x86_64")]
mod x86_64;

/// What [`module!`] expands to; no part of the public interface.
#[doc(hidden)]
pub mod __private {
    #[cfg(all(target_arch = "aarch64", any(target_os = "linux", target_os = "android")))]
    pub use crate::aarch64::check;
    #[cfg(target_arch = "aarch64")]
    pub use crate::aarch64::{BASELINE, Feature, Needs, word};
    pub use crate::interpreter::Owner;
    pub use crate::stamp::Stamp;
    pub use crate::text::Text;
    #[cfg(target_arch = "x86_64")]
    pub use crate::x86_64::{BASELINE, Feature, Needs, check, state, word};
}

/// Exports a guarded init function and the build stamp; call it once, in the cdylib crate.
///
/// - `export`: the init function that Python calls, `PyInit_<name of the module file>`.
/// - `guards`: the init function that is called when the CPU has everything; any symbol of the same
///   signature, such as the one that `#[pymodule]` makes.
/// - `index_bits`: a `u32` constant; width of row numbers, or whatever the stamp shall call so.
/// - `allocator`: a `&str` constant: the name of the global allocator.
///
/// It also defines `RTVARIANTS_STAMP`, the text of the stamp as a `&'static str`. What only the
/// build tool knows comes from its environment (`RTVARIANTS_RUNTIME` and its kin); without it the
/// package and version are cargo's and the rest is empty.
///
/// A feature that the guard has no test for on this target is a compile error, never a module that
/// goes unguarded. There is no switch that turns the guard off.
#[macro_export]
macro_rules! module {
    (
        export: $export:ident,
        guards: $guards:ident,
        index_bits: $index_bits:expr,
        allocator: $allocator:expr $(,)?
    ) => {
        #[doc = "What this build says about itself: the text of its stamp."]
        #[allow(dead_code)]
        pub(crate) static RTVARIANTS_STAMP: &str = __rtvariants_guard::STAMP_TEXT;

        #[doc(hidden)]
        mod __rtvariants_guard {
            #[allow(unused_imports)]
            use super::*;
            use $crate::__private as guard;

            // The compiler of this crate may be older or newer than the list of features.
            #[allow(unexpected_cfgs)]
            const FEATURES: &[guard::Feature] = &$crate::__features!();

            const STAMP: guard::Stamp = guard::Stamp {
                package: $crate::__env!("RTVARIANTS_PACKAGE", env!("CARGO_PKG_NAME")),
                version: $crate::__env!("RTVARIANTS_VERSION", env!("CARGO_PKG_VERSION")),
                runtime: $crate::__env!("RTVARIANTS_RUNTIME", ""),
                level: $crate::__env!("RTVARIANTS_LEVEL", ""),
                target: $crate::__env!("RTVARIANTS_TARGET", ""),
                index_bits: $index_bits,
                allocator: $allocator,
                abi: $crate::__env!("RTVARIANTS_ABI", ""),
                page_size: $crate::__env!("RTVARIANTS_PAGE_SIZE", ""),
                toolchain: $crate::__env!("RTVARIANTS_TOOLCHAIN", ""),
            };
            const TEXT: guard::Text<8192> = STAMP.text(FEATURES);

            #[used]
            #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__rtvariants"))]
            #[cfg_attr(windows, unsafe(link_section = ".rtvar"))]
            #[cfg_attr(
                not(any(target_vendor = "apple", windows)),
                unsafe(link_section = ".rtvariants")
            )]
            static STAMP_BYTES: [u8; TEXT.len()] = TEXT.exact();

            pub(super) static STAMP_TEXT: &str = match ::core::str::from_utf8(&STAMP_BYTES) {
                Ok(text) => text,
                Err(_) => panic!("the stamp is made of UTF-8 strings"),
            };

            // The reference to the stamp keeps the linker from dropping it with unused sections.
            #[allow(dead_code)]
            static NEEDS: guard::Needs =
                guard::Needs::new(STAMP.name(), FEATURES, guard::BASELINE, &STAMP_BYTES[0]);

            unsafe extern "C" {
                fn $guards() -> *mut ::core::ffi::c_void;
            }

            /// Where the assembly goes on once the CPU has everything.
            ///
            /// # Safety
            /// As for the exported function.
            unsafe extern "C" fn initialise() -> *mut ::core::ffi::c_void {
                static OWNER: guard::Owner = guard::Owner::new();
                // SAFETY: the caller's promise.
                unsafe { if OWNER.admits() { $guards() } else { ::core::ptr::null_mut() } }
            }

            $crate::__entry!($export, initialise, NEEDS);
        }
    };
}

/// `option_env!` with a fallback, where an empty value counts as absent.
#[doc(hidden)]
#[macro_export]
macro_rules! __env {
    ($name:literal, $fallback:expr) => {
        match option_env!($name) {
            Some(value) if !value.is_empty() => value,
            _ => $fallback,
        }
    };
}
