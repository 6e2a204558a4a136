//! A named column: one Arrow array in the representation of its dtype.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Int32Type, Int64Type, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};

use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::temporal::{self, Zone};
use crate::units;

/// A column: a name and an array whose Arrow type is `dtype.to_arrow()`.
#[derive(Clone, Debug)]
pub struct Column {
    name: Arc<str>,
    dtype: DType,
    values: ArrayRef,
}

impl Column {
    /// Makes a column from any Arrow array. Other representations of a dtype are converted (offsets
    /// to string views, any time unit to microseconds, rounded down, dictionaries unpacked).
    ///
    /// # Errors
    /// [`Error::UnsupportedType`] if mydf has no dtype for the Arrow type, [`Error::ArrowData`] for
    /// an unknown time zone and for a timestamp outside the range of microseconds.
    pub fn new(name: impl Into<Arc<str>>, values: ArrayRef) -> Result<Self> {
        let name = name.into();
        let dtype =
            DType::from_arrow(values.data_type()).ok_or_else(|| Error::UnsupportedType {
                column: name.to_string(),
                arrow_type: values.data_type().to_string(),
            })?;
        let dtype = known_zone(dtype, &name)?;
        let values = units::in_micros(&name, values, &dtype)?;
        let wanted = dtype.to_arrow();
        let values = if *values.data_type() == wanted {
            values
        } else {
            let options = arrow_cast::CastOptions { safe: false, ..Default::default() };
            arrow_cast::cast_with_options(&values, &wanted, &options).map_err(|source| {
                Error::Arrow { operation: format!("conversion of column `{name}`"), source }
            })?
        };
        Ok(Column { name, dtype, values })
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

    /// Dates, datetimes and durations as the integers that they are in memory, without a copy; other
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
            _ => return self.clone(),
        };
        Column { name: Arc::clone(&self.name), dtype, values }
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

/// The dtype with the one spelling of its zone.
fn known_zone(dtype: DType, column: &str) -> Result<DType> {
    let DType::Datetime(Some(zone)) = dtype else { return Ok(dtype) };
    let zone = temporal::canonical(&zone);
    Zone::new(Some(&zone)).map_err(|error| Error::ArrowData {
        column: column.to_owned(),
        message: error.to_string(),
        hint: "give the column another zone first, such as `UTC`",
    })?;
    Ok(DType::Datetime(Some(zone)))
}
