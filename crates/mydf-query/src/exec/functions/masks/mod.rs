//! The bits of comparisons, 64 rows at a time.
//!
//! On x86-64, numbers of 4 and 8 bytes are compared in vector registers by hand. The compiler makes
//! vectors of plain loops too, but of which of two nested loops depends on what surrounds them, and
//! vectors that gather every 64th value are slower than none.

#[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
#[path = "avx2.rs"]
mod vectors;
#[cfg(all(target_arch = "x86_64", not(target_feature = "avx2")))]
#[path = "sse2.rs"]
mod vectors;

use arrow_buffer::{BooleanBuffer, Buffer};

use super::super::values::Values;

/// A number with a total order in which NaN is last and equal to itself.
pub(super) trait Total: Copy {
    fn equal(self, other: Self) -> bool;
    fn less(self, other: Self) -> bool;

    /// The bits of 64 pairs that are equal.
    #[inline]
    fn equals(left: impl Side<Self>, right: impl Side<Self>) -> u64 {
        word::<Self>(|row| left.get(row).equal(right.get(row)))
    }

    /// The bits of 64 pairs whose left value is less.
    #[inline]
    fn lesses(left: impl Side<Self>, right: impl Side<Self>) -> u64 {
        word::<Self>(|row| left.get(row).less(right.get(row)))
    }
}

/// The left or right values of 64 pairs.
pub(super) trait Side<T>: Copy {
    fn get(self, row: usize) -> T;

    /// The vector register with this number.
    #[cfg(target_arch = "x86_64")]
    fn load(self, register: usize) -> vectors::Register;
}

#[derive(Clone, Copy)]
struct Each<'a, T>(&'a [T; 64]);

#[derive(Clone, Copy)]
struct Same<T>(T);

impl<T: Total> Side<T> for Each<'_, T> {
    #[inline]
    fn get(self, row: usize) -> T {
        self.0[row]
    }

    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn load(self, register: usize) -> vectors::Register {
        vectors::load(&self.0[register * size_of::<vectors::Register>() / size_of::<T>()..])
    }
}

impl<T: Total> Side<T> for Same<T> {
    #[inline]
    fn get(self, _: usize) -> T {
        self.0
    }

    #[cfg(target_arch = "x86_64")]
    #[inline]
    fn load(self, _: usize) -> vectors::Register {
        vectors::load(&[self.0; 32])
    }
}

macro_rules! by_vectors {
    ($size:literal, $equal:expr, $less:expr) => {
        #[cfg(target_arch = "x86_64")]
        #[inline]
        fn equals(left: impl Side<Self>, right: impl Side<Self>) -> u64 {
            vectors::word::<$size>(|register| $equal(left.load(register), right.load(register)))
        }
        #[cfg(target_arch = "x86_64")]
        #[inline]
        fn lesses(left: impl Side<Self>, right: impl Side<Self>) -> u64 {
            vectors::word::<$size>(|register| $less(left.load(register), right.load(register)))
        }
    };
}

macro_rules! impl_total {
    ($($int:ty $({ $($vectors:tt)* })?),*) => {$(
        impl Total for $int {
            #[inline]
            fn equal(self, other: Self) -> bool {
                self == other
            }
            #[inline]
            fn less(self, other: Self) -> bool {
                self < other
            }
            $(by_vectors!($($vectors)*);)?
        }
    )*};
}

macro_rules! impl_total_float {
    ($($float:ty { $($vectors:tt)* }),*) => {$(
        // Without branches, so that the compiler turns the loops into vectors.
        #[allow(clippy::float_cmp, clippy::neg_cmp_op_on_partial_ord, reason = "NaN is meant")]
        impl Total for $float {
            #[inline]
            fn equal(self, other: Self) -> bool {
                (self == other) | (self.is_nan() & other.is_nan())
            }
            #[inline]
            fn less(self, other: Self) -> bool {
                // `>=` is false next to NaN; the second comparison excludes a NaN on the left.
                !(self >= other) & !self.is_nan()
            }
            by_vectors!($($vectors)*);
        }
    )*};
}

/// Compares numbers without a sign, as numbers with a sign that are less by half of their range.
#[cfg(target_arch = "x86_64")]
macro_rules! moved {
    ($less:path, $half:expr) => {
        |left, right| {
            let half = vectors::load(&[$half; 8]);
            $less(vectors::xor(left, half), vectors::xor(right, half))
        }
    };
}

impl_total!(
    i8,
    i16,
    u8,
    u16,
    i32 { 4, vectors::equal32, vectors::less32 },
    u32 { 4, vectors::equal32, moved!(vectors::less32, i32::MIN) },
    i64 { 8, vectors::equal64, vectors::less64 },
    u64 { 8, vectors::equal64, moved!(vectors::less64, i64::MIN) }
);
impl_total_float!(
    f32 { 4, vectors::equal_f32, vectors::less_f32 },
    f64 { 8, vectors::equal_f64, vectors::less_f64 }
);

/// How two numbers relate.
trait Relation {
    fn pair<T: Total>(left: T, right: T) -> bool;
    fn word<T: Total>(left: impl Side<T>, right: impl Side<T>) -> u64;
}

struct Equal;

impl Relation for Equal {
    #[inline]
    fn pair<T: Total>(left: T, right: T) -> bool {
        left.equal(right)
    }
    #[inline]
    fn word<T: Total>(left: impl Side<T>, right: impl Side<T>) -> u64 {
        T::equals(left, right)
    }
}

struct Less;

impl Relation for Less {
    #[inline]
    fn pair<T: Total>(left: T, right: T) -> bool {
        left.less(right)
    }
    #[inline]
    fn word<T: Total>(left: impl Side<T>, right: impl Side<T>) -> u64 {
        T::lesses(left, right)
    }
}

/// The pairs that are equal; the others if `not`.
pub(super) fn equal<T: Total>(
    left: Values<'_, T>,
    right: Values<'_, T>,
    length: usize,
    not: bool,
) -> BooleanBuffer {
    related::<Equal, T>(left, right, length, not)
}

/// The pairs whose left value is less; the others if `not`.
pub(super) fn less<T: Total>(
    left: Values<'_, T>,
    right: Values<'_, T>,
    length: usize,
    not: bool,
) -> BooleanBuffer {
    related::<Less, T>(left, right, length, not)
}

fn related<R: Relation, T: Total>(
    left: Values<'_, T>,
    right: Values<'_, T>,
    length: usize,
    not: bool,
) -> BooleanBuffer {
    let flip = if not { u64::MAX } else { 0 };
    let whole = |word: u64| (word ^ flip).to_le();
    let pair = |left: T, right: T| R::pair(left, right) ^ not;
    let words: Vec<u64> = match (left, right) {
        (Values::All(left), Values::All(right)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let (rights, right) = right.as_chunks::<64>();
            let words = lefts.iter().zip(rights).map(|(l, r)| whole(R::word(Each(l), Each(r))));
            words.chain(last(left.len(), |row| pair(left[row], right[row]))).collect()
        }
        (Values::All(left), Values::One(r)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let words = lefts.iter().map(|l| whole(R::word(Each(l), Same(r))));
            words.chain(last(left.len(), |row| pair(left[row], r))).collect()
        }
        (Values::One(l), Values::All(right)) => {
            let (rights, right) = right.as_chunks::<64>();
            let words = rights.iter().map(|r| whole(R::word(Same(l), Each(r))));
            words.chain(last(right.len(), |row| pair(l, right[row]))).collect()
        }
        (Values::One(l), Values::One(r)) => return one(pair(l, r), length),
    };
    BooleanBuffer::new(Buffer::from_vec(words), 0, length)
}

fn one(bit: bool, length: usize) -> BooleanBuffer {
    if bit { BooleanBuffer::new_set(length) } else { BooleanBuffer::new_unset(length) }
}

/// One bit for each pair of numbers of different types.
pub(super) fn bits<L: Copy, R: Copy>(
    left: Values<'_, L>,
    right: Values<'_, R>,
    length: usize,
    f: impl Fn(L, R) -> bool,
) -> BooleanBuffer {
    let words: Vec<u64> = match (left, right) {
        (Values::All(left), Values::All(right)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let (rights, right) = right.as_chunks::<64>();
            let words =
                lefts.iter().zip(rights).map(|(l, r)| word::<L>(|row| f(l[row], r[row])).to_le());
            words.chain(last(left.len(), |row| f(left[row], right[row]))).collect()
        }
        (Values::All(left), Values::One(r)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let words = lefts.iter().map(|l| word::<L>(|row| f(l[row], r)).to_le());
            words.chain(last(left.len(), |row| f(left[row], r))).collect()
        }
        (Values::One(l), Values::All(right)) => {
            let (rights, right) = right.as_chunks::<64>();
            let words = rights.iter().map(|r| word::<R>(|row| f(l, r[row])).to_le());
            words.chain(last(right.len(), |row| f(l, right[row]))).collect()
        }
        (Values::One(l), Values::One(r)) => return one(f(l, r), length),
    };
    BooleanBuffer::new(Buffer::from_vec(words), 0, length)
}

/// The word of 64 values of type `V`. The compiler makes a loop over vectors of each form, which it
/// does not for one that shifts each bit into the word.
#[inline]
fn word<V>(bit: impl Fn(usize) -> bool) -> u64 {
    if size_of::<V>() == 8 {
        // Lanes as wide as the values: what a comparison gives selects bits without a conversion.
        let mut lanes = [0u64; 8];
        for byte in 0..8 {
            for (lane, word) in lanes.iter_mut().enumerate() {
                *word |= if bit(8 * byte + lane) { 1 << (8 * byte + lane) } else { 0 };
            }
        }
        return lanes.into_iter().fold(0, |word, lane| word | lane);
    }
    let mut bytes = [0u8; 64];
    for (row, byte) in bytes.iter_mut().enumerate() {
        *byte = if bit(row) { u8::MAX } else { 0 };
    }
    bits_of(&bytes)
}

#[cfg(target_arch = "x86_64")]
use vectors::bytes as bits_of;

/// The bits of 64 bytes, each of which has all bits set or none.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn bits_of(bytes: &[u8; 64]) -> u64 {
    let (parts, _) = bytes.as_chunks::<8>();
    parts.iter().rev().fold(0, |word, part| {
        let bits = u64::from_le_bytes(*part) & 0x0101_0101_0101_0101;
        // The product moves the bit of each byte to its own place in the highest byte.
        word << 8 | bits.wrapping_mul(0x0102_0408_1020_4080) >> 56
    })
}

/// The word of fewer than 64 values, if there are any.
fn last(rows: usize, bit: impl Fn(usize) -> bool) -> Option<u64> {
    let word = (0..rows).fold(0, |word, row| word | u64::from(bit(row)) << row);
    (rows > 0).then_some(word.to_le())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check<V: Total + PartialOrd + std::fmt::Debug>(values: &[V], one: V) {
        let shifted: Vec<V> = values.iter().skip(1).chain(&values[..1]).copied().collect();
        let (all, others) = (Values::All(values), Values::All(shifted.as_slice()));
        let (one, length) = (Values::One(one), values.len());
        for (left, right) in [(all, others), (all, one), (one, all), (one, one)] {
            let at = |side: Values<'_, V>, row: usize| match side {
                Values::All(values) => values[row],
                Values::One(value) => value,
            };
            let found = [false, true].map(|not| equal(left, right, length, not));
            let lesses = [false, true].map(|not| less(left, right, length, not));
            for row in 0..length {
                let (l, r) = (at(left, row), at(right, row));
                assert_eq!(found[0].value(row), l.equal(r), "{l:?} == {r:?}, row {row}");
                assert_eq!(found[1].value(row), !l.equal(r), "{l:?} != {r:?}, row {row}");
                assert_eq!(lesses[0].value(row), l.less(r), "{l:?} < {r:?}, row {row}");
                assert_eq!(lesses[1].value(row), !l.less(r), "{l:?} >= {r:?}, row {row}");
            }
        }
    }

    #[test]
    fn nan_is_last_and_equal_to_itself() {
        let values = [f64::NAN, -f64::NAN, f64::INFINITY, 0.0, -0.0, f64::MIN, -f64::INFINITY];
        for left in values {
            for right in values {
                let order = match (left.is_nan(), right.is_nan()) {
                    (false, false) => left.partial_cmp(&right).unwrap(),
                    (left, right) => left.cmp(&right),
                };
                assert_eq!(left.equal(right), order.is_eq(), "{left} {right}");
                assert_eq!(left.less(right), order.is_lt(), "{left} {right}");
            }
        }
    }

    proptest! {
        #[test]
        fn each_pair_has_its_bit(draws in prop::collection::vec(any::<u16>(), 1..300), one: u16) {
            fn of<T>(draws: &[u16], convert: impl Fn(u16) -> T) -> Vec<T> {
                draws.iter().map(|draw| convert(*draw)).collect()
            }
            // Every eighth is NaN, an infinity, a zero or a negative zero.
            let special = |draw: u16| match draw % 32 {
                0 => f64::NAN,
                8 => f64::NEG_INFINITY,
                16 => 0.0,
                24 => -0.0,
                _ => f64::from(draw),
            };
            check(&of(&draws, |draw| draw as u8), one as u8);
            check(&of(&draws, |draw| draw as i16), one as i16);
            check(&of(&draws, |draw| f32::from(draw as i16)), f32::from(one as i16));
            check(&of(&draws, |draw| i64::from(draw) << 40), i64::from(one) << 40);
            // The halves of a number differ, or only one of them does.
            let wide = |draw: u16| i64::from(draw as i16) << 32 | i64::from(draw % 3) << 30;
            check(&of(&draws, wide), wide(one));
            check(&of(&draws, |draw| wide(draw) as u64), wide(one) as u64);
            check(&of(&draws, |draw| i64::from(draw % 3) << 31), i64::from(one % 3) << 31);
            check(&of(&draws, |draw| i32::from(draw as i16) << 16), i32::from(one as i16) << 16);
            check(&of(&draws, |draw| u32::from(draw) << 16), u32::from(one) << 16);
            check(&of(&draws, |draw| draw), one);
            check(&of(&draws, |draw| draw as i8), one as i8);
            check(&of(&draws, special), special(one));
            check(&of(&draws, |draw| special(draw) as f32), special(one) as f32);
        }
    }
}
