//! Arrow's `PyCapsule` interface: in with checks and a copy, out without a copy.

mod abi;
mod copy;
mod export;
mod import;
mod text;
mod types;

pub(crate) use export::{
    array_capsules, column_as, column_field, frame_as, frame_field, schema_capsule, stream_capsule,
};
pub(crate) use import::{frame, series};

/// The advice for data that breaks the rules of the interface.
const PRODUCER: &str = "the library that made the data has a bug; check the data there, e.g. with \
                        pyarrow's `validate(full=True)`";
