//! Comparisons. Numbers compare by their exact values whatever their dtypes. For floats, NaN equals
//! NaN and is larger than every number, as in sorting and grouping.
//!
//! Bool and text use Arrow's kernels. Numbers have their own kernels, because Arrow orders floats
//! bit by bit: there -0.0 is less than 0.0, and one NaN differs from another.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::BooleanArray;
use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt64Type};
use arrow_buffer::{BooleanBuffer, Buffer};
use arrow_ord::cmp;

use mydf_core::{DType, Result, with_primitive};

use super::super::values::{Operand, Typed, Values, arrow_error, shape, union_nulls};
use crate::expr::{BinaryOp, Expr};

/// Computes `== != < <= > >=` of two operands.
pub(in crate::exec) fn compare(
    op: BinaryOp,
    left: Typed,
    right: Typed,
    expr: &Expr,
) -> Result<Typed> {
    let (length, unit) = shape(&[&left, &right]);
    if left.dtype == DType::Null || right.dtype == DType::Null {
        return Ok(Typed::nulls(DType::Bool, length, unit));
    }
    let array = match &left.dtype {
        DType::Bool | DType::String | DType::Binary | DType::Decimal(..) => {
            by_arrow(op, &left, &right, unit)?
        }
        dtype if dtype.is_temporal() => temporal(op, left, right, expr)?,
        _ => numbers(op, left, right, expr)?,
    };
    Ok(Typed::new(Arc::new(array), DType::Bool, unit))
}

fn by_arrow(op: BinaryOp, left: &Typed, right: &Typed, unit: bool) -> Result<BooleanArray> {
    let (left, right) = (&Operand(left, unit), &Operand(right, unit));
    match op {
        BinaryOp::Eq => cmp::eq(left, right),
        BinaryOp::NotEq => cmp::neq(left, right),
        BinaryOp::Lt => cmp::lt(left, right),
        BinaryOp::LtEq => cmp::lt_eq(left, right),
        BinaryOp::Gt => cmp::gt(left, right),
        _ => cmp::gt_eq(left, right),
    }
    .map_err(arrow_error("comparison"))
}

/// A date is the midnight at its start, in the other operand's zone if it has one.
fn temporal(op: BinaryOp, left: Typed, right: Typed, expr: &Expr) -> Result<BooleanArray> {
    let dtype = match (&left.dtype, &right.dtype) {
        (DType::Date, other) | (other, DType::Date) => other.clone(),
        // Two zones: the instants are compared, and the names don't matter.
        (left, _) => left.clone(),
    };
    let bring = |value: Typed| match &value.dtype {
        DType::Date => value.cast(&dtype, expr),
        _ => Ok(value),
    };
    let (left, right) = (bring(left)?, bring(right)?);
    Ok(match dtype {
        DType::Date => same::<arrow_array::types::Date32Type>(op, &left, &right),
        _ => same::<arrow_array::types::TimestampMicrosecondType>(op, &left, &right),
    })
}

fn numbers(op: BinaryOp, left: Typed, right: Typed, expr: &Expr) -> Result<BooleanArray> {
    let (l, r) = (&left.dtype, &right.dtype);
    if l == r {
        return Ok(with_primitive!(l, Kind => same::<Kind>(op, &left, &right), _ => unreachable!(
            "every numeric dtype is primitive"
        )));
    }
    let wide = |dtype: &DType| dtype.is_integer() && dtype.bits() == 64;
    if l.is_float() || r.is_float() {
        // `Float64` holds all integers of up to 32 bits.
        if !wide(l) && !wide(r) {
            let (left, right) =
                (left.cast(&DType::Float64, expr)?, right.cast(&DType::Float64, expr)?);
            return Ok(same::<Float64Type>(op, &left, &right));
        }
        return if r.is_float() {
            integer_and_float(op, &left, right, expr)
        } else {
            integer_and_float(op.mirrored(), &right, left, expr)
        };
    }
    if *l != DType::UInt64 && *r != DType::UInt64 {
        let (left, right) = (left.cast(&DType::Int64, expr)?, right.cast(&DType::Int64, expr)?);
        return Ok(same::<Int64Type>(op, &left, &right));
    }
    if l.is_unsigned() && r.is_unsigned() {
        let (left, right) = (left.cast(&DType::UInt64, expr)?, right.cast(&DType::UInt64, expr)?);
        return Ok(same::<UInt64Type>(op, &left, &right));
    }
    let (op, signed, unsigned) =
        if l.is_signed() { (op, left, right) } else { (op.mirrored(), right, left) };
    let signed = signed.cast(&DType::Int64, expr)?;
    Ok(mixed::<Int64Type, UInt64Type>(op, &signed, &unsigned, |s, u| {
        u64::try_from(s).map_or(Ordering::Less, |s| s.cmp(&u))
    }))
}

/// Compares 64-bit integers with floats. The integer is rounded to a float; if the two are then
/// equal, the float is a whole number and is compared as an integer.
fn integer_and_float(op: BinaryOp, int: &Typed, float: Typed, expr: &Expr) -> Result<BooleanArray> {
    let float = float.cast(&DType::Float64, expr)?;
    let order = |int: i128, float: f64| {
        (int as f64)
            .partial_cmp(&float)
            .map_or(Ordering::Less, |order| order.then_with(|| int.cmp(&(float as i128))))
    };
    Ok(if int.dtype == DType::UInt64 {
        mixed::<UInt64Type, Float64Type>(op, int, &float, |i, f| order(i128::from(i), f))
    } else {
        mixed::<Int64Type, Float64Type>(op, int, &float, |i, f| order(i128::from(i), f))
    })
}

/// A value with a total order in which NaN is last and equal to itself.
trait Total: Copy {
    fn equal(self, other: Self) -> bool;
    fn less(self, other: Self) -> bool;
}

macro_rules! impl_total {
    ($($int:ty),*) => {$(
        impl Total for $int {
            #[inline]
            fn equal(self, other: Self) -> bool {
                self == other
            }
            #[inline]
            fn less(self, other: Self) -> bool {
                self < other
            }
        }
    )*};
}

macro_rules! impl_total_float {
    ($($float:ty),*) => {$(
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
        }
    )*};
}

impl_total!(i8, i16, i32, i64, u8, u16, u32, u64);
impl_total_float!(f32, f64);

/// Operands of one type.
fn same<T: ArrowPrimitiveType<Native: Total>>(
    op: BinaryOp,
    left: &Typed,
    right: &Typed,
) -> BooleanArray {
    let (length, _) = shape(&[left, right]);
    let (l, r) = (Values::of::<T>(left), Values::of::<T>(right));
    let bits = match op {
        BinaryOp::Eq => bits(l, r, length, Total::equal),
        BinaryOp::NotEq => bits(l, r, length, |l, r| !l.equal(r)),
        BinaryOp::Lt => bits(l, r, length, Total::less),
        BinaryOp::LtEq => bits(l, r, length, |l, r| !r.less(l)),
        BinaryOp::Gt => bits(l, r, length, |l, r| r.less(l)),
        _ => bits(l, r, length, |l, r| !l.less(r)),
    };
    BooleanArray::new(bits, union_nulls(left, right, length))
}

/// Operands of two types, compared with a function that orders them.
fn mixed<L: ArrowPrimitiveType, R: ArrowPrimitiveType>(
    op: BinaryOp,
    left: &Typed,
    right: &Typed,
    order: impl Fn(L::Native, R::Native) -> Ordering,
) -> BooleanArray {
    let (length, _) = shape(&[left, right]);
    let (l, r) = (Values::of::<L>(left), Values::of::<R>(right));
    let bits = match op {
        BinaryOp::Eq => bits(l, r, length, |l, r| order(l, r).is_eq()),
        BinaryOp::NotEq => bits(l, r, length, |l, r| order(l, r).is_ne()),
        BinaryOp::Lt => bits(l, r, length, |l, r| order(l, r).is_lt()),
        BinaryOp::LtEq => bits(l, r, length, |l, r| order(l, r).is_le()),
        BinaryOp::Gt => bits(l, r, length, |l, r| order(l, r).is_gt()),
        _ => bits(l, r, length, |l, r| order(l, r).is_ge()),
    };
    BooleanArray::new(bits, union_nulls(left, right, length))
}

/// One bit for each pair.
fn bits<L: Copy, R: Copy>(
    left: Values<'_, L>,
    right: Values<'_, R>,
    length: usize,
    f: impl Fn(L, R) -> bool,
) -> BooleanBuffer {
    let words: Vec<u64> = match (left, right) {
        (Values::All(left), Values::All(right)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let (rights, right) = right.as_chunks::<64>();
            let words = lefts.iter().zip(rights).map(|(l, r)| word::<L>(|row| f(l[row], r[row])));
            words.chain(last(left.len(), |row| f(left[row], right[row]))).collect()
        }
        (Values::All(left), Values::One(r)) => {
            let (lefts, left) = left.as_chunks::<64>();
            let words = lefts.iter().map(|l| word::<L>(|row| f(l[row], r)));
            words.chain(last(left.len(), |row| f(left[row], r))).collect()
        }
        (Values::One(l), Values::All(right)) => {
            let (rights, right) = right.as_chunks::<64>();
            let words = rights.iter().map(|r| word::<R>(|row| f(l, r[row])));
            words.chain(last(right.len(), |row| f(l, right[row]))).collect()
        }
        (Values::One(l), Values::One(r)) if f(l, r) => return BooleanBuffer::new_set(length),
        (Values::One(_), Values::One(_)) => return BooleanBuffer::new_unset(length),
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
        return lanes.into_iter().fold(0, |word, lane| word | lane).to_le();
    }
    let mut bytes = [0u8; 64];
    for (row, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from(bit(row));
    }
    low_bits(&bytes).to_le()
}

/// The lowest bit of each byte, which is 0 or 1.
#[cfg(target_arch = "x86_64")]
#[inline]
fn low_bits(bytes: &[u8; 64]) -> u64 {
    use std::arch::x86_64::{
        _mm_cmpgt_epi8, _mm_loadu_si128, _mm_movemask_epi8, _mm_setzero_si128,
    };
    let (parts, _) = bytes.as_chunks::<16>();
    parts.iter().rev().fold(0, |word, part| {
        // SAFETY: every x86-64 processor has SSE2, and the 16 bytes need no alignment.
        let bits = unsafe {
            let part = _mm_loadu_si128(part.as_ptr().cast());
            _mm_movemask_epi8(_mm_cmpgt_epi8(part, _mm_setzero_si128()))
        };
        word << 16 | u64::from(bits as u16)
    })
}

/// The lowest bit of each byte, which is 0 or 1.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn low_bits(bytes: &[u8; 64]) -> u64 {
    let (parts, _) = bytes.as_chunks::<8>();
    parts.iter().rev().fold(0, |word, part| {
        // The product moves the bit of each byte to its own place in the highest byte.
        word << 8 | u64::from_le_bytes(*part).wrapping_mul(0x0102_0408_1020_4080) >> 56
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

    fn check<V: Copy + PartialOrd>(values: &[V], one: V) {
        let length = values.len();
        let shifted: Vec<V> = values.iter().skip(1).chain(&values[..1]).copied().collect();
        let (all, others) = (Values::All(values), Values::All(shifted.as_slice()));
        let less = |left: V, right: V| left < right;
        let found = [
            bits(all, others, length, less),
            bits(all, Values::One(one), length, less),
            bits(Values::One(one), all, length, less),
        ];
        for (row, value) in values.iter().enumerate() {
            assert_eq!(found[0].value(row), *value < shifted[row], "row {row} of {length}");
            assert_eq!(found[1].value(row), *value < one, "row {row} of {length}");
            assert_eq!(found[2].value(row), one < *value, "row {row} of {length}");
        }
    }

    proptest! {
        #[test]
        fn each_pair_has_its_bit(draws in prop::collection::vec(any::<u16>(), 1..300), one: u16) {
            fn of<T>(draws: &[u16], convert: impl Fn(u16) -> T) -> Vec<T> {
                draws.iter().map(|draw| convert(*draw)).collect()
            }
            check(&of(&draws, |draw| draw as u8), one as u8);
            check(&of(&draws, |draw| draw as i16), one as i16);
            check(&of(&draws, |draw| f32::from(draw as i16)), f32::from(one as i16));
            check(&of(&draws, |draw| i64::from(draw) << 40), i64::from(one) << 40);
            check(&of(&draws, f64::from), f64::from(one));
        }
    }
}
