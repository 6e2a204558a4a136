//! Texts made of several values.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, StringViewArray};
use mydf_core::{DType, Result, memory};

use super::super::values::{Typed, arrow_error, shape, text_bytes};
use crate::expr::{Expr, Template};

/// The values of each row as text, with a separator between them.
pub(in crate::exec) fn concat(
    values: Vec<Typed>,
    separator: &str,
    ignore_nulls: bool,
    expr: &Expr,
) -> Result<Typed> {
    let mut first = true;
    join(values, expr, "concat_str", separator.len(), |text, place, value| {
        first |= place == 0;
        let Some(value) = value else { return ignore_nulls };
        if !std::mem::take(&mut first) {
            text.push_str(separator);
        }
        text.push_str(value);
        true
    })
}

/// The template with each place filled.
pub(in crate::exec) fn format(
    values: Vec<Typed>,
    template: &Template,
    expr: &Expr,
) -> Result<Typed> {
    let pieces = template.pieces();
    let longest = pieces.iter().map(|piece| piece.len()).max().unwrap_or_default();
    join(values, expr, "format", longest, |text, place, value| {
        let Some(value) = value else { return false };
        if place == 0 {
            text.push_str(&pieces[0]);
        }
        text.push_str(value);
        text.push_str(&pieces[place + 1]);
        true
    })
}

/// Makes a text of the values of each row. `add` gets the text so far, the place of the value among
/// the values, and the value; the row is null if it returns false.
fn join(
    values: Vec<Typed>,
    expr: &Expr,
    operation: &str,
    between: usize,
    mut add: impl FnMut(&mut String, usize, Option<&str>) -> bool,
) -> Result<Typed> {
    let values = values.into_iter().map(|value| value.cast(&DType::String, expr));
    let values = values.collect::<Result<Vec<_>>>()?;
    let (length, unit) = shape(&values.iter().collect::<Vec<_>>());
    let texts: Vec<(&StringViewArray, bool)> =
        values.iter().map(|value| (value.array.as_string_view(), value.unit)).collect();
    let bytes: u64 = texts
        .iter()
        .map(|(texts, unit)| text_bytes(texts) * if *unit { length as u64 } else { 1 })
        .sum();
    memory::check(operation, bytes + (length * texts.len() * between) as u64)?;
    let mut builder = StringViewBuilder::with_capacity(length);
    let mut text = String::new();
    for row in 0..length {
        text.clear();
        let mut known = true;
        for (place, (texts, unit)) in texts.iter().enumerate() {
            let row = if *unit { 0 } else { row };
            let value = texts.is_valid(row).then(|| texts.value(row));
            known &= add(&mut text, place, value);
        }
        if known {
            builder.try_append_value(&text).map_err(arrow_error(operation))?;
        } else {
            builder.append_null();
        }
    }
    Ok(Typed::new(Arc::new(builder.finish()), DType::String, unit))
}
