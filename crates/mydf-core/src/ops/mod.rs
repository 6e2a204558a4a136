//! Operators on whole frames, generic over the row index.

pub mod aggregate;
pub mod concat;
pub mod group_by;
pub mod groups;
pub mod join;
pub mod sort;
pub mod take;
pub mod unique;
