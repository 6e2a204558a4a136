use mydf_core::kernels::concat::{concat_columns, concat_rows};
use mydf_core::{Column, DType, DataFrame, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

fn check<I: Idx>(parts: &[Column]) {
    let frames: Vec<DataFrame<I>> =
        parts.iter().map(|part| frame(std::slice::from_ref(part))).collect();
    let joined = concat_rows(&frames).unwrap();
    let expected: Vec<Value> = parts.iter().flat_map(values).collect();
    assert_eq!(values(&joined.columns()[0]), expected);
    let known = parts.iter().map(Column::dtype).find(|dtype| **dtype != DType::Null);
    assert_eq!(joined.columns()[0].dtype(), known.unwrap_or(&DType::Null));
}

proptest! {
    #[test]
    fn joins_rows(parts in any_dtype().prop_flat_map(|dtype| {
        let part = (0..30usize, prop::bool::weighted(0.2)).prop_flat_map(move |(height, null)| {
            columns("a", if null { DType::Null } else { dtype.clone() }, height)
        });
        prop::collection::vec(part, 1..6)
    })) {
        every_index!(check(&parts));
    }
}

fn ints(names: &[&str], height: usize) -> DataFrame<u8> {
    frame(&names.iter().map(|name| count_up(name, height)).collect::<Vec<_>>())
}

#[test]
fn what_differs_is_named() {
    let error = concat_rows::<u8>(&[]).unwrap_err();
    assert_eq!(error.to_string(), "concat: no frames");
    let error = concat_rows(&[ints(&["a", "b"], 1), ints(&["a"], 1)]).unwrap_err();
    assert_eq!(error.to_string(), "column not found: `b`");
    let error = concat_rows(&[ints(&["a"], 1), ints(&["a", "b"], 1)]).unwrap_err();
    assert_eq!(error.to_string(), "column not found: `b`");
    let error = concat_rows(&[ints(&["a", "b"], 1), ints(&["b", "a"], 1)]).unwrap_err();
    assert_eq!(error.to_string(), "concat: column 0 of frame 1 is `b`, expected `a` as in frame 0");
    let text = frame(&[column("a", &DType::String, &[Value::Null])]);
    let error = concat_rows(&[ints(&["a"], 1), text]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dtype of `a` in concat: String, expected Int64 as in the frames before"
    );
}

#[test]
fn columns_stand_side_by_side() {
    let both = concat_columns(&[ints(&["a"], 2), ints(&["b", "c"], 2)]).unwrap();
    assert_eq!(both.columns().iter().map(Column::name).collect::<Vec<_>>(), ["a", "b", "c"]);
    let error = concat_columns(&[ints(&["a"], 2), ints(&["b"], 3)]).unwrap_err();
    assert_eq!(error.to_string(), "length of column `b`: 3 rows, expected 2");
    let error = concat_columns(&[ints(&["a"], 2), ints(&["a"], 2)]).unwrap_err();
    assert_eq!(error.to_string(), "duplicate column: `a`");
    assert_eq!(concat_columns::<u8>(&[]).unwrap().width(), 0);
}

#[test]
fn frames_without_columns_stay_without() {
    assert_eq!(concat_rows(&[ints(&[], 0), ints(&[], 0)]).unwrap().width(), 0);
}
