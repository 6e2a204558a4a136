//! At the row limit of an 8-bit index, every operator works; one row above it is an error.

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::kernels::aggregate::aggregate_groups;
use mydf_core::kernels::concat::concat_rows;
use mydf_core::kernels::filter::filter;
use mydf_core::kernels::groups::group;
use mydf_core::kernels::join::{JoinHow, cross, join};
use mydf_core::kernels::sort::{SortOrder, argsort, sort};
use mydf_core::kernels::take::take;
use mydf_core::kernels::unique::{Keep, unique};
use mydf_core::kernels::windows::{Partition, WindowOp, over_rows};
use mydf_core::{Column, DType, DataFrame, Error};

use crate::values::*;

const LIMIT: usize = 255;

fn full() -> DataFrame<u8> {
    frame(&[count_up("n", LIMIT)])
}

fn assert_too_many<T>(result: mydf_core::Result<T>, expected: u64) {
    match result {
        Err(Error::TooManyRows { rows, limit: 255, bits: 8 }) => assert_eq!(rows, expected),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{expected} rows fit into 8 bits"),
    }
}

fn constant(name: &str, height: usize) -> Column {
    column(name, &DType::Int64, &vec![Value::Int(1); height])
}

#[test]
fn frames() {
    assert_too_many(DataFrame::<u8>::new(vec![count_up("n", LIMIT + 1)]), 256);
}

#[test]
fn takes() {
    let rows: Vec<u8> = vec![254; LIMIT];
    assert_eq!(take(&full(), &rows).unwrap().height(), LIMIT);
    assert_too_many(take(&full(), &[3; LIMIT + 1]), 256);
}

#[test]
fn filters() {
    for dropped in [LIMIT, 0, LIMIT - 1] {
        let mask: arrow_array::BooleanArray = (0..LIMIT).map(|row| Some(row != dropped)).collect();
        let kept = LIMIT - usize::from(dropped < LIMIT);
        assert_eq!(filter(&full(), &mask).unwrap().height(), kept);
    }
}

#[test]
fn windows() {
    let partition = Partition::<u8>::whole(LIMIT).unwrap();
    let op = WindowOp::Shift(-254);
    let shifted = over_rows(&count_up("n", LIMIT), op, &partition).unwrap();
    assert_eq!(values(&shifted)[0], Value::Int(254));
    assert_too_many(Partition::<u8>::whole(LIMIT + 1), 256);
}

#[test]
fn sorts() {
    let order = [SortOrder { descending: true, nulls_last: false }];
    let sorted = sort(&full(), full().columns(), &order).unwrap();
    assert_eq!(values(&sorted.columns()[0])[0], Value::Int(254));
    assert_too_many(argsort::<u8>(&[count_up("n", LIMIT + 1)], &order), 256);
}

#[test]
fn groups() {
    let groups = group::<u8>(full().columns(), LIMIT).unwrap();
    assert_eq!(groups.first.len(), LIMIT);
    // Numbers are neither true nor false.
    let truths = [AggOp::Any, AggOp::All];
    for &op in AggOp::ALL.iter().filter(|op| !truths.contains(op)) {
        assert_eq!(aggregate_groups(&full().columns()[0], op, &groups).unwrap().len(), LIMIT);
    }
    let sums = aggregate_groups(&full().columns()[0], AggOp::Sum, &groups).unwrap();
    assert_eq!(values(&sums), values(&full().columns()[0]));
    assert_too_many(group::<u8>(&[count_up("n", LIMIT + 1)], LIMIT + 1), 256);
    assert_too_many(group::<u8>(&[], LIMIT + 1), 256);
}

#[test]
fn uniques() {
    for keep in [Keep::First, Keep::Last, Keep::None] {
        assert_eq!(unique(&full(), None, keep).unwrap().height(), LIMIT);
    }
}

#[test]
fn concats() {
    let one = frame(&[count_up("n", 1)]);
    let joined = concat_rows(&[full().slice(0, LIMIT - 1), one.clone()]).unwrap();
    assert_eq!(joined.height(), LIMIT);
    assert_too_many(concat_rows(&[full(), one]), 256);
}

#[test]
fn joins() {
    for how in [JoinHow::Inner, JoinHow::Left, JoinHow::Right, JoinHow::Full, JoinHow::Semi] {
        let found = join(&full(), &full(), &["n"], &["n"], how, "_r").unwrap();
        assert_eq!(found.height(), LIMIT);
    }
    let ones = |height| frame::<u8>(&[constant("n", height), count_up("m", height)]);
    assert_eq!(
        join(&ones(15), &ones(17), &["n"], &["n"], JoinHow::Inner, "_r").unwrap().height(),
        LIMIT
    );
    assert_too_many(join(&ones(16), &ones(16), &["n"], &["n"], JoinHow::Inner, "_r"), 256);
    for how in [JoinHow::Left, JoinHow::Right, JoinHow::Full] {
        assert_too_many(join(&ones(255), &ones(255), &["n"], &["n"], how, "_r"), 65_025);
    }
    // All rows of one side are within the limit, but not those of both.
    let others = frame::<u8>(&[count_up("o", LIMIT)]);
    let left = frame::<u8>(&[constant("n", 1)]);
    let none = join(&left, &others, &["n"], &["o"], JoinHow::Full, "").unwrap();
    assert_eq!(none.height(), LIMIT);
    let left = frame::<u8>(&[column("n", &DType::Int64, &[Value::Int(-1)])]);
    assert_too_many(join(&left, &others, &["n"], &["o"], JoinHow::Full, ""), 256);
    assert_eq!(cross(&ones(15), &ones(17), "_r").unwrap().height(), LIMIT);
    assert_too_many(cross(&ones(16), &ones(16), "_r"), 256);
    assert_too_many(cross(&ones(255), &ones(255), "_r"), 65_025);
    assert_eq!(
        join(&ones(255), &ones(255), &["n"], &["n"], JoinHow::Semi, "").unwrap().height(),
        LIMIT
    );
    assert_eq!(
        join(&ones(255), &ones(255), &["n"], &["n"], JoinHow::Anti, "").unwrap().height(),
        0
    );
}

#[test]
fn text_keys() {
    let texts: Vec<Value> = (0..LIMIT).map(|n| Value::Text(format!("text number {n}"))).collect();
    let texts = frame::<u8>(&[column("t", &DType::String, &texts)]);
    assert_eq!(group::<u8>(texts.columns(), LIMIT).unwrap().first.len(), LIMIT);
    let found = join(&texts, &texts, &["t"], &["t"], JoinHow::Inner, "").unwrap();
    assert_eq!(found.height(), LIMIT);
}
