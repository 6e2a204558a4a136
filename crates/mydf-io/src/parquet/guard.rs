//! Turns panics of the library on damaged files into errors.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Once;

use mydf_core::Result;
use parquet::errors::ParquetError;

use super::{damaged, fact};

thread_local! {
    /// This thread is decoding, so a panic becomes an error.
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs the library on bytes that may be damaged.
///
/// It checks most of what it reads, but an index or a length from the file can still make it panic.
/// This leaves nothing half-changed, since everything that the closure made is dropped with it; the
/// panic becomes the error that it should have been.
pub(super) fn guarded<T>(
    path: &Path,
    column: Option<&str>,
    decode: impl FnOnce() -> Result<T, ParquetError>,
) -> Result<T> {
    silence_decoding_threads();
    let outer = DECODING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(outer);
    match result {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(damaged(path, column, fact(&error))),
        Err(_) => Err(damaged(path, column, "damaged data that the decoder can't read")),
    }
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
    fn a_panic_becomes_an_error() {
        let path = Path::new("t.parquet");
        let error = guarded::<()>(path, Some("x"), || panic!("index out of bounds")).unwrap_err();
        assert!(error.to_string().starts_with("Parquet file `t.parquet`, column `x`: damaged"));
        assert!(!DECODING.get());
        let error = guarded::<()>(path, None, || Err(ParquetError::General("odd.".to_owned())));
        assert_eq!(error.unwrap_err().to_string(), "Parquet file `t.parquet`: odd");
        assert_eq!(guarded(path, None, || Ok(7)).unwrap(), 7);
    }
}
