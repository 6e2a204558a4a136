//! Row numbers: the one integer type that every operator is generic over.

use std::fmt::Debug;
use std::hash::Hash;

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

    /// The row number `row`.
    ///
    /// The caller has checked `row < MAX_ROWS` (every frame checks this when it is made). Larger
    /// values are a bug and panic in debug builds.
    fn from_usize(row: usize) -> Self;

    /// The row number as an offset into memory.
    fn to_usize(self) -> usize;

    /// True for [`Idx::NONE`].
    #[inline]
    fn is_none(self) -> bool {
        self == Self::NONE
    }
}

macro_rules! impl_idx {
    ($($int:ty),*) => {$(
        impl Idx for $int {
            const BITS: u32 = <$int>::BITS;
            // usize may be narrower than u64, but is never wider on a supported target.
            const MAX_ROWS: u64 = <$int>::MAX as u64;
            const NONE: Self = <$int>::MAX;

            #[inline]
            fn from_usize(row: usize) -> Self {
                debug_assert!((row as u64) < Self::MAX_ROWS, "row number {row} does not fit");
                row as $int
            }

            #[inline]
            fn to_usize(self) -> usize {
                self as usize
            }
        }
    )*};
}

impl_idx!(u8, u16, u32, u64);
