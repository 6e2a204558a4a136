//! Functions of text that have arguments.

use std::fmt;
use std::sync::Arc;

use mydf_core::temporal::Format;

use super::moment::Given;
use super::quoted::Quoted;

/// A pattern: a regular expression, or exactly these characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The text of the pattern.
    pub text: Arc<str>,
    /// True: exactly these characters. False: a regular expression.
    pub literal: bool,
}

/// A function of text. Places and lengths count Unicode scalar values.
#[derive(Clone, Debug, PartialEq)]
pub enum TextOp {
    /// The group of the first match; null if there is none.
    Extract(Pattern, usize),
    /// The text with the first match replaced, or with all.
    Replace {
        /// What is replaced.
        pattern: Pattern,
        /// The replacement, in which `$1` is a group of a regular expression.
        value: Arc<str>,
        /// True: all matches. False: the first one.
        all: bool,
    },
    /// The number of matches that do not overlap; Int64.
    CountMatches(Pattern),
    /// The place of the first match, from 0; null if there is none; Int64.
    Find(Pattern),
    /// The part from a place, which counts from the end if it is negative, of at most this length.
    Slice(i64, Option<u64>),
    /// The part at a place between separators, from the end if it is negative; null if there is
    /// none.
    SplitPart(Arc<str>, i64),
    /// The text without these characters at its ends; without white space if there are none.
    StripChars(Option<Arc<str>>, Ends),
    /// The text without this beginning.
    StripPrefix(Arc<str>),
    /// The text without this end.
    StripSuffix(Arc<str>),
    /// The text filled up to a length with zeros behind its sign.
    Zfill(u64),
    /// The text filled up to a length at one of its ends.
    Pad(u64, char, Ends),
    /// The characters in reverse order.
    Reverse,
    /// Each word with its first letter in upper case and the rest in lower case.
    Title,
    /// An integer in a base from 2 to 36; Int64.
    ToInteger {
        /// The base.
        base: u32,
        /// True: text that is no integer is an error. False: it becomes null.
        strict: bool,
    },
    /// A date in a format.
    ToDate(Given<Format>, /** As for `ToInteger`. */ bool),
    /// A datetime in a format, in UTC if the format has an offset and without a zone otherwise.
    ToDatetime(Given<Format>, /** As for `ToInteger`. */ bool),
}

/// Which ends of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Ends {
    Both,
    Start,
    End,
}

impl TextOp {
    /// The name of the method in Python.
    pub fn name(&self) -> &'static str {
        match self {
            TextOp::Extract(..) => "str.extract",
            TextOp::Replace { all: true, .. } => "str.replace_all",
            TextOp::Replace { .. } => "str.replace",
            TextOp::CountMatches(_) => "str.count_matches",
            TextOp::Find(_) => "str.find",
            TextOp::Slice(..) => "str.slice",
            TextOp::SplitPart(..) => "str.split_part",
            TextOp::StripChars(_, Ends::Both) => "str.strip_chars",
            TextOp::StripChars(_, Ends::Start) => "str.strip_chars_start",
            TextOp::StripChars(_, Ends::End) => "str.strip_chars_end",
            TextOp::StripPrefix(_) => "str.strip_prefix",
            TextOp::StripSuffix(_) => "str.strip_suffix",
            TextOp::Zfill(_) => "str.zfill",
            TextOp::Pad(_, _, Ends::End) => "str.pad_end",
            TextOp::Pad(..) => "str.pad_start",
            TextOp::Reverse => "str.reverse",
            TextOp::Title => "str.to_titlecase",
            TextOp::ToInteger { .. } => "str.to_integer",
            TextOp::ToDate(..) => "str.to_date",
            TextOp::ToDatetime(..) => "str.to_datetime",
        }
    }

    /// The pattern, if there is one.
    pub fn pattern(&self) -> Option<&Pattern> {
        match self {
            TextOp::Extract(pattern, _)
            | TextOp::Replace { pattern, .. }
            | TextOp::CountMatches(pattern)
            | TextOp::Find(pattern) => Some(pattern),
            _ => None,
        }
    }
}

/// The arguments, as Python code.
impl fmt::Display for TextOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lax = |strict: bool| if strict { "" } else { ", strict=False" };
        match self {
            TextOp::Extract(pattern, group) => write!(f, "{}, {group}", Quoted(&pattern.text)),
            TextOp::Replace { pattern, value, .. } => {
                write!(f, "{}, {}{}", Quoted(&pattern.text), Quoted(value), literal(pattern))
            }
            TextOp::CountMatches(pattern) | TextOp::Find(pattern) => {
                write!(f, "{}{}", Quoted(&pattern.text), literal(pattern))
            }
            TextOp::Slice(offset, None) => write!(f, "{offset}"),
            TextOp::Slice(offset, Some(length)) => write!(f, "{offset}, {length}"),
            TextOp::SplitPart(by, place) => write!(f, "{}, {place}", Quoted(by)),
            TextOp::StripChars(None, _) | TextOp::Reverse | TextOp::Title => Ok(()),
            TextOp::StripChars(Some(text), _)
            | TextOp::StripPrefix(text)
            | TextOp::StripSuffix(text) => write!(f, "{}", Quoted(text)),
            TextOp::Zfill(length) => write!(f, "{length}"),
            TextOp::Pad(length, fill, _) => write!(f, "{length}, {}", Quoted(&fill.to_string())),
            TextOp::ToInteger { base, strict } => write!(f, "{base}{}", lax(*strict)),
            TextOp::ToDate(format, strict) | TextOp::ToDatetime(format, strict) => {
                write!(f, "{}{}", Quoted(&format.text), lax(*strict))
            }
        }
    }
}

fn literal(pattern: &Pattern) -> &'static str {
    if pattern.literal { ", literal=True" } else { "" }
}
