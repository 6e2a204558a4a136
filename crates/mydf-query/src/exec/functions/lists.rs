//! Functions of lists.

use std::sync::Arc;

use arrow_array::builder::StringViewBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, UInt64Array};
use mydf_core::kernels::aggregate::AggOp;
use mydf_core::kernels::{list_items, lists};
use mydf_core::nested::list_of;
use mydf_core::{Column, DType, Result};

use super::super::values::{Typed, arrow_error, repeated};
use super::compare;
use crate::expr::{BinaryOp, Expr, ListOp};

/// A function of lists, in the dtype of its result.
pub(in crate::exec) fn apply(
    op: &ListOp,
    values: Vec<Typed>,
    dtype: &DType,
    expr: &Expr,
) -> Result<Typed> {
    let mut values = values.into_iter();
    let value = values.next().expect("resolution has checked that there is an operand");
    if value.dtype == DType::Null {
        return Ok(Typed::nulls(dtype.clone(), value.array.len(), value.unit));
    }
    let unit = value.unit;
    let name = expr.children().first().map_or_else(String::new, |input| input.label());
    let column = || Column::new(name.as_str(), Arc::clone(&value.array));
    let array = match op {
        ListOp::Len => lists::lengths(value.array.as_list::<i64>()),
        ListOp::Get(place, null_on_oob) => {
            Arc::clone(lists::get(&column()?, *place, *null_on_oob)?.values())
        }
        ListOp::Agg(op) => Arc::clone(lists::aggregated(&column()?, *op)?.values()),
        ListOp::Items(how) => Arc::clone(list_items::rearranged(&column()?, *how)?.values()),
        ListOp::Extreme(largest) => list_items::extremes(&column()?, *largest)?,
        ListOp::Join(separator) => joined(&value, separator)?,
        ListOp::Split(separator) => split(&value, separator)?,
        ListOp::Contains => {
            let item = values.next().expect("resolution has checked that there is an item");
            return contains(value, item, expr);
        }
    };
    Ok(Typed::new(array, dtype.clone(), unit))
}

fn joined(value: &Typed, separator: &str) -> Result<ArrayRef> {
    let lists = value.array.as_list::<i64>();
    let mut builder = StringViewBuilder::with_capacity(lists.len());
    let mut text = String::new();
    for row in 0..lists.len() {
        if lists.is_null(row) {
            builder.append_null();
            continue;
        }
        text.clear();
        let items = lists.value(row);
        // A list of only nulls may have the dtype Null.
        let known = items.as_string_view_opt().into_iter().flat_map(|texts| texts.iter().flatten());
        for (number, item) in known.enumerate() {
            if number > 0 {
                text.push_str(separator);
            }
            text.push_str(item);
        }
        builder.try_append_value(&text).map_err(arrow_error("list.join"))?;
    }
    Ok(Arc::new(builder.finish()))
}

fn split(value: &Typed, separator: &str) -> Result<ArrayRef> {
    let texts = value.array.as_string_view();
    let mut builder = StringViewBuilder::new();
    let mut offsets = Vec::with_capacity(texts.len() + 1);
    let mut length: i64 = 0;
    offsets.push(length);
    let mut add = |part: &str| builder.try_append_value(part).map_err(arrow_error("str.split"));
    for text in texts {
        match text {
            // Every character is a part.
            Some(text) if separator.is_empty() => {
                let mut buffer = [0; 4];
                for letter in text.chars() {
                    add(letter.encode_utf8(&mut buffer))?;
                    length += 1;
                }
            }
            Some(text) => {
                for part in text.split(separator) {
                    add(part)?;
                    length += 1;
                }
            }
            None => {}
        }
        offsets.push(length);
    }
    let items: ArrayRef = Arc::new(builder.finish());
    Ok(Arc::new(list_of(&DType::String, items, offsets, texts.nulls().cloned())?))
}

/// True if an item equals the one that is sought; null items equal nothing.
fn contains(value: Typed, item: Typed, expr: &Expr) -> Result<Typed> {
    let DType::List(inner) = value.dtype.clone() else {
        unreachable!("resolution has checked the dtype")
    };
    let unit = value.unit && item.unit;
    let rows = if value.unit { item.array.len() } else { value.array.len() };
    let all = repeated(value.array, value.unit, rows)?;
    let lists = all.as_list::<i64>();
    let items = Typed::new(Arc::clone(lists.values()), inner.as_ref().clone(), false);
    let sought = if item.unit {
        item
    } else {
        let offsets = lists.value_offsets();
        let mut parents = vec![0_u64; lists.values().len()];
        for row in 0..lists.len() {
            parents[offsets[row] as usize..offsets[row + 1] as usize].fill(row as u64);
        }
        let taken = arrow_select::take::take(&item.array, &UInt64Array::from(parents), None);
        Typed::new(taken.map_err(arrow_error("list.contains"))?, item.dtype, false)
    };
    let length = items.array.len();
    let equal = compare::compare(BinaryOp::Eq, items, sought, expr)?;
    let equal = repeated(equal.array, equal.unit, length)?;
    let equal = equal.as_boolean();
    let known = match equal.nulls() {
        Some(nulls) => equal.values() & nulls.inner(),
        None => equal.values().clone(),
    };
    let items: ArrayRef = Arc::new(BooleanArray::new(known, None));
    let offsets = lists.offsets().to_vec();
    let found = list_of(&DType::Bool, items, offsets, lists.nulls().cloned())?;
    let found = lists::aggregated(&Column::new("", Arc::new(found))?, AggOp::Any)?;
    Ok(Typed::new(Arc::clone(found.values()), DType::Bool, unit))
}
