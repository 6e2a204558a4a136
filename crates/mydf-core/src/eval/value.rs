//! Values on their way through an expression: arrays, one-row values, and literals that still
//! adapt to what they meet.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, Date32Array, Float32Array, Float64Array,
    PrimitiveArray, StringViewArray, TimestampMicrosecondArray, downcast_primitive_array,
    new_null_array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer, ScalarBuffer};

use super::{shown, wrong_dtype};
use crate::cast::{cast_array, parse_instant};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::{Expr, Scalar};
use crate::temporal::{self, Zone};

/// An array with its dtype.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) array: ArrayRef,
    pub(super) dtype: DType,
    /// True: one row, which stands for any number of equal rows.
    pub(super) unit: bool,
}

impl Typed {
    pub(super) fn new(array: ArrayRef, dtype: DType, unit: bool) -> Self {
        debug_assert_eq!(*array.data_type(), dtype.to_arrow());
        debug_assert!(!unit || array.len() == 1);
        Typed { array, dtype, unit }
    }

    pub(super) fn of_column(column: &Column, unit: bool) -> Self {
        Typed::new(Arc::clone(column.values()), column.dtype().clone(), unit)
    }

    /// Only nulls of this dtype.
    pub(super) fn nulls(dtype: DType, length: usize, unit: bool) -> Self {
        Typed::new(new_null_array(&dtype.to_arrow(), length), dtype, unit)
    }

    /// In another dtype; a value that does not fit is an error.
    pub(super) fn cast(self, dtype: &DType, expr: &Expr) -> Result<Self> {
        let array = cast_array(&self.array, &self.dtype, dtype, true, &|| expr.label())?;
        Ok(Typed::new(array, dtype.clone(), self.unit))
    }

    /// The primitive array of a dtype that is known.
    pub(super) fn primitive<T: ArrowPrimitiveType>(&self) -> &PrimitiveArray<T> {
        self.array.as_primitive()
    }
}

/// The value of a part of an expression.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A literal whose dtype the other operand decides.
    Literal(Scalar),
    Array(Typed),
}

impl From<Typed> for Value {
    fn from(value: Typed) -> Self {
        Value::Array(value)
    }
}

impl Value {
    /// The value alone, a literal in the dtype that it has by itself.
    pub(super) fn into_typed(self, expr: &Expr) -> Result<Typed> {
        match self {
            Value::Array(value) => Ok(value),
            Value::Literal(scalar) => alone(&scalar, expr),
        }
    }
}

/// Both operands; a literal takes the dtype that suits the other one.
pub(super) fn pair(left: Value, right: Value, expr: &Expr) -> Result<(Typed, Typed)> {
    Ok(match (left, right) {
        (Value::Array(left), Value::Array(right)) => (left, right),
        (Value::Array(left), Value::Literal(right)) => {
            let right = beside(&right, &left.dtype, expr)?;
            (left, right)
        }
        (Value::Literal(left), Value::Array(right)) => (beside(&left, &right.dtype, expr)?, right),
        // Of two literals, a text is the one that adapts.
        (Value::Literal(left @ Scalar::String(_)), Value::Literal(right)) => {
            let right = alone(&right, expr)?;
            (beside(&left, &right.dtype, expr)?, right)
        }
        (Value::Literal(left), Value::Literal(right)) => {
            let left = alone(&left, expr)?;
            let right = beside(&right, &left.dtype, expr)?;
            (left, right)
        }
    })
}

/// The length of a result, and whether it stands for any length.
pub(super) fn shape(values: &[&Typed]) -> (usize, bool) {
    match values.iter().find(|value| !value.unit) {
        Some(value) => (value.array.len(), false),
        None => (1, true),
    }
}

/// A literal by itself.
fn alone(scalar: &Scalar, expr: &Expr) -> Result<Typed> {
    let dtype = match scalar {
        Scalar::Null => DType::Null,
        Scalar::Bool(_) => DType::Bool,
        Scalar::Int(value) if i64::try_from(*value).is_ok() => DType::Int64,
        Scalar::Int(_) => DType::UInt64,
        Scalar::Float(_) => DType::Float64,
        Scalar::String(_) => DType::String,
        Scalar::Date(_) => DType::Date,
        Scalar::Datetime(_, zone) => DType::Datetime(zone.clone()),
    };
    in_dtype(scalar, dtype).ok_or_else(|| too_wide(scalar, expr))
}

/// A literal beside another operand: an integer takes its dtype where it fits, else the narrowest
/// that holds it; a float stays `Float32` beside `Float32`; text beside a date or datetime is one.
fn beside(scalar: &Scalar, other: &DType, expr: &Expr) -> Result<Typed> {
    match scalar {
        Scalar::Int(_) if other.is_float() => {
            in_dtype(scalar, other.clone()).ok_or_else(|| too_wide(scalar, expr))
        }
        Scalar::Int(_) if other.is_integer() => in_dtype(scalar, other.clone())
            .or_else(|| narrowest(scalar, other.is_signed()))
            .ok_or_else(|| too_wide(scalar, expr)),
        Scalar::Float(value) if *other == DType::Float32 && fits_f32(*value) => {
            in_dtype(scalar, DType::Float32).ok_or_else(|| too_wide(scalar, expr))
        }
        Scalar::String(text) if other.is_temporal() => temporal_literal(text, other, expr),
        _ => alone(scalar, expr),
    }
}

/// A finite value that `Float32` would make infinite must not take its dtype.
fn fits_f32(value: f64) -> bool {
    !value.is_finite() || (value as f32).is_finite()
}

fn too_wide(scalar: &Scalar, expr: &Expr) -> Error {
    Error::Value {
        what: format!("integer literal in {}", expr.label()),
        message: format!("{} needs more than 64 bits", shown(scalar)),
    }
}

/// The narrowest integer dtype that holds a literal, of the wanted signedness if there is one.
fn narrowest(scalar: &Scalar, signed: bool) -> Option<Typed> {
    let signed_first = [DType::Int8, DType::Int16, DType::Int32, DType::Int64, DType::UInt64];
    let unsigned_first = [DType::UInt8, DType::UInt16, DType::UInt32, DType::UInt64];
    let negative = matches!(scalar, Scalar::Int(value) if *value < 0);
    let candidates: &[DType] = if signed || negative { &signed_first } else { &unsigned_first };
    candidates.iter().find_map(|dtype| in_dtype(scalar, dtype.clone()))
}

/// Text as the date or datetime that it is compared with. Text with a time of day beside a date is
/// a datetime, so that nothing of it is lost.
pub(super) fn temporal_literal(text: &str, other: &DType, expr: &Expr) -> Result<Typed> {
    let unreadable = |expected: &str| Error::Value {
        what: format!("text compared with {other} in {}", expr.label()),
        message: format!("`{text}` is not {expected}"),
    };
    let trimmed = text.trim();
    match other {
        DType::Date => {
            if let Some(day) = temporal::parse_date(trimmed) {
                return Ok(Typed::new(
                    Arc::new(Date32Array::from_value(day, 1)),
                    DType::Date,
                    true,
                ));
            }
            let instant = parse_instant(trimmed, &Zone::Naive)
                .ok_or_else(|| unreadable("an ISO 8601 date, as in `2013-01-31`"))?;
            Ok(datetime(instant, None))
        }
        DType::Datetime(zone) => {
            let instant = parse_instant(trimmed, &Zone::new(zone.as_ref())?).ok_or_else(|| {
                unreadable(match zone {
                    None => "an ISO 8601 datetime without offset, as in `2013-01-31T05:00:00`",
                    Some(_) => "one moment of that zone in ISO 8601, as in `2013-01-31T05:00:00`",
                })
            })?;
            Ok(datetime(instant, zone.clone()))
        }
        _ => Err(wrong_dtype("comparison with text", expr, "Date or Datetime", other)),
    }
}

fn datetime(instant: i64, zone: Option<Arc<str>>) -> Typed {
    let dtype = DType::Datetime(zone);
    let array = TimestampMicrosecondArray::from_value(instant, 1).with_data_type(dtype.to_arrow());
    Typed::new(Arc::new(array), dtype, true)
}

/// A literal as one row of exactly this dtype; `None` where it does not fit.
fn in_dtype(scalar: &Scalar, dtype: DType) -> Option<Typed> {
    fn int<T: ArrowPrimitiveType<Native: TryFrom<i128>>>(value: i128) -> Option<ArrayRef> {
        let value = T::Native::try_from(value).ok()?;
        Some(Arc::new(PrimitiveArray::<T>::from_value(value, 1)))
    }
    let array: ArrayRef = match (scalar, &dtype) {
        (Scalar::Null, _) => new_null_array(&dtype.to_arrow(), 1),
        (Scalar::Bool(value), DType::Bool) => Arc::new(BooleanArray::from(vec![*value])),
        (Scalar::Int(value), DType::Int8) => int::<Int8Type>(*value)?,
        (Scalar::Int(value), DType::Int16) => int::<Int16Type>(*value)?,
        (Scalar::Int(value), DType::Int32) => int::<Int32Type>(*value)?,
        (Scalar::Int(value), DType::Int64) => int::<Int64Type>(*value)?,
        (Scalar::Int(value), DType::UInt8) => int::<UInt8Type>(*value)?,
        (Scalar::Int(value), DType::UInt16) => int::<UInt16Type>(*value)?,
        (Scalar::Int(value), DType::UInt32) => int::<UInt32Type>(*value)?,
        (Scalar::Int(value), DType::UInt64) => int::<UInt64Type>(*value)?,
        (Scalar::Int(value), DType::Float32) => {
            Arc::new(Float32Array::from_value(*value as f32, 1))
        }
        (Scalar::Int(value), DType::Float64) => {
            Arc::new(Float64Array::from_value(*value as f64, 1))
        }
        (Scalar::Float(value), DType::Float32) => {
            Arc::new(Float32Array::from_value(*value as f32, 1))
        }
        (Scalar::Float(value), DType::Float64) => Arc::new(Float64Array::from_value(*value, 1)),
        (Scalar::String(value), DType::String) => {
            Arc::new(StringViewArray::from_iter_values([&**value]))
        }
        (Scalar::Date(day), DType::Date) => Arc::new(Date32Array::from_value(*day, 1)),
        (Scalar::Datetime(instant, zone), DType::Datetime(wanted)) if zone == wanted => {
            return Some(datetime(*instant, zone.clone()));
        }
        _ => return None,
    };
    Some(Typed::new(array, dtype, true))
}

/// The array, or its one row repeated.
pub(super) fn repeated(array: ArrayRef, unit: bool, length: usize) -> Result<ArrayRef> {
    if !unit || length == 1 {
        return Ok(array);
    }
    if array.is_null(0) || length == 0 {
        return Ok(new_null_array(array.data_type(), length));
    }
    let array: &dyn Array = &array;
    Ok(downcast_primitive_array! {
        array => repeated_primitive(array, length),
        arrow_schema::DataType::Boolean => {
            let bits = if array.as_boolean().value(0) {
                BooleanBuffer::new_set(length)
            } else {
                BooleanBuffer::new_unset(length)
            };
            Arc::new(BooleanArray::new(bits, None))
        }
        arrow_schema::DataType::Utf8View => {
            // Every row shares the one text: a view is 16 bytes, whatever the text's length.
            let (views, buffers, _) = array.as_string_view().clone().into_parts();
            let views = ScalarBuffer::from(vec![views[0]; length]);
            Arc::new(StringViewArray::try_new(views, buffers, None).map_err(super::arrow_error("repeat"))?)
        }
        // A Null array is all null and was handled above; there are no other dtypes.
        _ => new_null_array(array.data_type(), length)
    })
}

fn repeated_primitive<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, length: usize) -> ArrayRef {
    let values = ScalarBuffer::from(vec![array.value(0); length]);
    Arc::new(PrimitiveArray::<T>::new(values, None).with_data_type(array.data_type().clone()))
}

/// Nulls of a result of two operands: a null one-row operand makes every row null.
pub(super) fn union_nulls(left: &Typed, right: &Typed, length: usize) -> Option<NullBuffer> {
    let of = |value: &Typed| match value.array.logical_nulls() {
        Some(nulls) if value.unit && length != 1 => {
            nulls.is_null(0).then(|| NullBuffer::new_null(length))
        }
        nulls => nulls,
    };
    NullBuffer::union(of(left).as_ref(), of(right).as_ref())
}

/// The operand as Arrow's kernels take it: an array, or a scalar.
pub(super) struct Operand<'a>(pub(super) &'a Typed, /** Take it as an array. */ pub(super) bool);

impl arrow_array::Datum for Operand<'_> {
    fn get(&self) -> (&dyn Array, bool) {
        (&*self.0.array, self.0.unit && !self.1)
    }
}

/// The values of a primitive operand.
#[derive(Clone, Copy)]
pub(super) enum Values<'a, T> {
    All(&'a [T]),
    One(T),
}

impl<'a, T: ArrowNativeType> Values<'a, T> {
    pub(super) fn of<P: ArrowPrimitiveType<Native = T>>(value: &'a Typed) -> Self {
        let array = value.primitive::<P>();
        if value.unit { Values::One(array.value(0)) } else { Values::All(array.values()) }
    }
}

/// Runs the body with `$kind` as the Arrow type of a primitive dtype.
macro_rules! with_primitive {
    ($dtype:expr, $kind:ident => $body:expr, _ => $other:expr) => {
        match $dtype {
            DType::Int8 => {
                type $kind = arrow_array::types::Int8Type;
                $body
            }
            DType::Int16 => {
                type $kind = arrow_array::types::Int16Type;
                $body
            }
            DType::Int32 => {
                type $kind = arrow_array::types::Int32Type;
                $body
            }
            DType::Int64 => {
                type $kind = arrow_array::types::Int64Type;
                $body
            }
            DType::UInt8 => {
                type $kind = arrow_array::types::UInt8Type;
                $body
            }
            DType::UInt16 => {
                type $kind = arrow_array::types::UInt16Type;
                $body
            }
            DType::UInt32 => {
                type $kind = arrow_array::types::UInt32Type;
                $body
            }
            DType::UInt64 => {
                type $kind = arrow_array::types::UInt64Type;
                $body
            }
            DType::Float32 => {
                type $kind = arrow_array::types::Float32Type;
                $body
            }
            DType::Float64 => {
                type $kind = arrow_array::types::Float64Type;
                $body
            }
            DType::Date => {
                type $kind = arrow_array::types::Date32Type;
                $body
            }
            DType::Datetime(_) => {
                type $kind = arrow_array::types::TimestampMicrosecondType;
                $body
            }
            _ => $other,
        }
    };
}
pub(super) use with_primitive;
