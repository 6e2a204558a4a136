use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use mydf_core::kernels::sort::{SortOrder, argsort, sort, sort_column};
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
    let found = sort_column::<I>(&keys[0], orders[0]).unwrap();
    let first = values(&keys[0]);
    let one = self::expected(&keys[..1], orders);
    assert_eq!(values(&found), one.into_iter().map(|row| first[row].clone()).collect::<Vec<_>>());
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

/// Larger than what all threads deal out together, with each kind of distribution.
#[test]
fn a_million_rows_of_every_shape() {
    let height = 530_000i128;
    let mixed =
        |n: i128| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n * n * 7_919)) & 0xffff_ffff_ffff;
    let shapes: [(&str, &dyn Fn(i128) -> i128); 8] = [
        ("spread", &|n| mixed(n) << 15),
        ("few values", &|n| (mixed(n) % 3) << 60),
        ("one value", &|_| 7),
        ("skewed", &|n| if n % 1_000 == 0 { mixed(n) << 14 } else { mixed(n) % 100_000 }),
        ("in order", &|n| n / 3),
        ("reversed", &|n| -(n / 3)),
        ("almost in order", &|n| if n % 50_000 == 7 { 0 } else { n }),
        ("extremes", &|n| [i64::MIN.into(), i64::MAX.into(), 0, -1, mixed(n)][(n % 5) as usize]),
    ];
    for (name, shape) in shapes {
        println!("{name}");
        let cells: Vec<Value> = (0..height).map(|n| Value::Int(shape(n))).collect();
        let order = if name.len() % 2 == 0 { UP } else { DOWN };
        check::<u32>(&[column("k", &DType::Int64, &cells)], &[order]);
    }
    // Floats share most of their highest bits.
    let cells: Vec<Value> = (0..height).map(|n| Value::Float(1.0 / mixed(n) as f64)).collect();
    check::<u64>(&[column("k", &DType::Float64, &cells)], &[DOWN]);
}

#[test]
fn texts_of_every_length_and_prefix() {
    let long = "y".repeat(70_000);
    let height = 66_000i128;
    let mixed = |n: i128| (n * n * 7_919 + n * 104_729) % 1_000_003;
    let shapes: [(&str, &dyn Fn(i128) -> String); 8] = [
        ("numbers", &|n| format!("id{:010}", mixed(n) % 1_000)),
        ("lengths around the view's", &|n| {
            "twelve bytes and more"[..(mixed(n) % 22) as usize].into()
        }),
        ("addresses", &|n| {
            format!("https://www.example.com/a/long/path/{}/{}", mixed(n) % 5, mixed(n))
        }),
        ("two long starts", &|n| {
            format!("{}{}", ["a", "b"][(n % 2) as usize].repeat(40), mixed(n) % 9)
        }),
        ("every byte", &|n| (0..6).map(|k| char::from((mixed(n * 7 + k) % 128) as u8)).collect()),
        ("zeros at the end", &|n| "\0".repeat((mixed(n) % 20) as usize)),
        ("other scripts", &|n| ["日本", "ß", "ö", "", "日"][(mixed(n) % 5) as usize].repeat(3)),
        ("very long", &|n| if n % 30_000 == 0 { format!("{long}{}", n % 7) } else { "y".into() }),
    ];
    let few: Vec<Value> = (0..height).map(|n| Value::Int(mixed(n) % 11)).collect();
    let few = column("f", &DType::Int8, &few);
    for (name, shape) in shapes {
        println!("{name}");
        for modulus in [i128::MAX, 17] {
            let cells: Vec<Value> = (0..height)
                .map(|n| if n % modulus == 5 { Value::Null } else { Value::Text(shape(n)) })
                .collect();
            let texts = column("t", &DType::String, &cells);
            check::<u32>(&[texts.clone()], &[if modulus == 17 { DOWN } else { UP }]);
            check::<u64>(&[few.clone(), texts], &[DOWN, UP]);
        }
    }
}

#[test]
fn one_column_is_sorted_without_row_numbers() {
    let bits = |column: &Column| {
        let array = column.values().as_primitive::<arrow_array::types::Float64Type>().clone();
        array.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
    };
    // Equal values that differ keep their order.
    let cells = [0.0, -0.0, 1.0, f64::NAN, -0.0, -f64::NAN, 0.0, f64::NEG_INFINITY];
    let cells = cells.map(Value::Float);
    let sorted = sort_column::<u8>(&column("k", &DType::Float64, &cells), UP).unwrap();
    let expected = [f64::NEG_INFINITY, 0.0, -0.0, -0.0, 0.0, 1.0, f64::NAN, -f64::NAN];
    assert_eq!(bits(&sorted), expected.map(f64::to_bits));
    for dtype in [DType::Null, DType::Bool, DType::String] {
        let nulls = column("k", &dtype, &vec![Value::Null; 3]);
        assert_eq!(values(&sort_column::<u8>(&nulls, DOWN).unwrap()), vec![Value::Null; 3]);
        let empty = column("k", &dtype, &[]);
        assert!(argsort::<u8>(&[empty.clone()], &[UP]).unwrap().is_empty());
        assert!(sort_column::<u8>(&empty, UP).unwrap().is_empty());
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let height = 530_000i128;
    let numbers: Vec<Value> = (0..height).map(|n| Value::Int((n * 7_919) % 1_013)).collect();
    let texts: Vec<Value> = (0..height).map(|n| Value::Text(format!("{}", n % 7))).collect();
    let keys = [column("n", &DType::Int64, &numbers), column("t", &DType::String, &texts)];
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| argsort::<u32>(&keys, &[UP, DOWN]).unwrap())
    };
    let one = with(1);
    assert_eq!(one, with(2));
    assert_eq!(one, with(5));
}

#[test]
fn a_sort_stops_when_it_is_asked_to() {
    let key = count_up("k", 1_000);
    let stop = mydf_core::interrupt::Interrupt::default();
    stop.set();
    let keys = [key.clone(), key];
    let found = stop.guard(|| argsort::<u32>(&keys, &[DOWN, UP]));
    assert!(matches!(found, Err(mydf_core::Error::Interrupted)));
}
