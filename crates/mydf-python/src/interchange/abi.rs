//! The three structs of Arrow's C interfaces, and nothing more than reading their fields.
//!
//! arrow-rs has these structs too, but it asserts what it reads: a name that is not UTF-8, a missing
//! child or a null pointer is a panic there, and it follows offsets before anything has checked them.
//! Here every field is foreign data until a check has passed.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::marker::PhantomData;
use std::ptr;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// `ArrowSchema`: the type of an array.
#[repr(C)]
pub(super) struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut Schema,
    dictionary: *mut Schema,
    release: Option<unsafe extern "C" fn(*mut Schema)>,
    private_data: *mut c_void,
}

/// `ArrowArray`: the buffers of an array.
#[repr(C)]
pub(super) struct Array {
    pub(super) length: i64,
    pub(super) null_count: i64,
    pub(super) offset: i64,
    pub(super) n_buffers: i64,
    pub(super) n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut Array,
    dictionary: *mut Array,
    release: Option<unsafe extern "C" fn(*mut Array)>,
    private_data: *mut c_void,
}

/// `ArrowArrayStream`: a schema and arrays of it.
#[repr(C)]
pub(super) struct Stream {
    get_schema: Option<unsafe extern "C" fn(*mut Stream, *mut Schema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut Stream, *mut Array) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut Stream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut Stream)>,
    private_data: *mut c_void,
}

// SAFETY: the interface does not bind its structs to a thread.
unsafe impl Send for Array {}
// SAFETY: threads only read the fields and what they point to.
unsafe impl Sync for Array {}
// SAFETY: as above; a stream is used by one thread at a time, since that takes `&mut`.
unsafe impl Send for Stream {}
// SAFETY: as above.
unsafe impl Send for Schema {}

macro_rules! owned {
    ($kind:ident, { $($field:ident: $empty:expr),* $(,)? }) => {
        impl $kind {
            /// A struct that its producer has released, or that it has not filled in yet.
            pub(super) fn released() -> Self {
                $kind { $($field: $empty,)* release: None, private_data: ptr::null_mut() }
            }

            pub(super) fn is_released(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Drop for $kind {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the producer's function, called once and with its own struct.
                    unsafe { release(self) }
                }
            }
        }
    };
}

owned!(Schema, {
    format: ptr::null(), name: ptr::null(), metadata: ptr::null(), flags: 0, n_children: 0,
    children: ptr::null_mut(), dictionary: ptr::null_mut(),
});
owned!(Array, {
    length: 0, null_count: 0, offset: 0, n_buffers: 0, n_children: 0, buffers: ptr::null_mut(),
    children: ptr::null_mut(), dictionary: ptr::null_mut(),
});
owned!(Stream, {
    get_schema: None, get_next: None, get_last_error: None,
});

/// Moves a struct out of its capsule and leaves `released` there.
///
/// # Safety
/// A capsule with this name holds a `T`.
unsafe fn taken<T>(capsule: &Bound<'_, PyCapsule>, name: &CStr, released: T) -> PyResult<T> {
    let found = capsule.pointer_checked(Some(name))?.cast::<T>();
    // SAFETY: the caller's. What stays behind is marked as released, as the interface requires of a
    // move.
    Ok(unsafe { ptr::replace(found.as_ptr(), released) })
}

/// The bytes of a C string, or `None` for a null pointer.
///
/// # Safety
/// A pointer that is not null points to a C string that lives as long as `'a`.
unsafe fn text<'a>(pointer: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: the caller's.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_bytes())
}

/// Entry `number` of an array of pointers, or `None` if either is null.
///
/// # Safety
/// A pointer that is not null points to more than `number` pointers, each null or to a valid `T`
/// that lives as long as `'a`.
unsafe fn entry<'a, T>(pointers: *mut *mut T, number: usize) -> Option<&'a T> {
    if pointers.is_null() {
        return None;
    }
    // SAFETY: the caller's. Some producers pack pointers without alignment.
    unsafe { ptr::read_unaligned(pointers.add(number)).as_ref() }
}

impl Schema {
    /// The schema in a capsule, which keeps it.
    pub(super) fn borrow<'a>(capsule: &'a Bound<'_, PyCapsule>) -> PyResult<&'a Self> {
        let found = capsule.pointer_checked(Some(c"arrow_schema"))?.cast::<Self>();
        // SAFETY: a capsule with this name holds this struct, and outlives the borrow.
        Ok(unsafe { found.as_ref() })
    }

    pub(super) fn format(&self) -> Option<&[u8]> {
        // SAFETY: the interface asks for a C string that lives until the release.
        unsafe { text(self.format) }
    }

    pub(super) fn name(&self) -> &[u8] {
        // SAFETY: as above; a null pointer means no name.
        unsafe { text(self.name) }.unwrap_or_default()
    }

    pub(super) fn n_children(&self) -> i64 {
        self.n_children
    }

    /// Child `number`, which is below `n_children`, or `None` if its pointer is null.
    pub(super) fn child(&self, number: usize) -> Option<&Schema> {
        // SAFETY: the interface asks for `n_children` pointers.
        unsafe { entry(self.children, number) }
    }

    pub(super) fn dictionary(&self) -> Option<&Schema> {
        // SAFETY: the interface asks for null or a schema that lives until the release.
        unsafe { self.dictionary.as_ref() }
    }

    /// A reader of the metadata, or `None` if there is none.
    pub(super) fn metadata(&self) -> Option<Metadata<'_>> {
        let start = self.metadata.cast::<u8>();
        (!start.is_null()).then_some(Metadata { next: start, owner: PhantomData })
    }
}

/// Reads the metadata of a schema: a number of pairs, then texts, each after its length.
pub(super) struct Metadata<'a> {
    next: *const u8,
    owner: PhantomData<&'a Schema>,
}

impl<'a> Metadata<'a> {
    /// The next number, or `None` if it is negative.
    pub(super) fn number(&mut self) -> Option<usize> {
        let mut bytes = [0; 4];
        // SAFETY: the format of the metadata has four more bytes here. It does not state its size,
        // so no reader can check that.
        unsafe {
            ptr::copy_nonoverlapping(self.next, bytes.as_mut_ptr(), bytes.len());
            self.next = self.next.add(bytes.len());
        }
        usize::try_from(i32::from_ne_bytes(bytes)).ok()
    }

    /// The next text, of any bytes, or `None` if its length is negative.
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        // SAFETY: as above: `length` bytes come after their number.
        unsafe {
            let found = std::slice::from_raw_parts(self.next, length);
            self.next = self.next.add(length);
            Some(found)
        }
    }
}

impl Array {
    /// Moves the array out of its capsule.
    pub(super) fn take(capsule: &Bound<'_, PyCapsule>) -> PyResult<Self> {
        // SAFETY: a capsule with this name holds this struct.
        unsafe { taken(capsule, c"arrow_array", Array::released()) }
    }

    /// Buffer `number`, which is below `n_buffers`; it may be null.
    pub(super) fn buffer(&self, number: usize) -> *const u8 {
        if self.buffers.is_null() {
            return ptr::null();
        }
        // SAFETY: the interface asks for `n_buffers` pointers.
        unsafe { ptr::read_unaligned(self.buffers.add(number)) }.cast()
    }

    /// Child `number`, which is below `n_children`, or `None` if its pointer is null.
    pub(super) fn child(&self, number: usize) -> Option<&Array> {
        // SAFETY: the interface asks for `n_children` pointers.
        unsafe { entry(self.children, number) }
    }

    pub(super) fn dictionary(&self) -> Option<&Array> {
        // SAFETY: the interface asks for null or an array that lives until the release.
        unsafe { self.dictionary.as_ref() }
    }
}

/// What a stream reports instead of a schema or an array.
pub(super) type Failure = String;

impl Stream {
    /// Moves the stream out of its capsule.
    pub(super) fn take(capsule: &Bound<'_, PyCapsule>) -> PyResult<Self> {
        // SAFETY: a capsule with this name holds this struct.
        unsafe { taken(capsule, c"arrow_array_stream", Stream::released()) }
    }

    pub(super) fn schema(&mut self) -> Result<Schema, Failure> {
        let Some(get) = self.get_schema else { return Err("it has no `get_schema`".into()) };
        let mut schema = Schema::released();
        // SAFETY: the producer's function, on its own stream and an empty struct.
        match unsafe { get(self, &raw mut schema) } {
            0 if schema.is_released() => Err("its schema is released".into()),
            0 => Ok(schema),
            code => Err(self.failure(code)),
        }
    }

    /// The next array, or `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Array>, Failure> {
        let Some(get) = self.get_next else { return Err("it has no `get_next`".into()) };
        let mut array = Array::released();
        // SAFETY: as above.
        match unsafe { get(self, &raw mut array) } {
            0 => Ok((!array.is_released()).then_some(array)),
            code => Err(self.failure(code)),
        }
    }

    fn failure(&mut self, code: c_int) -> Failure {
        let Some(get) = self.get_last_error else { return format!("error {code}") };
        // SAFETY: the producer's function, called directly after a call that failed; the text lives
        // until the next call.
        match unsafe { text(get(self)) } {
            Some(found) => String::from_utf8_lossy(found).trim().to_owned(),
            None => format!("error {code}"),
        }
    }
}
