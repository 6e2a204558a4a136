//! The structure of a file: the header, chunks of whole records, the fields of a chunk, and the
//! position of an error.

use std::ops::Range;
use std::path::Path;

use mydf_core::{Error, Result};
use rayon::prelude::*;

use super::fault::Fault;
use super::lines;
use super::scan::{self, Seen, Syntax};

/// A view holds the offset of its text in 31 bits.
const MAX_CHUNK: usize = i32::MAX as usize;

/// The file's bytes and its name, which an error needs to report its position.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: &'a [u8],
    /// Where in the bytes a line was left out, once for each line.
    pub(super) left_out: &'a [usize],
}

impl File<'_> {
    /// An error at a byte. Lines are counted only here, so that reading needn't count them.
    pub(super) fn error(&self, fault: Fault, column: Option<&str>) -> Error {
        Error::Csv {
            path: self.path.to_owned(),
            row: Some(self.line(fault.at)),
            column: column.map(str::to_owned),
            message: fault.message,
            hint: fault.hint,
        }
    }

    /// The physical line of a byte, from 1.
    fn line(&self, at: usize) -> u64 {
        let kept = memchr::memchr_iter(b'\n', &self.bytes[..at]).count();
        let left_out = self.left_out.partition_point(|place| *place <= at);
        (kept + left_out) as u64 + 1
    }
}

/// One field as it is written in the file.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    /// Without the quotes around it; doubled quotes are still doubled.
    pub(super) text: &'a [u8],
    pub(super) quoted: bool,
    /// The offset of the text in the chunk.
    pub(super) start: usize,
}

impl<'a> Field<'a> {
    fn new(chunk: &'a [u8], range: Range<usize>, syntax: Syntax) -> Self {
        let text = &chunk[range.clone()];
        match (text, syntax.quote) {
            // The quotes of the chunk are checked: a field that starts with one ends with one.
            ([first, inner @ .., _], Some(quote)) if *first == quote => {
                Field { text: inner, quoted: true, start: range.start + 1 }
            }
            _ => Field { text, quoted: false, start: range.start },
        }
    }

    /// The text with single instead of doubled quotes, if it has any.
    pub(super) fn unescaped(&self, quote: Option<u8>) -> Option<Vec<u8>> {
        let quote = quote.filter(|_| self.quoted)?;
        let first = memchr::memchr(quote, self.text)?;
        let mut plain = Vec::with_capacity(self.text.len());
        plain.extend_from_slice(&self.text[..first]);
        let mut rest = &self.text[first..];
        while let Some((_, after)) = rest.split_first() {
            // `after` starts at the second quote of a pair, which is the one that stays.
            let next = memchr::memchr(quote, after.get(1..).unwrap_or_default())
                .map_or(after.len(), |at| at + 1);
            plain.extend_from_slice(&after[..next]);
            rest = &after[next..];
        }
        Some(plain)
    }
}

/// Where the fields of a chunk end: `width` entries for each row.
pub(super) struct Grid<'a> {
    pub(super) chunk: &'a [u8],
    /// Where the first record starts: empty lines may come before it.
    pub(super) start: usize,
    pub(super) ends: &'a [u32],
    pub(super) width: usize,
    pub(super) syntax: Syntax,
}

impl<'a> Grid<'a> {
    pub(super) fn rows(&self) -> usize {
        self.ends.len() / self.width
    }

    /// The field of a row and column.
    #[inline]
    pub(super) fn field(&self, row: usize, column: usize) -> Field<'a> {
        let number = row * self.width + column;
        let start = if number == 0 { self.start } else { self.ends[number - 1] as usize + 1 };
        let mut end = self.ends[number] as usize;
        if column + 1 == self.width {
            end = start + before_line_end(&self.chunk[start..end]);
        }
        Field::new(self.chunk, start..end, self.syntax)
    }

    /// The fields of a column, from the first row.
    #[inline]
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = Field<'a>> + '_ {
        (0..self.rows()).map(move |row| self.field(row, column))
    }
}

/// The length without the CRs at the end, and without the line ends of dropped empty lines.
#[inline]
fn before_line_end(text: &[u8]) -> usize {
    let mut text = without_cr(text);
    while let [shorter @ .., b'\n'] = text {
        text = without_cr(shorter);
    }
    text.len()
}

/// The text without the CRs at its end: one in CRLF, two where a program replaced LF by CRLF twice.
#[inline]
fn without_cr(mut text: &[u8]) -> &[u8] {
    while let [shorter @ .., b'\r'] = text {
        text = shorter;
    }
    text
}

/// Returns whether a line, without its LF, is empty.
pub(super) fn is_empty(line: &[u8]) -> bool {
    without_cr(line).is_empty()
}

/// Finds the fields of a chunk; `ends` is the buffer for their ends.
///
/// With `trusted`, the chunk has already passed the checks of this function.
pub(super) fn find_fields<'a>(
    chunk: &'a [u8],
    syntax: Syntax,
    width: usize,
    trusted: bool,
    ends: &'a mut Vec<u32>,
) -> Result<Grid<'a>, Fault> {
    let mut seen = scan::find_ends(chunk, syntax, ends);
    if !trusted {
        check(chunk, syntax, seen)?;
    }
    if chunk.last().is_some_and(|last| *last != b'\n') {
        ends.push(chunk.len() as u32);
        seen.newlines += 1;
    }
    let is_record_end = |end: &u32| chunk.get(*end as usize).is_none_or(|byte| *byte == b'\n');
    let regular = ends.len() == seen.newlines * width
        && ends.iter().skip(width - 1).step_by(width).all(is_record_end);
    let start = if regular { 0 } else { drop_empty_lines(chunk, width, ends, is_record_end)? };
    Ok(Grid { chunk, start, ends, width, syntax })
}

/// The slow path for chunks with empty lines or ragged records. Returns where the first record that
/// is not empty starts.
fn drop_empty_lines(
    chunk: &[u8],
    width: usize,
    ends: &mut Vec<u32>,
    is_record_end: impl Fn(&u32) -> bool,
) -> Result<usize, Fault> {
    let (mut kept, mut first, mut start) = (Vec::with_capacity(ends.len()), 0, 0);
    let mut first_start = 0;
    for (number, end) in ends.iter().enumerate() {
        if !is_record_end(end) {
            continue;
        }
        let (fields, stop) = (number + 1 - first, *end as usize);
        let empty = fields == 1 && is_empty(&chunk[start..stop]);
        if fields == width {
            kept.extend_from_slice(&ends[first..=number]);
        } else if !empty {
            return Err(ragged(&chunk[start..stop], start, fields, width));
        } else if let Some(last) = kept.last_mut() {
            // The empty line becomes part of the line end before it, so that the next field
            // still starts right after an entry.
            *last = *end;
        } else {
            first_start = stop + 1;
        }
        (first, start) = (number + 1, stop + 1);
    }
    *ends = kept;
    Ok(first_start)
}

fn ragged(line: &[u8], at: usize, fields: usize, width: usize) -> Fault {
    let many = |n: usize| if n == 1 { "1 field".to_owned() } else { format!("{n} fields") };
    let other = [(";", b';'), ("\\t", b'\t'), ("|", b'|')].iter().find(|c| line.contains(&c.1));
    let hint = match other {
        // A header of one field has none of the separators that were looked for.
        Some((character, _)) if width == 1 || fields == 1 => {
            format!("the separator may be another one: `separator=\"{character}\"`")
        }
        _ if fields > width => "put quotes around a field that contains the separator; \
                                `ragged_rows=\"truncate\"` leaves out what is too much"
            .to_owned(),
        _ => {
            "the file may be cut off, or may have another separator; `ragged_rows=\"fill\"` makes \
              missing fields null"
                .to_owned()
        }
    };
    Fault::new(at, format!("record of {}, expected {}", many(fields), many(width)), hint)
}

/// Checks the quotes and line ends of whole records; the fault is the first one.
fn check(chunk: &[u8], syntax: Syntax, seen: Seen) -> Result<(), Fault> {
    let quotes = if seen.quotes { check_quotes(chunk, syntax, seen.open).err() } else { None };
    let lines = lines::check(chunk, syntax).err();
    match quotes.into_iter().chain(lines).min_by_key(|fault| fault.at) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

/// Enforces RFC 4180's rule: a quote opens a field at its first byte or closes it at its last.
fn check_quotes(chunk: &[u8], syntax: Syntax, open: bool) -> Result<(), Fault> {
    let Some(quote) = syntax.quote else { return Ok(()) };
    let ends_field = |byte: u8| byte == syntax.separator || byte == b'\n';
    let mut inside = false;
    let mut opened = 0;
    for at in memchr::memchr_iter(quote, chunk) {
        inside = !inside;
        if inside {
            match at.checked_sub(1).map(|before| chunk[before]) {
                // The second quote of a pair: still the same field.
                Some(before) if before == quote => {}
                Some(before) if !ends_field(before) => return Err(stray_quote(at, quote)),
                _ => opened = at,
            }
        } else {
            let after = &chunk[at + 1..];
            // A CR that is not part of a line end is the fault of the line ends.
            let ended = after
                .first()
                .is_none_or(|next| *next == quote || *next == b'\r' || ends_field(*next));
            if !ended {
                return Err(text_after_quote(opened, after));
            }
        }
    }
    if open {
        let hint = "the file may be cut off; if quotes are plain text, read with `quote_char=None`";
        return Err(Fault::new(opened, "quoted field without its closing quote", hint));
    }
    Ok(())
}

fn stray_quote(at: usize, quote: u8) -> Fault {
    let message = format!("quote `{}` within an unquoted field", quote as char);
    let hint = "put the field in quotes and double the quotes in it; if quotes are plain text, \
                read with `quote_char=None`";
    Fault::new(at, message, hint)
}

fn text_after_quote(at: usize, after: &[u8]) -> Fault {
    let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let message = format!("text after the closing quote of a field: `{}`", excerpt(line));
    let hint = "a quote within a quoted field is written twice; if quotes are plain text, read \
                with `quote_char=None`";
    Fault::new(at, message, hint)
}

/// The start of a text, for messages.
pub(super) fn excerpt(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut characters = text.trim_end_matches('\r').chars();
    let start: String = characters.by_ref().take(40).collect();
    if characters.next().is_some() { format!("{start}…") } else { start }
}

/// The fields of the first record that is not empty, and where the next one starts; `None` if there
/// is no such record.
pub(super) fn first_record(
    file: File<'_>,
    from: usize,
    syntax: Syntax,
) -> Result<Option<(Vec<String>, usize)>> {
    let empty = file.bytes[from..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
    let from = from + empty;
    let rest = &file.bytes[from..];
    let end = scan::after_first_record(rest, syntax.quote, false).unwrap_or(rest.len());
    let record = &rest[..end];
    if record.is_empty() {
        return Ok(None);
    }
    check_size(file, from..from + end)?;
    check_utf8(file, from..from + end, |_| None)?;
    let mut ends = Vec::new();
    let seen = scan::find_ends(record, syntax, &mut ends);
    check(record, syntax, seen).map_err(|fault| file.error(fault.after(from), None))?;
    if record.last() != Some(&b'\n') {
        ends.push(record.len() as u32);
    }
    if end == rest.len() {
        lines::check_only_line(record).map_err(|fault| file.error(fault.after(from), None))?;
    }
    let grid = Grid { chunk: record, start: 0, ends: &ends, width: ends.len(), syntax };
    let mut names = Vec::with_capacity(grid.width);
    for field in (0..grid.width).map(|column| grid.field(0, column)) {
        let text = field.unescaped(syntax.quote).unwrap_or_else(|| field.text.to_vec());
        names.push(String::from_utf8_lossy(&text).into_owned());
    }
    Ok(Some((names, from + end)))
}

/// Cuts a part of the file into chunks of about `size` bytes, each a number of whole records.
pub(super) fn chunks(
    file: File<'_>,
    part: Range<usize>,
    syntax: Syntax,
    size: usize,
) -> Result<Vec<Range<usize>>> {
    let bytes = &file.bytes[part.clone()];
    let flips: Vec<bool> =
        bytes.par_chunks(size).map(|piece| scan::flips_state(piece, syntax.quote)).collect();
    let mut states = Vec::with_capacity(flips.len());
    let mut inside = false;
    for flip in flips {
        states.push(inside);
        inside ^= flip;
    }
    let cuts: Vec<Option<usize>> = states
        .into_par_iter()
        .enumerate()
        .skip(1)
        .map(|(number, inside)| {
            // One byte earlier, so that a piece that starts right after a line end is cut there. A
            // quote at that byte belongs to the piece before it and flips the state.
            let start = number * size - 1;
            let inside = inside ^ (Some(bytes[start]) == syntax.quote);
            let piece = &bytes[start..bytes.len().min(start + size)];
            scan::after_first_record(piece, syntax.quote, inside).map(|at| start + at)
        })
        .collect();
    let mut ranges = Vec::with_capacity(cuts.len() + 1);
    let mut start = 0;
    for cut in cuts.into_iter().flatten().chain([bytes.len()]) {
        if cut > start {
            ranges.push(part.start + start..part.start + cut);
            start = cut;
        }
    }
    ranges.iter().try_for_each(|range| check_size(file, range.clone()))?;
    Ok(ranges)
}

fn check_size(file: File<'_>, range: Range<usize>) -> Result<()> {
    if range.len() > MAX_CHUNK {
        let hint = "a quote may be missing; if quotes are plain text, read with `quote_char=None`";
        return Err(file.error(Fault::new(range.start, "record larger than 2 GiB", hint), None));
    }
    Ok(())
}

/// Rejects bytes that are not UTF-8; `column` names the column of a byte of the part.
pub(super) fn check_utf8<'n>(
    file: File<'_>,
    part: Range<usize>,
    column: impl Fn(usize) -> Option<&'n str>,
) -> Result<()> {
    let bytes = &file.bytes[part.clone()];
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return Ok(());
    }
    // The second pass finds the position; the first one is faster without it.
    let Err(error) = simdutf8::compat::from_utf8(bytes) else { return Ok(()) };
    let at = error.valid_up_to();
    let wrong = &bytes[at..bytes.len().min(at + error.error_len().unwrap_or(1))];
    let shown: Vec<String> = wrong.iter().map(|byte| format!("0x{byte:02x}")).collect();
    let message = format!("invalid UTF-8: {}", shown.join(" "));
    let hint = "name the encoding of the file, e.g. `encoding=\"cp1252\"` for one from Windows";
    Err(file.error(Fault::new(part.start + at, message, hint), column(at)))
}

/// The number of the column that a byte of a chunk is in.
pub(super) fn column_of(chunk: &[u8], at: usize, syntax: Syntax) -> usize {
    let mut ends = Vec::new();
    scan::find_ends(&chunk[..at], syntax, &mut ends);
    ends.iter().rev().take_while(|end| chunk[**end as usize] != b'\n').count()
}
