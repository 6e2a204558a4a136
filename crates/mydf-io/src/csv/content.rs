//! What the bytes of a file are: text in UTF-8, compressed text, or something else.

use std::path::Path;

use mydf_core::{Error, Result};

use crate::compressed;
use crate::source::{Source, Whole};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The length of the byte order marks that the text begins with: two, where two programs added one.
pub(super) fn byte_order_marks(bytes: &[u8]) -> usize {
    let marks = bytes.chunks(3).take_while(|chunk| *chunk == BYTE_ORDER_MARK).count();
    marks * BYTE_ORDER_MARK.len()
}

/// The content of a file, which may be compressed with gzip or zstd.
pub(super) fn decompressed(source: &Source<'_>) -> Result<Vec<u8>> {
    Ok(opened(source.name(), source.whole()?)?.bytes().to_vec())
}

fn opened<'a>(path: &Path, whole: Whole<'a>) -> Result<Whole<'a>> {
    compressed::opened(whole, |name, source| {
        error(path, format!("{name}: {source}"), "the file may be cut off or damaged")
    })
}

/// The text of a file, which may be compressed with gzip or zstd.
pub(super) fn text<'a>(path: &Path, whole: Whole<'a>, quote: Option<u8>) -> Result<Whole<'a>> {
    let whole = opened(path, whole)?;
    match other_format(whole.bytes()) {
        // Where double quotes are plain text, it may be a name.
        Some(("JSON", _)) if quote != Some(b'"') => Ok(whole),
        Some((name, hint)) => Err(error(path, format!("{name}, not CSV in UTF-8"), hint)),
        None => Ok(whole),
    }
}

/// Whether these are the first bytes of a compressed file.
pub(super) fn is_compressed(bytes: &[u8]) -> bool {
    compressed::name(bytes).is_some()
}

fn error(path: &Path, message: String, hint: &str) -> Error {
    let path = path.to_owned();
    Error::Csv { path, row: None, column: None, message, hint: hint.to_owned() }
}

/// The name of a format that is not CSV in UTF-8, by its first bytes, and how to read it.
pub(super) fn other_format(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const UTF_16: &str = "pass `encoding=\"utf-16\"`";
    const UTF_32: &str = "pass `encoding=\"utf-32\"`";
    const EXCEL: &str =
        "save it as CSV, or read it with pandas: `mydf.from_arrow(pandas.read_excel(path))`";
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    Some(match () {
        () if starts(b"\xff\xfe\0\0") || starts(b"\0\0\xfe\xff") => ("UTF-32", UTF_32),
        () if starts(b"\xff\xfe") || starts(b"\xfe\xff") => ("UTF-16", UTF_16),
        () if starts(b"\x84\x31\x95\x33") => ("GB18030", "pass `encoding=\"gb18030\"`"),
        () if is_utf_16(bytes, 1) => {
            ("UTF-16 without a byte order mark", "pass `encoding=\"utf-16-le\"`")
        }
        () if is_utf_16(bytes, 0) => {
            ("UTF-16 without a byte order mark", "pass `encoding=\"utf-16-be\"`")
        }
        () if compressed::name(bytes).is_some() => {
            ("a compressed file within a compressed file", "decompress it first")
        }
        () if starts(b"BZh") && bytes[3..].get(1..7) == Some(b"1AY&SY") => {
            ("bzip2", "pass the file opened by `bz2.open(path)`")
        }
        () if starts(b"\xfd7zXZ\0") => ("xz", "pass the file opened by `lzma.open(path)`"),
        () if starts(b"\x04\x22\x4d\x18") => ("LZ4", "decompress it first, e.g. with `lz4 -d`"),
        () if starts(b"\x1f\x9d") => ("compress", "decompress it first, e.g. with `uncompress`"),
        () if starts(b"\x78\x9c") || starts(b"\x78\xda") => {
            ("zlib", "pass its content: `zlib.decompress(data)`")
        }
        () if bytes.get(257..262) == Some(b"ustar") && bytes[99] == 0 => {
            ("a tar archive", "pass one file of it: `tarfile.open(path).extractfile(name)`")
        }
        () if starts(b"7z\xbc\xaf\x27\x1c") => ("7-Zip", "decompress it first"),
        () if starts(b"PK\x03\x04") && memchr::memmem::find(bytes, b"xl/workbook").is_some() => {
            ("an Excel workbook", EXCEL)
        }
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => {
            ("a zip archive", "pass one file of it: `zipfile.ZipFile(path).open(name)`")
        }
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => ("an Excel workbook", EXCEL),
        () if starts(b"PAR1") && bytes.len() > 8 && bytes.ends_with(b"PAR1") => {
            ("Parquet", "use `mydf.read_parquet(path)`")
        }
        () if starts(b"ARROW1\0\0") => ("Arrow IPC", "use `mydf.read_ipc(path)`"),
        () if starts(b"SQLite format 3\0") => ("an SQLite database", "export its table as CSV"),
        () if starts(b"%PDF-") => ("PDF", "export its table as CSV"),
        () if starts(b"<?xml ") => ("XML", "export its table as CSV"),
        () if starts(b"version https://git-lfs.github.com/spec/") => {
            ("a pointer of Git LFS", "fetch the file with `git lfs pull`")
        }
        () if starts(b"{\"") || starts(b"[{\"") => (
            "JSON",
            "use `mydf.read_ndjson(path)` for one object on each line, or \
             `mydf.DataFrame(json.loads(text))`",
        ),
        () if is_html(bytes) => (
            "HTML",
            "the server may have answered with a page; `mydf.from_arrow(pandas.read_html(path)[0])` \
             reads a table of a page",
        ),
        () => return None,
    })
}

/// Returns whether every second byte is NUL, from `nul`: English text in UTF-16.
///
/// A text of our own writer has quotes around NUL, and its closing quote has no NUL after it.
fn is_utf_16(bytes: &[u8], nul: usize) -> bool {
    let start = &bytes[..bytes.len().min(256)];
    start.len() >= 4 && start.iter().enumerate().all(|(at, b)| (*b == 0) == (at % 2 == nul))
}

/// The separator that a first line `sep=;` names, which is for Excel, and the length of the line.
pub(super) fn separator_line(bytes: &[u8]) -> Option<(u8, usize)> {
    let (name, rest) = bytes.split_at_checked(4)?;
    let (separator, rest) = rest.split_first()?;
    let end = rest.iter().take_while(|byte| **byte == b'\r').count();
    let ends = name.eq_ignore_ascii_case(b"sep=") && matches!(rest[end..], [] | [b'\n', ..]);
    ends.then(|| (*separator, bytes.len().min(5 + end + 1)))
}

/// Returns whether a file that begins with this text would be read as something else.
pub(super) fn begins_like_other_format(text: &str) -> bool {
    // Others contain bytes that are not UTF-8, or NUL.
    match text.as_bytes() {
        // `sep` alone as well: the separator may be `=`.
        [b's' | b'S', ..] if text.len() <= 5 => {
            let lower = text.to_ascii_lowercase();
            lower == "sep" || lower.starts_with("sep=")
        }
        [b'<' | b'%' | b'B' | b'P' | b'v', ..] => other_format(text.as_bytes()).is_some(),
        _ => false,
    }
}

fn is_html(bytes: &[u8]) -> bool {
    let start = &bytes[byte_order_marks(bytes)..];
    let line_ends = start.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let start = &start[line_ends..];
    let begins = |tag: &[u8]| {
        start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag))
            && start.get(tag.len()).is_none_or(|next| matches!(next, b'>' | b' ' | b'\r' | b'\n'))
    };
    begins(b"<!doctype") || begins(b"<html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_other_format() {
        for text in ["", "a", "a,b\n1,2\n", "BZh,PK\n", "PAR1,PAR1\n", "<html,b\n", "\"\0a\0b\"\n"]
        {
            assert_eq!(other_format(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(other_format(b"{\"a\": 1}").map(|(name, _)| name), Some("JSON"));
        assert_eq!(other_format(b"<!DOCTYPE html>").map(|(name, _)| name), Some("HTML"));
        for (text, expected) in [
            ("sep=;\n1;2", Some((b';', 6))),
            ("SEP=,\r\n", Some((b',', 7))),
            ("sep=;", Some((b';', 5))),
            ("sep=;a\n", None),
            ("sep=", None),
        ] {
            assert_eq!(separator_line(text.as_bytes()), expected, "{text:?}");
        }
        assert_eq!(byte_order_marks("\u{feff}\u{feff}a".as_bytes()), 6);
    }
}
