//! Frames for pickling: a header in a few bytes, and the buffers of the columns as they are.
//!
//! The same in every runtime. The sender copies a buffer only where the frame is a slice that
//! starts in the middle of a byte, or whose texts are less than half of the shared ones. The
//! receiver shares memory that nobody can write to, copies other memory, and checks what it gets.

mod arrays;
mod buffers;
mod header;

use std::sync::Arc;

use arrow_buffer::Buffer;
use arrow_schema::Schema;
use mydf_core::frame::check_rows;
use mydf_core::{Column, DataFrame, Idx, Result};
use rayon::prelude::*;

pub(crate) use self::buffers::{Lent, Received};
use self::header::Header;
use crate::error::Fault;
use crate::interchange::column_field;

/// The frame as a header and its buffers that are not empty.
pub(crate) fn dump<I: Idx>(frame: &DataFrame<I>) -> Result<(Vec<u8>, Vec<Buffer>)> {
    let fields: Vec<_> = frame.columns().iter().map(column_field).collect();
    let (mut layout, mut parts) = (Vec::new(), Vec::new());
    for column in frame.columns() {
        arrays::take_apart(column.values(), &mut layout, &mut parts)?;
    }
    let header = Header { rows: frame.height() as u64, schema: Schema::new(fields), layout };
    Ok((header.to_bytes()?, parts))
}

/// What the header says, if this runtime can have such a frame.
pub(crate) fn announced<I: Idx>(bytes: &[u8]) -> Result<Header, Fault> {
    let header = Header::from_bytes(bytes)?;
    check_rows::<I>(header.rows)?;
    Ok(header)
}

/// The frame of a header and its buffers.
pub(crate) fn load<I: Idx>(header: Header, parts: Vec<Buffer>) -> Result<DataFrame<I>, Fault> {
    let mut parts = arrays::Parts::new(&header.layout, parts);
    let mut columns = Vec::with_capacity(header.schema.fields().len());
    for field in header.schema.fields() {
        let array = parts.next(field.data_type(), field.name())?;
        if array.rows() as u64 != header.rows {
            let fact = format!("{} rows, the frame has {}", array.rows(), header.rows);
            return Err(header::damaged(&format!("column `{}`: {fact}", field.name())));
        }
        columns.push((Arc::<str>::from(field.name().as_str()), array));
    }
    parts.end()?;
    // Text is the only part that takes time.
    let columns: Result<Vec<Column>, Fault> = columns
        .into_par_iter()
        .map(|(name, array)| Ok(Column::imported(Arc::clone(&name), array.checked(&name)?)?))
        .collect();
    Ok(DataFrame::new(columns?)?)
}

/// The bytes of the frame's own rows. Texts that several rows share count once at most.
pub(crate) fn nbytes<I: Idx>(frame: &DataFrame<I>) -> usize {
    frame.columns().iter().map(|column| arrays::nbytes(column.values())).sum()
}
