use std::cmp::Ordering;

use mydf_core::kernels::join::{AsOf, Strategy as Nearest, Tolerance, join_asof};
use mydf_core::{Column, DType, Error, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

const STRATEGIES: [Nearest; 3] = [Nearest::Backward, Nearest::Forward, Nearest::Nearest];

/// The distance of two keys.
fn gap(left: &Value, right: &Value) -> Value {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Value::Int((left - right).abs()),
        (Value::Float(left), Value::Float(right)) if left == right => Value::Float(0.0),
        (Value::Float(left), Value::Float(right)) => Value::Float((left - right).abs()),
        _ => unreachable!("keys of one dtype"),
    }
}

fn within(gap: &Value, limit: u8) -> bool {
    match gap {
        Value::Int(gap) => *gap <= limit.into(),
        Value::Float(gap) => *gap <= limit.into(),
        _ => unreachable!("a distance"),
    }
}

fn is_key(value: &Value) -> bool {
    !value.is_null() && !matches!(value, Value::Float(float) if float.is_nan())
}

/// The partner of a key, from a loop over all right rows.
fn partner(
    left: &Key,
    right: &[Key],
    strategy: Nearest,
    limit: Option<u8>,
    equal: bool,
) -> Option<usize> {
    let key = &left.0[0];
    let group = &left.0[1..];
    if !is_key(key) || group.iter().any(Value::is_null) {
        return None;
    }
    let mut best: Option<usize> = None;
    for (row, other) in right.iter().enumerate() {
        let other_key = &other.0[0];
        let same = group.iter().zip(&other.0[1..]).all(|(a, b)| !b.is_null() && a == b);
        if !same || !is_key(other_key) || (!equal && other_key == key) {
            continue;
        }
        let better = match strategy {
            Nearest::Backward => {
                other_key.order(key) != Ordering::Greater
                    && best.is_none_or(|best| other_key.order(&right[best].0[0]) != Ordering::Less)
            }
            Nearest::Forward => {
                other_key.order(key) != Ordering::Less
                    && best.is_none_or(|best| other_key.order(&right[best].0[0]) == Ordering::Less)
            }
            Nearest::Nearest => best.is_none_or(|best| {
                let best_key = &right[best].0[0];
                match gap(key, other_key).order(&gap(key, best_key)) {
                    Ordering::Less => true,
                    Ordering::Greater => false,
                    // Of two keys on the same side that are too far for a difference of their
                    // distances, the one that comes first from here.
                    Ordering::Equal => match other_key.order(best_key) {
                        Ordering::Equal => true,
                        Ordering::Less => false,
                        Ordering::Greater => best_key.order(key) != Ordering::Greater,
                    },
                }
            }),
        };
        if better {
            best = Some(row);
        }
    }
    best.filter(|row| limit.is_none_or(|limit| within(&gap(key, &right[*row].0[0]), limit)))
}

fn check<I: Idx>(left: &[Column], right: &[Column], limit: Option<u8>) {
    let names: Vec<&str> = left.iter().map(Column::name).collect();
    let mut right_columns = vec![count_up("n", right[0].len())];
    right_columns.extend_from_slice(right);
    let (left_frame, right_frame) = (frame::<I>(left), frame::<I>(&right_columns));
    for strategy in STRATEGIES {
        for equal in [true, false] {
            let how = AsOf {
                on: ("a", "a"),
                by: (&names[1..], &names[1..]),
                strategy,
                tolerance: limit.map(|limit| Tolerance::Whole(limit.into())),
                equal,
                suffix: "_right",
            };
            let found = join_asof(&left_frame, &right_frame, &how).unwrap();
            let right_rows = rows(right);
            let expected: Vec<Key> = rows(left)
                .into_iter()
                .map(|mut key| {
                    let row = partner(&key, &right_rows, strategy, limit, equal);
                    key.0.push(row.map_or(Value::Null, |row| Value::Int(row as i128)));
                    key
                })
                .collect();
            assert_eq!(rows(found.columns()), expected, "{how:?}");
        }
    }
}

/// Rows in the order of their first column, nulls anywhere.
fn sorted(columns: &[Column]) -> Vec<Column> {
    let mut keys = rows(columns);
    keys.sort_by(|a, b| a.0[0].order(&b.0[0]));
    let column_of = |place: usize, known: &Column| {
        let values: Vec<Value> = keys.iter().map(|key| key.0[place].clone()).collect();
        column(known.name(), known.dtype(), &values)
    };
    columns.iter().enumerate().map(|(place, known)| column_of(place, known)).collect()
}

/// One key that is ordered, and up to two that are equal, with many duplicates.
fn sides() -> impl Strategy<Value = (Vec<Column>, Vec<Column>)> {
    let key = prop::sample::select(vec![
        DType::Int8,
        DType::Int64,
        DType::UInt64,
        DType::Float64,
        DType::Date,
        DType::Datetime(None),
    ]);
    let by = prop::sample::select(vec![DType::Bool, DType::Int8, DType::String]);
    (key, prop::collection::vec(by, 0..=2), 0..40usize, 0..40usize).prop_flat_map(
        |(key, by, l, r)| {
            let side = |height: usize| {
                let mut dtypes = vec![key.clone()];
                dtypes.extend(by.iter().cloned());
                let named = dtypes.into_iter().zip(["a", "b", "c"]);
                named.map(|(dtype, name)| columns(name, dtype, height)).collect::<Vec<_>>()
            };
            (side(l), side(r))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn joins_on_the_nearest_key_as_a_loop_does((left, right) in sides(), limit in any::<Option<u8>>()) {
        let (left, right) = (sorted(&left), sorted(&right));
        every_index!(check(&left, &right, limit));
    }
}

fn ints(name: &str, values: &[i128]) -> Column {
    let values: Vec<Value> = values.iter().map(|value| Value::Int(*value)).collect();
    column(name, &DType::Int64, &values)
}

const PLAIN: AsOf<'static> = AsOf {
    on: ("a", "a"),
    by: (&[], &[]),
    strategy: Nearest::Backward,
    tolerance: None,
    equal: true,
    suffix: "_right",
};

#[test]
fn keys_that_do_not_ascend_are_refused_with_their_row() {
    let (up, down) = (ints("a", &[1, 2, 3]), ints("a", &[1, 3, 2]));
    let joined = |left: &Column, right: &Column, how: &AsOf<'_>| {
        let other = ints("b", &[0, 0, 1]);
        let left = frame::<u8>(&[left.clone(), other.clone()]);
        join_asof(&left, &frame::<u8>(&[right.clone(), other]), how)
    };
    for (left, right, side) in [(&down, &up, "left"), (&up, &down, "right")] {
        let error = joined(left, right, &PLAIN).unwrap_err();
        assert!(matches!(&error, Error::Unsorted { side: found, row: 2, .. } if *found == side));
        assert!(error.hint().unwrap().contains(".sort(\"a\")"));
        // Only the rows of a group are compared.
        joined(left, right, &AsOf { by: (&["b"], &["b"]), ..PLAIN }).unwrap();
    }
}

#[test]
fn many_rows_on_all_threads_find_the_same_partners_as_a_binary_search() {
    let left: Vec<i128> = (0..200_000).map(|row| row * 7 / 3).collect();
    let right: Vec<i128> = (0..100_000).map(|row| row * 5).collect();
    let right_frame = frame::<u32>(&[ints("a", &right), count_up("n", right.len())]);
    let found = join_asof(&frame::<u32>(&[ints("a", &left)]), &right_frame, &PLAIN).unwrap();
    let wanted = left.iter().map(|key| right.partition_point(|other| other <= key) as i128 - 1);
    let wanted: Vec<Value> = wanted.map(Value::Int).collect();
    assert_eq!(values(found.column("n").unwrap()), wanted);
}

#[test]
fn keys_without_an_order_are_refused() {
    let texts = column("a", &DType::String, &[Value::Text("x".into())]);
    let left = frame::<u8>(&[texts.clone()]);
    let error = join_asof(&left, &left, &PLAIN).unwrap_err().to_string();
    assert_eq!(error, "dtype of `a` in join_asof: String, expected a number, a date or a datetime");
}
