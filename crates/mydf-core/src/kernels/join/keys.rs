//! The keys of both sides in one dtype, with one code for each row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::NullBuffer;
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::super::bits;
use super::super::codes::width;
use super::super::keys::Keys;
use super::super::strings::{Dictionary, Texts};
use crate::cast::cast_array;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::idx::Idx;
use crate::temporal::DAY;

/// The dtype in which two keys compare, if there is one.
fn common_dtype(left: &DType, right: &DType) -> Option<DType> {
    Some(match (left, right) {
        (l, r) if l == r => l.clone(),
        (DType::Null, other) | (other, DType::Null) => other.clone(),
        // A value that only UInt64 holds equals no signed integer, so Int64 works for every
        // mixture.
        (l, r) if l.is_unsigned() && r.is_unsigned() => DType::UInt64,
        (l, r) if l.is_integer() && r.is_integer() => DType::Int64,
        (l, r) if l.is_float() && r.is_float() => DType::Float64,
        // A float that is no whole number equals no integer.
        (l, r) if l.is_numeric() && r.is_numeric() => {
            if l.is_unsigned() || r.is_unsigned() {
                DType::UInt64
            } else {
                DType::Int64
            }
        }
        (DType::Date, DType::Datetime(None)) | (DType::Datetime(None), DType::Date) => {
            DType::Datetime(None)
        }
        _ => return None,
    })
}

/// Both keys in the dtype in which they compare. A value that this dtype can't hold has no equal on
/// the other side and becomes null.
pub(super) fn comparable(left: &Column, right: &Column) -> Result<(Column, Column)> {
    let dtype = common_dtype(left.dtype(), right.dtype()).ok_or_else(|| Error::DType {
        operation: "join".into(),
        what: right.name().to_owned(),
        expected: format!("a dtype comparable with {} of `{}`", left.dtype(), left.name()),
        actual: right.dtype().clone(),
    })?;
    Ok((converted(left, &dtype)?, converted(right, &dtype)?))
}

fn converted(column: &Column, dtype: &DType) -> Result<Column> {
    if column.dtype() == dtype {
        return Ok(column.clone());
    }
    if *column.dtype() == DType::Date {
        // Arrow's own conversion does not check for days outside the range of microseconds.
        let days = column.values().as_primitive::<Date32Type>();
        let moments: PrimitiveArray<TimestampMicrosecondType> =
            days.unary_opt(|day| i64::from(day).checked_mul(DAY));
        return Column::new(column.shared_name(), Arc::new(moments));
    }
    if column.dtype().is_float() && dtype.is_integer() {
        return Column::new(column.shared_name(), whole_numbers(column, dtype)?);
    }
    let values = arrow_cast::cast(column.values(), &dtype.to_arrow()).map_err(|source| {
        Error::Arrow { operation: format!("join on column `{}`", column.name()), source }
    })?;
    Column::new(column.shared_name(), values)
}

/// The floats that an integer of this dtype equals, as integers; the others are null.
fn whole_numbers(column: &Column, dtype: &DType) -> Result<ArrayRef> {
    let floats = cast_array(column.values(), column.dtype(), &DType::Float64, true, &|| {
        column.name().to_owned()
    })?;
    let floats = floats.as_primitive::<Float64Type>();
    let whole = |float: f64| {
        // Larger floats don't fit into any integer dtype, and a conversion would cut them.
        (float.fract() == 0.0 && float.abs() < 1e20).then_some(float as i128)
    };
    Ok(if *dtype == DType::UInt64 {
        let values = floats.unary_opt::<_, UInt64Type>(|float| whole(float)?.try_into().ok());
        Arc::new(values)
    } else {
        let values = floats.unary_opt::<_, Int64Type>(|float| whole(float)?.try_into().ok());
        Arc::new(values)
    })
}

/// Codes of two columns, which are equal if the values are equal. `known` is the side whose values
/// get the numbers; a row of `other` is null if it equals none of them or holds a null.
pub(super) struct Coded {
    pub(super) known: Keys,
    pub(super) other: Keys,
    pub(super) bits: u32,
}

impl Coded {
    pub(super) fn columns<I: Idx>(known: &Column, other: &Column) -> Self {
        match (Keys::of(known), Keys::of(other)) {
            (Some(known), Some(other)) => Coded::fixed_width(known, other),
            _ => Coded::text::<I>(known, other),
        }
    }

    fn fixed_width(mut known: Keys, mut other: Keys) -> Self {
        // If the known side has no values, the empty range rejects every value of the other side.
        let (low, high) = known.range().unwrap_or((1, 0));
        let inside = |key: u64| low <= key && key <= high;
        let found =
            bits::nulls(other.values.len(), |row| inside(other.values[row]) && other.is_valid(row));
        other.nulls = found;
        for key in known.values.iter_mut().chain(&mut other.values) {
            *key = if inside(*key) { *key - low } else { 0 };
        }
        Coded { known, other, bits: width(high.saturating_sub(low)) }
    }

    fn text<I: Idx>(known: &Column, other: &Column) -> Self {
        let texts = known.values().as_string_view();
        let others = other.values().as_string_view();
        let mut dictionary = Dictionary::<I>::new(Texts::new(texts));
        let numbered = (0..texts.len()).map(|row| {
            if texts.is_valid(row) { dictionary.insert(row).0.to_usize() as u64 } else { 0 }
        });
        let known = Keys { values: numbered.collect(), nulls: texts.nulls().cloned() };
        let view = Texts::new(others);
        let found = (0..others.len()).map(|row| {
            if others.is_valid(row) {
                dictionary.find(&view, row).map(|number| number.to_usize() as u64)
            } else {
                None
            }
        });
        let other = keys(found);
        Coded { known, other, bits: width(dictionary.len() as u64) }
    }

    /// Two parts in one.
    pub(super) fn next_to(self, right: Coded) -> Self {
        if self.bits + right.bits > u64::BITS {
            return self.numbered_with(&right);
        }
        let shift = right.bits;
        let both = |mut left: Keys, right: Keys| {
            for (code, low) in left.values.iter_mut().zip(&right.values) {
                // If the right part has all 64 bits, the left part has none.
                *code = code.checked_shl(shift).unwrap_or(0) | low;
            }
            left.nulls = NullBuffer::union(left.nulls.as_ref(), right.nulls.as_ref());
            left
        };
        Coded {
            known: both(self.known, right.known),
            other: both(self.other, right.other),
            bits: self.bits + right.bits,
        }
    }

    /// Two parts in one, if their bits don't fit together.
    fn numbered_with(self, right: &Coded) -> Self {
        let mut numbers: HashMap<(u64, u64), u64, FixedState> = HashMap::default();
        let pair = |left: &Keys, right: &Keys, row: usize| {
            (left.is_valid(row) && right.is_valid(row))
                .then(|| (left.values[row], right.values[row]))
        };
        let known = (0..self.known.values.len()).map(|row| {
            let next = numbers.len() as u64;
            let pair = pair(&self.known, &right.known, row)?;
            Some(*numbers.entry(pair).or_insert(next))
        });
        let known = keys(known);
        let other = (0..self.other.values.len())
            .map(|row| numbers.get(&pair(&self.other, &right.other, row)?).copied());
        let other = keys(other);
        Coded { known, other, bits: width(numbers.len() as u64) }
    }
}

fn keys(codes: impl Iterator<Item = Option<u64>>) -> Keys {
    let codes: Vec<Option<u64>> = codes.collect();
    let nulls = bits::nulls(codes.len(), |row| codes[row].is_some());
    Keys { values: codes.into_iter().map(Option::unwrap_or_default).collect(), nulls }
}
