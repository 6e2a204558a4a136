//! Row numbers: the one integer type that every operator is generic over.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

/// An unsigned integer that numbers rows.
///
/// rt32 and rtcompat use `u32`, rt64 uses `u64`. With `u8` and `u16`, a test reaches the row limit
/// with a few hundred rows. The largest value is reserved: operators use it to mean "no row" (the
/// unmatched side of a left join).
pub trait Idx: Copy + Debug + Default + Eq + Hash + Ord + Send + Sync + 'static {
    /// Width in bits.
    const BITS: u32;
    /// The largest number of rows that a frame may have.
    const MAX_ROWS: u64;
    /// Marks "no row".
    const NONE: Self;
    /// A row number that several threads write.
    type Atomic: Send + Sync;

    /// The row number `row`.
    ///
    /// The caller has checked `row < MAX_ROWS` (every frame checks this when it is made). Larger
    /// values are a bug and panic in debug builds.
    fn from_usize(row: usize) -> Self;

    /// The row number as an offset into memory.
    fn to_usize(self) -> usize;

    /// This row number, to be shared.
    fn shared(self) -> Self::Atomic;

    /// Writes a row number. Other threads see it, or another one written meanwhile, in no order.
    fn store(place: &Self::Atomic, row: Self);

    /// Reads a row number that another thread may write.
    fn load(place: &Self::Atomic) -> Self;

    /// A row number that is no longer shared.
    fn unshared(place: Self::Atomic) -> Self;

    /// True for [`Idx::NONE`].
    #[inline]
    fn is_none(self) -> bool {
        self == Self::NONE
    }
}

macro_rules! impl_idx {
    ($($int:ty, $atomic:ty);*) => {$(
        impl Idx for $int {
            const BITS: u32 = <$int>::BITS;
            // Arrow and Python count rows in signed numbers of 64 bits.
            const MAX_ROWS: u64 =
                if <$int>::BITS < 64 { <$int>::MAX as u64 } else { i64::MAX as u64 };
            const NONE: Self = <$int>::MAX;
            type Atomic = $atomic;

            #[inline]
            fn from_usize(row: usize) -> Self {
                debug_assert!((row as u64) < Self::MAX_ROWS, "row number {row} does not fit");
                row as $int
            }

            #[inline]
            fn to_usize(self) -> usize {
                self as usize
            }

            #[inline]
            fn shared(self) -> $atomic {
                <$atomic>::new(self)
            }

            #[inline]
            fn store(place: &$atomic, row: Self) {
                place.store(row, Ordering::Relaxed);
            }

            #[inline]
            fn load(place: &$atomic) -> Self {
                place.load(Ordering::Relaxed)
            }

            #[inline]
            fn unshared(place: $atomic) -> Self {
                place.into_inner()
            }
        }
    )*};
}

impl_idx!(u8, AtomicU8; u16, AtomicU16; u32, AtomicU32; u64, AtomicU64);
