//! Writing: ranges of rows are formatted in parallel and written in order.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, StringViewArray};
use arrow_buffer::NullBuffer;
use mydf_core::cast::cast;
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result};
use rayon::prelude::*;

use crate::atomic;
use crate::csv::write::{put_date, put_datetime, put_float, put_integer};

/// Rows formatted by one task.
const ROWS: usize = 8192;

pub(super) fn write_file<I: Idx>(frame: &DataFrame<I>, path: &Path) -> Result<()> {
    atomic::write_file(path, |out| {
        write_to(frame, |text| out.write_all(text).map_err(atomic::write_error(path)))
    })
}

pub(super) fn to_text<I: Idx>(frame: &DataFrame<I>) -> Result<String> {
    let mut text = Vec::new();
    write_to(frame, |part| {
        text.extend_from_slice(part);
        Ok(())
    })?;
    String::from_utf8(text).map_err(|error| Error::Value {
        what: "JSON text".to_owned(),
        message: error.utf8_error().to_string(),
    })
}

fn write_to<I: Idx>(frame: &DataFrame<I>, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    if frame.width() == 0 {
        return Ok(());
    }
    let columns: Vec<Writable> = frame.columns().iter().map(writable).collect::<Result<_>>()?;
    let members: Vec<Member<'_>> = columns.iter().map(Member::of).collect();
    let starts: Vec<usize> = (0..frame.height()).step_by(ROWS).collect();
    // In waves, so that the whole text of a large frame is never in memory.
    for wave in starts.chunks(rayon::current_num_threads() * 4) {
        let texts: Vec<Result<Vec<u8>>> = wave
            .par_iter()
            .map(|&start| rows(&members, start, frame.height().min(start + ROWS)))
            .collect();
        for text in texts {
            sink(&text?)?;
        }
    }
    Ok(())
}

/// A column in a dtype for which JSON has something.
struct Writable {
    column: Column,
    /// The items of all its lists.
    items: Option<Box<Writable>>,
}

/// The column, as text if JSON has nothing for its dtype.
fn writable(column: &Column) -> Result<Writable> {
    let mut items = None;
    let column = match column.dtype() {
        DType::Categorical | DType::Duration | DType::Time | DType::Decimal(..) => {
            cast(column, &DType::String, true)?
        }
        DType::Binary => {
            return Err(Error::DType {
                operation: "write_ndjson".into(),
                what: column.name().to_owned(),
                expected: "a dtype that JSON has".into(),
                actual: DType::Binary,
            });
        }
        DType::List(_) => {
            let lists = column.values().as_list::<i64>();
            let all = Column::new(column.shared_name(), Arc::clone(lists.values()))?;
            items = Some(Box::new(writable(&all)?));
            column.clone()
        }
        _ => column.clone(),
    };
    Ok(Writable { column, items })
}

fn rows(members: &[Member<'_>], start: usize, end: usize) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity((end - start) * members.len() * 16);
    for row in start..end {
        let mut before = b'{';
        for member in members {
            out.push(before);
            before = b',';
            member.put(&mut out, row)?;
        }
        out.extend_from_slice(b"}\n");
    }
    Ok(out)
}

/// One name, and its values.
struct Member<'a> {
    column: &'a Column,
    /// The name in quotes and a colon.
    name: Vec<u8>,
    nulls: Option<NullBuffer>,
    values: Values<'a>,
}

enum Values<'a> {
    Null,
    Bool(&'a BooleanArray),
    Int8(&'a [i8]),
    Int16(&'a [i16]),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    UInt8(&'a [u8]),
    UInt16(&'a [u16]),
    UInt32(&'a [u32]),
    UInt64(&'a [u64]),
    Float32(&'a [f32]),
    Float64(&'a [f64]),
    Text(&'a StringViewArray),
    Date(&'a [i32]),
    Datetime(&'a [i64], bool),
    List(&'a [i64], Box<Member<'a>>),
}

impl<'a> Member<'a> {
    fn of(Writable { column, items }: &'a Writable) -> Self {
        let array: &'a dyn Array = column.values();
        let values = match column.dtype() {
            DType::Bool => Values::Bool(array.as_boolean()),
            DType::Int8 => Values::Int8(array.as_primitive::<Int8Type>().values()),
            DType::Int16 => Values::Int16(array.as_primitive::<Int16Type>().values()),
            DType::Int32 => Values::Int32(array.as_primitive::<Int32Type>().values()),
            DType::Int64 => Values::Int64(array.as_primitive::<Int64Type>().values()),
            DType::UInt8 => Values::UInt8(array.as_primitive::<UInt8Type>().values()),
            DType::UInt16 => Values::UInt16(array.as_primitive::<UInt16Type>().values()),
            DType::UInt32 => Values::UInt32(array.as_primitive::<UInt32Type>().values()),
            DType::UInt64 => Values::UInt64(array.as_primitive::<UInt64Type>().values()),
            DType::Float32 => Values::Float32(array.as_primitive::<Float32Type>().values()),
            DType::Float64 => Values::Float64(array.as_primitive::<Float64Type>().values()),
            DType::String => Values::Text(array.as_string_view()),
            DType::Date => Values::Date(array.as_primitive::<Date32Type>().values()),
            DType::Datetime(zone) => Values::Datetime(
                array.as_primitive::<TimestampMicrosecondType>().values(),
                zone.is_some(),
            ),
            _ => match items {
                Some(items) => Values::List(
                    array.as_list::<i64>().value_offsets(),
                    Box::new(Member::of(items)),
                ),
                None => Values::Null,
            },
        };
        let mut name = Vec::new();
        put_text(&mut name, column.name());
        name.push(b':');
        Member { column, name, nulls: array.nulls().cloned(), values }
    }

    fn put(&self, out: &mut Vec<u8>, row: usize) -> Result<()> {
        out.extend_from_slice(&self.name);
        self.put_value(out, row)
    }

    fn put_value(&self, out: &mut Vec<u8>, row: usize) -> Result<()> {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        match &self.values {
            Values::Null => out.extend_from_slice(b"null"),
            Values::Bool(values) => {
                out.extend_from_slice(if values.value(row) { b"true" } else { b"false" });
            }
            Values::Int8(values) => put_integer(out, values[row]),
            Values::Int16(values) => put_integer(out, values[row]),
            Values::Int32(values) => put_integer(out, values[row]),
            Values::Int64(values) => put_integer(out, values[row]),
            Values::UInt8(values) => put_integer(out, values[row]),
            Values::UInt16(values) => put_integer(out, values[row]),
            Values::UInt32(values) => put_integer(out, values[row]),
            Values::UInt64(values) => put_integer(out, values[row]),
            Values::Float32(values) if values[row].is_finite() => put_float(out, values[row]),
            Values::Float64(values) if values[row].is_finite() => put_float(out, values[row]),
            Values::Float32(values) => return Err(self.no_number(row, values[row].into())),
            Values::Float64(values) => return Err(self.no_number(row, values[row])),
            Values::Text(values) => put_text(out, values.value(row)),
            Values::Date(values) => quoted(out, |out| put_date(out, i64::from(values[row]))),
            Values::Datetime(values, zoned) => {
                quoted(out, |out| put_datetime(out, values[row], *zoned));
            }
            Values::List(offsets, items) => {
                out.push(b'[');
                for item in offsets[row]..offsets[row + 1] {
                    if item > offsets[row] {
                        out.push(b',');
                    }
                    items.put_value(out, item as usize)?;
                }
                out.push(b']');
            }
        }
        Ok(())
    }

    fn no_number(&self, row: usize, value: f64) -> Error {
        let name = self.column.name();
        Error::InvalidOption {
            what: "write_ndjson",
            message: format!("`{value}` in column `{name}`, row {row}: JSON has no such number"),
            hint: if value.is_nan() {
                "make it null: `frame.fill_nan(None)`"
            } else {
                "make it null with `when(...)`, or text with `.cast(mydf.String)`"
            },
        }
    }
}

fn quoted(out: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    out.push(b'"');
    put(out);
    out.push(b'"');
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let escaped: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(&bytes[start..at]);
        start = at + 1;
        if escaped.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escaped);
        }
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_as_the_parser_reads_them() {
        for text in ["", "plain", "\"\\\n\r\t\0\u{1f}\u{7f}", "ä𝄞\u{2028}"] {
            let mut out = Vec::new();
            put_text(&mut out, text);
            let json = String::from_utf8(out).unwrap();
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
