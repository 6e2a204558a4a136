//! Writing: ranges of rows are formatted in parallel and written in order.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, BooleanArray, PrimitiveArray, StringViewArray};
use arrow_buffer::NullBuffer;
use mydf_core::temporal::{self, DAY, Format, SECOND, Zone};
use mydf_core::{Column, DType, DataFrame, Error, Idx, Result, cast};
use rayon::prelude::*;

use super::content;
use super::{WriteOptions, check_character};
use crate::atomic;

/// Rows formatted by one task.
const ROWS: usize = 8192;
const QUOTE: u8 = b'"';
const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(super) fn write_file<I: Idx>(
    frame: &DataFrame<I>,
    path: &Path,
    options: &WriteOptions,
) -> Result<()> {
    let style = Style::new(options)?;
    atomic::write_file(path, |out| {
        write_to(frame, &style, |text| out.write_all(text).map_err(atomic::write_error(path)))
    })
}

pub(super) fn to_text<I: Idx>(frame: &DataFrame<I>, options: &WriteOptions) -> Result<String> {
    let mut text = Vec::new();
    write_to(frame, &Style::new(options)?, |part| {
        text.extend_from_slice(part);
        Ok(())
    })?;
    String::from_utf8(text).map_err(|error| Error::Value {
        what: "CSV text".to_owned(),
        message: error.utf8_error().to_string(),
    })
}

/// What fields look like.
struct Style<'a> {
    options: &'a WriteOptions,
}

impl<'a> Style<'a> {
    fn new(options: &'a WriteOptions) -> Result<Self> {
        check_character("separator", options.separator)?;
        if options.separator == QUOTE {
            let hint = "use another character: quotes are needed around texts";
            let message = "`\"`".to_owned();
            return Err(Error::InvalidOption { what: "separator", message, hint });
        }
        if options.decimal_comma && options.separator == b',' {
            let message = "`,`, which is also the decimal mark".to_owned();
            let hint = "use `separator=\";\"`";
            return Err(Error::InvalidOption { what: "separator", message, hint });
        }
        let style = Style { options };
        if style.is_special(&options.null_value) {
            let message = format!("`{}` would need quotes", options.null_value.escape_debug());
            let hint = "use a text without separator, quote, line end and byte order mark: in \
                        quotes it is a text and not null";
            return Err(Error::InvalidOption { what: "null_value", message, hint });
        }
        Ok(style)
    }

    /// Returns whether the text would be read as something else without quotes.
    fn must_quote(&self, text: &str) -> bool {
        text.is_empty() || text == self.options.null_value || self.is_special(text)
    }

    fn is_special(&self, text: &str) -> bool {
        let special = |byte: &u8| {
            *byte == self.options.separator || matches!(byte, b'\n' | b'\r' | 0 | &QUOTE)
        };
        text.as_bytes().iter().any(special)
            || text.starts_with(BYTE_ORDER_MARK)
            || content::begins_like_other_format(text)
    }

    fn put_float(&self, out: &mut Vec<u8>, shortest: impl ryu::Float, value: f64) {
        let start = out.len();
        match self.options.float_precision.filter(|_| value.is_finite()) {
            Some(digits) => out.extend_from_slice(format!("{value:.digits$}").as_bytes()),
            None => put_float(out, shortest),
        }
        if self.options.decimal_comma
            && let Some(point) = out[start..].iter().position(|byte| *byte == b'.')
        {
            out[start + point] = b',';
        }
    }

    /// A date as text; one that the format can't write, beyond the year 9999, as ISO 8601.
    fn put_formatted(
        &self,
        out: &mut Vec<u8>,
        text: Option<String>,
        otherwise: impl FnOnce(&mut Vec<u8>),
    ) {
        match text {
            Some(text) => put_text(out, &text, self.must_quote(&text)),
            None => otherwise(out),
        }
    }

    fn put_null(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.options.null_value.as_bytes());
    }
}

fn put_text(out: &mut Vec<u8>, text: &str, quoted: bool) {
    if !quoted {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(QUOTE);
    let mut rest = text.as_bytes();
    while let Some(at) = memchr::memchr(QUOTE, rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(QUOTE);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(QUOTE);
}

fn write_to<I: Idx>(
    frame: &DataFrame<I>,
    style: &Style<'_>,
    mut sink: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    if frame.width() == 0 {
        return Ok(());
    }
    let columns: Vec<Column> = frame.columns().iter().map(writable).collect::<Result<_>>()?;
    let cells: Vec<Cells<'_>> =
        columns.iter().map(|column| Cells::of(column, style)).collect::<Result<_>>()?;
    for (cells, column) in cells.iter().zip(&columns) {
        cells.check_null_value(column, style)?;
    }
    if style.options.byte_order_mark {
        sink(BYTE_ORDER_MARK.as_bytes())?;
    }
    if style.options.header {
        let mut line = Vec::new();
        for column in frame.columns() {
            let name = column.name();
            put_text(&mut line, name, name.is_empty() || style.is_special(name));
            line.push(style.options.separator);
        }
        end_line(&mut line);
        sink(&line)?;
    }
    let starts: Vec<usize> = (0..frame.height()).step_by(ROWS).collect();
    // In waves, so that the whole text of a large frame is never in memory.
    for wave in starts.chunks(rayon::current_num_threads() * 4) {
        let texts: Vec<Vec<u8>> = wave
            .par_iter()
            .map(|&start| rows(&cells, style, start, frame.height().min(start + ROWS)))
            .collect();
        texts.iter().try_for_each(|text| sink(text))?;
    }
    Ok(())
}

/// Categories, decimals and times of day as text; bytes and lists have none.
fn writable(column: &Column) -> Result<Column> {
    match column.dtype() {
        DType::Categorical | DType::Decimal(..) | DType::Time => {
            cast::cast(column, &DType::String, true)
        }
        DType::Binary | DType::List(_) => Err(Error::DType {
            operation: "write_csv".into(),
            what: column.name().to_owned(),
            expected: "a dtype that is text in CSV".into(),
            actual: column.dtype().clone(),
        }),
        _ => Ok(column.clone()),
    }
}

fn rows(cells: &[Cells<'_>], style: &Style<'_>, start: usize, end: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity((end - start) * cells.len() * 8);
    for row in start..end {
        for cells in cells {
            cells.put(&mut out, row, style);
            out.push(style.options.separator);
        }
        end_line(&mut out);
    }
    out
}

/// Replaces the last separator.
fn end_line(line: &mut [u8]) {
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
}

/// A column's array, downcast to its type.
struct Cells<'a> {
    nulls: Option<NullBuffer>,
    values: Values<'a>,
    /// Values that are not texts may contain the separator.
    separated: bool,
}

/// The characters of the values of a dtype; none for texts, which are looked at one by one.
fn alphabet(dtype: &DType) -> &'static [u8] {
    match dtype {
        DType::Null | DType::String => b"",
        DType::Bool => b"truefals",
        DType::Float32 | DType::Float64 => b"0123456789+-.eENaifn",
        DType::Date => b"0123456789+-",
        DType::Datetime(_) => b"0123456789+-:.TZ",
        DType::Duration => b"0123456789-.PDTHMS",
        _ => b"0123456789-",
    }
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
    FormattedDate(&'a [i32], &'a Format),
    Datetime(&'a [i64], bool),
    Duration(&'a [i64]),
    FormattedDatetime(&'a [i64], Zone, bool, &'a Format),
}

fn slice<T: ArrowPrimitiveType>(array: &dyn Array) -> &[T::Native] {
    let array: &PrimitiveArray<T> = array.as_primitive();
    array.values()
}

impl<'a> Cells<'a> {
    fn of(column: &'a Column, style: &Style<'a>) -> Result<Self> {
        let options = style.options;
        let array: &'a dyn Array = column.values();
        let values = match column.dtype() {
            DType::Null => Values::Null,
            DType::Bool => Values::Bool(array.as_boolean()),
            DType::Int8 => Values::Int8(slice::<Int8Type>(array)),
            DType::Int16 => Values::Int16(slice::<Int16Type>(array)),
            DType::Int32 => Values::Int32(slice::<Int32Type>(array)),
            DType::Int64 => Values::Int64(slice::<Int64Type>(array)),
            DType::UInt8 => Values::UInt8(slice::<UInt8Type>(array)),
            DType::UInt16 => Values::UInt16(slice::<UInt16Type>(array)),
            DType::UInt32 => Values::UInt32(slice::<UInt32Type>(array)),
            DType::UInt64 => Values::UInt64(slice::<UInt64Type>(array)),
            DType::Float32 => Values::Float32(slice::<Float32Type>(array)),
            DType::Float64 => Values::Float64(slice::<Float64Type>(array)),
            DType::String => Values::Text(array.as_string_view()),
            DType::Date => match &options.date_format {
                Some(format) => Values::FormattedDate(slice::<Date32Type>(array), format),
                None => Values::Date(slice::<Date32Type>(array)),
            },
            DType::Datetime(zone) => {
                let values = slice::<TimestampMicrosecondType>(array);
                match &options.datetime_format {
                    Some(format) => {
                        let known = Zone::new(zone.as_ref())?;
                        Values::FormattedDatetime(values, known, zone.is_some(), format)
                    }
                    None => Values::Datetime(values, zone.is_some()),
                }
            }
            DType::Categorical
            | DType::Time
            | DType::Binary
            | DType::Decimal(..)
            | DType::List(_) => {
                unreachable!("`writable` makes text of these, or an error")
            }
            DType::Duration => Values::Duration(slice::<DurationMicrosecondType>(array)),
        };
        // Formatted dates are quoted like texts.
        let formatted = matches!(values, Values::FormattedDate(..) | Values::FormattedDatetime(..));
        let separated = !formatted && alphabet(column.dtype()).contains(&style.options.separator);
        Ok(Cells { nulls: array.nulls().cloned(), values, separated })
    }

    /// Refuses a value that would be read as null: other than a text, it would be in quotes too.
    fn check_null_value(&self, column: &Column, style: &Style<'_>) -> Result<()> {
        let null = style.options.null_value.as_bytes();
        let alphabet = alphabet(column.dtype());
        // A comma of decimals needs no look: it is in no null that has the letters of one.
        let formatted =
            matches!(self.values, Values::FormattedDate(..) | Values::FormattedDatetime(..));
        let possible = formatted || null.iter().all(|b| *b == b',' || alphabet.contains(b));
        if null.is_empty() || !possible {
            return Ok(());
        }
        let mut text = Vec::new();
        for row in (0..column.len()).filter(|row| !self.is_null(*row)) {
            text.clear();
            self.put_value(&mut text, row, style);
            if text == null {
                let null = &style.options.null_value;
                let message =
                    format!("`{null}` is a value of column `{}`, row {row}", column.name());
                let hint = "use a text that no value is written as";
                return Err(Error::InvalidOption { what: "null_value", message, hint });
            }
        }
        Ok(())
    }

    fn is_null(&self, row: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    fn put(&self, out: &mut Vec<u8>, row: usize, style: &Style<'_>) {
        if self.is_null(row) {
            return style.put_null(out);
        }
        let start = out.len();
        self.put_value(out, row, style);
        if self.separated && out[start..].contains(&style.options.separator) {
            out.insert(start, QUOTE);
            out.push(QUOTE);
        }
    }

    fn put_value(&self, out: &mut Vec<u8>, row: usize, style: &Style<'_>) {
        match &self.values {
            Values::Null => style.put_null(out),
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
            Values::Float32(values) => style.put_float(out, values[row], f64::from(values[row])),
            Values::Float64(values) => style.put_float(out, values[row], values[row]),
            Values::Text(values) => {
                let text = values.value(row);
                put_text(out, text, style.must_quote(text));
            }
            Values::Date(values) => put_date(out, i64::from(values[row])),
            Values::FormattedDate(values, format) => {
                let day = i64::from(values[row]);
                let text = day.checked_mul(DAY).and_then(|local| format.write(local, 0));
                style.put_formatted(out, text, |out| put_date(out, day));
            }
            Values::FormattedDatetime(values, zone, zoned, format) => {
                let offset = zone.offset(values[row]);
                let text = values[row].checked_add(offset);
                let text = text.and_then(|local| format.write(local, offset));
                style.put_formatted(out, text, |out| put_datetime(out, values[row], *zoned));
            }
            Values::Datetime(values, zoned) => put_datetime(out, values[row], *zoned),
            Values::Duration(values) => {
                let mut text = String::new();
                temporal::write_duration(&mut text, values[row]);
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
}

pub(crate) fn put_integer(out: &mut Vec<u8>, value: impl itoa::Integer) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

pub(crate) fn put_float(out: &mut Vec<u8>, value: impl ryu::Float) {
    // The fewest digits that identify the float, always with a point or an exponent; or `NaN`,
    // `inf` and `-inf`, which the reader accepts.
    out.extend_from_slice(ryu::Buffer::new().format(value).as_bytes());
}

pub(crate) fn put_date(out: &mut Vec<u8>, days: i64) {
    let (year, month, day) = temporal::civil(days);
    let year_text = if (0..=9999).contains(&year) {
        format!("{year:04}")
    } else {
        // ISO 8601's expanded years have a sign.
        format!("{year:+05}")
    };
    out.extend_from_slice(year_text.as_bytes());
    out.push(b'-');
    put_two(out, month);
    out.push(b'-');
    put_two(out, day);
}

fn put_two(out: &mut Vec<u8>, value: i64) {
    out.extend_from_slice(&[b'0' + (value / 10) as u8, b'0' + (value % 10) as u8]);
}

pub(crate) fn put_datetime(out: &mut Vec<u8>, micros: i64, zoned: bool) {
    put_date(out, micros.div_euclid(DAY));
    let clock = micros.rem_euclid(DAY);
    let seconds = clock / SECOND;
    for (mark, value) in [(b'T', seconds / 3600), (b':', seconds / 60 % 60), (b':', seconds % 60)] {
        out.push(mark);
        put_two(out, value);
    }
    let fraction = clock % SECOND;
    if fraction != 0 {
        out.extend_from_slice(format!(".{fraction:06}").as_bytes());
    }
    if zoned {
        out.push(b'Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::value;
    use proptest::prelude::*;

    #[test]
    fn times_beyond_four_digit_years() {
        let text = |micros| {
            let mut out = Vec::new();
            put_datetime(&mut out, micros, true);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(text(0), "1970-01-01T00:00:00Z");
        assert_eq!(text(-1), "1969-12-31T23:59:59.999999Z");
        assert_eq!(text(i64::MIN), "-290308-12-21T19:59:05.224192Z");
        assert_eq!(text(i64::MAX), "+294247-01-10T04:00:54.775807Z");
        let mut out = Vec::new();
        put_date(&mut out, i64::from(i32::MIN));
        assert_eq!(String::from_utf8(out).unwrap(), "-5877641-06-23");
    }

    proptest! {
        #[test]
        fn a_written_datetime_reads_back(micros in -62_167_219_200_000_000_i64..253_402_300_800_000_000) {
            let mut out = Vec::new();
            put_datetime(&mut out, micros, false);
            let moment = value::moment(&out).map(|moment| (moment.micros, moment.zoned));
            prop_assert_eq!(moment, Some((micros, false)));
        }

        #[test]
        fn a_written_date_reads_back(days in -719_528_i32..=2_932_896) {
            let mut out = Vec::new();
            put_date(&mut out, i64::from(days));
            prop_assert_eq!(value::date(&out), Some(days));
        }

        #[test]
        fn years_of_other_than_four_digits_read_back(
            days in any::<i32>(),
            micros in prop_oneof![Just(i64::MIN), Just(i64::MAX), any::<i64>()],
        ) {
            let mut out = Vec::new();
            put_date(&mut out, i64::from(days));
            prop_assert_eq!(value::date(&out).or_else(|| value::far_date(&out)), Some(days));
            out.clear();
            put_datetime(&mut out, micros, true);
            let moment = value::moment(&out).or_else(|| value::far_moment(&out));
            prop_assert_eq!(moment.map(|moment| moment.micros), Some(micros));
        }
    }
}
