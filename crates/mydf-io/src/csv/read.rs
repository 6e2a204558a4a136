//! Reading: the file is checked first, then columns are built.

use arrow_buffer::Buffer;
use mydf_core::frame::check_rows;
use mydf_core::{Column, DataFrame, Error, Idx, Result};

use super::columns;
use super::content;
use super::input::Input;
use super::layout::File;
use super::lines;
use super::prepare;
use super::scan::Syntax;
use super::{ReadOptions, check_character};
use crate::source::{Source, Whole};

pub(super) fn read<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    if options.n_rows == Some(0) && options.infer_rows != Some(0) {
        // Only the dtypes are wanted. They are those of the rows that they are inferred from.
        let inferred = ReadOptions { n_rows: options.infer_rows, ..options.clone() };
        return empty(&read::<I>(source, &inferred)?);
    }
    let syntax = syntax(options)?;
    let mut whole = content::text(source.name(), source.whole()?, syntax.quote)?;
    if let Some(converted) = lines::from_cr(whole.bytes(), syntax) {
        whole = Whole::Owned(Buffer::from_vec(converted));
    }
    let all = File { path: source.name(), bytes: whole.bytes(), left_out: &[] };
    let bytes = lines::without_ctrl_z(all.bytes).map_err(|fault| all.error(fault, None))?;
    let start = prepare::start(File { bytes, ..all }, options.skip_rows)?;
    let prepared = prepare::prepare(bytes, start, syntax, options);
    let prepared = prepared.map(|p| (Buffer::from_vec(p.bytes), p.left_out));
    let (file, shared) = match &prepared {
        None => (File { bytes, ..all }, whole.shared()),
        Some((bytes, left_out)) => (File { bytes, left_out, ..all }, Some(bytes)),
    };
    let input = Input::new(file, start, syntax, options, shared)?;
    let selected = input.selected()?;
    let chunks = input.chunks()?;
    check_rows::<I>(chunks.iter().map(|chunk| chunk.rows as u64).sum())?;
    DataFrame::new(columns::columns(&input, &selected, &chunks)?)
}

fn empty<I: Idx>(frame: &DataFrame<I>) -> Result<DataFrame<I>> {
    let columns = frame.columns().iter().map(|column| {
        Column::new(column.name(), arrow_array::new_empty_array(column.values().data_type()))
    });
    DataFrame::new(columns.collect::<Result<_>>()?)
}

pub(super) fn syntax(options: &ReadOptions) -> Result<Syntax> {
    check_character("separator", options.separator)?;
    if let Some(quote) = options.quote {
        check_character("quote_char", quote)?;
        check_quote(quote as char, options.separator as char)?;
    }
    Ok(Syntax { separator: options.separator, quote: options.quote })
}

fn check_quote(quote: char, separator: char) -> Result<()> {
    let message = if quote == separator {
        format!("`{quote}`, which is also the separator")
    } else if quote.is_ascii_alphanumeric() {
        format!("`{quote}`, which is part of names and numbers")
    } else {
        return Ok(());
    };
    let hint = "use another character, or `quote_char=None` to read quotes as text";
    Err(Error::InvalidOption { what: "quote_char", message, hint })
}
