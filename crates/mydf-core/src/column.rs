//! A named column: one Arrow array in the representation of its dtype.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Int32Type, Int64Type, Time64MicrosecondType,
    TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, Int32Array};

use crate::categories;
use crate::dtype::DType;
use crate::error::Result;
use crate::forms;

/// A column: a name and an array whose Arrow type is `dtype.to_arrow()`.
#[derive(Clone, Debug)]
pub struct Column {
    name: Arc<str>,
    dtype: DType,
    values: ArrayRef,
}

impl Column {
    /// Makes a column from any Arrow array. Other representations of a dtype are converted (offsets
    /// to string views, any time unit to microseconds, rounded down). A dictionary of text becomes
    /// categories, any other its values.
    ///
    /// # Errors
    /// [`Error::UnsupportedType`] if mydf has no dtype for the Arrow type, [`Error::ArrowData`] for
    /// an unknown time zone and for a timestamp outside the range of microseconds.
    pub fn new(name: impl Into<Arc<str>>, values: ArrayRef) -> Result<Self> {
        let name = name.into();
        let (dtype, values) = forms::own_form(&name, values)?;
        Ok(Column { name, dtype, values })
    }

    /// A column of an array that something else than mydf has made, such as a file's writer, another
    /// library or a sender: values that the dtype does not have are found. See [`Column::new`].
    ///
    /// # Errors
    /// Those of [`Column::new`], and [`Error::ArrowData`] for a time that no day has and a decimal
    /// with more digits than its dtype.
    pub fn imported(name: impl Into<Arc<str>>, values: ArrayRef) -> Result<Self> {
        let name = name.into();
        forms::check(&name, &values)?;
        Column::new(name, values)
    }

    /// The column's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name, shared.
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// The column's dtype.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }

    /// The Arrow array.
    pub fn values(&self) -> &ArrayRef {
        &self.values
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True if there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The number of nulls.
    pub fn null_count(&self) -> usize {
        self.values.logical_null_count()
    }

    /// Dates, datetimes, times and durations as the integers that they are in memory, without a copy; other
    /// columns as they are. So operators of integers need no code for each of them.
    #[must_use]
    pub fn physical(&self) -> Self {
        let (dtype, values): (_, ArrayRef) = match self.dtype {
            DType::Date => {
                let days = self.values.as_primitive::<Date32Type>();
                (DType::Int32, Arc::new(days.reinterpret_cast::<Int32Type>()))
            }
            DType::Datetime(_) => {
                let instants = self.values.as_primitive::<TimestampMicrosecondType>();
                (DType::Int64, Arc::new(instants.reinterpret_cast::<Int64Type>()))
            }
            DType::Duration => {
                let micros = self.values.as_primitive::<DurationMicrosecondType>();
                (DType::Int64, Arc::new(micros.reinterpret_cast::<Int64Type>()))
            }
            DType::Time => {
                let micros = self.values.as_primitive::<Time64MicrosecondType>();
                (DType::Int64, Arc::new(micros.reinterpret_cast::<Int64Type>()))
            }
            _ => return self.clone(),
        };
        Column { name: Arc::clone(&self.name), dtype, values }
    }

    /// Other rows of this column of categories, with the same list of them.
    ///
    /// # Errors
    /// [`crate::Error::Arrow`] if a code has no category.
    pub(crate) fn with_codes(&self, codes: Int32Array) -> Result<Self> {
        debug_assert_eq!(self.dtype, DType::Categorical);
        let entries = self.values.as_dictionary::<Int32Type>().values().as_string_view().clone();
        let values = Arc::new(categories::made(codes, entries)?);
        Ok(Column { name: Arc::clone(&self.name), dtype: DType::Categorical, values })
    }

    /// The same values under another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<Arc<str>>) -> Self {
        Column { name: name.into(), dtype: self.dtype.clone(), values: Arc::clone(&self.values) }
    }

    /// `length` rows from row `offset`, without a copy. Both are clipped to the column's length.
    #[must_use]
    pub fn slice(&self, offset: usize, length: usize) -> Self {
        let offset = offset.min(self.len());
        let length = length.min(self.len() - offset);
        Column {
            name: Arc::clone(&self.name),
            dtype: self.dtype.clone(),
            values: self.values.slice(offset, length),
        }
    }
}
