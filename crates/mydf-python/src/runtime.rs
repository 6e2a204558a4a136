//! What differs between runtimes: the width of row numbers, the allocator, and the guard with the
//! stamp, which runs before the module's own initialisation.

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
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[cfg(all(feature = "mimalloc", not(feature = "jemalloc")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
