//! The names and dtypes of a frame's columns.

use mydf_core::{Column, DType, Error, Result};

/// The names and dtypes of columns, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema<'a> {
    fields: Vec<(&'a str, &'a DType)>,
}

impl<'a> Schema<'a> {
    /// The schema of these columns.
    pub fn of(columns: &'a [Column]) -> Self {
        columns.iter().map(|column| (column.name(), column.dtype())).collect()
    }

    /// The names and dtypes, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a str, &'a DType)> {
        self.fields.iter().copied()
    }

    /// The position and dtype of a column.
    ///
    /// # Errors
    /// [`Error::ColumnNotFound`].
    pub fn column(&self, name: &str) -> Result<(usize, &'a DType)> {
        match self.fields.iter().position(|(known, _)| *known == name) {
            Some(place) => Ok((place, self.fields[place].1)),
            None => Err(Error::ColumnNotFound {
                name: name.to_owned(),
                available: self.fields.iter().map(|(known, _)| (*known).to_owned()).collect(),
            }),
        }
    }
}

impl<'a> FromIterator<(&'a str, &'a DType)> for Schema<'a> {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a DType)>>(fields: T) -> Self {
        Schema { fields: fields.into_iter().collect() }
    }
}
