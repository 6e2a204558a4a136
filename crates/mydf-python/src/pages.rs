//! Large arrays lie in huge pages; memory that was used a moment ago is used again, and goes back to
//! the system soon after.
//!
//! The first touch of a page that comes from the system takes several times as long as most
//! operators need for its values, and a processor finds few pages of 4 KiB without reading a table
//! first. A huge page needs one first touch and one entry for 2 MiB. Linux gives them on request.
//!
//! jemalloc keeps pages for a while, but without its own thread it returns those of large arrays at
//! once, because nothing else would return them later.

use std::alloc::{GlobalAlloc, Layout};

/// An allocator whose large results ask for huge pages.
pub(crate) struct Huge<A>(pub(crate) A);

/// numpy's limit: less has room for one huge page at most.
const LARGE: usize = 4 << 20;

// SAFETY: all calls go to the inner allocator as they come; advice about its results changes
// neither their addresses nor their contents.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Huge<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller promises what the inner allocator asks for.
        advised(unsafe { self.0.alloc(layout) }, layout.size())
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        advised(unsafe { self.0.alloc_zeroed(layout) }, layout.size())
    }

    #[inline]
    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        advised(unsafe { self.0.realloc(place, layout, size) }, size)
    }

    #[inline]
    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { self.0.dealloc(place, layout) }
    }
}

#[inline]
fn advised(place: *mut u8, size: usize) -> *mut u8 {
    if size >= LARGE && !place.is_null() {
        advise(place, size);
    }
    place
}

/// Asks for huge pages; a system that has none, or does not want to give any, keeps its own.
#[cfg(target_os = "linux")]
#[cold]
fn advise(place: *mut u8, size: usize) {
    /// A multiple of every size of pages that Linux runs with.
    const PAGE: usize = 64 << 10;

    let before = place.addr().next_multiple_of(PAGE) - place.addr();
    // SAFETY: the range is inside one allocation, and the advice changes no content. The result is
    // not needed: without huge pages, everything works as before.
    unsafe {
        libc::madvise(place.wrapping_add(before).cast(), size - before, libc::MADV_HUGEPAGE);
    }
}

#[cfg(not(target_os = "linux"))]
fn advise(_: *mut u8, _: usize) {}

/// Starts what returns pages later, so that the next call can reuse those of the last one.
///
/// Called with the first thread of this process, never at import. A system without such a thread
/// keeps jemalloc's own settings.
#[cfg(feature = "jemalloc")]
pub(crate) fn keep_for_a_while() {
    /// Milliseconds until all pages that nothing has used again are back.
    const PATIENCE: isize = 2_000;
    /// jemalloc's name for all arenas at once (`MALLCTL_ARENAS_ALL`).
    const ALL: u32 = 4096;

    if !set(c"background_thread", true) {
        return;
    }
    set(c"arenas.dirty_decay_ms", PATIENCE);
    // Arenas that exist already have the settings of before.
    let Some(arenas) = get::<u32>(c"arenas.narenas") else { return };
    for arena in 0..arenas.min(ALL) {
        if let Ok(name) = std::ffi::CString::new(format!("arena.{arena}.dirty_decay_ms")) {
            set(&name, PATIENCE);
        }
    }
}

/// Other allocators keep their own settings.
#[cfg(not(feature = "jemalloc"))]
pub(crate) fn keep_for_a_while() {}

/// Changes a setting; returns whether jemalloc accepts it.
#[cfg(feature = "jemalloc")]
fn set<T>(name: &std::ffi::CStr, mut value: T) -> bool {
    let (old, size) = (std::ptr::null_mut(), std::ptr::null_mut());
    // SAFETY: the name ends in a zero. jemalloc copies the value; it compares its size with that of
    // the setting, and changes nothing if they differ.
    let status = unsafe {
        let new = (&raw mut value).cast();
        tikv_jemalloc_sys::mallctl(name.as_ptr(), old, size, new, size_of::<T>())
    };
    status == 0
}

#[cfg(feature = "jemalloc")]
fn get<T: Copy + Default>(name: &std::ffi::CStr) -> Option<T> {
    let (mut value, mut size) = (T::default(), size_of::<T>());
    // SAFETY: the name ends in a zero. jemalloc writes at most `size` bytes to the value, and the
    // callers name integers only, which may have any bits.
    let status = unsafe {
        let old = (&raw mut value).cast();
        tikv_jemalloc_sys::mallctl(name.as_ptr(), old, &raw mut size, std::ptr::null_mut(), 0)
    };
    (status == 0 && size == size_of::<T>()).then_some(value)
}
