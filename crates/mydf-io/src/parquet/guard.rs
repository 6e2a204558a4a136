//! Turns panics of the library on damaged files into errors.

use std::path::Path;

use mydf_core::Result;
use parquet::errors::ParquetError;

use super::{damaged, fact};
use crate::guard;

/// Runs the library on bytes that may be damaged; a panic becomes the error that it should have
/// been.
pub(super) fn guarded<T>(
    path: &Path,
    column: Option<&str>,
    decode: impl FnOnce() -> Result<T, ParquetError>,
) -> Result<T> {
    match guard::caught(decode) {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(damaged(path, column, fact(&error))),
        None => Err(damaged(path, column, "damaged data that the decoder can't read")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let path = Path::new("t.parquet");
        let error = guarded::<()>(path, Some("x"), || panic!("index out of bounds")).unwrap_err();
        assert!(error.to_string().starts_with("Parquet file `t.parquet`, column `x`: damaged"));
        let error = guarded::<()>(path, None, || Err(ParquetError::General("odd.".to_owned())));
        assert_eq!(error.unwrap_err().to_string(), "Parquet file `t.parquet`: odd");
        assert_eq!(guarded(path, None, || Ok(7)).unwrap(), 7);
    }
}
