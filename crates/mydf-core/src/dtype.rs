//! The dtypes of mydf and the one Arrow representation of each.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arrow_schema::{DataType, Field, TimeUnit};

/// The type of a column's values.
///
/// Each dtype has exactly one Arrow representation in memory ([`DType::to_arrow`]), so an operator
/// handles one array type for each dtype. Other Arrow types are converted on import.
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
    /// Text of which each column has a list of unique values: a code for each row.
    Categorical,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01T00:00:00, with or without the name of a time zone.
    Datetime(Option<Arc<str>>),
    /// Microseconds between two moments.
    Duration,
    /// Microseconds since midnight.
    Time,
    /// Bytes.
    Binary,
    /// Exact decimal numbers, of so many digits in all and after the point.
    Decimal(u8, i8),
    /// Lists of values of one dtype.
    List(Arc<DType>),
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
            DType::Categorical => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8View))
            }
            DType::Date => DataType::Date32,
            DType::Datetime(zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
            DType::Duration => DataType::Duration(TimeUnit::Microsecond),
            DType::Time => DataType::Time64(TimeUnit::Microsecond),
            DType::Binary => DataType::BinaryView,
            DType::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
            DType::List(inner) => DataType::LargeList(item_field(inner)),
        }
    }

    /// The dtype for an Arrow type, or `None` if mydf has none.
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
            DataType::Duration(_) => DType::Duration,
            DataType::Time32(_) | DataType::Time64(_) => DType::Time,
            DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::FixedSizeBinary(_) => DType::Binary,
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale)
            | DataType::Decimal256(precision, scale)
                if *precision <= 38 && *scale >= 0 =>
            {
                DType::Decimal(*precision, *scale)
            }
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                // The items of lists are text: categories belong to a column.
                DType::List(Arc::new(match DType::from_arrow(item.data_type())? {
                    DType::Categorical => DType::String,
                    inner => inner,
                }))
            }
            DataType::Dictionary(_, values) if is_text(values) => DType::Categorical,
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

    /// The width in bits of an integer or float, 0 for other dtypes.
    pub fn bits(&self) -> u32 {
        match self {
            DType::Int8 | DType::UInt8 => 8,
            DType::Int16 | DType::UInt16 => 16,
            DType::Int32 | DType::UInt32 | DType::Float32 => 32,
            DType::Int64 | DType::UInt64 | DType::Float64 => 64,
            _ => 0,
        }
    }

    /// The dtype that values of both convert to, or `None` if there is none.
    ///
    /// Null takes the other dtype. Two signed or two unsigned integers take the wider dtype; a
    /// signed and an unsigned integer take the narrowest signed dtype that holds both. `UInt64`
    /// next to a signed integer becomes `Int64`: a value above its range is then an error, while a
    /// float would silently lose digits. `Float32` stays with integers of up to 16 bits, which it
    /// holds exactly, and becomes `Float64` next to wider ones; every integer becomes `Float64`
    /// next to `Float64`. A date becomes a datetime next to a datetime without a zone, and a
    /// category becomes text next to text. Nothing else
    /// has a common dtype: not text and numbers, not Bool and numbers, not datetimes of different
    /// zones.
    pub fn common(&self, other: &DType) -> Option<DType> {
        match (self, other) {
            (left, right) if left == right => Some(left.clone()),
            (DType::Null, known) | (known, DType::Null) => Some(known.clone()),
            (DType::Date, DType::Datetime(None)) | (DType::Datetime(None), DType::Date) => {
                Some(DType::Datetime(None))
            }
            (DType::Categorical, DType::String) | (DType::String, DType::Categorical) => {
                Some(DType::String)
            }
            (left, right) if left.is_integer() && right.is_integer() => {
                Some(common_integer(left, right))
            }
            (left, right) if left.is_numeric() && right.is_numeric() => {
                let narrow = |d: &DType| *d == DType::Float32 || (d.is_integer() && d.bits() <= 16);
                let both = narrow(left) && narrow(right);
                Some(if both { DType::Float32 } else { DType::Float64 })
            }
            _ => None,
        }
    }

    /// The short name in a table header: `i64`, `f64`, `str`, `datetime[us]`.
    pub fn short_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            DType::Null => "null",
            DType::Bool => "bool",
            DType::Int8 => "i8",
            DType::Int16 => "i16",
            DType::Int32 => "i32",
            DType::Int64 => "i64",
            DType::UInt8 => "u8",
            DType::UInt16 => "u16",
            DType::UInt32 => "u32",
            DType::UInt64 => "u64",
            DType::Float32 => "f32",
            DType::Float64 => "f64",
            DType::String => "str",
            DType::Categorical => "cat",
            DType::Date => "date",
            DType::Datetime(None) => "datetime[us]",
            DType::Duration => "duration[us]",
            DType::Time => "time",
            DType::Binary => "binary",
            DType::Decimal(precision, scale) => {
                return Cow::Owned(format!("decimal[{precision}, {scale}]"));
            }
            DType::List(inner) => return Cow::Owned(format!("list[{}]", inner.short_name())),
            DType::Datetime(Some(zone)) => return Cow::Owned(format!("datetime[us, {zone}]")),
        })
    }

    /// True for dates and datetimes.
    pub fn is_temporal(&self) -> bool {
        matches!(self, DType::Date | DType::Datetime(_))
    }
}

fn common_integer(left: &DType, right: &DType) -> DType {
    if left.is_signed() == right.is_signed() {
        return if left.bits() >= right.bits() { left.clone() } else { right.clone() };
    }
    let (signed, unsigned) = if left.is_signed() { (left, right) } else { (right, left) };
    match signed.bits().max(unsigned.bits() * 2) {
        16 => DType::Int16,
        32 => DType::Int32,
        _ => DType::Int64,
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DType::Datetime(Some(zone)) => write!(f, "Datetime({zone})"),
            DType::Datetime(None) => f.write_str("Datetime"),
            DType::List(inner) => write!(f, "List({inner})"),
            other => write!(f, "{other:?}"),
        }
    }
}

/// The field of a list's items.
pub(crate) fn item_field(inner: &DType) -> Arc<Field> {
    Arc::new(Field::new("item", inner.to_arrow(), true))
}

/// True for the Arrow types of text.
fn is_text(arrow: &DataType) -> bool {
    matches!(arrow, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}
