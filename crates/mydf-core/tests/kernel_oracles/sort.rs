use std::cmp::Ordering;

use mydf_core::kernels::sort::{SortOrder, argsort, sort};
use mydf_core::{Column, DType, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

fn order(left: &Value, right: &Value, order: SortOrder) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if order.nulls_last => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, true) if order.nulls_last => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) if order.descending => right.order(left),
        (false, false) => left.order(right),
    }
}

/// The standard library's stable sort.
fn expected(keys: &[Column], orders: &[SortOrder]) -> Vec<usize> {
    let keys: Vec<Vec<Value>> = keys.iter().map(values).collect();
    let mut rows: Vec<usize> = (0..keys[0].len()).collect();
    rows.sort_by(|left, right| {
        let mut compared = keys.iter().zip(orders);
        compared
            .find_map(|(key, o)| Some(order(&key[*left], &key[*right], *o)).filter(|o| o.is_ne()))
            .unwrap_or(Ordering::Equal)
    });
    rows
}

fn check<I: Idx>(keys: &[Column], orders: &[SortOrder]) {
    let found: Vec<usize> =
        argsort::<I>(keys, orders).unwrap().into_iter().map(I::to_usize).collect();
    let expected = expected(keys, orders);
    assert_eq!(found, expected);
    let sorted = sort(&frame::<I>(keys), keys, orders).unwrap();
    let before = rows(keys);
    let expected: Vec<Key> = expected.into_iter().map(|row| before[row].clone()).collect();
    assert_eq!(rows(sorted.columns()), expected);
}

fn orders() -> impl Strategy<Value = Vec<SortOrder>> {
    let order = (any::<bool>(), any::<bool>())
        .prop_map(|(descending, nulls_last)| SortOrder { descending, nulls_last });
    prop::collection::vec(order, 3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn sorts_as_the_standard_library(keys in any_columns(60), orders in orders()) {
        every_index!(check(&keys, &orders[..keys.len()]));
    }
}

const UP: SortOrder = SortOrder { descending: false, nulls_last: false };
const DOWN: SortOrder = SortOrder { descending: true, nulls_last: true };

#[test]
fn many_rows_go_the_parallel_way() {
    let height = 150_000i128;
    let mixed = |n: i128, modulus: i128| (n * 7_919 + 13) % modulus;
    for modulus in [5, 1_000, 1 << 40, i128::from(u64::MAX)] {
        for dtype in [DType::Int64, DType::UInt32, DType::Float64] {
            let spread: Vec<Value> = (0..height)
                .map(|n| match dtype {
                    _ if n % 1_001 == 0 => Value::Null,
                    DType::Float64 => Value::Float(mixed(n * n * n, modulus) as f64 - 1e6),
                    DType::UInt32 => Value::Int(mixed(n * n * n, modulus) % (1 << 32)),
                    _ => Value::Int(mixed(n * n * n * n, modulus) - (1 << 60)),
                })
                .collect();
            let key = column("k", &dtype, &spread);
            for order in [UP, DOWN] {
                check::<u32>(&[key.clone()], &[order]);
            }
        }
    }
    let texts: Vec<Value> =
        (0..height).map(|n| Value::Text(format!("prefix{}", mixed(n * n, 70_001)))).collect();
    let texts = column("t", &DType::String, &texts);
    check::<u32>(&[texts.clone()], &[DOWN]);
    let few: Vec<Value> = (0..height).map(|n| Value::Int(mixed(n, 11))).collect();
    check::<u64>(&[column("f", &DType::Int8, &few), texts], &[DOWN, UP]);
}

#[test]
fn two_keys_of_64_bits_do_not_fit_into_one_code() {
    let wide = [i64::MAX, i64::MIN, 0, i64::MIN, i64::MAX, 0, 7];
    let left: Vec<Value> = wide.iter().map(|n| Value::Int((*n).into())).collect();
    let right: Vec<Value> = wide.iter().rev().map(|n| Value::Int((*n).into())).collect();
    let keys = [column("l", &DType::Int64, &left), column("r", &DType::Int64, &right)];
    every_index!(check(&keys, &[DOWN, UP]));
}

#[test]
fn wrong_keys_are_errors() {
    let key = count_up("k", 3);
    assert_eq!(argsort::<u8>(&[], &[]).unwrap_err().to_string(), "sort: no keys");
    let error = argsort::<u8>(&[key.clone()], &[]).unwrap_err();
    assert_eq!(error.to_string(), "sort: 1 keys but 0 orders");
    let error = argsort::<u8>(&[key.clone(), count_up("j", 2)], &[UP, UP]).unwrap_err();
    assert_eq!(error.to_string(), "sort: key `k` has 3 rows, key `j` has 2");
    let error = sort(&frame::<u8>(&[count_up("a", 2)]), &[key], &[UP]).unwrap_err();
    assert_eq!(error.to_string(), "length of column `k`: 3 rows, expected 2");
}
