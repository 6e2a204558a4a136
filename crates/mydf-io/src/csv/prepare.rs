//! Lines that are left out, and records that are made as long as the others, before anything else
//! looks at a file.

use mydf_core::Result;

use super::content;
use super::fault::Fault;
use super::layout::{self, File};
use super::scan::{self, Syntax};
use super::{Ragged, ReadOptions};

/// A file without the lines that are left out.
pub(super) struct Prepared {
    pub(super) bytes: Vec<u8>,
    /// Where in `bytes` a line was left out, once for each line.
    pub(super) left_out: Vec<usize>,
}

/// Where the file starts, after `skip_rows` lines. They may be anything, quotes among it.
pub(super) fn start(file: File<'_>, skip: usize) -> Result<usize> {
    let bytes = file.bytes;
    let mut start = content::byte_order_marks(bytes);
    for line in 0..skip {
        match memchr::memchr(b'\n', &bytes[start..]) {
            Some(at) => start += at + 1,
            None if line + 1 == skip && start < bytes.len() => start = bytes.len(),
            None => {
                let fault = Fault::new(
                    bytes.len(),
                    format!("{line} lines, and `skip_rows` is {skip}"),
                    "skip fewer lines",
                );
                return Err(file.error(fault, None));
            }
        }
    }
    Ok(start)
}

/// The file without comments and ragged records; `None` if it has neither.
pub(super) fn prepare(
    bytes: &[u8],
    start: usize,
    syntax: Syntax,
    options: &ReadOptions,
) -> Option<Prepared> {
    let comment = options.comment_prefix.as_deref().map(str::as_bytes);
    if comment.is_none() && options.ragged == Ragged::Error {
        return None;
    }
    let mut work = Work {
        bytes,
        syntax,
        ragged: options.ragged,
        copied: 0,
        width: None,
        prepared: Prepared { bytes: Vec::new(), left_out: Vec::new() },
    };
    let mut at = start + content::separator_line(&bytes[start..]).map_or(0, |(_, length)| length);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let end;
        if comment.is_some_and(|comment| rest.starts_with(comment)) {
            end = at + memchr::memchr(b'\n', rest).map_or(rest.len(), |line_end| line_end + 1);
            work.leave_out(at, end);
        } else {
            end = at + scan::after_first_record(rest, syntax.quote, false).unwrap_or(rest.len());
            if work.ragged != Ragged::Error {
                work.fit(at, end);
            }
        }
        at = end;
    }
    work.finish()
}

struct Work<'a> {
    bytes: &'a [u8],
    syntax: Syntax,
    ragged: Ragged,
    /// So many bytes are already in the result, or left out.
    copied: usize,
    width: Option<usize>,
    prepared: Prepared,
}

impl Work<'_> {
    fn copy_until(&mut self, at: usize) {
        self.prepared.bytes.extend_from_slice(&self.bytes[self.copied..at]);
        self.copied = at;
    }

    fn leave_out(&mut self, at: usize, end: usize) {
        self.copy_until(at);
        self.copied = end;
        self.prepared.left_out.push(self.prepared.bytes.len());
    }

    /// Gives a record the number of fields that the first one has.
    fn fit(&mut self, at: usize, end: usize) {
        let record = &self.bytes[at..end];
        let line_ends = record.iter().rev().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let length = record.len() - line_ends.count();
        let content = &record[..length];
        if layout::is_empty(content) {
            return;
        }
        let mut ends = Vec::new();
        scan::find_ends(content, self.syntax, &mut ends);
        let fields = ends.len() + 1;
        let width = *self.width.get_or_insert(fields);
        if fields < width {
            self.copy_until(at + length);
            let missing = vec![self.syntax.separator; width - fields];
            self.prepared.bytes.extend_from_slice(&missing);
        } else if fields > width && self.ragged == Ragged::Truncate {
            self.copy_until(at + ends[width - 1] as usize);
            self.copied = at + length;
        }
    }

    fn finish(mut self) -> Option<Prepared> {
        if self.copied == 0 && self.prepared.bytes.is_empty() && self.prepared.left_out.is_empty() {
            return None;
        }
        self.copy_until(self.bytes.len());
        Some(self.prepared)
    }
}
