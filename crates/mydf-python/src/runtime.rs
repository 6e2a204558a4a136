//! What differs between runtimes: the width of row numbers, the allocator, and the guard with the
//! stamp, which runs before the module's own initialisation.

use crate::pages::Huge;

/// Row numbers in this runtime.
#[cfg(not(feature = "rt64"))]
pub(crate) type RowIdx = u32;
/// Row numbers in this runtime.
#[cfg(feature = "rt64")]
pub(crate) type RowIdx = u64;

#[cfg(all(feature = "jemalloc", feature = "mimalloc"))]
compile_error!("the features `jemalloc` and `mimalloc` exclude each other");

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: Huge<tikv_jemallocator::Jemalloc> = Huge(tikv_jemallocator::Jemalloc);

#[cfg(all(feature = "mimalloc", not(feature = "jemalloc")))]
#[global_allocator]
static ALLOCATOR: Huge<mimalloc::MiMalloc> = Huge(mimalloc::MiMalloc);

#[cfg(not(any(feature = "jemalloc", feature = "mimalloc")))]
#[global_allocator]
static ALLOCATOR: Huge<std::alloc::System> = Huge(std::alloc::System);

/// The allocator's name in the stamp.
pub(crate) const ALLOCATOR_NAME: &str = if cfg!(feature = "jemalloc") {
    "jemalloc"
} else if cfg!(feature = "mimalloc") {
    "mimalloc"
} else {
    "system"
};

rtvariants_guard::module! {
    export: PyInit__core,
    guards: PyInit__core_unguarded,
    index_bits: RowIdx::BITS,
    allocator: ALLOCATOR_NAME,
}
