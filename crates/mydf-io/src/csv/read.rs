//! Reading: the file is checked first, then columns are built.

use mydf_core::frame::check_rows;
use mydf_core::{DataFrame, Error, Idx, Result};

use super::ReadOptions;
use super::columns;
use super::input::Input;
use super::layout::File;
use super::scan::Syntax;
use crate::source::Source;

pub(super) fn read<I: Idx>(source: &Source<'_>, options: &ReadOptions) -> Result<DataFrame<I>> {
    let syntax = syntax(options)?;
    let whole = source.whole()?;
    let file = File { path: source.name(), bytes: whole.bytes() };
    let input = Input { file, syntax, options, shared: whole.shared() };
    let (names, data) = input.names()?;
    let selected = input.selected(&names)?;
    let chunks = input.chunks(&names, data)?;
    check_rows::<I>(chunks.iter().map(|chunk| chunk.rows as u64).sum())?;
    DataFrame::new(columns::columns(&input, &names, &selected, &chunks)?)
}

fn syntax(options: &ReadOptions) -> Result<Syntax> {
    let usable = |what: &str, byte: u8| {
        if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) {
            return Ok(byte);
        }
        let message =
            format!("byte 0x{byte:02x}, expected an ASCII character other than a line end");
        Err(Error::Value { what: what.to_owned(), message })
    };
    let separator = usable("separator", options.separator)?;
    let quote = options.quote.map(|quote| usable("quote", quote)).transpose()?;
    if quote == Some(separator) {
        let message = format!("`{}`, which is also the separator", separator as char);
        return Err(Error::Value { what: "quote".to_owned(), message });
    }
    Ok(Syntax { separator, quote })
}
