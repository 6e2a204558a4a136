//! Values during evaluation: arrays, and one-row values that fit any length.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BooleanArray, PrimitiveArray, StringViewArray,
    downcast_primitive_array, new_null_array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::ArrowError;
use mydf_core::cast::cast_array;
use mydf_core::memory::{self, row_bytes};
use mydf_core::{Column, DType, Error, Result};

use crate::expr::Expr;

/// An array with its dtype.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) array: ArrayRef,
    pub(super) dtype: DType,
    /// True if this is one row that stands for any number of equal rows.
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

    /// The values in another dtype; a value that does not fit is an error.
    pub(super) fn cast(self, dtype: &DType, expr: &Expr) -> Result<Self> {
        let array = cast_array(&self.array, &self.dtype, dtype, true, &|| expr.label())?;
        Ok(Typed::new(array, dtype.clone(), self.unit))
    }

    /// These rows; a value with one row stays as it is.
    pub(super) fn slice(&self, start: usize, rows: usize) -> Self {
        let array = if self.unit { Arc::clone(&self.array) } else { self.array.slice(start, rows) };
        Typed::new(array, self.dtype.clone(), self.unit)
    }

    /// The primitive array for a known dtype.
    pub(super) fn primitive<T: ArrowPrimitiveType>(&self) -> &PrimitiveArray<T> {
        self.array.as_primitive()
    }
}

/// What a function makes of each row's text: it gets each category once.
pub(super) fn by_category(
    value: &Typed,
    function: impl FnOnce(Typed) -> Result<Typed>,
) -> Result<Typed> {
    let Some(array) = value.array.as_dictionary_opt::<Int32Type>() else {
        return function(value.clone());
    };
    let texts = Typed::new(Arc::clone(array.values()), DType::String, false);
    let made = function(texts)?;
    let rows = arrow_select::take::take(&made.array, array.keys(), None);
    Ok(Typed::new(rows.map_err(arrow_error("values of categories"))?, made.dtype, value.unit))
}

/// The bytes of all texts of an array.
pub(super) fn text_bytes(texts: &StringViewArray) -> u64 {
    // The low half of a view begins with the length. A view under a null may be anything.
    let length = |row: usize| u64::from(texts.views()[row] as u32);
    match texts.nulls() {
        None => (0..texts.len()).map(length).sum(),
        Some(nulls) => nulls.valid_indices().map(length).sum(),
    }
}

/// The length of a result, and whether it fits any length.
pub(super) fn shape(values: &[&Typed]) -> (usize, bool) {
    match values.iter().find(|value| !value.unit) {
        Some(value) => (value.array.len(), false),
        None => (1, true),
    }
}

/// The array, or its one row repeated.
pub(super) fn repeated(array: ArrayRef, unit: bool, length: usize) -> Result<ArrayRef> {
    if !unit || length == 1 {
        return Ok(array);
    }
    if array.is_null(0) || length == 0 {
        return Ok(new_null_array(array.data_type(), length));
    }
    let bytes = DType::from_arrow(array.data_type()).map_or(0, |dtype| row_bytes(&dtype));
    memory::check("repeated value", bytes.saturating_mul(length as u64))?;
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
            // Every row shares the one text: a view has 16 bytes, whatever the text's length.
            let (views, buffers, _) = array.as_string_view().clone().into_parts();
            let views = ScalarBuffer::from(vec![views[0]; length]);
            Arc::new(StringViewArray::try_new(views, buffers, None).map_err(arrow_error("repeat"))?)
        }
        // The code above handles Null, which is all null.
        _ => {
            let rows = arrow_array::UInt64Array::from_value(0, length);
            arrow_select::take::take(array, &rows, None).map_err(arrow_error("repeat"))?
        }
    })
}

fn repeated_primitive<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, length: usize) -> ArrayRef {
    let values = ScalarBuffer::from(vec![array.value(0); length]);
    Arc::new(PrimitiveArray::<T>::new(values, None).with_data_type(array.data_type().clone()))
}

/// Nulls of a result of two operands: if a one-row operand is null, every row is.
pub(super) fn union_nulls(left: &Typed, right: &Typed, length: usize) -> Option<NullBuffer> {
    let of = |value: &Typed| match value.array.logical_nulls() {
        Some(nulls) if value.unit && length != 1 => {
            nulls.is_null(0).then(|| NullBuffer::new_null(length))
        }
        nulls => nulls,
    };
    NullBuffer::union(of(left).as_ref(), of(right).as_ref())
}

/// The operand in the form that Arrow's kernels take: an array or a scalar.
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

/// An error of Arrow's kernels for operands that are known to fit: a limit is exceeded.
pub(super) fn arrow_error(operation: &str) -> impl Fn(ArrowError) -> Error {
    move |source| Error::Arrow { operation: operation.to_owned(), source }
}
