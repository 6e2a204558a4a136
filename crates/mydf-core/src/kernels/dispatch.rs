//! From a dtype at run time to an Arrow type at compile time.

/// Runs the first expression with `$T` bound to the Arrow primitive type of a dtype (numbers, dates,
/// datetimes, times and durations), or the second one for any other dtype.
#[macro_export]
macro_rules! with_primitive {
    ($dtype:expr, $T:ident => $body:expr, _ => $other:expr $(,)?) => {{
        use arrow_array::types as arrow;
        use $crate::dtype::DType as D;
        macro_rules! arm {
            ($name:ident) => {{
                type $T = arrow::$name;
                $body
            }};
        }
        match $dtype {
            D::Int8 => arm!(Int8Type),
            D::Int16 => arm!(Int16Type),
            D::Int32 => arm!(Int32Type),
            D::Int64 => arm!(Int64Type),
            D::UInt8 => arm!(UInt8Type),
            D::UInt16 => arm!(UInt16Type),
            D::UInt32 => arm!(UInt32Type),
            D::UInt64 => arm!(UInt64Type),
            D::Float32 => arm!(Float32Type),
            D::Float64 => arm!(Float64Type),
            D::Date => arm!(Date32Type),
            D::Datetime(_) => arm!(TimestampMicrosecondType),
            D::Duration => arm!(DurationMicrosecondType),
            D::Time => arm!(Time64MicrosecondType),
            D::Null
            | D::Bool
            | D::String
            | D::Categorical
            | D::Binary
            | D::Decimal(..)
            | D::List(_) => $other,
        }
    }};
}
