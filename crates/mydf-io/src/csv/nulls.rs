//! Which fields are null.
//!
//! Quotes around a text that means null say that it is a text. Columns of texts therefore keep it,
//! and a written frame reads back equal. In columns of other dtypes no quoted text is a value, so it
//! is null there, as in files that quote every field.

use std::collections::HashMap;

use super::layout::Field;

/// The texts that mean null in a column, besides the empty field.
pub(super) struct Nulls {
    /// As they are written in a file: with doubled quotes.
    values: Vec<Vec<u8>>,
    /// The first bytes of `values`, which rule out most fields.
    first: [bool; 256],
}

impl Nulls {
    fn new<'t>(values: impl Iterator<Item = &'t String>, quote: Option<u8>) -> Self {
        let mut nulls = Nulls { values: Vec::new(), first: [false; 256] };
        for value in values {
            let mut spelled = Vec::with_capacity(value.len());
            for byte in value.bytes() {
                spelled.push(byte);
                if Some(byte) == quote {
                    spelled.push(byte);
                }
            }
            if let Some(first) = spelled.first() {
                nulls.first[usize::from(*first)] = true;
            }
            nulls.values.push(spelled);
        }
        nulls
    }

    /// Returns whether a field of a column of texts is null.
    #[inline]
    pub(super) fn is_null_text(&self, field: Field<'_>) -> bool {
        !field.quoted && self.is_null(field)
    }

    /// Returns whether a field of a column of another dtype is null.
    #[inline]
    pub(super) fn is_null(&self, field: Field<'_>) -> bool {
        match field.text.first() {
            None => !field.quoted || self.values.iter().any(Vec::is_empty),
            Some(first) => {
                self.first[usize::from(*first)] && self.values.iter().any(|v| v == field.text)
            }
        }
    }
}

/// The [`Nulls`] of each column.
pub(super) struct ColumnNulls {
    /// Of the columns without their own.
    common: Nulls,
    own: HashMap<usize, Nulls>,
}

impl ColumnNulls {
    /// `common` holds in all columns, `own` in addition in the column with that number.
    pub(super) fn new<'t>(
        common: &'t [String],
        own: impl Iterator<Item = (usize, &'t [String])>,
        quote: Option<u8>,
    ) -> Self {
        let own = own.map(|(column, own)| (column, Nulls::new(common.iter().chain(own), quote)));
        ColumnNulls { own: own.collect(), common: Nulls::new(common.iter(), quote) }
    }

    pub(super) fn of(&self, column: usize) -> &Nulls {
        self.own.get(&column).unwrap_or(&self.common)
    }
}
