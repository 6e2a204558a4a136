//! Dtypes go to and from Python as text.

use mydf_core::DType;

use crate::error::Fault;

/// What is in the parentheses after a name.
fn within<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')
}

/// The dtype for this text, which is what `DType`'s `Display` writes.
pub(crate) fn parse(text: &str) -> Result<DType, Fault> {
    Ok(match text {
        "Null" => DType::Null,
        "Bool" => DType::Bool,
        "Int8" => DType::Int8,
        "Int16" => DType::Int16,
        "Int32" => DType::Int32,
        "Int64" => DType::Int64,
        "UInt8" => DType::UInt8,
        "UInt16" => DType::UInt16,
        "UInt32" => DType::UInt32,
        "UInt64" => DType::UInt64,
        "Float32" => DType::Float32,
        "Float64" => DType::Float64,
        "String" => DType::String,
        "Categorical" => DType::Categorical,
        "Date" => DType::Date,
        "Datetime" => DType::Datetime(None),
        "Duration" => DType::Duration,
        "Time" => DType::Time,
        "Binary" => DType::Binary,
        _ => {
            if let Some(zone) =
                text.strip_prefix("Datetime(").and_then(|rest| rest.strip_suffix(')'))
            {
                DType::Datetime(Some(zone.into()))
            } else if let Some(inner) = within(text, "List") {
                DType::List(parse(inner)?.into())
            } else if let Some((precision, scale)) =
                within(text, "Decimal").and_then(|digits| digits.split_once(", "))
                && let (Ok(precision), Ok(scale)) = (precision.parse(), scale.parse())
            {
                DType::Decimal(precision, scale)
            } else {
                let message = format!("`{text}` is none of mydf's");
                return Err(Fault::value("dtype", message, "e.g. `mydf.Int64` or `mydf.String`"));
            }
        }
    })
}
