//! Values as unsigned integers that compare like the values.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::NullBuffer;

use super::{PARALLEL_ROWS, TASK_ROWS, tasks};
use crate::column::Column;
use crate::dtype::DType;
use crate::with_primitive;

/// A value with an order-preserving key: `a < b` exactly if `a.key() < b.key()`. For floats, -0.0
/// equals 0.0, and all NaNs are equal and larger than every number.
pub(super) trait Key: Copy {
    /// The key; at most as wide as the value.
    fn key(self) -> u64;
    /// The value of a key, for values that have a key of their own.
    fn of_key(key: u64) -> Self;
    /// False for a value that shares its key with another one: -0.0 and NaN.
    fn has_own_key(self) -> bool;
    /// The bits of the value.
    fn bits(self) -> u64;
    /// The value of these bits.
    fn of_bits(bits: u64) -> Self;
}

macro_rules! integer_key {
    ($($signed:ty, $unsigned:ty);*) => {$(
        impl Key for $signed {
            #[inline]
            fn key(self) -> u64 {
                // Flipping the sign bit puts the negative numbers below the others.
                u64::from(self as $unsigned ^ (1 << (<$unsigned>::BITS - 1)))
            }
            #[inline]
            fn of_key(key: u64) -> Self {
                (key as $unsigned ^ (1 << (<$unsigned>::BITS - 1))) as $signed
            }
            #[inline]
            fn has_own_key(self) -> bool {
                true
            }
            #[inline]
            fn bits(self) -> u64 {
                u64::from(self as $unsigned)
            }
            #[inline]
            fn of_bits(bits: u64) -> Self {
                bits as $signed
            }
        }
        impl Key for $unsigned {
            #[inline]
            fn key(self) -> u64 {
                u64::from(self)
            }
            #[inline]
            fn of_key(key: u64) -> Self {
                key as $unsigned
            }
            #[inline]
            fn has_own_key(self) -> bool {
                true
            }
            #[inline]
            fn bits(self) -> u64 {
                u64::from(self)
            }
            #[inline]
            fn of_bits(bits: u64) -> Self {
                bits as $unsigned
            }
        }
    )*};
}

integer_key!(i8, u8; i16, u16; i32, u32; i64, u64);

impl Key for f64 {
    #[inline]
    fn key(self) -> u64 {
        // Adding 0.0 turns -0.0 into 0.0 and changes nothing else.
        let bits = if self.is_nan() { 0x7ff8 << 48 } else { (self + 0.0).to_bits() };
        bits ^ (((bits as i64 >> 63) as u64) | (1 << 63))
    }

    #[inline]
    fn of_key(key: u64) -> Self {
        f64::from_bits(key ^ ((!key as i64 >> 63) as u64 | (1 << 63)))
    }

    #[inline]
    fn has_own_key(self) -> bool {
        !(self.is_nan() || self.to_bits() == (-0.0f64).to_bits())
    }

    #[inline]
    fn bits(self) -> u64 {
        self.to_bits()
    }

    #[inline]
    fn of_bits(bits: u64) -> Self {
        f64::from_bits(bits)
    }
}

impl Key for f32 {
    #[inline]
    fn key(self) -> u64 {
        let bits = if self.is_nan() { 0x7fc0 << 16 } else { (self + 0.0).to_bits() };
        u64::from(bits ^ (((bits as i32 >> 31) as u32) | (1 << 31)))
    }

    #[inline]
    fn of_key(key: u64) -> Self {
        let key = key as u32;
        f32::from_bits(key ^ ((!key as i32 >> 31) as u32 | (1 << 31)))
    }

    #[inline]
    fn has_own_key(self) -> bool {
        !(self.is_nan() || self.to_bits() == (-0.0f32).to_bits())
    }

    #[inline]
    fn bits(self) -> u64 {
        u64::from(self.to_bits())
    }

    #[inline]
    fn of_bits(bits: u64) -> Self {
        f32::from_bits(bits as u32)
    }
}

/// One key for each row. The key of a null row has no meaning.
pub(super) struct Keys {
    pub(super) values: Vec<u64>,
    pub(super) nulls: Option<NullBuffer>,
}

impl Keys {
    /// The keys of a column; `None` for text, which has no key of fixed width. The column is one of
    /// [`crate::kernels::plain_keys::keys`].
    pub(super) fn of(column: &Column) -> Option<Keys> {
        let array = column.values();
        let len = array.len();
        let values = with_primitive!(
            column.dtype(),
            T => primitive(array.as_primitive::<T>()),
            _ => match column.dtype() {
                DType::Bool => array.as_boolean().values().iter().map(u64::from).collect(),
                DType::Null => vec![0; len],
                _ => return None,
            }
        );
        Some(Keys { values, nulls: array.logical_nulls().filter(|n| n.null_count() > 0) })
    }

    /// The smallest and the largest key among the rows that are not null.
    pub(super) fn range(&self) -> Option<(u64, u64)> {
        let fold = |(low, high): (u64, u64), key: u64| (low.min(key), high.max(key));
        let start = (u64::MAX, 0);
        let found = match &self.nulls {
            None => self.values.iter().copied().fold(start, fold),
            Some(nulls) => nulls.valid_indices().map(|row| self.values[row]).fold(start, fold),
        };
        (found.0 <= found.1).then_some(found)
    }

    /// True if the row is not null.
    #[inline]
    pub(super) fn is_valid(&self, row: usize) -> bool {
        self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row))
    }
}

fn primitive<T: ArrowPrimitiveType<Native: Key>>(array: &PrimitiveArray<T>) -> Vec<u64> {
    map(array.values(), Key::key)
}

/// Maps a slice, on all threads if it is long.
pub(super) fn map<T, U>(values: &[T], f: impl Fn(T) -> U + Sync) -> Vec<U>
where
    T: Copy + Sync,
    U: Copy + Default + Send,
{
    if values.len() < PARALLEL_ROWS {
        return values.iter().map(|value| f(*value)).collect();
    }
    let mut all = vec![U::default(); values.len()];
    tasks::each(all.chunks_mut(TASK_ROWS).zip(values.chunks(TASK_ROWS)), |(to, from)| {
        for (to, from) in to.iter_mut().zip(from) {
            *to = f(*from);
        }
    });
    all
}
