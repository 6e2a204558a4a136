//! The dtypes of mydf and their one Arrow representation each.

use std::fmt;
use std::sync::Arc;

use arrow_schema::{DataType, TimeUnit};

/// The type of a column's values.
///
/// Each dtype has exactly one Arrow representation in memory ([`DType::to_arrow`]), so that an
/// operator meets one array type a dtype. Other Arrow types are converted when they come in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DType {
    /// Only nulls.
    Null,
    /// True or false.
    Bool,
    /// Signed integers.
    Int8,
    /// Signed integers.
    Int16,
    /// Signed integers.
    Int32,
    /// Signed integers.
    Int64,
    /// Unsigned integers.
    UInt8,
    /// Unsigned integers.
    UInt16,
    /// Unsigned integers.
    UInt32,
    /// Unsigned integers.
    UInt64,
    /// IEEE 754 single precision.
    Float32,
    /// IEEE 754 double precision.
    Float64,
    /// UTF-8 text, as Arrow's string views.
    String,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01T00:00:00, with the name of a time zone or without.
    Datetime(Option<Arc<str>>),
}

impl DType {
    /// The Arrow type that holds this dtype in memory.
    pub fn to_arrow(&self) -> DataType {
        match self {
            DType::Null => DataType::Null,
            DType::Bool => DataType::Boolean,
            DType::Int8 => DataType::Int8,
            DType::Int16 => DataType::Int16,
            DType::Int32 => DataType::Int32,
            DType::Int64 => DataType::Int64,
            DType::UInt8 => DataType::UInt8,
            DType::UInt16 => DataType::UInt16,
            DType::UInt32 => DataType::UInt32,
            DType::UInt64 => DataType::UInt64,
            DType::Float32 => DataType::Float32,
            DType::Float64 => DataType::Float64,
            DType::String => DataType::Utf8View,
            DType::Date => DataType::Date32,
            DType::Datetime(zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        }
    }

    /// The dtype that an Arrow type becomes, or `None` where mydf has none for it.
    pub fn from_arrow(arrow: &DataType) -> Option<DType> {
        Some(match arrow {
            DataType::Null => DType::Null,
            DataType::Boolean => DType::Bool,
            DataType::Int8 => DType::Int8,
            DataType::Int16 => DType::Int16,
            DataType::Int32 => DType::Int32,
            DataType::Int64 => DType::Int64,
            DataType::UInt8 => DType::UInt8,
            DataType::UInt16 => DType::UInt16,
            DataType::UInt32 => DType::UInt32,
            DataType::UInt64 => DType::UInt64,
            DataType::Float16 | DataType::Float32 => DType::Float32,
            DataType::Float64 => DType::Float64,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DType::String,
            DataType::Date32 | DataType::Date64 => DType::Date,
            DataType::Timestamp(_, zone) => DType::Datetime(zone.clone()),
            DataType::Dictionary(_, values) => return DType::from_arrow(values),
            _ => return None,
        })
    }

    /// True for the signed and unsigned integers.
    pub fn is_integer(&self) -> bool {
        self.is_signed() || self.is_unsigned()
    }

    /// True for the signed integers.
    pub fn is_signed(&self) -> bool {
        matches!(self, DType::Int8 | DType::Int16 | DType::Int32 | DType::Int64)
    }

    /// True for the unsigned integers.
    pub fn is_unsigned(&self) -> bool {
        matches!(self, DType::UInt8 | DType::UInt16 | DType::UInt32 | DType::UInt64)
    }

    /// True for the floating-point dtypes.
    pub fn is_float(&self) -> bool {
        matches!(self, DType::Float32 | DType::Float64)
    }

    /// True for integers and floats.
    pub fn is_numeric(&self) -> bool {
        self.is_integer() || self.is_float()
    }

    /// True for dates and datetimes.
    pub fn is_temporal(&self) -> bool {
        matches!(self, DType::Date | DType::Datetime(_))
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DType::Datetime(Some(zone)) => write!(f, "Datetime({zone})"),
            DType::Datetime(None) => f.write_str("Datetime"),
            other => write!(f, "{other:?}"),
        }
    }
}
