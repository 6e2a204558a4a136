//! Memory that was used a moment ago is used again, and goes back to the system soon after.
//!
//! The first touch of a page that comes from the system takes several times as long as most
//! operators need for its values. jemalloc keeps pages for a while, but without its own thread it
//! returns those of large arrays at once, because nothing else would return them later.

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
