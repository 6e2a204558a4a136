//! Out: columns and frames as Arrow data, without a copy.
//!
//! Text is exported as string views, its form in memory; a consumer that does not support views
//! asks for another form with `requested_schema`.

use std::ffi::{CString, c_char, c_int};
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_schema::{ArrowError, DataType, Field, Fields, TimeUnit};
use mydf_core::{Column, DType, DataFrame, Error, cast};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::abi::Schema;
use super::types;
use crate::error::Fault;
use crate::runtime::RowIdx;
use crate::work;

/// The value of `EINVAL` on every system that Python runs on.
const EINVAL: c_int = 22;

/// The Arrow field of a column.
pub(crate) fn column_field(column: &Column) -> Field {
    Field::new(column.name(), column.dtype().to_arrow(), true)
}

/// The Arrow field of a frame: a struct.
pub(crate) fn frame_field(frame: &DataFrame<RowIdx>) -> Field {
    let fields: Fields = frame.columns().iter().map(column_field).collect();
    Field::new_struct("", fields, false)
}

/// The column in the form that the consumer requests.
pub(crate) fn column_as(
    py: Python<'_>,
    column: &Column,
    requested: Option<&Bound<'_, PyCapsule>>,
) -> Result<(Field, ArrayRef), Fault> {
    let Some(requested) = requested else {
        return Ok((column_field(column), Arc::clone(column.values())));
    };
    let wanted = types::data_type(Schema::borrow(requested)?, column.name())?;
    let values = work::run(py, || converted(column, &wanted))?;
    Ok((Field::new(column.name(), wanted, true), values))
}

/// The frame as a struct array, in the form that the consumer requests.
pub(crate) fn frame_as(
    py: Python<'_>,
    frame: &DataFrame<RowIdx>,
    requested: Option<&Bound<'_, PyCapsule>>,
) -> Result<(Field, ArrayRef), Fault> {
    let mut field = frame_field(frame);
    if let Some(requested) = requested {
        field = matching(&field, types::requested(Schema::borrow(requested)?)?)?;
    }
    let DataType::Struct(fields) = field.data_type() else {
        unreachable!("both fields are structs");
    };
    let columns = work::run(py, || {
        frame.columns().iter().zip(fields).map(|(c, f)| converted(c, f.data_type())).collect()
    })?;
    let values = if frame.width() == 0 {
        StructArray::new_empty_fields(frame.height(), None)
    } else {
        StructArray::try_new(fields.clone(), columns, None).map_err(|e| arrow("export", e))?
    };
    Ok((field, Arc::new(values)))
}

/// The requested types, if the names are ours.
fn matching(ours: &Field, wanted: Vec<(String, DataType)>) -> Result<Field, Fault> {
    let DataType::Struct(fields) = ours.data_type() else {
        unreachable!("a frame is a struct");
    };
    if !fields.iter().map(|field| field.name()).eq(wanted.iter().map(|(name, _)| name)) {
        return Err(Fault::value(
            "requested_schema",
            "its columns are not those of the frame",
            "request the same names in the same order, with other types",
        ));
    }
    let fields: Fields =
        wanted.into_iter().map(|(name, arrow)| Field::new(name, arrow, true)).collect();
    Ok(Field::new_struct("", fields, false))
}

/// The values in another Arrow type, if each of them survives.
fn converted(column: &Column, wanted: &DataType) -> mydf_core::Result<ArrayRef> {
    let exact = match DType::from_arrow(wanted) {
        Some(dtype) if dtype != *column.dtype() => &cast::exact(column, &dtype)?,
        _ => column,
    };
    let values = exact.values();
    if values.data_type() == wanted {
        return Ok(Arc::clone(values));
    }
    let options = arrow_cast::CastOptions { safe: false, ..Default::default() };
    let to = |values: &ArrayRef, arrow: &DataType| {
        arrow_cast::cast_with_options(values, arrow, &options).map_err(|source| Error::Arrow {
            operation: format!("export of column `{}`", column.name()),
            source,
        })
    };
    let made = to(values, wanted)?;
    // Other forms of the same dtype hold the same values, except these.
    let coarse = match wanted {
        DataType::Timestamp(unit, _) | DataType::Duration(unit) => *unit != TimeUnit::Nanosecond,
        DataType::Float16 => true,
        other => other.is_decimal() || matches!(other, DataType::Time32(_) | DataType::Time64(_)),
    };
    if coarse && *to(&made, values.data_type())? != **values {
        return Err(Error::ArrowData {
            column: column.name().to_owned(),
            message: format!("some values would change as {wanted}, which is requested"),
            hint: "request a type that holds them, or round them first",
        });
    }
    Ok(made)
}

/// An `arrow_schema` capsule.
pub(crate) fn schema_capsule<'py>(
    py: Python<'py>,
    field: &Field,
) -> Result<Bound<'py, PyCapsule>, Fault> {
    let schema = FFI_ArrowSchema::try_from(field).map_err(|e| arrow("export", e))?;
    // The capsule releases on drop whatever a consumer has not moved out.
    Ok(PyCapsule::new_with_value(py, schema, c"arrow_schema")?)
}

/// The `arrow_schema` and `arrow_array` capsules.
pub(crate) fn array_capsules<'py>(
    py: Python<'py>,
    field: &Field,
    values: &ArrayRef,
) -> Result<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>), Fault> {
    let array = FFI_ArrowArray::new(&values.to_data());
    Ok((schema_capsule(py, field)?, PyCapsule::new_with_value(py, array, c"arrow_array")?))
}

/// An `arrow_array_stream` capsule that yields these values in one chunk.
pub(crate) fn stream_capsule(
    py: Python<'_>,
    field: Field,
    values: ArrayRef,
) -> Result<Bound<'_, PyCapsule>, Fault> {
    let source = Box::new(Source { field, values: Some(values), error: None });
    // SAFETY: the four functions below take a pointer to a stream whose private data is a `Source`;
    // `release` frees it once and marks the stream as released.
    let stream = unsafe {
        FFI_ArrowArrayStream::new_unchecked(
            Some(get_schema),
            Some(get_next),
            Some(get_last_error),
            Some(release),
            Box::into_raw(source).cast(),
        )
    };
    Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?)
}

/// What an exported stream owns. arrow-rs exports only streams of record batches, but a Series is a
/// stream of plain arrays.
struct Source {
    field: Field,
    values: Option<ArrayRef>,
    error: Option<CString>,
}

/// # Safety
/// `stream` comes from [`stream_capsule`] and has not been released; no one else uses it at the
/// same time. Arrow's C stream interface requires the same of its consumers.
unsafe fn source<'a>(stream: *mut FFI_ArrowArrayStream) -> &'a mut Source {
    // SAFETY: the private data of such a stream is a boxed `Source`.
    unsafe { &mut *(*stream).private_data().cast::<Source>() }
}

unsafe extern "C" fn get_schema(
    stream: *mut FFI_ArrowArrayStream,
    out: *mut FFI_ArrowSchema,
) -> c_int {
    // SAFETY: the consumer passes one of our streams.
    let source = unsafe { source(stream) };
    match FFI_ArrowSchema::try_from(&source.field) {
        Ok(schema) => {
            // SAFETY: the consumer passes memory for one schema, which is still empty.
            unsafe { ptr::write(out, schema) };
            0
        }
        Err(error) => {
            source.error = CString::new(error.to_string()).ok();
            EINVAL
        }
    }
}

unsafe extern "C" fn get_next(
    stream: *mut FFI_ArrowArrayStream,
    out: *mut FFI_ArrowArray,
) -> c_int {
    // SAFETY: the consumer passes one of our streams.
    let values = unsafe { source(stream) }.values.take();
    // A released array marks the end.
    let array = values.map_or_else(FFI_ArrowArray::empty, |v| FFI_ArrowArray::new(&v.to_data()));
    // SAFETY: the consumer passes memory for one array, which is still empty.
    unsafe { ptr::write(out, array) };
    0
}

unsafe extern "C" fn get_last_error(stream: *mut FFI_ArrowArrayStream) -> *const c_char {
    // SAFETY: the consumer passes one of our streams.
    unsafe { source(stream) }.error.as_ref().map_or(ptr::null(), |error| error.as_ptr())
}

unsafe extern "C" fn release(stream: *mut FFI_ArrowArrayStream) {
    // SAFETY: the consumer passes one of our streams and releases it once.
    unsafe {
        drop(Box::from_raw((*stream).private_data().cast::<Source>()));
        (*stream).set_private_data(ptr::null_mut());
        (*stream).set_release(None);
    }
}

fn arrow(operation: &str, source: ArrowError) -> Fault {
    Fault::Core(Error::Arrow { operation: format!("Arrow {operation}"), source })
}
