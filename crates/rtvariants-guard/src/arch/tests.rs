//! The assembly, called in-process and compared with the oracle of its instruction set.

use std::string::String;
use std::vec::Vec;

use super::oracle::{IMPOSSIBLE, has};
use super::{BASELINE, check};
use crate::layout::{Feature, Needs, SYSTEM, UNCHECKED};
use crate::python::stand_ins::take_raised;

// `module!` does the same in the crate that it guards.
#[allow(unexpected_cfgs)]
const FEATURES: &[Feature] = &crate::__features!();

pub(super) fn feature(name: &'static str, (word, mask): (u32, u64), state: u32) -> Feature {
    Feature { name, compiled: true, word, mask, state }
}

/// A feature that no CPU has.
pub(super) fn impossible(name: &'static str) -> Feature {
    feature(name, IMPOSSIBLE, 0)
}

/// The message of a check, or `None` if it passes.
pub(super) fn run(features: &[Feature]) -> Option<String> {
    let needs = Needs::new("fast", features, BASELINE, &0);
    take_raised();
    // SAFETY: the stand-ins don't need an interpreter.
    let refused = unsafe { check(&needs) };
    let message = take_raised();
    assert_eq!(refused != 0, message.is_some());
    message
}

/// Every feature that the check compares, as if the compiler had used it.
fn checked() -> impl Iterator<Item = Feature> {
    FEATURES
        .iter()
        .filter(|each| each.word != UNCHECKED && each.word != SYSTEM)
        .filter(|each| !BASELINE.contains(&each.name))
        .map(|each| feature(each.name, (each.word, each.mask), each.state))
}

#[test]
fn passes_without_needs() {
    assert_eq!(run(&[]), None);
}

#[test]
fn agrees_with_the_oracle_on_each_feature() {
    for each in checked() {
        let message = run(core::slice::from_ref(&each));
        assert_eq!(message.is_none(), has(&each), "{}: {message:?}", each.name);
        if let Some(message) = message {
            assert!(message.contains(&std::format!("lacks: {}", each.name)), "{message}");
        }
    }
}

#[test]
fn agrees_with_the_oracle_on_many_features_at_once() {
    let mut random: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..200 {
        let some: Vec<Feature> = checked()
            .filter(|_| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                random >> 62 == 0
            })
            .collect();
        let missing: Vec<&str> =
            some.iter().filter(|each| !has(each)).map(|each| each.name).collect();
        match run(&some) {
            None => assert!(missing.is_empty(), "{missing:?}"),
            Some(message) => {
                let (_, named) = message.split_once("lacks: ").unwrap();
                let named = named.split(['\n', '(']).next().unwrap().trim_end();
                assert_eq!(named, missing.join(", "));
            }
        }
    }
}

#[test]
fn names_everything_that_is_missing() {
    let message = run(&[
        feature("nothing", (IMPOSSIBLE.0, 0), 0),
        impossible("never1"),
        impossible("sse4.1-or-not"),
        feature("nothing", (IMPOSSIBLE.0, 0), 0),
        impossible("never2"),
    ]);
    assert_eq!(
        message.unwrap(),
        "rtvariants: `fast` needs CPU features that this processor lacks: never1, sse4.1-or-not, \
         never2\nhint: use a runtime that is built for an older CPU level"
    );
}

#[test]
fn skips_what_is_not_compiled_in_and_the_baseline() {
    let unused = Feature { compiled: false, ..impossible("unused") };
    assert_eq!(run(&[unused, impossible(BASELINE[0]), feature("hint", (SYSTEM, 0), 0)]), None);
}

#[test]
fn the_longest_message_fits() {
    let all: Vec<Feature> = checked().map(|each| impossible(each.name)).collect();
    let message = run(&all).unwrap();
    let (first, last) = (all[0].name, all[all.len() - 1].name);
    assert!(message.contains(&std::format!("lacks: {first}, ")), "{message}");
    assert!(message.contains(&std::format!(", {last}\nhint: ")), "{message}");
}

#[test]
fn the_list_is_sorted_as_the_stamp_requires() {
    let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
}

#[test]
#[should_panic(expected = "can't check")]
fn refuses_what_it_cannot_check() {
    run(&[feature("avx10.2", (UNCHECKED, 0), 0)]);
}
