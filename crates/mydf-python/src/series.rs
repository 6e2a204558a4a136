//! One column as Python sees it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use mydf_core::error::caught;
use mydf_core::kernels::aggregate::{AggOp, aggregate};
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::{rows, sort, take};
use mydf_core::{Column, DType, cast, memory};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyCapsule, PyList};

use crate::error::Fault;
use crate::runtime::RowIdx;
use crate::{dtype, equal, interchange, values, work};

/// A named column.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Series {
    pub(crate) column: Column,
}

impl From<Column> for Series {
    fn from(column: Column) -> Self {
        Series { column }
    }
}

#[pymethods]
impl Series {
    #[staticmethod]
    fn from_values(name: &str, values: &Bound<'_, PyList>) -> Result<Self, Fault> {
        memory::check("column", 16 * values.len() as u64)?;
        Ok(caught(|| values::column(name, values))?.into())
    }

    /// A column of numbers, Booleans, dates, datetimes or durations from their bytes in memory. `nulls` has
    /// one byte for each row, which is not zero for a null.
    #[staticmethod]
    fn from_bytes(
        name: &str,
        dtype: &str,
        bytes: &Bound<'_, PyBytes>,
        nulls: Option<&Bound<'_, PyBytes>>,
    ) -> Result<Self, Fault> {
        let bytes = bytes.as_bytes();
        memory::check("column", bytes.len() as u64)?;
        let valid = nulls
            .map(|nulls| NullBuffer::new(nulls.as_bytes().iter().map(|&null| null == 0).collect()));
        let dtype = dtype::parse(dtype)?;
        caught(|| {
            let values = from_bytes(&dtype, bytes, valid)?;
            Ok(Column::imported(name, values)?.into())
        })
    }

    #[staticmethod]
    fn from_arrow(py: Python<'_>, name: &str, data: &Bound<'_, PyAny>) -> Result<Self, Fault> {
        Ok(interchange::series(py, name, data)?.into())
    }

    fn name(&self) -> &str {
        self.column.name()
    }

    fn dtype(&self) -> String {
        self.column.dtype().to_string()
    }

    fn height(&self) -> usize {
        self.column.len()
    }

    fn null_count(&self) -> usize {
        self.column.null_count()
    }

    fn renamed(&self, name: &str) -> Self {
        self.column.renamed(name).into()
    }

    fn slice(&self, offset: usize, length: usize) -> Self {
        self.column.slice(offset, length).into()
    }

    fn cast(&self, py: Python<'_>, dtype: &str, strict: bool) -> Result<Self, Fault> {
        let dtype = dtype::parse(dtype)?;
        memory::check("cast", memory::row_bytes(&dtype).saturating_mul(self.column.len() as u64))?;
        Ok(work::run(py, || cast::cast(&self.column, &dtype, strict))?.into())
    }

    /// Like `cast`, but a value that would not survive is an error.
    fn exact(&self, py: Python<'_>, dtype: &str) -> Result<Self, Fault> {
        let dtype = dtype::parse(dtype)?;
        Ok(work::run(py, || cast::exact(&self.column, &dtype))?.into())
    }

    /// One row: the aggregation over all rows.
    fn agg(&self, py: Python<'_>, op: &str) -> Result<Self, Fault> {
        let op = AggOp::from_name(op).ok_or_else(|| {
            Fault::value("aggregation", format!("`{op}` is unknown"), "e.g. `sum`")
        })?;
        Ok(work::run(py, || aggregate(&self.column, op))?.into())
    }

    fn sort(&self, py: Python<'_>, descending: bool, nulls_last: bool) -> Result<Self, Fault> {
        let order = SortOrder { descending, nulls_last };
        Ok(work::run(py, || sort::sort_column::<RowIdx>(&self.column, order))?.into())
    }

    fn arg_sort(&self, py: Python<'_>, descending: bool, nulls_last: bool) -> Result<Self, Fault> {
        let order = SortOrder { descending, nulls_last };
        let job = || {
            let found = sort::argsort::<RowIdx>(std::slice::from_ref(&self.column), &[order])?;
            rows::to_column(self.column.name(), &found)
        };
        Ok(work::run(py, job)?.into())
    }

    fn gather(&self, py: Python<'_>, numbers: &Series) -> Result<Self, Fault> {
        let job = || {
            let found = rows::of_column::<RowIdx>(&numbers.column, self.column.len())?;
            take::take_column(&self.column, &found)
        };
        Ok(work::run(py, job)?.into())
    }

    fn equals(&self, py: Python<'_>, other: &Series) -> Result<bool, Fault> {
        work::run(py, || Ok(equal::columns(&self.column, &other.column)))
    }

    fn to_list<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyList>, Fault> {
        // A place in the list for each row, and an object of Python; both are MemoryError before
        // they are a panic.
        let object = match self.column.dtype() {
            DType::Null | DType::Bool => 0,
            DType::String => 64,
            DType::Datetime(_) | DType::Duration => 48,
            _ => 32,
        };
        memory::check("Python values", (8 + object) * self.column.len() as u64)?;
        caught(|| values::to_list(py, &self.column))
    }

    /// numpy's name for the dtype and the values in it, or None if numpy would need objects.
    fn to_bytes<'py>(
        &self,
        py: Python<'py>,
    ) -> Result<Option<(&'static str, Bound<'py, PyByteArray>)>, Fault> {
        // Once as bytes of Rust and once as those of Python, with nulls as floats.
        memory::check("numpy array", 16 * self.column.len() as u64)?;
        let found = work::run(py, || Ok(numpy_bytes(&self.column)))?;
        Ok(found.map(|(dtype, bytes)| (dtype, PyByteArray::new(py, &bytes))))
    }

    fn arrow_schema<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyCapsule>, Fault> {
        interchange::schema_capsule(py, &interchange::column_field(&self.column))
    }

    fn arrow_array<'py>(
        &self,
        py: Python<'py>,
        requested: Option<&Bound<'py, PyCapsule>>,
    ) -> Result<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>), Fault> {
        let (field, values) = interchange::column_as(py, &self.column, requested)?;
        interchange::array_capsules(py, &field, &values)
    }

    fn arrow_stream<'py>(
        &self,
        py: Python<'py>,
        requested: Option<&Bound<'py, PyCapsule>>,
    ) -> Result<Bound<'py, PyCapsule>, Fault> {
        let (field, values) = interchange::column_as(py, &self.column, requested)?;
        interchange::stream_capsule(py, field, values)
    }
}

fn from_bytes(dtype: &DType, bytes: &[u8], valid: Option<NullBuffer>) -> Result<ArrayRef, Fault> {
    fn numbers<T: ArrowPrimitiveType>(bytes: &[u8], valid: Option<NullBuffer>) -> ArrayRef {
        // `Buffer::from` copies to memory that is aligned for every number type.
        let values = ScalarBuffer::<T::Native>::from(Buffer::from(bytes));
        Arc::new(PrimitiveArray::<T>::new(values, valid))
    }
    let valid = valid.filter(|valid| valid.null_count() > 0);
    Ok(match dtype {
        DType::Bool => {
            let bits = bytes.iter().map(|&byte| byte != 0).collect::<BooleanBuffer>();
            Arc::new(BooleanArray::new(bits, valid))
        }
        DType::Int8 => numbers::<Int8Type>(bytes, valid),
        DType::Int16 => numbers::<Int16Type>(bytes, valid),
        DType::Int32 => numbers::<Int32Type>(bytes, valid),
        DType::Int64 => numbers::<Int64Type>(bytes, valid),
        DType::UInt8 => numbers::<UInt8Type>(bytes, valid),
        DType::UInt16 => numbers::<UInt16Type>(bytes, valid),
        DType::UInt32 => numbers::<UInt32Type>(bytes, valid),
        DType::UInt64 => numbers::<UInt64Type>(bytes, valid),
        DType::Float32 => numbers::<Float32Type>(bytes, valid),
        DType::Float64 => numbers::<Float64Type>(bytes, valid),
        DType::Date => numbers::<Date32Type>(bytes, valid),
        DType::Datetime(None) => numbers::<TimestampMicrosecondType>(bytes, valid),
        DType::Duration => numbers::<DurationMicrosecondType>(bytes, valid),
        other => {
            let message = format!("{other} has no fixed form in memory");
            return Err(Fault::value("dtype", message, "pass a list of values"));
        }
    })
}

/// False if an integer is so large that not each has a float.
fn exact_as_floats(column: &Column) -> bool {
    const LARGEST: u64 = 1 << 53;
    match column.dtype() {
        DType::Int64 => {
            let values = column.values().as_primitive::<Int64Type>();
            values.iter().flatten().all(|value| value.unsigned_abs() <= LARGEST)
        }
        DType::UInt64 => {
            let values = column.values().as_primitive::<UInt64Type>();
            values.iter().flatten().all(|value| value <= LARGEST)
        }
        _ => true,
    }
}

/// Integers with nulls become floats with NaN, as is usual with numpy, unless a float would lose
/// digits of one.
#[allow(clippy::cast_lossless, reason = "one line serves every type of number")]
fn numpy_bytes(column: &Column) -> Option<(&'static str, Vec<u8>)> {
    fn plain<T: ArrowPrimitiveType>(values: &ArrayRef) -> Vec<u8> {
        values.as_primitive::<T>().values().inner().as_slice().to_vec()
    }
    fn filled<T: ArrowPrimitiveType, O: Copy>(
        values: &ArrayRef,
        convert: impl Fn(T::Native) -> O,
        null: O,
        bytes: impl Fn(O) -> [u8; 8],
    ) -> Vec<u8> {
        let values = values.as_primitive::<T>().iter();
        values.flat_map(|value| bytes(value.map_or(null, &convert))).collect()
    }
    let values = column.values();
    let whole = column.null_count() == 0;
    if !whole && !exact_as_floats(column) {
        return None;
    }
    macro_rules! number {
        ($name:literal, $kind:ty) => {
            if whole {
                ($name, plain::<$kind>(values))
            } else {
                let convert = |value| value as f64;
                ("float64", filled::<$kind, f64>(values, convert, f64::NAN, f64::to_ne_bytes))
            }
        };
    }
    Some(match column.dtype() {
        DType::Bool if whole => {
            ("bool", values.as_boolean().values().iter().map(u8::from).collect())
        }
        DType::Int8 => number!("int8", Int8Type),
        DType::Int16 => number!("int16", Int16Type),
        DType::Int32 => number!("int32", Int32Type),
        DType::Int64 => number!("int64", Int64Type),
        DType::UInt8 => number!("uint8", UInt8Type),
        DType::UInt16 => number!("uint16", UInt16Type),
        DType::UInt32 => number!("uint32", UInt32Type),
        DType::UInt64 => number!("uint64", UInt64Type),
        DType::Float32 if whole => ("float32", plain::<Float32Type>(values)),
        DType::Float32 => {
            let values = values.as_primitive::<Float32Type>().iter();
            ("float32", values.flat_map(|v| v.unwrap_or(f32::NAN).to_ne_bytes()).collect())
        }
        DType::Float64 => number!("float64", Float64Type),
        DType::Date => {
            let bytes = filled::<Date32Type, i64>(values, i64::from, i64::MIN, i64::to_ne_bytes);
            ("datetime64[D]", bytes)
        }
        DType::Datetime(None) => {
            let bytes =
                filled::<TimestampMicrosecondType, i64>(values, |v| v, i64::MIN, i64::to_ne_bytes);
            ("datetime64[us]", bytes)
        }
        DType::Duration => {
            let bytes =
                filled::<DurationMicrosecondType, i64>(values, |v| v, i64::MIN, i64::to_ne_bytes);
            ("timedelta64[us]", bytes)
        }
        _ => return None,
    })
}
