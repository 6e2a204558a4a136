//! The assembly, called in-process: Python's two symbols are stand-ins that keep the message.

use core::ffi::{CStr, c_char, c_void};
use std::cell::RefCell;
use std::string::{String, ToString};
use std::vec::Vec;

use super::{BASELINE, Feature, Needs, check, state, word};

// `module!` does the same in the crate that it guards.
#[allow(unexpected_cfgs)]
const FEATURES: &[Feature] = &crate::__features!();

std::thread_local! {
    static RAISED: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[unsafe(no_mangle)]
static mut PyExc_ImportError: *mut c_void = core::ptr::without_provenance_mut(0x1234);

#[unsafe(no_mangle)]
extern "C" fn PyErr_SetString(exception: *mut c_void, message: *const c_char) {
    assert_eq!(exception.addr(), 0x1234);
    // An aligned stack is part of the calling convention: SSE code in Python relies on it.
    let aligned: u128 = 0;
    assert_eq!((&raw const aligned).addr() % 16, 0);
    // SAFETY: the check hands over a text that ends with zero.
    let text = unsafe { CStr::from_ptr(message) }.to_str().unwrap().to_string();
    RAISED.with(|raised| *raised.borrow_mut() = Some(text));
}

fn feature(name: &'static str, word: u32, mask: u32, state: u32) -> Feature {
    Feature { name, compiled: true, word, mask, state }
}

/// The message of a check, or none where it passed.
fn run(features: &[Feature]) -> Option<String> {
    let needs = Needs::new("fast", features, BASELINE, &0);
    RAISED.with(|raised| *raised.borrow_mut() = None);
    // SAFETY: the stand-ins don't care about an interpreter.
    let refused = unsafe { check(&needs) };
    let message = RAISED.with(|raised| raised.borrow_mut().take());
    assert_eq!(refused != 0, message.is_some());
    message
}

#[test]
fn passes_without_needs() {
    assert_eq!(run(&[]), None);
}

#[test]
fn passes_what_this_machine_has() {
    let mut sure = std::vec![feature("fpu", word::LEAF1_EDX, 1, state::NONE)];
    for (has, name, word, bit, state) in [
        (std::is_x86_feature_detected!("avx2"), "avx2", word::LEAF7_EBX, 5, state::YMM),
        (std::is_x86_feature_detected!("lzcnt"), "lzcnt", word::LEAF81_ECX, 5, state::NONE),
        (std::is_x86_feature_detected!("avx512f"), "avx512f", word::LEAF7_EBX, 16, state::ZMM),
        (std::is_x86_feature_detected!("xsavec"), "xsavec", word::LEAFD_1_EAX, 1, state::XSAVE),
    ] {
        if has {
            sure.push(feature(name, word, 1 << bit, state));
        } else {
            assert!(run(&[feature(name, word, 1 << bit, state)]).unwrap().contains(name));
        }
    }
    assert_eq!(run(&sure), None);
}

#[test]
fn names_everything_that_is_missing() {
    // Bits 10 and 20 of leaf 1's edx are reserved and zero.
    let message = run(&[
        feature("fpu", word::LEAF1_EDX, 1, state::NONE),
        feature("never1", word::LEAF1_EDX, 1 << 10, state::NONE),
        feature("sse4.1-or-not", word::LEAF1_EDX, 1 << 20, state::NONE),
        feature("never2", word::LEAF1_EDX, 1 << 10, state::NONE),
    ]);
    assert_eq!(
        message.unwrap(),
        "rtvariants: `fast` needs CPU features that this processor lacks: never1, sse4.1-or-not, \
         never2\nhint: use a runtime that is built for an older CPU level"
    );
}

#[test]
fn blames_the_operating_system_for_state() {
    // XCR0 bit 30 is reserved: no system enables it.
    let message = run(&[feature("future", word::LEAF1_EDX, 1, 1 << 30)]).unwrap();
    assert!(message.contains("lacks: future (the processor has some of them"), "{message}");
    assert!(message.contains("\nhint: "), "{message}");
}

#[test]
fn keeps_the_callers_registers() {
    let needs = Needs::new("fast", &[feature("x", word::LEAF1_EDX, 1 << 10, 0)], BASELINE, &0);
    let (mut r12, mut r13, mut r14) = (12_u64, 13_u64, 14_u64);
    let (rbx, refused): (u64, u64);
    // SAFETY: calls a C function with its argument in the convention's register. The compiler
    // keeps rbx for itself, so it is parked in r15 meanwhile; all else that changes is declared.
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

#[test]
fn the_longest_message_fits() {
    let names: Vec<Feature> = FEATURES
        .iter()
        .filter(|feature| feature.word != word::UNCHECKED)
        .map(|feature| self::feature(feature.name, word::LEAF1_EDX, 1 << 10, state::NONE))
        .collect();
    let message = run(&names).unwrap();
    assert!(message.contains("adx, aes"), "{message}");
    assert!(message.contains("xsaves\nhint: "), "{message}");
}

#[test]
fn the_list_is_sorted_as_the_stamp_wants_it() {
    let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
#[should_panic(expected = "can't check")]
fn refuses_what_it_cannot_check() {
    run(&[feature("avx10.2", word::UNCHECKED, 0, state::ZMM)]);
}
