//! Operators on text.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringViewArray};
use arrow_buffer::BooleanBuffer;
use arrow_data::MAX_INLINE_VIEW_LEN;
use memchr::memmem;
use mydf_core::{DType, Result, memory};
use regex::Regex;

use super::super::values::{Typed, arrow_error, text_bytes};
use crate::expr::StrOp;

/// Applies an operator to a String operand, in the dtype of the result.
pub(in crate::exec) fn apply(
    op: &StrOp,
    pattern: Option<&Regex>,
    value: &Typed,
    dtype: &DType,
) -> Result<Typed> {
    if value.dtype == DType::Null {
        return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit));
    }
    let texts = value.array.as_string_view();
    let array: ArrayRef = match op {
        StrOp::Contains { pattern: wanted, .. } => Arc::new(match pattern {
            Some(pattern) => BooleanArray::from_unary(texts, |text| pattern.is_match(text)),
            None => contains(texts, wanted),
        }),
        StrOp::StartsWith(start) => {
            Arc::new(BooleanArray::from_unary(texts, |text| text.starts_with(&**start)))
        }
        StrOp::EndsWith(end) => {
            Arc::new(BooleanArray::from_unary(texts, |text| text.ends_with(&**end)))
        }
        StrOp::Lower => Arc::new(mapped(texts, lower)?),
        StrOp::Upper => Arc::new(mapped(texts, upper)?),
        StrOp::Strip => Arc::new(mapped(texts, |text, out| out.push_str(text.trim()))?),
        StrOp::LenChars => Arc::new(lengths(texts, |text| text.chars().count())),
        StrOp::LenBytes => {
            let lengths = texts.lengths().map(i64::from).collect::<Vec<_>>();
            Arc::new(PrimitiveArray::<Int64Type>::new(lengths.into(), texts.nulls().cloned()))
        }
    };
    Ok(Typed::new(array, dtype.clone(), value.unit))
}

/// Whether each text contains this one, byte by byte.
fn contains(texts: &StringViewArray, wanted: &str) -> BooleanArray {
    if let Some(wanted) = Short::new(wanted).filter(|_| all_inline(texts)) {
        let found = |row| wanted.is_in(texts.views()[row]);
        let found = BooleanBuffer::collect_bool(texts.len(), found);
        return BooleanArray::new(found, texts.nulls().cloned());
    }
    let wanted = memmem::Finder::new(wanted.as_bytes());
    BooleanArray::from_unary(texts, |text| wanted.find(text.as_bytes()).is_some())
}

/// True if each view holds its text.
fn all_inline(texts: &StringViewArray) -> bool {
    // The low half of a view begins with the length. A view under a null may have any length; then
    // the caller takes the general way.
    texts.views().iter().all(|view| *view as u32 <= MAX_INLINE_VIEW_LEN)
}

/// A text that is searched in texts which their views hold: all bytes of such a view are compared at
/// once, in a number of 128 bits.
struct Short {
    /// The bytes of the text, the first one lowest.
    text: u128,
    bytes: u32,
    /// Its first and its last byte, each repeated.
    first: u128,
    last: u128,
}

/// A 1 in each byte.
const ONES: u128 = u128::from_ne_bytes([1; 16]);

impl Short {
    /// None for the empty text and for one that no view holds.
    fn new(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (first, last) = (bytes.first()?, bytes.last()?);
        let mut padded = [0; 16];
        padded.get_mut(..bytes.len()).filter(|_| bytes.len() <= 12)?.copy_from_slice(bytes);
        Some(Short {
            text: u128::from_le_bytes(padded),
            bytes: bytes.len() as u32,
            first: u128::from(*first) * ONES,
            last: u128::from(*last) * ONES,
        })
    }

    #[inline]
    fn is_in(&self, view: u128) -> bool {
        let length = view as u32;
        if length < self.bytes {
            return false;
        }
        let text = view >> 32;
        // Where the first byte and the last byte both are.
        let shift = 8 * (self.bytes - 1);
        let mut found = zero_bytes(text ^ self.first) & zero_bytes((text >> shift) ^ self.last);
        // A text begins so early that it ends inside the other. The rest of the view is padding.
        found &= (1 << (8 * (length - self.bytes + 1))) - 1;
        if self.bytes <= 2 {
            return found != 0;
        }
        let mask = (1 << (8 * self.bytes)) - 1;
        while found != 0 {
            if (text >> (found.trailing_zeros() - 7)) & mask == self.text {
                return true;
            }
            found &= found - 1;
        }
        false
    }
}

/// The highest bit of each byte that is zero, and nothing else.
#[inline]
fn zero_bytes(bytes: u128) -> u128 {
    const LOW: u128 = 0x7F * ONES;
    !(((bytes & LOW) + LOW) | bytes | LOW)
}

fn lengths(texts: &StringViewArray, f: impl Fn(&str) -> usize) -> PrimitiveArray<Int64Type> {
    texts.iter().map(|text| text.map(|text| f(text) as i64)).collect()
}

/// Maps each text to another, written through one reused buffer.
fn mapped(texts: &StringViewArray, f: impl Fn(&str, &mut String)) -> Result<StringViewArray> {
    memory::check("text", text_bytes(texts))?;
    let mut builder = StringViewBuilder::with_capacity(texts.len());
    let mut out = String::new();
    for text in texts {
        match text {
            Some(text) => {
                out.clear();
                f(text, &mut out);
                builder.try_append_value(&out).map_err(arrow_error("text"))?;
            }
            None => builder.append_null(),
        }
    }
    Ok(builder.finish())
}

fn lower(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        // The whole text, not letter by letter: the Greek sigma depends on its neighbours.
        out.push_str(&text.to_lowercase());
    }
}

fn upper(text: &str, out: &mut String) {
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_uppercase();
    } else {
        out.extend(text.chars().flat_map(char::to_uppercase));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_at_every_place_is_found() {
        for wanted in ["b", "ab", "aa", "abcabd", "twelve bytes", "é", "\0", "a\0"] {
            for before in 0..=12 - wanted.len() {
                for after in 0..=12 - wanted.len() - before {
                    let text = format!("{}{wanted}{}", "a".repeat(before), "d".repeat(after));
                    let texts = StringViewArray::from(vec![text.as_str()]);
                    assert!(Short::new(wanted).unwrap().is_in(texts.views()[0]), "{text}");
                }
            }
        }
        assert!(Short::new("").is_none());
        assert!(Short::new("thirteen byte").is_none());
    }

    proptest! {
        #[test]
        fn short_texts_are_searched_as_the_standard_library_does(
            text in "[ab\0é\u{80}]{0,6}",
            wanted in "[ab\0é\u{80}]{1,3}",
        ) {
            let texts = StringViewArray::from(vec![text.as_str()]);
            let found = Short::new(&wanted).unwrap().is_in(texts.views()[0]);
            assert_eq!(found, text.contains(&wanted), "{wanted:?} in {text:?}");
        }
    }
}
