//! The kernels compared with simple oracles, for every width of the row index.

#![allow(
    clippy::float_cmp,
    clippy::cast_lossless,
    clippy::cloned_ref_to_slice_refs,
    clippy::wrong_self_convention,
    clippy::too_many_lines,
    reason = "an oracle is written plainly, and compares to the bit"
)]

mod aggregate;
mod asof;
mod concat;
mod filter;
mod join;
mod limits;
mod sort;
mod take;
mod unique;
mod values;
mod windows;

/// Runs a generic check with each type of row index.
#[macro_export]
macro_rules! every_index {
    ($check:ident ( $($argument:expr),* )) => {
        $check::<u8>($($argument),*);
        $check::<u16>($($argument),*);
        $check::<u32>($($argument),*);
        $check::<u64>($($argument),*);
    };
}
