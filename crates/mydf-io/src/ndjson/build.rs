//! The dtype of a column, and its values.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, PrimitiveBuilder, StringViewBuilder};
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, NullArray};
use arrow_select::concat::concat;
use mydf_core::cast::cast;
use mydf_core::temporal::DAY;
use mydf_core::{Column, DType, Error, Result};
use rayon::prelude::*;

use super::table::Table;
use super::{File, excerpt, object};
use crate::csv::value::{self, Kinds};

const AS_TEXT: &str = "gives each value as its JSON";

/// A column of all parts.
pub(super) fn column(
    file: File<'_>,
    tables: &[Table<'_>],
    name: &str,
    given: Option<&DType>,
) -> Result<Column> {
    let dtype = match given {
        Some(dtype) => dtype.clone(),
        None => infer(file, tables, name)?,
    };
    let direct = is_direct(&dtype);
    let read = if direct { dtype.clone() } else { DType::String };
    let parts: Vec<_> = tables.par_iter().map(|table| part(file, table, name, &read)).collect();
    let parts: Vec<ArrayRef> = parts.into_iter().collect::<Result<_>>()?;
    let parts: Vec<&dyn arrow_array::Array> = parts.iter().map(AsRef::as_ref).collect();
    let values = if parts.is_empty() {
        arrow_array::new_empty_array(&read.to_arrow())
    } else {
        concat(&parts).map_err(|source| Error::Arrow { operation: "read".to_owned(), source })?
    };
    let column = Column::new(name, values)?;
    if direct { Ok(column) } else { cast(&column, &dtype, true) }
}

/// The dtypes that are built from JSON without a detour through text.
fn is_direct(dtype: &DType) -> bool {
    dtype.is_numeric()
        || matches!(
            dtype,
            DType::Null | DType::Bool | DType::String | DType::Date | DType::Datetime(_)
        )
}

/// The kinds of JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Json {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

impl Json {
    fn of(cell: &str) -> Self {
        match cell.as_bytes().first() {
            None | Some(b'n') => Json::Null,
            Some(b't' | b'f') => Json::Bool,
            Some(b'"') => Json::Text,
            Some(b'[') => Json::Array,
            Some(b'{') => Json::Object,
            Some(_) => Json::Number,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool => "a Boolean",
            Json::Number => "a number",
            Json::Text => "a text",
            Json::Array => "an array",
            Json::Object => "an object",
        }
    }
}

/// What a part of a column holds.
#[derive(Clone, Copy)]
struct Found<'t> {
    kind: Json,
    numbers: Kinds,
    /// A value of another kind, or one that is nested.
    other: Option<&'t str>,
}

fn infer(file: File<'_>, tables: &[Table<'_>], name: &str) -> Result<DType> {
    let parts: Vec<Found<'_>> = tables
        .par_iter()
        .filter_map(|table| table.column(name))
        .map(|cells| found(cells, Json::Null))
        .collect();
    let mut all = Found { kind: Json::Null, numbers: Kinds::default(), other: None };
    for (part, cells) in parts.into_iter().zip(tables.iter().filter_map(|t| t.column(name))) {
        // The first part with another kind has the first value of it.
        let part = if all.kind == Json::Null || part.kind == Json::Null || part.kind == all.kind {
            part
        } else {
            found(cells, all.kind)
        };
        if all.kind == Json::Null {
            all.kind = part.kind;
        }
        all.numbers = all.numbers.union(part.numbers);
        if let Some(other) = part.other {
            return Err(mixed(file, name, other));
        }
    }
    match all.kind {
        Json::Null => Ok(DType::Null),
        Json::Bool => Ok(DType::Bool),
        Json::Number => match all.numbers.dtype() {
            DType::String => Err(too_exact(file, tables, name)),
            dtype => Ok(dtype),
        },
        _ => Ok(DType::String),
    }
}

fn found<'t>(cells: &[&'t str], before: Json) -> Found<'t> {
    let mut found = Found { kind: before, numbers: Kinds::default(), other: None };
    for cell in cells {
        let kind = Json::of(cell);
        if kind == Json::Null {
            continue;
        }
        if found.kind == Json::Null {
            found.kind = kind;
        }
        if kind != found.kind || matches!(kind, Json::Array | Json::Object) {
            found.other = Some(*cell);
            return found;
        }
        if kind == Json::Number {
            found.numbers = found.numbers.union(Kinds::of(cell.as_bytes()));
        }
    }
    found
}

fn mixed(file: File<'_>, name: &str, other: &str) -> Error {
    let kind = Json::of(other);
    let shown = excerpt(other);
    if matches!(kind, Json::Array | Json::Object) {
        let hint = format!(
            "`schema_overrides={{\"{name}\": mydf.String}}` {AS_TEXT}, and `columns` leaves it out"
        );
        let message = format!("`{shown}` is {}, and a column has no nested values", kind.name());
        return file.error(other, Some(name), message, hint);
    }
    let message = format!("`{shown}` is {}, and values before it are not", kind.name());
    let hint = format!("`schema_overrides={{\"{name}\": mydf.String}}` {AS_TEXT}");
    file.error(other, Some(name), message, hint)
}

/// The error for numbers that neither integers nor floats hold together.
fn too_exact(file: File<'_>, tables: &[Table<'_>], name: &str) -> Error {
    let mut seen = Kinds::default();
    let cells = tables.iter().filter_map(|table| table.column(name)).flatten();
    let mut culprit = "";
    for cell in cells.filter(|cell| Json::of(cell) == Json::Number) {
        seen = seen.union(Kinds::of(cell.as_bytes()));
        if seen.dtype() == DType::String {
            culprit = cell;
            break;
        }
    }
    let hint = format!(
        "`schema_overrides={{\"{name}\": mydf.String}}` keeps all digits, and mydf.Float64 rounds"
    );
    let message =
        format!("`{}`: no dtype holds this number and those before it exactly", excerpt(culprit));
    file.error(culprit, Some(name), message, hint)
}

fn part(file: File<'_>, table: &Table<'_>, name: &str, dtype: &DType) -> Result<ArrayRef> {
    let missing = vec![""; if table.column(name).is_none() { table.rows } else { 0 }];
    let cells = table.column(name).unwrap_or(&missing);
    let cells = Cells { file, name, json: cells, dtype };
    match dtype {
        DType::Null => cells.nulls(),
        DType::Bool => cells.booleans(),
        DType::Int8 => cells.numbers::<Int8Type>(integer),
        DType::Int16 => cells.numbers::<Int16Type>(integer),
        DType::Int32 => cells.numbers::<Int32Type>(integer),
        DType::Int64 => cells.numbers::<Int64Type>(integer),
        DType::UInt8 => cells.numbers::<UInt8Type>(integer),
        DType::UInt16 => cells.numbers::<UInt16Type>(integer),
        DType::UInt32 => cells.numbers::<UInt32Type>(integer),
        DType::UInt64 => cells.numbers::<UInt64Type>(|cell| value::uint64(cell.as_bytes())),
        DType::Float32 => cells.numbers::<Float32Type>(|cell| value::float(number(cell)?)),
        DType::Float64 => cells.numbers::<Float64Type>(|cell| value::float(number(cell)?)),
        DType::Date => cells.numbers::<Date32Type>(|cell| days(&text(cell)?)),
        DType::Datetime(zone) => {
            let zone = zone.as_deref();
            let array =
                cells.primitives::<TimestampMicrosecondType>(|cell| micros(&text(cell)?, zone))?;
            Ok(Arc::new(array.with_timezone_opt(zone)))
        }
        _ => cells.texts(),
    }
}

fn number(cell: &str) -> Option<&[u8]> {
    (Json::of(cell) == Json::Number).then_some(cell.as_bytes())
}

fn integer<T: TryFrom<i64>>(cell: &str) -> Option<T> {
    T::try_from(value::int64(cell.as_bytes())?).ok()
}

fn text(cell: &str) -> Option<std::borrow::Cow<'_, str>> {
    object::unescaped(cell)
}

fn days(text: &str) -> Option<i32> {
    value::date(text.as_bytes()).or_else(|| value::far_date(text.as_bytes()))
}

fn micros(text: &str, zone: Option<&str>) -> Option<i64> {
    if zone.is_none()
        && let Some(days) = days(text)
    {
        return i64::from(days).checked_mul(DAY);
    }
    let moment = value::moment(text.as_bytes()).or_else(|| value::far_moment(text.as_bytes()))?;
    let fits = match zone {
        None => !moment.zoned,
        // A time without an offset in a column of UTC can only mean UTC.
        Some("UTC") => true,
        Some(_) => moment.zoned,
    };
    fits.then_some(moment.micros)
}

/// The values of a part of a column.
struct Cells<'a> {
    file: File<'a>,
    name: &'a str,
    json: &'a [&'a str],
    dtype: &'a DType,
}

impl Cells<'_> {
    fn misfit(&self, cell: &str) -> Error {
        let hint =
            format!("give the column another dtype in `schema_overrides`: mydf.String {AS_TEXT}");
        let message = format!("value `{}` does not fit {}", excerpt(cell), self.dtype);
        self.file.error(cell, Some(self.name), message, hint)
    }

    fn nulls(&self) -> Result<ArrayRef> {
        match self.json.iter().find(|cell| Json::of(cell) != Json::Null) {
            Some(cell) => Err(self.misfit(cell)),
            None => Ok(Arc::new(NullArray::new(self.json.len()))),
        }
    }

    fn booleans(&self) -> Result<ArrayRef> {
        let mut values = BooleanBuilder::with_capacity(self.json.len());
        for cell in self.json {
            match (Json::of(cell), *cell) {
                (Json::Null, _) => values.append_null(),
                (Json::Bool, cell) => values.append_value(cell == "true"),
                _ => return Err(self.misfit(cell)),
            }
        }
        Ok(Arc::new(values.finish()))
    }

    fn numbers<T: ArrowPrimitiveType>(
        &self,
        parse: impl Fn(&str) -> Option<T::Native>,
    ) -> Result<ArrayRef> {
        Ok(Arc::new(self.primitives::<T>(parse)?))
    }

    fn primitives<T: ArrowPrimitiveType>(
        &self,
        parse: impl Fn(&str) -> Option<T::Native>,
    ) -> Result<arrow_array::PrimitiveArray<T>> {
        let mut values = PrimitiveBuilder::<T>::with_capacity(self.json.len());
        for cell in self.json {
            if Json::of(cell) == Json::Null {
                values.append_null();
            } else {
                values.append_value(parse(cell).ok_or_else(|| self.misfit(cell))?);
            }
        }
        Ok(values.finish())
    }

    fn texts(&self) -> Result<ArrayRef> {
        let mut values = StringViewBuilder::with_capacity(self.json.len());
        for cell in self.json {
            match Json::of(cell) {
                Json::Null => values.append_null(),
                Json::Text => values.append_value(text(cell).ok_or_else(|| self.halved(cell))?),
                _ => values.append_value(cell),
            }
        }
        Ok(Arc::new(values.finish()))
    }

    fn halved(&self, cell: &str) -> Error {
        let message = format!("`{}` has an escape of half a character", excerpt(cell));
        let hint = "a character beyond U+FFFF is two escapes, such as `\\ud834\\udd1e`";
        self.file.error(cell, Some(self.name), message, hint)
    }
}
