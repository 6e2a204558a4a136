//! Operators on text.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringViewArray};
use arrow_string::like;
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
    let scalar = |text: &str| StringViewArray::new_scalar(text);
    let array: ArrayRef = match op {
        StrOp::Contains { pattern: wanted, .. } => Arc::new(match pattern {
            Some(pattern) => BooleanArray::from_unary(texts, |text| pattern.is_match(text)),
            None => like::contains(texts, &scalar(wanted)).map_err(arrow_error(op.name()))?,
        }),
        StrOp::StartsWith(start) => {
            Arc::new(like::starts_with(texts, &scalar(start)).map_err(arrow_error(op.name()))?)
        }
        StrOp::EndsWith(end) => {
            Arc::new(like::ends_with(texts, &scalar(end)).map_err(arrow_error(op.name()))?)
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
