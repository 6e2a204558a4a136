//! Text files that gzip or zstd compressed.

use std::io::{self, Read};

use arrow_buffer::Buffer;
use mydf_core::{Error, Result};

use crate::source::{self, Whole};

/// The name of a file's compression, by its first bytes.
pub(crate) fn name(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x1f, 0x8b, 0x08, ..] => Some("gzip"),
        // A frame, or the skippable one that pzstd writes before it.
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50, 0x2a, 0x4d, 0x18, ..] => Some("zstd"),
        _ => None,
    }
}

/// The content of a file that may be compressed; `failed` makes an error for a damaged one.
pub(crate) fn opened(
    whole: Whole<'_>,
    failed: impl Fn(&str, io::Error) -> Error,
) -> Result<Whole<'_>> {
    let bytes = whole.bytes();
    let content = match name(bytes) {
        Some("gzip") => all(flate2::read::MultiGzDecoder::new(bytes), |e| failed("gzip", e))?,
        Some(name) => {
            let decoder = zstd::stream::read::Decoder::new(bytes).map_err(|e| failed(name, e))?;
            all(decoder, |e| failed(name, e))?
        }
        None => return Ok(whole),
    };
    Ok(Whole::Owned(Buffer::from_vec(content)))
}

fn all(decoder: impl Read, failed: impl Fn(io::Error) -> Error) -> Result<Vec<u8>> {
    source::read_all(decoder, failed)
}
