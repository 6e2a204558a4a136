//! Turns panics of libraries on damaged files into errors.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// This thread is decoding, so a panic becomes an error.
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a library on bytes that may be damaged; `None` if it panics.
///
/// Libraries check most of what they read, but an index or a length from a file can still make them
/// panic. This leaves nothing half-changed, since everything that the closure made is dropped with
/// it.
pub(crate) fn caught<T>(decode: impl FnOnce() -> T) -> Option<T> {
    silence_decoding_threads();
    let outer = DECODING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(outer);
    result.ok()
}

/// A panic that becomes an error should not print a report too. Every other panic is reported as
/// before.
fn silence_decoding_threads() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !DECODING.get() {
                report(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_gives_nothing() {
        assert_eq!(caught::<()>(|| panic!("index out of bounds")), None);
        assert!(!DECODING.get());
        assert_eq!(caught(|| caught(|| 7)), Some(Some(7)));
    }
}
