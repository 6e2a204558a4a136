//! In: columns and frames of an object that supports the interface.

use std::sync::Arc;

use arrow_array::new_empty_array;
use mydf_core::error::caught;
use mydf_core::kernels::concat;
use mydf_core::{Column, DataFrame, Error, Result, frame};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::abi::{Array, Failure, Schema, Stream};
use super::copy;
use super::types::{self, Announced, Shape};
use crate::error::Fault;
use crate::runtime::RowIdx;
use crate::work;

/// The frame of an object that supports the Arrow `PyCapsule` interface.
pub(crate) fn frame(py: Python<'_>, data: &Bound<'_, PyAny>) -> Result<DataFrame<RowIdx>, Fault> {
    read(py, data, None)
}

/// The column of an object that supports the Arrow `PyCapsule` interface.
pub(crate) fn series(py: Python<'_>, name: &str, data: &Bound<'_, PyAny>) -> Result<Column, Fault> {
    Ok(read(py, data, Some(name))?.columns()[0].clone())
}

fn read(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    name: Option<&str>,
) -> Result<DataFrame<RowIdx>, Fault> {
    let Some(method) = data.getattr_opt("__arrow_c_stream__")? else {
        let method = "__arrow_c_array__";
        let found = data.call_method0(method)?;
        let capsules: (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) =
            found.extract().map_err(|_| no_capsule(method, &found))?;
        let (schema, array) = capsules;
        let shape =
            types::shape(Schema::borrow(&schema).map_err(|_| no_capsule(method, &found))?, name)?;
        let array = Array::take(&array).map_err(|_| no_capsule(method, &found))?;
        if array.is_released() {
            let hint = "an array can be read only once; export it again";
            return Err(failed("the array has already been read".to_owned(), hint));
        }
        return chunk(py, &shape, array, 0);
    };
    let found = method.call0()?;
    let capsule =
        found.cast::<PyCapsule>().map_err(|_| no_capsule("__arrow_c_stream__", &found))?;
    let stream = Stream::take(capsule).map_err(|_| no_capsule("__arrow_c_stream__", &found))?;
    if stream.is_released() {
        let hint = "a stream can be read only once; make it again";
        return Err(failed("the stream has already been read".to_owned(), hint));
    }
    pulled(py, stream, name)
}

/// Pulls a stream to its end on this thread, which the producer may be bound to.
fn pulled(
    py: Python<'_>,
    mut stream: Stream,
    name: Option<&str>,
) -> Result<DataFrame<RowIdx>, Fault> {
    let schema = foreign(py, || stream.schema())?;
    let shape = types::shape(&schema, name)?;
    let mut frames = Vec::new();
    let mut rows = 0_u64;
    while let Some(array) = foreign(py, || stream.next())? {
        let frame = chunk(py, &shape, array, rows)?;
        rows += frame.height() as u64;
        frames.push(frame);
    }
    py.detach(|| drop((stream, schema)));
    match frames.len() {
        0 => Ok(empty(&shape)?),
        1 => Ok(frames.remove(0)),
        _ => work::run(py, || concat::concat_rows(&frames)),
    }
}

/// Calls the producer. One that is written in Python acquires the GIL itself.
fn foreign<T: Send>(
    py: Python<'_>,
    call: impl FnOnce() -> Result<T, Failure> + Send,
) -> Result<T, Fault> {
    let hint = "the error comes from the library that makes the data";
    let call = || call().map_err(|failure| failed(format!("the stream fails: {failure}"), hint));
    py.detach(|| caught(call))
}

/// What a method of the interface returns is not what it should.
fn no_capsule(method: &str, found: &Bound<'_, PyAny>) -> Fault {
    let expected = if method == "__arrow_c_array__" { "two capsules" } else { "a capsule" };
    failed(
        format!("`{method}` does not return {expected} of Arrow, but {found}"),
        "the library that made the data has a bug",
    )
}

fn failed(message: String, hint: &'static str) -> Fault {
    Fault::Core(Error::ArrowData { column: String::new(), message, hint })
}

fn chunk(
    py: Python<'_>,
    shape: &Shape,
    array: Array,
    rows_before: u64,
) -> Result<DataFrame<RowIdx>, Fault> {
    let rows = u64::try_from(array.length).unwrap_or(0).saturating_add(rows_before);
    frame::check_rows::<RowIdx>(rows)?;
    let made = work::run(py, || DataFrame::new(copy::columns(shape, &array)?));
    // The producer may need the GIL in another thread to release its memory.
    py.detach(|| drop(array));
    made
}

fn empty(shape: &Shape) -> Result<DataFrame<RowIdx>> {
    let column = |announced: &Announced| {
        Column::new(Arc::clone(&announced.name), new_empty_array(announced.values()))
    };
    let columns: Result<_> = match shape {
        Shape::Frame(all) => all.iter().map(column).collect(),
        Shape::Column(announced) => column(announced).map(|made| vec![made]),
    };
    DataFrame::new(columns?)
}
