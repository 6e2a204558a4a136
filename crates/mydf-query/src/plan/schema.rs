//! The names and dtypes of a frame's columns.

use std::sync::Arc;

use mydf_core::{Column, DType, Error, Result};

/// The names and dtypes of columns, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    fields: Vec<(Arc<str>, DType)>,
}

impl Schema {
    /// The schema of these columns.
    pub fn of(columns: &[Column]) -> Self {
        columns.iter().map(|column| (column.shared_name(), column.dtype().clone())).collect()
    }

    /// The place and dtype of a column.
    ///
    /// # Errors
    /// [`Error::ColumnNotFound`].
    pub fn column(&self, name: &str) -> Result<(usize, &DType)> {
        match self.fields.iter().position(|(known, _)| **known == *name) {
            Some(place) => Ok((place, &self.fields[place].1)),
            None => Err(Error::ColumnNotFound {
                name: name.to_owned(),
                available: self.fields.iter().map(|(known, _)| known.to_string()).collect(),
            }),
        }
    }
}

impl FromIterator<(Arc<str>, DType)> for Schema {
    fn from_iter<T: IntoIterator<Item = (Arc<str>, DType)>>(fields: T) -> Self {
        Schema { fields: fields.into_iter().collect() }
    }
}
