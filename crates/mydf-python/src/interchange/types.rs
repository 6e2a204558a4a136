//! What a foreign schema says, checked: names, types and extension types.

use std::sync::Arc;

use arrow_array::ffi::FFI_ArrowSchema;
use arrow_schema::{DataType, Field};
use mydf_core::extension::{self, Extension};
use mydf_core::{DType, Error, Result};

use super::abi::Schema;

/// The advice for data that breaks the rules of the interface.
pub(super) const PRODUCER: &str = "the library that made the data has a bug; check the data there, e.g. with \
                        pyarrow's `validate(full=True)`";

/// A column that the schema announces.
#[derive(Clone, Debug)]
pub(super) struct Announced {
    pub(super) name: Arc<str>,
    /// A type without children, a dictionary of one, or a list.
    pub(super) arrow: DataType,
    /// The stored integers mean true and false.
    pub(super) boolean: bool,
}

impl Announced {
    /// The type of the values, once they are in a frame or before a cast to its dtype.
    pub(super) fn values(&self) -> &DataType {
        if self.boolean { &DataType::Boolean } else { &self.arrow }
    }
}

/// What arrives: the columns of a frame, or one column.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Frame(Vec<Announced>),
    Column(Announced),
}

/// Reads a schema.
///
/// # Errors
/// [`Error::UnsupportedType`] for a column that has no dtype, [`Error::ArrowData`] if the schema
/// breaks the rules of the interface.
pub(super) fn shape(schema: &Schema, name: Option<&str>) -> Result<Shape> {
    if name.is_some() || schema.format() != Some(b"+s") {
        let name = name.map_or_else(|| column_name(schema, 0), |name| Ok(name.to_owned()))?;
        return Ok(Shape::Column(announced(schema, &name)?));
    }
    let columns = children(schema)?
        .into_iter()
        .enumerate()
        .map(|(number, child)| announced(child, &column_name(child, number)?))
        .collect::<Result<_>>()?;
    Ok(Shape::Frame(columns))
}

/// The names and types of the columns of a frame that a consumer requests.
///
/// # Errors
/// As [`shape`].
pub(super) fn requested(schema: &Schema) -> Result<Vec<(String, DataType)>> {
    children(schema)?
        .into_iter()
        .enumerate()
        .map(|(number, child)| {
            let name = column_name(child, number)?;
            let arrow = data_type(child, &name)?;
            Ok((name, arrow))
        })
        .collect()
}

fn children(schema: &Schema) -> Result<Vec<&Schema>> {
    let number = usize::try_from(schema.n_children())
        .map_err(|_| broken("", format!("a schema of {} columns", schema.n_children())))?;
    (0..number)
        .map(|each| {
            let child = schema.child(each);
            child.ok_or_else(|| broken("", format!("column {each} of the schema is missing")))
        })
        .collect()
}

fn column_name(schema: &Schema, number: usize) -> Result<String> {
    let name = std::str::from_utf8(schema.name()).map_err(|_| Error::ArrowData {
        column: String::from_utf8_lossy(schema.name()).into_owned(),
        message: format!("the name of column {number} is not UTF-8"),
        hint: "rename the column where the data comes from",
    })?;
    Ok(name.to_owned())
}

fn announced(schema: &Schema, name: &str) -> Result<Announced> {
    let own = extension_name(schema, name)?;
    let values = schema.dictionary().map(|values| extension_name(values, name));
    let values = values.transpose()?.flatten();
    let arrow = match (data_type(schema, name), own.as_ref().or(values.as_ref())) {
        (Err(Error::UnsupportedType { .. }), Some(found)) => {
            return Err(extension::unsupported(name, found));
        }
        (found, _) => found?,
    };
    let meaning = own.as_ref().map_or(Extension::Storage, |own| extension::meaning(own, &arrow));
    if let Some(own) = own.filter(|_| meaning == Extension::Unknown) {
        return Err(extension::unsupported(name, &own));
    }
    if let Some(values) = values
        && extension::meaning(&values, &arrow) != Extension::Storage
    {
        return Err(extension::unsupported(name, &values));
    }
    if DType::from_arrow(&arrow).is_none() {
        return Err(unsupported(name, &arrow.to_string()));
    }
    Ok(Announced { name: name.into(), arrow, boolean: meaning == Extension::Boolean })
}

/// The type of a column, without children, which may have no dtype.
///
/// # Errors
/// As [`shape`].
pub(super) fn data_type(schema: &Schema, name: &str) -> Result<DataType> {
    let own = plain(schema, name)?;
    let Some(values) = schema.dictionary() else { return Ok(own) };
    if !own.is_dictionary_key_type() {
        return Err(broken(name, format!("keys of a dictionary of type {own}")));
    }
    if values.dictionary().is_some() {
        return Err(unsupported(name, "a dictionary of dictionaries"));
    }
    Ok(DataType::Dictionary(Box::new(own), Box::new(plain(values, name)?)))
}

/// The type of one format string, without the dictionary.
fn plain(schema: &Schema, name: &str) -> Result<DataType> {
    let format = schema.format().ok_or_else(|| broken(name, "a type without a format".into()))?;
    let format = std::str::from_utf8(format)
        .map_err(|_| broken(name, "a type whose format is not UTF-8".into()))?;
    if let Some(list) = list(schema, format, name)? {
        return Ok(list);
    }
    if let Some(kind) = format.strip_prefix('+') {
        return Err(unsupported(name, nested(kind)));
    }
    // The library's table of formats, over a schema of our own.
    FFI_ArrowSchema::try_new(format, Vec::new(), None)
        .and_then(|schema| DataType::try_from(&schema))
        .map_err(|_| unsupported(name, &format!("`{format}` in the C interface")))
}

/// The type of a list whose items have a dtype.
fn list(schema: &Schema, format: &str, name: &str) -> Result<Option<DataType>> {
    let size = format.strip_prefix("+w:").and_then(|size| size.parse::<i32>().ok());
    if !matches!(format, "+l" | "+L") && size.is_none() {
        return Ok(None);
    }
    if schema.n_children() != 1 {
        return Err(broken(name, format!("a list of {} types", schema.n_children())));
    }
    let item = schema.child(0).ok_or_else(|| broken(name, "a list without a type".into()))?;
    let own = extension_name(item, name)?;
    let inner = data_type(item, name)?;
    if let Some(own) = own.filter(|own| extension::meaning(own, &inner) != Extension::Storage) {
        return Err(extension::unsupported(name, &own));
    }
    let item = Arc::new(Field::new("item", inner, true));
    Ok(Some(match (format, size) {
        (_, Some(size)) if size < 0 => {
            return Err(broken(name, format!("a list of {size} items")));
        }
        (_, Some(size)) => DataType::FixedSizeList(item, size),
        ("+l", _) => DataType::List(item),
        _ => DataType::LargeList(item),
    }))
}

fn nested(kind: &str) -> &'static str {
    match kind.as_bytes().first() {
        Some(b's') => "struct",
        Some(b'm') => "map",
        Some(b'r') => "run-end encoded",
        Some(b'u') => "union",
        _ => "list",
    }
}

/// The name of the extension type. Other metadata is not read: it may be of any bytes.
fn extension_name(schema: &Schema, column: &str) -> Result<Option<String>> {
    let Some(mut metadata) = schema.metadata() else { return Ok(None) };
    let broken = || broken(column, "metadata of a negative length".into());
    for _ in 0..metadata.number().ok_or_else(broken)? {
        let key = metadata.text().ok_or_else(broken)?;
        let value = metadata.text().ok_or_else(broken)?;
        if key == extension::KEY.as_bytes() {
            return Ok(Some(String::from_utf8_lossy(value).into_owned()));
        }
    }
    Ok(None)
}

fn unsupported(column: &str, arrow_type: &str) -> Error {
    Error::UnsupportedType { column: column.into(), arrow_type: arrow_type.into() }
}

/// A schema that breaks the rules of the interface.
fn broken(column: &str, message: String) -> Error {
    Error::ArrowData { column: column.into(), message, hint: PRODUCER }
}
