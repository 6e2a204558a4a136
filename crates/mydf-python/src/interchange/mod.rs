//! Arrow's `PyCapsule` interface: in with checks and a copy, out without a copy.

mod abi;
mod copy;
mod export;
mod import;
mod rows;
mod text;
mod types;

pub(crate) use export::{
    array_capsules, column_as, column_field, frame_as, frame_field, schema_capsule, stream_capsule,
};
pub(crate) use import::{frame, series};
