//! Codes that compare like values.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_buffer::NullBuffer;

use super::super::keys::{Key, Keys};
use super::super::plain_keys;
use super::super::sort::argsort;
use super::super::sort_order::SortOrder;
use super::super::strings::Texts;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::Result;
use crate::idx::Idx;

/// A code for each row, smaller for a value that wins, and which rows are null. NaN loses to every
/// number.
pub(super) struct Codes {
    pub(super) values: Vec<u64>,
    pub(super) nulls: Option<NullBuffer>,
}

impl Codes {
    /// Codes of which the smallest is that of the smallest or, if `largest`, of the largest value.
    pub(super) fn of<I: Idx>(column: &Column, largest: bool) -> Result<Self> {
        let plain = plain_keys::key(column, "order")?;
        let column = plain.as_ref().unwrap_or(column);
        let nan = match column.dtype() {
            DType::Float32 => Some(f32::NAN.key()),
            DType::Float64 => Some(f64::NAN.key()),
            _ => None,
        };
        let Keys { mut values, nulls } = match Keys::of(column) {
            Some(keys) => keys,
            None => text_keys::<I>(column)?,
        };
        if largest {
            // NaN has the largest key of all.
            let code = |key: u64| if nan == Some(key) { u64::MAX } else { !key };
            values = super::super::keys::map(&values, code);
        }
        Ok(Codes { values, nulls })
    }

    /// The code of a place, if it is not null.
    #[inline]
    pub(super) fn get(&self, place: usize) -> Option<u64> {
        let valid = self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(place));
        valid.then(|| self.values[place])
    }
}

/// The number of smaller distinct texts.
fn text_keys<I: Idx>(column: &Column) -> Result<Keys> {
    let texts = column.values().as_string_view();
    let order = SortOrder { descending: false, nulls_last: false };
    let rows = argsort::<I>(std::slice::from_ref(column), &[order])?;
    let nulls = texts.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
    let equal = Texts::new(texts);
    let mut values = vec![0; rows.len()];
    let mut valid = rows.iter().map(|row| row.to_usize()).filter(|row| !equal.is_null(*row));
    let (mut key, mut last) = (0, valid.next());
    for row in valid {
        key += u64::from(last.is_some_and(|last| !equal.same(row, &equal, last)));
        values[row] = key;
        last = Some(row);
    }
    Ok(Keys { values, nulls })
}

/// Which neighbours in a column are equal.
pub(super) enum Equal<'a> {
    Keys(Keys),
    Texts(Texts<'a>),
}

impl<'a> Equal<'a> {
    pub(super) fn of(column: &'a Column) -> Self {
        match Keys::of(column) {
            Some(keys) => Equal::Keys(keys),
            None => Equal::Texts(Texts::new(column.values().as_string_view())),
        }
    }

    /// True if two rows, neither of them null, are equal.
    #[inline]
    pub(super) fn rows(&self, left: usize, right: usize) -> bool {
        match self {
            Equal::Keys(keys) => keys.values[left] == keys.values[right],
            Equal::Texts(texts) => texts.same(left, texts, right),
        }
    }
}
