//! What only the assembly of x86-64 does.

use super::{BASELINE, check, state, word};
use crate::arch::tests::{feature, impossible, run};
use crate::layout::Needs;

#[test]
fn agrees_with_the_standard_library() {
    let detected = [
        (std::is_x86_feature_detected!("avx2"), "avx2", word::LEAF7_EBX, 5, state::YMM),
        (std::is_x86_feature_detected!("lzcnt"), "lzcnt", word::LEAF81_ECX, 5, 0),
        (std::is_x86_feature_detected!("avx512f"), "avx512f", word::LEAF7_EBX, 16, state::ZMM),
        (std::is_x86_feature_detected!("xsavec"), "xsavec", word::LEAFD_1_EAX, 1, state::XSAVE),
    ];
    for (has, name, word, bit, state) in detected {
        assert_eq!(run(&[feature(name, (word, 1 << bit), state)]).is_none(), has, "{name}");
    }
}

#[test]
fn blames_the_operating_system_for_state_that_it_does_not_save() {
    // XCR0 bit 30 is reserved: no system enables it.
    let message = run(&[feature("future", (word::LEAF1_EDX, 1), 1 << 30)]).unwrap();
    assert!(message.contains("lacks: future (the processor has some of them"), "{message}");
    assert!(message.contains("\nhint: "), "{message}");
}

#[test]
fn keeps_the_callers_registers() {
    let needs = Needs::new("fast", &[impossible("x")], BASELINE, &0);
    let (mut r12, mut r13, mut r14) = (12_u64, 13_u64, 14_u64);
    let (rbx, refused): (u64, u64);
    // SAFETY: calls a C function with its argument in the convention's register. The compiler
    // reserves rbx, so r15 saves it meanwhile; everything else that changes is declared.
    unsafe {
        core::arch::asm!(
            "mov r15, rbx",
            "mov rbx, 77",
            "call {check}",
            "xchg rbx, r15",
            check = sym check,
            inout("r12") r12,
            inout("r13") r13,
            inout("r14") r14,
            lateout("r15") rbx,
            in("rdi") &raw const needs,
            lateout("rax") refused,
            clobber_abi("C"),
        );
    }
    assert_eq!((rbx, r12, r13, r14, refused), (77, 12, 13, 14, 1));
}
