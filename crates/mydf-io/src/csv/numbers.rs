//! Numbers with a decimal comma, or with marks between thousands.

use std::borrow::Cow;

/// How numbers are written in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// `1,5` instead of `1.5`.
    pub decimal_comma: bool,
    /// The character between groups of three digits before the decimal mark. Numbers without it
    /// are numbers too.
    pub thousands: Option<char>,
}

impl Numbers {
    /// Returns whether numbers are written as everywhere else.
    #[inline]
    pub(super) fn are_plain(&self) -> bool {
        !self.decimal_comma && self.thousands.is_none()
    }

    fn decimal(&self) -> u8 {
        if self.decimal_comma { b',' } else { b'.' }
    }

    /// The number as it is written elsewhere; `None` if its marks are at other places than those of
    /// a number. Other texts stay as they are.
    pub(super) fn plain<'t>(&self, text: &'t [u8]) -> Option<Cow<'t, [u8]>> {
        if self.are_plain() || !text.iter().any(|byte| !byte.is_ascii_alphanumeric()) {
            return Some(Cow::Borrowed(text));
        }
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        if let [sign @ (b'-' | b'+'), after @ ..] = rest {
            out.push(*sign);
            rest = after;
        }
        rest = self.integer_part(rest, &mut out)?;
        if let [mark, after @ ..] = rest
            && *mark == self.decimal()
        {
            out.push(b'.');
            rest = after;
        }
        // A second mark is none of a number.
        if rest.iter().any(|byte| matches!(byte, b'.' | b',')) {
            return None;
        }
        out.extend_from_slice(rest);
        Some(Cow::Owned(out))
    }

    /// Copies the digits before the decimal mark; returns what follows.
    fn integer_part<'t>(&self, text: &'t [u8], out: &mut Vec<u8>) -> Option<&'t [u8]> {
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let first = digits(text);
        out.extend_from_slice(&text[..first]);
        let mut rest = &text[first..];
        let Some(mark) = self.thousands else { return Some(rest) };
        let mut buffer = [0; 4];
        let mark = mark.encode_utf8(&mut buffer).as_bytes();
        while let Some(after) = rest.strip_prefix(mark) {
            let group = digits(after);
            if group != 3 || !(1..=3).contains(&first) {
                return None;
            }
            out.extend_from_slice(&after[..3]);
            rest = &after[3..];
        }
        Some(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(decimal_comma: bool, thousands: Option<char>, text: &str) -> Option<String> {
        let numbers = Numbers { decimal_comma, thousands };
        numbers.plain(text.as_bytes()).map(|t| String::from_utf8(t.into_owned()).unwrap())
    }

    #[test]
    fn marks_become_those_of_other_files() {
        for (comma, mark, text, expected) in [
            (false, None, "1,5", Some("1,5")),
            (true, None, "-1,5e3", Some("-1.5e3")),
            (true, None, "1.5", None),
            (true, None, ",5", Some(".5")),
            (true, Some('.'), "1.234.567,89", Some("1234567.89")),
            (true, Some('.'), "1.5", None),
            (true, Some('.'), "1234,5", Some("1234.5")),
            (true, Some('.'), "1234.567", None),
            (false, Some(','), "1,234", Some("1234")),
            (false, Some(','), "1,23", None),
            (false, Some(','), ",234", None),
            (false, Some(','), "1,234.5", Some("1234.5")),
            (false, Some(','), "1,234,", None),
            (false, Some(','), "0.1,234", None),
            (false, Some('\''), "-12'345", Some("-12345")),
            (false, Some('\u{a0}'), "12\u{a0}345", Some("12345")),
            (false, Some(' '), "x y", Some("x y")),
            (true, None, "-inf", Some("-inf")),
        ] {
            assert_eq!(plain(comma, mark, text).as_deref(), expected, "{text}");
        }
    }
}
