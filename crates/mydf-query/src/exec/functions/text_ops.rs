//! Functions of text that have arguments.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, PrimitiveArray, StringViewArray};
use mydf_core::temporal::{DAY, Format};
use mydf_core::{DType, Error, Result, memory};
use regex::Regex;

use super::super::values::{Typed, arrow_error, text_bytes};
use super::only;
use crate::expr::{Ends, Expr, TextOp};

/// A function of text, in the dtype of its result; `pattern` is its regular expression.
pub(in crate::exec) fn apply(
    op: &TextOp,
    pattern: Option<&Regex>,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let value = only(values);
    if value.dtype == DType::Null {
        return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit));
    }
    let texts = value.array.as_string_view();
    let array: ArrayRef = match op {
        TextOp::CountMatches(wanted) => numbers::<Int64Type>(texts, &|text| {
            Some(match pattern {
                Some(pattern) => pattern.find_iter(text).count() as i64,
                None => text.matches(&*wanted.text).count() as i64,
            })
        }),
        TextOp::Find(wanted) => numbers::<Int64Type>(texts, &|text| {
            let place = match pattern {
                Some(pattern) => pattern.find(text).map(|found| found.start()),
                None => text.find(&*wanted.text),
            };
            place.map(|place| text[..place].chars().count() as i64)
        }),
        TextOp::ToInteger { base, strict } => {
            let read = |text: &str| i64::from_str_radix(text.trim(), *base).ok();
            let expected = || format!("an integer in base {base} with 64 bits");
            parsed::<Int64Type>(texts, dtype, *strict, expr, &read, &expected)?
        }
        TextOp::ToDate(format, strict) => {
            let read = |text: &str| {
                let (local, _) = format.value.read(text.trim())?;
                let day = i32::try_from(local.div_euclid(DAY)).ok()?;
                (local.rem_euclid(DAY) == 0).then_some(day)
            };
            let expected = || format!("a date in the format `{}`", format.text);
            parsed::<Date32Type>(texts, dtype, *strict, expr, &read, &expected)?
        }
        TextOp::ToDatetime(format, strict) => {
            let expected = || format!("a datetime in the format `{}`", format.text);
            let read = |text: &str| instant(&format.value, text.trim());
            parsed::<TimestampMicrosecondType>(texts, dtype, *strict, expr, &read, &expected)?
        }
        _ => Arc::new(mapped(texts, length_of(op), &|text, out| change(op, pattern, text, out))?),
    };
    Ok(Typed::new(array, dtype.clone(), value.unit))
}

fn instant(format: &Format, text: &str) -> Option<i64> {
    let (local, offset) = format.read(text)?;
    local.checked_sub(offset.unwrap_or(0))
}

/// The bytes that a function may add to each text.
fn length_of(op: &TextOp) -> u64 {
    match op {
        TextOp::Zfill(length) => *length,
        TextOp::Pad(length, fill, _) => length.saturating_mul(fill.len_utf8() as u64),
        _ => 0,
    }
}

/// Writes the changed text; false for null.
fn change(op: &TextOp, pattern: Option<&Regex>, text: &str, out: &mut String) -> bool {
    let part = match op {
        TextOp::Extract(_, group) => {
            let found = pattern.and_then(|pattern| pattern.captures(text));
            let Some(found) = found.and_then(|found| found.get(*group)) else { return false };
            found.as_str()
        }
        TextOp::Replace { pattern: wanted, value, all } => {
            match (pattern, all) {
                (Some(pattern), true) => out.push_str(&pattern.replace_all(text, &**value)),
                (Some(pattern), false) => out.push_str(&pattern.replace(text, &**value)),
                (None, true) => out.push_str(&text.replace(&*wanted.text, value)),
                (None, false) => out.push_str(&text.replacen(&*wanted.text, value, 1)),
            }
            return true;
        }
        TextOp::Slice(offset, length) => slice(text, *offset, *length),
        TextOp::SplitPart(by, place) => {
            let nth = usize::try_from(place.unsigned_abs()).unwrap_or(usize::MAX);
            let part = if *place < 0 {
                text.rsplit(&**by).nth(nth - 1)
            } else {
                text.split(&**by).nth(nth)
            };
            let Some(part) = part else { return false };
            part
        }
        TextOp::StripChars(chars, ends) => strip(text, chars.as_deref(), *ends),
        TextOp::StripPrefix(start) => text.strip_prefix(&**start).unwrap_or(text),
        TextOp::StripSuffix(end) => text.strip_suffix(&**end).unwrap_or(text),
        TextOp::Zfill(length) => {
            let (sign, digits) = text.split_at(usize::from(text.starts_with(['-', '+'])));
            out.push_str(sign);
            fill(out, '0', missing(text, *length));
            digits
        }
        TextOp::Pad(length, letter, ends) => {
            let missing = missing(text, *length);
            if *ends == Ends::Start {
                fill(out, *letter, missing);
            }
            out.push_str(text);
            if *ends == Ends::End {
                fill(out, *letter, missing);
            }
            return true;
        }
        TextOp::Reverse => {
            out.extend(text.chars().rev());
            return true;
        }
        _ => {
            title(text, out);
            return true;
        }
    };
    out.push_str(part);
    true
}

fn slice(text: &str, offset: i64, length: Option<u64>) -> &str {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let place = |text: &str, letters: usize| {
        text.char_indices().nth(letters).map_or(text.len(), |(place, _)| place)
    };
    let start = if offset < 0 {
        // A start before the first character is the first one, and the part is shorter.
        let back = count(offset.unsigned_abs());
        let letters = text.chars().count();
        if back > letters {
            let length = length.map(|length| length.saturating_sub((back - letters) as u64));
            return slice(text, 0, length);
        }
        place(text, letters - back)
    } else {
        place(text, count(offset.unsigned_abs()))
    };
    let rest = &text[start..];
    length.map_or(rest, |length| &rest[..place(rest, count(length))])
}

fn strip<'a>(text: &'a str, chars: Option<&str>, ends: Ends) -> &'a str {
    let out = |letter: char| match chars {
        Some(chars) => chars.contains(letter),
        None => letter.is_whitespace(),
    };
    match ends {
        Ends::Both => text.trim_matches(out),
        Ends::Start => text.trim_start_matches(out),
        Ends::End => text.trim_end_matches(out),
    }
}

fn missing(text: &str, length: u64) -> u64 {
    length.saturating_sub(text.chars().count() as u64)
}

fn fill(out: &mut String, letter: char, times: u64) {
    (0..times).for_each(|_| out.push(letter));
}

fn title(text: &str, out: &mut String) {
    let mut inside = false;
    for letter in text.chars() {
        if inside {
            out.extend(letter.to_lowercase());
        } else {
            out.extend(letter.to_uppercase());
        }
        inside = letter.is_alphanumeric();
    }
}

fn numbers<T: ArrowPrimitiveType>(
    texts: &StringViewArray,
    f: &dyn Fn(&str) -> Option<T::Native>,
) -> ArrayRef {
    Arc::new(texts.iter().map(|text| f(text?)).collect::<PrimitiveArray<T>>())
}

/// Each text as another dtype; one that can't be read is an error if `strict` and null otherwise.
fn parsed<T: ArrowPrimitiveType>(
    texts: &StringViewArray,
    dtype: &DType,
    strict: bool,
    expr: &Expr,
    read: &dyn Fn(&str) -> Option<T::Native>,
    expected: &dyn Fn() -> String,
) -> Result<ArrayRef> {
    let array: PrimitiveArray<T> = texts.iter().map(|text| read(text?)).collect();
    if strict && array.null_count() > texts.null_count() {
        let lost = (0..texts.len()).find(|&row| texts.is_valid(row) && array.is_null(row));
        let row = lost.unwrap_or_default();
        let input = expr.children().first().map_or_else(String::new, |input| input.label());
        let value: String = texts.value(row).chars().take(60).collect();
        let to = dtype.clone();
        return Err(Error::Text { what: input, to, value, row, expected: expected() });
    }
    Ok(Arc::new(array.with_data_type(dtype.to_arrow())))
}

/// Maps each text to another, or to null, through one reused buffer.
fn mapped(
    texts: &StringViewArray,
    longer: u64,
    f: &dyn Fn(&str, &mut String) -> bool,
) -> Result<StringViewArray> {
    memory::check("text", text_bytes(texts) + longer.saturating_mul(texts.len() as u64))?;
    let mut builder = StringViewBuilder::with_capacity(texts.len());
    let mut out = String::new();
    for text in texts {
        out.clear();
        if text.is_some_and(|text| f(text, &mut out)) {
            builder.try_append_value(&out).map_err(arrow_error("text"))?;
        } else {
            builder.append_null();
        }
    }
    Ok(builder.finish())
}
