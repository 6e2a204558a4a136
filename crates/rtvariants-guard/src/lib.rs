//! Makes a Python extension module refuse a CPU without the features it was compiled for, and
//! carry its build stamp.
//!
//! A module that was compiled for a higher CPU level than the machine has crashes with an illegal
//! instruction, at import or hours later. [`module!`] puts a small piece of baseline assembly
//! before the module's own init function. It asks the CPU itself (CPUID and XGETBV on x86-64, the
//! kernel's capability bits on arm64 Linux) for every feature that the compiler was allowed to
//! use. Then it either calls the init function or raises an `ImportError` that names what is
//! missing. The list of features comes from the compiler, so it fits any level.
//!
//! It also refuses a second interpreter in the process: a `PyO3` module works in only one, and
//! `PyO3` itself does not refuse most others.
//!
//! The same macro writes the stamp, a description of the build in a section of the file that can
//! be read without loading it.
//!
//! `rtvariants` links the same guard into a crate that does not depend on this one, as an object
//! file (`object.rs`).
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
//!   C libraries that have them, allocators above all, must be compiled for the baseline at every
//!   level. Rust's own standard library is prebuilt for the baseline; with `-Zbuild-std` it is not.
//! - Features that the compiler uses but does not list in `cfg(target_feature)`. On stable Rust
//!   these are LAHF and SAHF, `prfchw` and system instructions; no compiler emits them in
//!   ordinary code for the levels `x86-64-v2` to `x86-64-v4`.
#![no_std]
// An object file has one entry and no public interface.
#![cfg_attr(feature = "object", allow(unreachable_pub, unused_imports, dead_code))]
#![cfg_attr(feature = "object", allow(clippy::trivially_copy_pass_by_ref))]

#[cfg(test)]
extern crate std;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
compile_error!("rtvariants-guard knows x86-64 and arm64 only");

mod arch;
mod interpreter;
mod layout;
mod message;
#[cfg(feature = "object")]
mod object;
mod python;
mod stamp;
mod text;

/// What [`module!`] expands to; not part of the public interface.
#[cfg(not(feature = "object"))]
#[doc(hidden)]
pub mod __private {
    pub use crate::parts::*;
}

// In an object file nothing is public, so the compiler leaves out what the guard does not call.
#[cfg(feature = "object")]
use parts as __private;

mod parts {
    pub use crate::arch::*;
    pub use crate::interpreter::Owner;
    pub use crate::layout::{Feature, Needs};
    pub use crate::stamp::Stamp;
    pub use crate::text::Text;
}

/// Exports a guarded init function and the build stamp; call it once, in the cdylib crate.
///
/// - `export`: the init function that Python calls, `PyInit_<name of the module file>`.
/// - `guards`: the init function that is called when the CPU has everything; any symbol of the same
///   signature, such as the one that `#[pymodule]` makes.
/// - `index_bits`: a `u32` constant: the width of row numbers, or any other number for the stamp's
///   `index-bits`. A crate without row numbers leaves it out.
/// - `allocator`: a `&str` constant: the name of the global allocator.
///
/// It also defines `RTVARIANTS_STAMP`, the text of the stamp as a `&'static str`. What only the
/// build tool knows comes from environment variables that it sets (`RTVARIANTS_RUNTIME` and so
/// on); without them the package and version are cargo's and the rest is empty.
///
/// A feature that the guard can't check on this target is a compile error, never an unguarded
/// module. No switch turns the guard off.
#[macro_export]
macro_rules! module {
    (
        export: $export:ident,
        guards: $guards:ident,
        $(index_bits: $index_bits:expr,)?
        allocator: $allocator:expr $(,)?
    ) => {
        #[doc = "The text of this build's stamp."]
        #[allow(dead_code)]
        pub(crate) static RTVARIANTS_STAMP: &str = __rtvariants_guard::STAMP_TEXT;

        #[doc(hidden)]
        mod __rtvariants_guard {
            #[allow(unused_imports)]
            use super::*;
            use $crate::__private as guard;

            const INDEX_BITS: guard::Text<10> = guard::Text::of_number(&[$($index_bits)?]);

            unsafe extern "C" {
                fn $guards() -> *mut ::core::ffi::c_void;
            }

            $crate::__guarded! {
                export: $export,
                guards: $guards,
                package: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                index_bits: INDEX_BITS.as_str(),
                allocator: $allocator,
                stated_by: "crate",
            }
        }
    };
}

/// The stamp, and the init function with its check, in a module that has `__private` as `guard`.
#[doc(hidden)]
#[macro_export]
macro_rules! __guarded {
    (
        export: $export:ident,
        guards: $guards:ident,
        package: $package:expr,
        version: $version:expr,
        index_bits: $index_bits:expr,
        allocator: $allocator:expr,
        stated_by: $stated_by:expr,
    ) => {
        // The compiler of this crate may be older or newer than the list of features.
        #[allow(unexpected_cfgs)]
        const FEATURES: &[guard::Feature] = &$crate::__features!();

        const STAMP: guard::Stamp = guard::Stamp {
            package: $crate::__env!("RTVARIANTS_PACKAGE", $package),
            version: $crate::__env!("RTVARIANTS_VERSION", $version),
            runtime: $crate::__env!("RTVARIANTS_RUNTIME", ""),
            level: $crate::__env!("RTVARIANTS_LEVEL", ""),
            target: $crate::__env!("RTVARIANTS_TARGET", ""),
            index_bits: $index_bits,
            allocator: $allocator,
            stated_by: $stated_by,
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

        #[allow(dead_code)]
        pub(super) static STAMP_TEXT: &str = match ::core::str::from_utf8(&STAMP_BYTES) {
            Ok(text) => text,
            Err(_) => panic!("the stamp is made of UTF-8 strings"),
        };

        // The reference to the stamp keeps the linker from dropping it with unused sections.
        #[allow(dead_code)]
        static NEEDS: guard::Needs =
            guard::Needs::new(STAMP.name(), FEATURES, guard::BASELINE, &STAMP_BYTES[0]);

        /// Where the assembly continues if the CPU has everything.
        ///
        /// # Safety
        /// As for the exported function.
        unsafe extern "C" fn initialise() -> *mut ::core::ffi::c_void {
            static OWNER: guard::Owner = guard::Owner::new();
            // SAFETY: the caller's promise.
            unsafe { if OWNER.admits() { $guards() } else { ::core::ptr::null_mut() } }
        }

        $crate::__entry!($export, initialise, NEEDS);
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
