//! Operators on text.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, PrimitiveArray, StringViewArray};
use arrow_string::like;
use regex::Regex;

use super::value::Typed;
use super::{arrow_error, wrong_dtype};
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::expr::{Expr, StrOp};

/// An operator on a String operand; `input` names it in errors.
pub(super) fn apply(op: &StrOp, value: &Typed, input: &Expr) -> Result<Typed> {
    let dtype = match op {
        StrOp::Contains { .. } | StrOp::StartsWith(_) | StrOp::EndsWith(_) => DType::Bool,
        StrOp::LenChars | StrOp::LenBytes => DType::Int64,
        StrOp::Lower | StrOp::Upper | StrOp::Strip => DType::String,
    };
    // A wrong pattern is an error whatever the rows are.
    let regex = match op {
        StrOp::Contains { pattern, literal: false } => Some(compiled(pattern)?),
        _ => None,
    };
    match value.dtype {
        DType::String => {}
        DType::Null => return Ok(Typed::nulls(dtype, value.array.len(), value.unit)),
        _ => return Err(wrong_dtype(op.name(), input, "String", &value.dtype)),
    }
    let texts = value.array.as_string_view();
    let scalar = |text: &str| StringViewArray::new_scalar(text);
    let array: ArrayRef = match op {
        StrOp::Contains { pattern, .. } => Arc::new(match regex {
            Some(regex) => BooleanArray::from_unary(texts, |text| regex.is_match(text)),
            None => like::contains(texts, &scalar(pattern)).map_err(arrow_error(op.name()))?,
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
    Ok(Typed::new(array, dtype, value.unit))
}

fn compiled(pattern: &str) -> Result<Regex> {
    Regex::new(pattern).map_err(|error| {
        // The crate draws the pattern over several lines; its last line says what is wrong.
        let text = error.to_string();
        let fact = text.lines().last().unwrap_or_default();
        let fact = fact.strip_prefix("error: ").unwrap_or(fact);
        Error::Value {
            what: "pattern of str.contains".into(),
            message: format!("`{pattern}` is not a regular expression: {fact}"),
        }
    })
}

fn lengths(texts: &StringViewArray, f: impl Fn(&str) -> usize) -> PrimitiveArray<Int64Type> {
    texts.iter().map(|text| text.map(|text| f(text) as i64)).collect()
}

/// Text from each text, written into one buffer that is used again.
fn mapped(texts: &StringViewArray, f: impl Fn(&str, &mut String)) -> Result<StringViewArray> {
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
        // Whole, not letter by letter: the Greek sigma depends on its neighbours.
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
