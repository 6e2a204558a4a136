//! Arithmetic: checked on integers, IEEE 754 on floats, `+` also joins text.
//!
//! The kernels are our own instead of Arrow's, for two reasons. Arrow's checked kernels leave the
//! loop at the first overflow, so the compiler can't use vectors; here each loop runs to its end
//! and collects a flag. And an overflow under a null does not count, which is checked only if the
//! flag is set.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, ArrowNativeTypeOp, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};

use mydf_core::{DType, Error, Result, memory};

use super::super::values::{Typed, Values, arrow_error, shape, text_bytes, union_nulls};
use crate::expr::{BinaryOp, Expr, UnaryOp};

/// Computes `+ - * / // % **` of two operands in the dtype of the result; see [`BinaryOp`].
pub(in crate::exec) fn arithmetic(
    op: BinaryOp,
    left: Typed,
    right: Typed,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let (length, unit) = shape(&[&left, &right]);
    if left.dtype == DType::Null || right.dtype == DType::Null {
        return Ok(Typed::nulls(dtype.clone(), length, unit));
    }
    let (left, right) =
        (in_range(left, dtype, op.word(), expr)?, in_range(right, dtype, op.word(), expr)?);
    if op == BinaryOp::Pow && dtype.is_integer() {
        return power(&left, &right, dtype, expr);
    }
    macro_rules! int {
        ($kind:ty) => {
            integers::<$kind>(op, op.word(), &left, &right, expr)
        };
    }
    match dtype {
        DType::Int8 => int!(Int8Type),
        DType::Int16 => int!(Int16Type),
        DType::Int32 => int!(Int32Type),
        DType::Int64 => int!(Int64Type),
        DType::UInt8 => int!(UInt8Type),
        DType::UInt16 => int!(UInt16Type),
        DType::UInt32 => int!(UInt32Type),
        DType::UInt64 => int!(UInt64Type),
        DType::Float32 => Ok(floats::<Float32Type>(op, &left, &right)),
        DType::Float64 => Ok(floats::<Float64Type>(op, &left, &right)),
        _ => joined(&left, &right),
    }
}

/// The operand in the common dtype. Only `UInt64` next to a signed integer may not fit.
pub(super) fn in_range(value: Typed, dtype: &DType, operation: &str, expr: &Expr) -> Result<Typed> {
    value.cast(dtype, expr).map_err(|error| match error {
        Error::Cast { .. } => overflow(operation, expr, dtype),
        other => other,
    })
}

fn overflow(operation: &str, expr: &Expr, dtype: &DType) -> Error {
    Error::Overflow { operation: operation.to_owned(), what: expr.label(), dtype: dtype.clone() }
}

/// Wrapped results, with a mark if the true result is different. Marks are combined with `|`; a
/// negative mark (signed) or one that is not zero (unsigned) means overflow.
pub(super) trait Int: Copy + Default + PartialEq + std::ops::BitOr<Output = Self> {
    const ZERO: Self;
    fn add(self, other: Self) -> (Self, Self);
    fn sub(self, other: Self) -> (Self, Self);
    fn mul(self, other: Self) -> (Self, Self);
    /// Rounded towards minus infinity; 0 if the divisor is zero, which makes the row null.
    fn floor_div(self, other: Self) -> (Self, Self);
    /// With the sign of the divisor; 0 if the divisor is zero, which makes the row null.
    fn modulo(self, other: Self) -> (Self, Self);
    fn marked(self) -> bool;
}

macro_rules! impl_signed {
    ($($int:ty),*) => {$(
        impl Int for $int {
            const ZERO: Self = 0;
            #[inline]
            fn add(self, other: Self) -> (Self, Self) {
                // Overflow: the operands have equal signs, but the result has the other. Vectors
                // have no overflow flag, but they have these operations.
                let result = self.wrapping_add(other);
                (result, (self ^ result) & (other ^ result))
            }
            #[inline]
            fn sub(self, other: Self) -> (Self, Self) {
                let result = self.wrapping_sub(other);
                (result, (self ^ other) & (self ^ result))
            }
            #[inline]
            fn mul(self, other: Self) -> (Self, Self) {
                let (result, over) = self.overflowing_mul(other);
                (result, -Self::from(over))
            }
            #[inline]
            fn floor_div(self, other: Self) -> (Self, Self) {
                if other == 0 {
                    return (0, 0);
                }
                let (quotient, over) = self.overflowing_div(other);
                let inexact = self.wrapping_rem(other) != 0;
                let down = inexact && (self < 0) != (other < 0);
                (quotient - Self::from(down), -Self::from(over))
            }
            #[inline]
            fn modulo(self, other: Self) -> (Self, Self) {
                if other == 0 {
                    return (0, 0);
                }
                let rest = self.wrapping_rem(other);
                let other_sign = rest != 0 && (rest < 0) != (other < 0);
                (if other_sign { rest + other } else { rest }, 0)
            }
            #[inline]
            fn marked(self) -> bool {
                self < 0
            }
        }
    )*};
}

macro_rules! impl_unsigned {
    ($($int:ty),*) => {$(
        impl Int for $int {
            const ZERO: Self = 0;
            #[inline]
            fn add(self, other: Self) -> (Self, Self) {
                let result = self.wrapping_add(other);
                (result, Self::from(result < self))
            }
            #[inline]
            fn sub(self, other: Self) -> (Self, Self) {
                (self.wrapping_sub(other), Self::from(self < other))
            }
            #[inline]
            fn mul(self, other: Self) -> (Self, Self) {
                let (result, over) = self.overflowing_mul(other);
                (result, Self::from(over))
            }
            #[inline]
            fn floor_div(self, other: Self) -> (Self, Self) {
                (self.checked_div(other).unwrap_or(0), 0)
            }
            #[inline]
            fn modulo(self, other: Self) -> (Self, Self) {
                (self.checked_rem(other).unwrap_or(0), 0)
            }
            #[inline]
            fn marked(self) -> bool {
                self != 0
            }
        }
    )*};
}

impl_signed!(i8, i16, i32, i64);
impl_unsigned!(u8, u16, u32, u64);

/// An operator's wrapped result and its mark.
type Marking<T> = fn(T, T) -> (T, T);

pub(super) fn integers<T>(
    op: BinaryOp,
    operation: &str,
    left: &Typed,
    right: &Typed,
    expr: &Expr,
) -> Result<Typed>
where
    T: ArrowPrimitiveType<Native: Int>,
{
    let (length, unit) = shape(&[left, right]);
    let mut nulls = union_nulls(left, right, length);
    let (l, r) = (Values::of::<T>(left), Values::of::<T>(right));
    let f: Marking<T::Native> = match op {
        BinaryOp::Add => Int::add,
        BinaryOp::Sub => Int::sub,
        BinaryOp::Mul => Int::mul,
        BinaryOp::FloorDiv => Int::floor_div,
        _ => Int::modulo,
    };
    // Each arm has the operator in its type, so the compiler makes a separate loop for it.
    let (values, mark) = match op {
        BinaryOp::Add => marked(l, r, length, Int::add),
        BinaryOp::Sub => marked(l, r, length, Int::sub),
        BinaryOp::Mul => marked(l, r, length, Int::mul),
        BinaryOp::FloorDiv => marked(l, r, length, Int::floor_div),
        _ => marked(l, r, length, Int::modulo),
    };
    if mark.marked() {
        let at = |values: Values<'_, T::Native>, row: usize| match values {
            Values::All(values) => values[row],
            Values::One(value) => value,
        };
        let valid = |row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        if (0..length).any(|row| valid(row) && f(at(l, row), at(r, row)).1.marked()) {
            return Err(overflow(operation, expr, &left.dtype));
        }
    }
    if matches!(op, BinaryOp::FloorDiv | BinaryOp::Mod) {
        nulls = NullBuffer::union(nulls.as_ref(), nonzero(r, length).as_ref());
    }
    let array = PrimitiveArray::<T>::new(values.into(), nulls);
    Ok(Typed::new(Arc::new(array), left.dtype.clone(), unit))
}

/// Integers to the power of integers, through 64 bits.
fn power(left: &Typed, right: &Typed, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let (length, unit) = shape(&[left, right]);
    let nulls = union_nulls(left, right, length);
    let wide = if dtype.is_unsigned() { DType::UInt64 } else { DType::Int64 };
    let (l, r) = (left.clone().cast(&wide, expr)?, right.clone().cast(&wide, expr)?);
    // The lowest failure so far; `true` for a negative exponent.
    let mut failed = None;
    let mut row = 0;
    let mut note = |result: Option<i128>, negative: bool| {
        if result.is_none() && nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row)) {
            failed = failed.or(Some(negative));
        }
        row += 1;
        result.unwrap_or_default()
    };
    let values: ArrayRef = if wide == DType::UInt64 {
        let (l, r) = (Values::of::<UInt64Type>(&l), Values::of::<UInt64Type>(&r));
        let values = map(l, r, length, |base, exponent| {
            note(raised(i128::from(base), exponent, u64::MAX.into()), false) as u64
        });
        Arc::new(PrimitiveArray::<UInt64Type>::new(values.into(), nulls.clone()))
    } else {
        let (l, r) = (Values::of::<Int64Type>(&l), Values::of::<Int64Type>(&r));
        let values = map(l, r, length, |base, exponent| {
            let power = u64::try_from(exponent).ok();
            let power = power.and_then(|power| raised(i128::from(base), power, i64::MAX.into()));
            note(power, exponent < 0) as i64
        });
        Arc::new(PrimitiveArray::<Int64Type>::new(values.into(), nulls.clone()))
    };
    match failed {
        Some(true) => Err(Error::InvalidOption {
            what: "power of integers",
            message: format!("a negative exponent in {}, which gives no integer", expr.label()),
            hint: "cast one of the two to a float first, with `.cast(mydf.Float64)`",
        }),
        Some(false) => Err(overflow(BinaryOp::Pow.word(), expr, dtype)),
        None => in_range(Typed::new(values, wide, unit), dtype, BinaryOp::Pow.word(), expr),
    }
}

/// The power if it is at most `limit`, or from minus `limit` minus 1 on.
fn raised(base: i128, exponent: u64, limit: i128) -> Option<i128> {
    match base {
        0 | 1 => return Some(if exponent == 0 { 1 } else { base }),
        -1 => return Some(if exponent.is_multiple_of(2) { 1 } else { -1 }),
        _ => {}
    }
    let power = base.checked_pow(u32::try_from(exponent).ok()?)?;
    (-limit - 1..=limit).contains(&power).then_some(power)
}

/// Marks the rows whose divisor is not zero.
fn nonzero<T: Int>(divisor: Values<'_, T>, length: usize) -> Option<NullBuffer> {
    match divisor {
        Values::One(divisor) if divisor == T::ZERO => Some(NullBuffer::new_null(length)),
        Values::One(_) => None,
        Values::All(divisors) => {
            let valid = BooleanBuffer::collect_bool(length, |row| divisors[row] != T::ZERO);
            Some(NullBuffer::new(valid)).filter(|nulls| nulls.null_count() > 0)
        }
    }
}

/// All results, and their marks combined into one.
fn marked<T: Int>(
    left: Values<'_, T>,
    right: Values<'_, T>,
    length: usize,
    f: impl Fn(T, T) -> (T, T),
) -> (Vec<T>, T) {
    let mut marks = T::ZERO;
    let values = map(left, right, length, |l, r| {
        let (result, mark) = f(l, r);
        marks = marks | mark;
        result
    });
    (values, marks)
}

/// Applies a function to each pair. Each shape has its own loop, so a one-row operand stays in a
/// register.
fn map<T: Copy, R: Clone>(
    left: Values<'_, T>,
    right: Values<'_, T>,
    length: usize,
    mut f: impl FnMut(T, T) -> R,
) -> Vec<R> {
    match (left, right) {
        (Values::All(left), Values::All(right)) => {
            left.iter().zip(right).map(|(&l, &r)| f(l, r)).collect()
        }
        (Values::All(left), Values::One(r)) => left.iter().map(|&l| f(l, r)).collect(),
        (Values::One(l), Values::All(right)) => right.iter().map(|&r| f(l, r)).collect(),
        (Values::One(l), Values::One(r)) => vec![f(l, r); length],
    }
}

/// Floats that round quotients as Python does.
trait Float: Copy {
    fn floor_div(self, other: Self) -> Self;
    fn modulo(self, other: Self) -> Self;
    fn pow(self, other: Self) -> Self;
}

macro_rules! impl_float {
    ($($float:ty),*) => {$(
        impl Float for $float {
            fn floor_div(self, other: Self) -> Self {
                if other == 0.0 {
                    return self / other;
                }
                // Computed from the remainder, which is exact, not from the quotient: `1.0 // 0.1`
                // is 9.
                let rest = self % other;
                let down = rest != 0.0 && (rest < 0.0) != (other < 0.0);
                let quotient = (self - rest) / other - if down { 1.0 } else { 0.0 };
                if quotient == 0.0 {
                    return (0.0 as $float).copysign(self / other);
                }
                let floor = quotient.floor();
                if quotient - floor > 0.5 { floor + 1.0 } else { floor }
            }
            fn modulo(self, other: Self) -> Self {
                let rest = self % other;
                if rest == 0.0 {
                    (0.0 as $float).copysign(other)
                } else if (rest < 0.0) != (other < 0.0) {
                    rest + other
                } else {
                    rest
                }
            }
            fn pow(self, other: Self) -> Self {
                self.powf(other)
            }
        }
    )*};
}

impl_float!(f32, f64);

fn floats<T>(op: BinaryOp, left: &Typed, right: &Typed) -> Typed
where
    T: ArrowPrimitiveType,
    T::Native: Float
        + std::ops::Add<Output = T::Native>
        + std::ops::Sub<Output = T::Native>
        + std::ops::Mul<Output = T::Native>
        + std::ops::Div<Output = T::Native>,
{
    let (length, unit) = shape(&[left, right]);
    let nulls = union_nulls(left, right, length);
    let (l, r) = (Values::of::<T>(left), Values::of::<T>(right));
    let values = match op {
        BinaryOp::Add => map(l, r, length, |l, r| l + r),
        BinaryOp::Sub => map(l, r, length, |l, r| l - r),
        BinaryOp::Mul => map(l, r, length, |l, r| l * r),
        BinaryOp::Div => map(l, r, length, |l, r| l / r),
        BinaryOp::FloorDiv => map(l, r, length, Float::floor_div),
        BinaryOp::Pow => map(l, r, length, Float::pow),
        _ => map(l, r, length, Float::modulo),
    };
    let array = PrimitiveArray::<T>::new(values.into(), nulls);
    Typed::new(Arc::new(array), left.dtype.clone(), unit)
}

/// Joins the texts of each row.
fn joined(left: &Typed, right: &Typed) -> Result<Typed> {
    let (length, unit) = shape(&[left, right]);
    let (l, r) = (left.array.as_string_view(), right.array.as_string_view());
    let repeats = |value: &Typed| if value.unit { length as u64 } else { 1 };
    let bytes = text_bytes(l) * repeats(left) + text_bytes(r) * repeats(right);
    memory::check("addition of text", bytes)?;
    let mut builder = StringViewBuilder::with_capacity(length);
    let mut text = String::new();
    for row in 0..length {
        let l_row = if left.unit { 0 } else { row };
        let r_row = if right.unit { 0 } else { row };
        if l.is_null(l_row) || r.is_null(r_row) {
            builder.append_null();
            continue;
        }
        text.clear();
        text.push_str(l.value(l_row));
        text.push_str(r.value(r_row));
        builder.try_append_value(&text).map_err(arrow_error("addition of text"))?;
    }
    Ok(Typed::new(Arc::new(builder.finish()), DType::String, unit))
}

/// The number with its sign changed, in the dtype of the result.
pub(in crate::exec) fn negate(value: Typed, dtype: &DType, expr: &Expr) -> Result<Typed> {
    let value = in_range(value, dtype, BinaryOp::Sub.word(), expr)?;
    macro_rules! int {
        ($kind:ty) => {{
            let zero = PrimitiveArray::<$kind>::from_value(0, 1);
            let zero = Typed::new(Arc::new(zero), dtype.clone(), true);
            integers::<$kind>(BinaryOp::Sub, UnaryOp::Neg.word(), &zero, &value, expr)
        }};
    }
    match dtype {
        DType::Int8 => int!(Int8Type),
        DType::Int16 => int!(Int16Type),
        DType::Int32 => int!(Int32Type),
        DType::Int64 => int!(Int64Type),
        DType::Float32 => Ok(each_float::<Float32Type>(&value, |value| -value)),
        DType::Float64 => Ok(each_float::<Float64Type>(&value, |value| -value)),
        // Only nulls.
        _ => Ok(value),
    }
}

/// The distance from zero, in the same dtype.
pub(in crate::exec) fn absolute(value: Typed, expr: &Expr) -> Result<Typed> {
    match &value.dtype {
        DType::Int8 => absolute_int::<Int8Type>(&value, expr),
        DType::Int16 => absolute_int::<Int16Type>(&value, expr),
        DType::Int32 => absolute_int::<Int32Type>(&value, expr),
        DType::Int64 => absolute_int::<Int64Type>(&value, expr),
        DType::Float32 => Ok(each_float::<Float32Type>(&value, f32::abs)),
        DType::Float64 => Ok(each_float::<Float64Type>(&value, f64::abs)),
        // Unsigned integers and nulls.
        _ => Ok(value),
    }
}

fn each_float<T: ArrowPrimitiveType>(value: &Typed, f: impl Fn(T::Native) -> T::Native) -> Typed {
    let array = value.primitive::<T>().unary::<_, T>(f);
    Typed::new(Arc::new(array), value.dtype.clone(), value.unit)
}

fn absolute_int<T: ArrowPrimitiveType>(value: &Typed, expr: &Expr) -> Result<Typed> {
    let zero = T::Native::ZERO;
    let array = value
        .primitive::<T>()
        .unary::<_, T>(|value| if value.is_lt(zero) { value.neg_wrapping() } else { value });
    // Only the smallest value has no positive counterpart and stays negative.
    let overflows = array.values().iter().any(|value| value.is_lt(zero))
        && array.iter().flatten().any(|value| value.is_lt(zero));
    if overflows {
        return Err(overflow(UnaryOp::Abs.word(), expr, &value.dtype));
    }
    Ok(Typed::new(Arc::new(array), value.dtype.clone(), value.unit))
}
