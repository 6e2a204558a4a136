//! Arrow's `PyCapsule` interface: imports and exports columns without a copy.
//!
//! Text is exported as string views, its form in memory; a consumer that does not support views
//! asks for another form with `requested_schema`.

use std::ffi::{CString, c_char, c_int};
use std::ptr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type};
use arrow_array::ffi_stream::{ArrayStreamReader, FFI_ArrowArrayStream};
use arrow_array::{Array, ArrayRef, StructArray, make_array, new_empty_array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields};
use mydf_core::kernels::concat;
use mydf_core::{Column, DataFrame, Error};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::error::Fault;
use crate::runtime::RowIdx;
use crate::work;

/// The value of `EINVAL` on every system that Python runs on.
const EINVAL: c_int = 22;

// ------------------------------------------------------------------------------------------- in

/// The frame of an object that supports the Arrow `PyCapsule` interface.
pub(crate) fn frame(py: Python<'_>, data: &Bound<'_, PyAny>) -> Result<DataFrame<RowIdx>, Fault> {
    let (field, chunks) = chunks(py, data)?;
    let DataType::Struct(fields) = field.data_type() else {
        return Ok(DataFrame::new(vec![joined(py, field.name(), &field, chunks)?])?);
    };
    let mut frames = Vec::with_capacity(chunks.len());
    for chunk in &chunks {
        if chunk.logical_null_count() > 0 {
            return Err(Fault::value(
                "Arrow data",
                "whole rows are null, which a frame can't hold",
                "pass the struct's fields as columns of their own",
            ));
        }
        frames.push(columns(fields, chunk)?);
    }
    match frames.len() {
        0 => columns(fields, &new_empty_array(field.data_type())),
        1 => Ok(frames.remove(0)),
        _ => work::run(py, || concat::concat_rows(&frames)),
    }
}

fn columns(fields: &Fields, chunk: &ArrayRef) -> Result<DataFrame<RowIdx>, Fault> {
    let chunk = chunk
        .as_any()
        .downcast_ref::<StructArray>()
        .ok_or_else(|| arrow("import", ArrowError::CDataInterface("no struct array".into())))?;
    let columns = fields
        .iter()
        .zip(chunk.columns())
        .map(|(field, values)| Column::new(field.name().as_str(), Arc::clone(values)))
        .collect::<Result<_, _>>()?;
    Ok(DataFrame::new(columns)?)
}

/// The column of an object that supports the Arrow `PyCapsule` interface.
pub(crate) fn series(
    py: Python<'_>,
    name: Option<&str>,
    data: &Bound<'_, PyAny>,
) -> Result<Column, Fault> {
    let (field, chunks) = chunks(py, data)?;
    let name = name.unwrap_or(field.name());
    joined(py, name, &field, chunks)
}

fn joined(
    py: Python<'_>,
    name: &str,
    field: &Field,
    mut chunks: Vec<ArrayRef>,
) -> Result<Column, Fault> {
    let values = match chunks.len() {
        0 => new_empty_array(field.data_type()),
        1 => chunks.remove(0),
        _ => work::run(py, || {
            let parts: Vec<&dyn Array> = chunks.iter().map(AsRef::as_ref).collect();
            arrow_select::concat::concat(&parts)
                .map_err(|source| Error::Arrow { operation: format!("import of `{name}`"), source })
        })?,
    };
    mydf_core::frame::check_rows::<RowIdx>(values.len() as u64)?;
    Ok(Column::new(name, values)?)
}

fn chunks(py: Python<'_>, data: &Bound<'_, PyAny>) -> Result<(FieldRef, Vec<ArrayRef>), Fault> {
    if let Some(method) = data.getattr_opt("__arrow_c_stream__")? {
        return stream(py, &method.call0()?.cast_into::<PyCapsule>().map_err(PyErr::from)?);
    }
    let method = data.getattr("__arrow_c_array__")?;
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) =
        method.call0()?.extract()?;
    let schema = schema.pointer_checked(Some(c"arrow_schema"))?.cast::<FFI_ArrowSchema>();
    let array = array.pointer_checked(Some(c"arrow_array"))?.cast::<FFI_ArrowArray>();
    // SAFETY: a capsule with this name holds a valid `ArrowSchema`, which it owns, and it outlives
    // this borrow.
    let field = Field::try_from(unsafe { schema.as_ref() }).map_err(|e| arrow("import", e))?;
    // SAFETY: a capsule with this name holds a valid `ArrowArray`; moving it out marks the
    // capsule's own as released.
    let array = unsafe { FFI_ArrowArray::from_raw(array.as_ptr()) };
    // SAFETY: both capsules come from one call, so the schema describes the array.
    let array = unsafe { from_ffi_and_data_type(array, field.data_type().clone()) };
    let array = make_array(array.map_err(|e| arrow("import", e))?);
    Ok((Arc::new(field), vec![array]))
}

fn stream(
    py: Python<'_>,
    capsule: &Bound<'_, PyCapsule>,
) -> Result<(FieldRef, Vec<ArrayRef>), Fault> {
    let stream = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: a capsule with this name holds a valid `ArrowArrayStream`; moving it out marks the
    // capsule's own as released.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.cast().as_ptr()) };
    // A producer written in Python acquires the GIL itself when it is asked for more.
    py.detach(|| {
        use arrow_array::ArrayReader;
        let reader = ArrayStreamReader::try_new(stream)?;
        let field = Arc::clone(reader.field());
        Ok((field, reader.collect::<Result<_, _>>()?))
    })
    .map_err(|e| arrow("import", e))
}

// ------------------------------------------------------------------------------------------ out

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
    let wanted = wanted(requested)?.data_type().clone();
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
        field = matching(&field, wanted(requested)?)?;
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

fn wanted(requested: &Bound<'_, PyCapsule>) -> Result<Field, Fault> {
    let schema = requested.pointer_checked(Some(c"arrow_schema"))?.cast::<FFI_ArrowSchema>();
    // SAFETY: a capsule with this name holds a valid `ArrowSchema`; it is read, not moved out.
    Field::try_from(unsafe { schema.as_ref() }).map_err(|e| arrow("requested_schema", e))
}

/// The requested field, made nullable, if it has the same names as ours.
fn matching(ours: &Field, wanted: Field) -> Result<Field, Fault> {
    let names = |field: &Field| match field.data_type() {
        DataType::Struct(fields) => {
            Some(fields.iter().map(|f| f.name().clone()).collect::<Vec<_>>())
        }
        _ => None,
    };
    if names(ours) != names(&wanted) {
        return Err(Fault::value(
            "requested_schema",
            "its columns are not those of the frame",
            "request the same names in the same order, with other types",
        ));
    }
    let DataType::Struct(fields) = wanted.data_type() else {
        unreachable!("its names have been read");
    };
    let nullable: Fields =
        fields.iter().map(|field| field.as_ref().clone().with_nullable(true)).collect();
    Ok(Field::new_struct("", nullable, false))
}

fn converted(column: &Column, wanted: &DataType) -> mydf_core::Result<ArrayRef> {
    if column.values().data_type() == wanted {
        return Ok(Arc::clone(column.values()));
    }
    let options = arrow_cast::CastOptions { safe: false, ..Default::default() };
    arrow_cast::cast_with_options(column.values(), wanted, &options).map_err(|source| {
        Error::Arrow { operation: format!("export of column `{}`", column.name()), source }
    })
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
