//! Line ends: which bytes end a line, and which only look as if they did.
//!
//! A line ends in LF or CRLF; more than one CR before LF is what a program leaves that replaced LF
//! by CRLF twice. A file whose lines all end in CR alone is read as if they ended in LF. Any other
//! CR outside quotes is an error, because half of the programs take it for a line end and the
//! others for text.

use super::fault::Fault;
use super::scan::{self, Syntax};

const CTRL_Z: u8 = 0x1a;

/// The bytes without the Ctrl-Z that DOS programs put after the last line.
pub(super) fn without_ctrl_z(bytes: &[u8]) -> Result<&[u8], Fault> {
    let marks = bytes.iter().rev().take_while(|byte| **byte == CTRL_Z).count();
    let text = &bytes[..bytes.len() - marks];
    if marks > 0 && text.last().is_some_and(|last| !matches!(last, b'\n' | b'\r')) {
        let hint = "remove it if it marks the end of the file; end the line with LF if it is text";
        return Err(Fault::new(text.len(), "Ctrl-Z at the end of the last line", hint));
    }
    Ok(text)
}

/// The file with LF instead of CR, if its lines end in CR alone. The last one may end in anything.
pub(super) fn from_cr(bytes: &[u8], syntax: Syntax) -> Option<Vec<u8>> {
    let start = bytes.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let rest = &bytes[start..];
    // In all other files this is only the first line.
    let end = scan::after_first_record(rest, syntax.quote, false).unwrap_or(rest.len());
    lone_cr(&rest[..end], syntax)?;
    if rest[end..].iter().any(|byte| !matches!(byte, b'\n' | b'\r')) {
        return None;
    }
    let mut converted = bytes.to_vec();
    let (mut inside, mut next) = (false, bytes.iter().skip(1));
    for byte in &mut converted {
        let before_lf = next.next() == Some(&b'\n');
        if Some(*byte) == syntax.quote {
            inside = !inside;
        } else if *byte == b'\r' && !inside && !before_lf {
            *byte = b'\n';
        }
    }
    Some(converted)
}

/// Checks that whole records have no CR outside quotes except before LF, and no NUL.
pub(super) fn check(chunk: &[u8], syntax: Syntax) -> Result<(), Fault> {
    let cr = lone_cr(chunk, syntax).map(|at| {
        let hint = "if some lines end in CR, make all end in LF, e.g. `tr '\\r' '\\n'`; put quotes \
                    around a text that contains CR";
        Fault::new(at, "CR without LF outside quotes", hint)
    });
    let nul = outside_quotes(chunk, syntax, 0).first().map(|at| {
        let hint = "the file may be damaged, or may not be text; put quotes around a text that \
                    contains NUL";
        Fault::new(*at, "NUL byte outside quotes", hint)
    });
    match cr.into_iter().chain(nul).min_by_key(|fault| fault.at) {
        Some(fault) => Err(fault),
        None => Ok(()),
    }
}

/// Checks that a file of one line, without LF, is not one whose lines end in something else.
pub(super) fn check_only_line(line: &[u8]) -> Result<(), Fault> {
    if line.ends_with(b"\n") {
        return Ok(());
    }
    for (name, end) in [("U+0085", "\u{85}"), ("U+2028", "\u{2028}"), ("U+001E", "\u{1e}")] {
        if let Some(at) = memchr::memmem::find(line, end.as_bytes()) {
            let hint = "replace the line ends by LF; end the header with LF if they are text";
            return Err(Fault::new(at, format!("no LF, only {name}, which may end lines"), hint));
        }
    }
    Ok(())
}

/// The first CR outside quotes that has text after it in its line.
fn lone_cr(chunk: &[u8], syntax: Syntax) -> Option<usize> {
    outside_quotes(chunk, syntax, b'\r').into_iter().find(|at| {
        let rest = &chunk[at + 1..];
        !matches!(rest, [] | [b'\n' | b'\r', ..])
    })
}

/// Where a byte is outside quotes.
fn outside_quotes(chunk: &[u8], syntax: Syntax, byte: u8) -> Vec<usize> {
    // Most chunks have none, and this is several times as fast as looking at the quotes.
    if memchr::memchr(byte, chunk).is_none() {
        return Vec::new();
    }
    let mut ends = Vec::new();
    scan::find_ends(chunk, Syntax { separator: byte, ..syntax }, &mut ends);
    ends.into_iter().map(|end| end as usize).filter(|end| chunk[*end] == byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: Syntax = Syntax { separator: b',', quote: Some(b'"') };

    #[test]
    fn only_files_of_cr_lines_are_converted() {
        let converted = |text: &str| {
            from_cr(text.as_bytes(), SYNTAX).map(|bytes| String::from_utf8(bytes).unwrap())
        };
        for (text, expected) in [
            ("a,b\r1,2\r", "a,b\n1,2\n"),
            ("a,b\r1,2\r3,4\n", "a,b\n1,2\n3,4\n"),
            ("a,b\r1,2\r\n", "a,b\n1,2\r\n"),
            ("\ra\r\r1", "\na\n\n1"),
            ("a,b\r1,\"x\ny\r\"\r", "a,b\n1,\"x\ny\r\"\n"),
        ] {
            assert_eq!(converted(text).as_deref(), Some(expected), "{text:?}");
        }
        for text in ["", "\r", "a\r", "a\n1\r2\n", "a\r1\n2\n", "a\r\r\n1\r\r\n", "\"a\rb\"\n1"] {
            assert_eq!(converted(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_file_without_lf_has_no_other_line_ends() {
        for text in ["a,b", "a\u{2028},b\n", ""] {
            assert!(check_only_line(text.as_bytes()).is_ok(), "{text:?}");
        }
        for text in ["a,b\u{85}1,2\u{85}", "a\u{2028}1", "a\u{1e}1\u{1e}"] {
            assert!(check_only_line(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn cr_and_nul_are_faults_outside_quotes() {
        let at = |text: &str| check(text.as_bytes(), SYNTAX).err().map(|fault| fault.at);
        for text in ["a,b\r\n1,2\r\n", "a\r\r\n", "a\r", "\"x\ry\0\",2\n", "a\r\r\n\r\n"] {
            assert_eq!(at(text), None, "{text:?}");
        }
        for (text, expected) in [("ab\rc\n", 2), ("a\n\r1\n", 2), ("a\r\n1\0\n", 4), ("\0\rb\n", 0)]
        {
            assert_eq!(at(text), Some(expected), "{text:?}");
        }
        let long = format!("{}\rx\n", "a".repeat(200));
        assert_eq!(at(&long), Some(200));
    }
}
