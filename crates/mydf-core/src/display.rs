//! Frames as text and as HTML.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    DurationMicrosecondType, Float32Type, Float64Type, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::cast::text_of;
use crate::categories;
use crate::column::Column;
use crate::dtype::DType;
use crate::frame::DataFrame;
use crate::idx::Idx;
use crate::temporal::{self, Zone};

/// How much of a frame to show.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows to show; a longer frame loses its middle.
    pub rows: usize,
    /// Columns to show; a wider frame loses its middle.
    pub columns: usize,
    /// Characters of one text value; an ellipsis replaces the rest.
    pub text: usize,
    /// Characters of one line.
    pub width: usize,
}

const ELLIPSIS: &str = "…";
/// A cell's border and the space on both sides of it.
const PADDING: usize = 3;
/// The width of the column that stands for the hidden ones.
const GAP: usize = PADDING + 1;

/// Shows the frame as a text table: shape, names, dtypes, values.
///
/// Each row takes one line: control characters in text are shown as escapes. A column is as wide as
/// its widest cell on a terminal. Columns are dropped from the middle until the lines fit
/// `limits.width`; the first one always stays, cut if necessary.
pub fn text<I: Idx>(frame: &DataFrame<I>, limits: Limits) -> String {
    let mut out = shape(frame);
    if frame.width() == 0 {
        return out;
    }
    let rows = Ends::of(frame.height(), limits.rows);
    let (front, back) = fitting(frame, &rows, limits);
    let gap = front.len() + back.len() < frame.width();
    let mut table: Vec<Strip> = front;
    if gap {
        table.push(Strip::gap(&rows));
    }
    table.extend(back);

    out.push('\n');
    rule(&mut out, &table, ['┌', '─', '┬', '┐']);
    for line in 0..table[0].cells.len() {
        for strip in &table {
            let cell = &strip.cells[line];
            let blank = " ".repeat(strip.width.saturating_sub(cell.width()));
            let (left, right) = if strip.right { (&*blank, "") } else { ("", &*blank) };
            out.extend(["│ ", left, cell, right, " "]);
        }
        out.push_str("│\n");
        if line + 1 == Strip::HEAD {
            rule(&mut out, &table, ['╞', '═', '╪', '╡']);
        }
    }
    rule(&mut out, &table, ['└', '─', '┴', '┘']);
    out.truncate(out.trim_end().len());
    out
}

/// Shows the frame as an HTML table, with everything escaped.
///
/// Classes for styling: `mydf-frame` around everything, `mydf-shape`, `mydf-dtype`, `mydf-number`,
/// `mydf-null` and `mydf-gap` inside. `limits.width` does not apply.
pub fn html<I: Idx>(frame: &DataFrame<I>, limits: Limits) -> String {
    let rows = Ends::of(frame.height(), limits.rows);
    let columns = Ends::of(frame.width(), limits.columns.max(1));
    let mut out = String::from("<div class=\"mydf-frame\">\n");
    out.extend(["<small class=\"mydf-shape\">", &shape(frame), "</small>\n"]);
    out.push_str("<table>\n<thead>\n<tr>");
    let cell = |place: Option<usize>, write: &dyn Fn(&Column) -> String| match place {
        Some(place) => write(&frame.columns()[place]),
        None => format!("<td class=\"mydf-gap\">{ELLIPSIS}</td>"),
    };
    for place in columns.places() {
        let name = |column: &Column| {
            format!("<th>{}</th>", escaped_html(&cut(column.name(), limits.text)))
        };
        out.push_str(&cell(place, &name));
    }
    out.push_str("</tr>\n<tr>");
    for place in columns.places() {
        let dtype = |column: &Column| {
            let name = column.dtype().short_name();
            format!("<td class=\"mydf-dtype\">{}</td>", escaped_html(&name))
        };
        out.push_str(&cell(place, &dtype));
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for row in rows.places() {
        out.push_str("<tr>");
        for place in columns.places() {
            let place = row.and(place);
            out.push_str(&cell(place, &|column| html_cell(column, row.unwrap_or(0), limits.text)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>");
    out
}

fn html_cell(column: &Column, row: usize, limit: usize) -> String {
    let class = if is_null(column, row) {
        " class=\"mydf-null\""
    } else if column.dtype().is_numeric() {
        " class=\"mydf-number\""
    } else {
        ""
    };
    format!("<td{class}>{}</td>", escaped_html(&value(column, row, limit)))
}

fn shape<I: Idx>(frame: &DataFrame<I>) -> String {
    format!("shape: ({}, {})", grouped(frame.height()), grouped(frame.width()))
}

/// The number with an underscore before each group of three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Which of a number of items to show: some at the start, some at the end.
struct Ends {
    length: usize,
    front: usize,
    back: usize,
}

impl Ends {
    fn of(length: usize, limit: usize) -> Self {
        if length <= limit {
            Ends { length, front: length, back: 0 }
        } else {
            Ends { length, front: limit.div_ceil(2), back: limit / 2 }
        }
    }

    /// The items to show, in order; `None` stands for the hidden ones.
    fn places(&self) -> impl Iterator<Item = Option<usize>> + use<> {
        let (length, back) = (self.length, self.back);
        let gap = (self.front + back < length).then_some(None);
        (0..self.front).map(Some).chain(gap).chain((length - back..length).map(Some))
    }
}

/// One column of the text table: name, dtype, values.
struct Strip {
    cells: Vec<String>,
    width: usize,
    right: bool,
}

impl Strip {
    /// Cells above the values.
    const HEAD: usize = 2;

    fn of(column: &Column, rows: &Ends, limits: Limits) -> Self {
        let mut cells =
            vec![cut(column.name(), limits.text), cut(&column.dtype().short_name(), usize::MAX)];
        cells.extend(rows.places().map(|row| match row {
            Some(row) => value(column, row, limits.text),
            None => ELLIPSIS.to_owned(),
        }));
        let width = cells.iter().map(|cell| cell.width()).max().unwrap_or(0);
        let right = column.dtype().is_numeric() || matches!(column.dtype(), DType::Decimal(..));
        Strip { cells, width, right }
    }

    /// Stands for the hidden columns.
    fn gap(rows: &Ends) -> Self {
        let mut cells = vec![ELLIPSIS.to_owned(), String::new()];
        cells.extend(rows.places().map(|_| ELLIPSIS.to_owned()));
        Strip { cells, width: 1, right: false }
    }

    fn narrowed(mut self, width: usize) -> Self {
        if self.width > width {
            for cell in &mut self.cells {
                *cell = cut(cell, width);
            }
            self.width = width;
        }
        self
    }
}

/// The columns that fit, from both ends inwards. Only these are formatted: a frame may have
/// thousands more.
fn fitting<I: Idx>(frame: &DataFrame<I>, rows: &Ends, limits: Limits) -> (Vec<Strip>, Vec<Strip>) {
    let columns = frame.columns();
    let last = columns.len() - 1;
    let first = Strip::of(&columns[0], rows, limits);
    let room = limits.width.saturating_sub(1 + PADDING + if last > 0 { GAP } else { 0 });
    let first = first.narrowed(room.max(1));
    let mut taken = 1 + PADDING + first.width;
    let (mut front, mut back) = (vec![first], Vec::new());
    for count in 1..columns.len().min(limits.columns.max(1)) {
        let at_back = count % 2 == 1;
        let place = if at_back { last - count / 2 } else { count / 2 };
        let strip = Strip::of(&columns[place], rows, limits);
        let gap = if count == last { 0 } else { GAP };
        taken += PADDING + strip.width;
        if taken + gap > limits.width {
            break;
        }
        if at_back { back.push(strip) } else { front.push(strip) }
    }
    back.reverse();
    (front, back)
}

fn rule(out: &mut String, table: &[Strip], [left, line, cross, right]: [char; 4]) {
    for (place, strip) in table.iter().enumerate() {
        out.push(if place == 0 { left } else { cross });
        out.extend(std::iter::repeat_n(line, strip.width + 2));
    }
    out.push(right);
    out.push('\n');
}

fn is_null(column: &Column, row: usize) -> bool {
    *column.dtype() == DType::Null || column.values().is_null(row)
}

/// One value as a cell shows it.
fn value(column: &Column, row: usize, limit: usize) -> String {
    if is_null(column, row) {
        return "null".to_owned();
    }
    let values = column.values();
    match column.dtype() {
        DType::String => cut(values.as_string_view().value(row), limit),
        DType::Categorical => cut(categories::text(values.as_dictionary(), row), limit),
        DType::Float32 => float(f64::from(values.as_primitive::<Float32Type>().value(row))),
        DType::Float64 => float(values.as_primitive::<Float64Type>().value(row)),
        DType::Datetime(zone) => {
            let instant = values.as_primitive::<TimestampMicrosecondType>().value(row);
            // Showing a frame never fails: an unknown zone is shown as UTC.
            let local = Zone::new(zone.as_ref()).ok().and_then(|zone| zone.local(instant));
            let mut text = String::new();
            temporal::write_datetime(&mut text, local.unwrap_or(instant), ' ');
            text
        }
        DType::Duration => {
            let mut text = String::new();
            let micros = values.as_primitive::<DurationMicrosecondType>().value(row);
            temporal::write_short(&mut text, micros);
            text
        }
        dtype @ (DType::Binary | DType::List(_)) => nested(values, dtype, row, limit),
        dtype => text_of(values, dtype, row),
    }
}

/// Bytes as `b"a\xff"`, and a list as `[1, 2]`, cut if it is very long.
fn nested(values: &ArrayRef, dtype: &DType, row: usize, limit: usize) -> String {
    if values.is_null(row) {
        return "null".to_owned();
    }
    match dtype {
        DType::Binary => {
            let bytes = values.as_binary_view().value(row);
            let bytes = &bytes[..bytes.len().min(limit)];
            cut(&format!("b\"{}\"", bytes.escape_ascii()), limit)
        }
        DType::List(inner) => {
            const MOST: usize = 10;
            let items = values.as_list::<i64>().value(row);
            let Ok(items) = Column::new("", items) else { return ELLIPSIS.to_owned() };
            let shown = (0..items.len().min(MOST)).map(|item| match inner.as_ref() {
                DType::String if !is_null(&items, item) => {
                    format!("\"{}\"", value(&items, item, limit))
                }
                _ => value(&items, item, limit),
            });
            let mut shown: Vec<String> = shown.collect();
            if items.len() > MOST {
                shown.push(ELLIPSIS.to_owned());
            }
            let text = format!("[{}]", shown.join(", "));
            // Everything in it has been escaped.
            if text.width() <= limit { text } else { cut(&text, limit) }
        }
        dtype => text_of(values, dtype, row),
    }
}

/// A float with six significant digits and all digits before the point; with an exponent from 1e16
/// up and below 1e-4.
fn float(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return format!("{value:?}");
    }
    let rounded = format!("{value:.5e}");
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-4..16).contains(&exponent) {
        return format!("{}e{exponent}", without_zeros(mantissa));
    }
    let decimals = usize::try_from(5 - exponent).unwrap_or(0).max(1);
    without_zeros(&format!("{value:.decimals$}"))
}

/// The number without trailing zeros, but with at least one digit after the point.
fn without_zeros(number: &str) -> String {
    let short = number.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// The text on one line, no wider than the limit. Anything that would break or reorder the line is
/// escaped.
fn cut(text: &str, limit: usize) -> String {
    let limit = limit.max(1);
    let mut out = String::new();
    let mut width = 0;
    // Where to cut if the text does not fit: the last place with room for the ellipsis.
    let mut end = 0;
    for letter in text.chars() {
        let before = out.len();
        push_escaped(&mut out, letter);
        let added = match out.len() - before {
            bytes if bytes == letter.len_utf8() => letter.width().unwrap_or(0),
            escape => escape,
        };
        width += added;
        if width > limit {
            out.truncate(end);
            out.push_str(ELLIPSIS);
            return out;
        }
        if width < limit {
            end = out.len();
        }
    }
    out
}

fn push_escaped(out: &mut String, letter: char) {
    match letter {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        // Line and paragraph separators, and marks that change the direction of the text after
        // them.
        '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escape(out, letter),
        letter if letter.is_control() => escape(out, letter),
        letter => out.push(letter),
    }
}

fn escape(out: &mut String, letter: char) {
    let written = write!(out, "\\u{{{:x}}}", u32::from(letter));
    debug_assert!(written.is_ok(), "writing to a String can't fail");
}

fn escaped_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}
