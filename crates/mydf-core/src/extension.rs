//! Arrow's extension types: a name in a column's metadata that says what the stored values mean.
//!
//! Values without their meaning are silently wrong: the months of a pandas Period are integers. So
//! an extension type is refused unless it is known here.

use arrow_schema::DataType;

use crate::error::Error;

/// The key of the name in the metadata.
pub const KEY: &str = "ARROW:extension:name";

/// What mydf does with a column of an extension type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// The stored values mean the same without the name.
    Storage,
    /// The stored 8-bit integers are false if zero, otherwise true.
    Boolean,
    /// Refused.
    Unknown,
}

/// What mydf does with the extension type of this name over values of this type.
pub fn meaning(name: &str, stored: &DataType) -> Extension {
    match name {
        // Text that is JSON, or well-known text of a geometry, stays that text.
        "arrow.json" | "geoarrow.wkt" => Extension::Storage,
        "arrow.bool8" if *stored == DataType::Int8 => Extension::Boolean,
        _ => Extension::Unknown,
    }
}

/// The error for a column of an extension type that is refused.
pub fn unsupported(column: &str, name: &str) -> Error {
    Error::UnsupportedType {
        column: column.to_owned(),
        arrow_type: format!("extension type `{name}`"),
    }
}
