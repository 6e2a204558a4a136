//! One folder for each instruction set, with the same files and the same names in each.
//!
//! - `mod.rs`: `BASELINE`, the features that are never checked; `word`, the places where a feature
//!   can be reported; `CHECKS`, whether this operating system reports any; `Queries`, what the
//!   check has to ask for.
//! - `features.rs`: the macro `__features!`, every feature that rustc knows.
//! - `check.rs`: `check`, the assembly that compares.
//! - `entry.rs`: the macro `__entry!`, the exported init function.
//! - `oracle.rs`: the same comparison in plain Rust, for the tests.
//!
//! `layout.rs` of this crate has the types that all of them share.

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(all(test, any(target_arch = "x86_64", target_os = "linux", target_os = "android")))]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::*;
#[cfg(target_arch = "x86_64")]
pub use x86_64::*;
