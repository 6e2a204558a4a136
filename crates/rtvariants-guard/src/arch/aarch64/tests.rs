//! What only the assembly of arm64 does.

use super::{BASELINE, check};
use crate::arch::tests::impossible;
use crate::layout::Needs;

#[test]
fn keeps_the_callers_registers() {
    let needs = Needs::new("fast", &[impossible("x")], BASELINE, &0);
    let refused: u64;
    let (mut x20, mut x21, mut x22, mut x23, mut x24) = (20_u64, 21_u64, 22_u64, 23_u64, 24_u64);
    // SAFETY: calls a C function with its argument in the convention's register; everything that
    // changes is declared.
    unsafe {
        core::arch::asm!(
            "bl {check}",
            check = sym check,
            inout("x20") x20,
            inout("x21") x21,
            inout("x22") x22,
            inout("x23") x23,
            inout("x24") x24,
            inlateout("x0") &raw const needs => refused,
            clobber_abi("C"),
        );
    }
    assert_eq!((x20, x21, x22, x23, x24), (20, 21, 22, 23, 24));
    assert_eq!(refused as u32, 1);
}
