//! Buffers that leave for Python, and those that come back.

use std::ffi::{c_int, c_void};
use std::panic::AssertUnwindSafe;
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::Arc;

use arrow_buffer::Buffer;
use mydf_core::kernels::tasks;
use mydf_core::memory;
use pyo3::exceptions::PyBufferError;
use pyo3::ffi::{Py_ssize_t, PyMemoryView_FromObject, PyObject};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::Fault;

/// Words that one task copies: few enough for the second-level cache.
const PIECE: usize = 1 << 15;

/// A buffer of a column, for as long as Python has it.
#[pyclass(frozen, module = "mydf._core")]
pub(crate) struct Lent {
    buffer: Buffer,
}

impl From<Buffer> for Lent {
    fn from(buffer: Buffer) -> Self {
        Lent { buffer }
    }
}

#[pymethods]
impl Lent {
    /// Where it is.
    fn address(&self) -> usize {
        self.buffer.as_ptr() as usize
    }

    fn nbytes(&self) -> usize {
        self.buffer.len()
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Fault> {
        memory::check("pickle", self.buffer.len() as u64)?;
        Ok(PyBytes::new(py, &self.buffer))
    }
}

// A part of the stable ABI in every version, unlike `PyObject_GetBuffer`, which became one in Python
// 3.11. It gives the memory's address and keeps no export, so the caller must.
#[cfg_attr(windows, link(name = "python3", kind = "raw-dylib"))]
unsafe extern "C" {
    fn PyObject_AsReadBuffer(
        object: *mut PyObject,
        start: *mut *const c_void,
        length: *mut Py_ssize_t,
    ) -> c_int;
}

fn memoryview<'py>(object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the object is alive, and a new reference or null comes back.
    unsafe { Bound::from_owned_ptr_or_err(object.py(), PyMemoryView_FromObject(object.as_ptr())) }
}

/// A buffer that Python has received.
pub(crate) struct Received {
    start: *const u8,
    length: usize,
    /// Nobody can write to it.
    constant: bool,
    /// Held, not read: it keeps the memory where it is.
    _view: Py<PyAny>,
}

// SAFETY: the memory belongs to no thread, and the view keeps it exported.
unsafe impl Send for Received {}
// SAFETY: as above; nothing here writes to it.
unsafe impl Sync for Received {}

impl Received {
    pub(crate) fn new(object: &Bound<'_, PyAny>) -> Result<Self, Fault> {
        let py = object.py();
        // One of our own, which nobody else can release.
        let view = memoryview(object)?;
        if !view.getattr("c_contiguous")?.extract::<bool>()? {
            return Err(PyErr::new::<PyBufferError, _>("the buffer is not contiguous").into());
        }
        // Pickle hands out a read-only view of whatever it gets, so the object behind the view
        // counts: bytes and Ray's objects never change, a bytearray and shared memory may.
        let constant = memoryview(&view.getattr("obj")?).is_ok_and(|owner| {
            owner.getattr("readonly").is_ok_and(|found| found.is_truthy().unwrap_or(false))
        });
        let (mut start, mut length) = (ptr::null(), 0);
        // SAFETY: the view is a live object, and both pointers are valid for writes.
        if unsafe { PyObject_AsReadBuffer(view.as_ptr(), &raw mut start, &raw mut length) } != 0 {
            return Err(PyErr::fetch(py).into());
        }
        let length = usize::try_from(length).unwrap_or_default();
        Ok(Received { start: start.cast(), length, constant, _view: view.unbind() })
    }

    /// The memory itself if nobody writes to it, otherwise a copy.
    pub(crate) fn buffer(self) -> mydf_core::Result<Buffer> {
        let Some(start) = NonNull::new(self.start.cast_mut()).filter(|_| self.length > 0) else {
            return Ok(Buffer::default());
        };
        let length = self.length;
        if self.constant {
            // A panic while it is dropped leaves nothing half-changed.
            let owner = Arc::new(AssertUnwindSafe(self));
            // SAFETY: the memory is this long and lives as long as the view. Its owner gives nobody
            // a way to write to it.
            return Ok(unsafe { Buffer::from_custom_allocation(start, length, owner) });
        }
        memory::check("unpickle", length as u64)?;
        // SAFETY: the memory is this long. It is copied before anything is checked, so a writer at
        // the same time can change values only before the checks.
        Ok(copied(unsafe { slice::from_raw_parts(start.as_ptr(), length) }))
    }
}

/// A copy, which all threads make: the first touch of new memory takes longer than the bytes.
fn copied(bytes: &[u8]) -> Buffer {
    let mut copy: Vec<u64> = Vec::with_capacity(bytes.len().div_ceil(size_of::<u64>()));
    let (words, rest) = bytes.as_chunks();
    let places = copy.spare_capacity_mut()[..words.len()].chunks_mut(PIECE);
    tasks::each(places.zip(words.chunks(PIECE)), |(places, words)| {
        for (place, word) in places.iter_mut().zip(words) {
            place.write(u64::from_ne_bytes(*word));
        }
    });
    // SAFETY: as many words as there are in `words` have just been written.
    unsafe { copy.set_len(words.len()) };
    if !rest.is_empty() {
        let mut last = [0; size_of::<u64>()];
        last[..rest.len()].copy_from_slice(rest);
        copy.push(u64::from_ne_bytes(last));
    }
    Buffer::from_vec(copy).slice_with_length(0, bytes.len())
}
