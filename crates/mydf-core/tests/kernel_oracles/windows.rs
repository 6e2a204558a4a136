//! Operators over rows, against searches through each group.

use std::cmp::Ordering;

use mydf_core::kernels::aggregate::{AggOp, aggregate};
use mydf_core::kernels::groups::group;
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::take::take_column;
use mydf_core::kernels::windows::{
    Cumulative, Partition, RankMethod, Rolling, WindowOp, over_rows,
};
use mydf_core::{Column, DType, Error, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

/// What the operator makes of the values of one group, in order; `None` where another check is
/// better.
fn expected(op: WindowOp, all: &[Value]) -> Option<Vec<Value>> {
    let int = |number: usize| Value::Int(number as i128);
    let rows = 0..all.len();
    let at = |row: Option<usize>| row.and_then(|row| all.get(row).cloned()).unwrap_or(Value::Null);
    let source = |row: usize, by: i64| usize::try_from(row as i128 - i128::from(by)).ok();
    let ordered = |order: SortOrder| {
        let mut sorted: Vec<usize> = rows.clone().collect();
        sorted.sort_by(|left, right| compare(&all[*left], &all[*right], order));
        sorted
    };
    Some(match op {
        WindowOp::Shift(by) => rows.map(|row| at(source(row, by))).collect(),
        WindowOp::Gaps(by) => rows
            .map(|row| Value::Bool(source(row, by).is_none_or(|source| source >= all.len())))
            .collect(),
        WindowOp::ForwardFill(limit) => rows
            .map(|row| {
                let start = row.saturating_sub(limit.unwrap_or(row));
                let last = (start..=row).rev().find(|row| !all[*row].is_null());
                at(last)
            })
            .collect(),
        WindowOp::BackwardFill(limit) => rows
            .map(|row| {
                let end = (row + limit.unwrap_or(all.len())).min(all.len() - 1);
                at((row..=end).find(|row| !all[*row].is_null()))
            })
            .collect(),
        WindowOp::Reverse => all.iter().rev().cloned().collect(),
        WindowOp::Sort(order) => ordered(order).into_iter().map(|row| all[row].clone()).collect(),
        WindowOp::ArgSort(order) => ordered(order).into_iter().map(int).collect(),
        WindowOp::IsUnique => rows.map(|row| Value::Bool(count(all, row) == 1)).collect(),
        WindowOp::IsDuplicated => rows.map(|row| Value::Bool(count(all, row) > 1)).collect(),
        WindowOp::IsFirstDistinct => {
            rows.map(|row| Value::Bool(!all[..row].contains(&all[row]))).collect()
        }
        WindowOp::IsLastDistinct => {
            rows.map(|row| Value::Bool(!all[row + 1..].contains(&all[row]))).collect()
        }
        WindowOp::Rank { method, descending } => {
            rows.map(|row| {
                if all[row].is_null() { Value::Null } else { rank(all, row, method, descending) }
            })
            .collect()
        }
        WindowOp::Cumulative { .. } | WindowOp::Rolling { .. } | WindowOp::Decaying(..) => {
            return None;
        }
    })
}

fn compare(left: &Value, right: &Value, order: SortOrder) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if order.nulls_last => Ordering::Greater,
        (false, true) if order.nulls_last => Ordering::Less,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        _ if order.descending => right.order(left),
        _ => left.order(right),
    }
}

fn count(all: &[Value], row: usize) -> usize {
    all.iter().filter(|value| **value == all[row]).count()
}

fn rank(all: &[Value], row: usize, method: RankMethod, descending: bool) -> Value {
    let wins = |value: &Value| {
        let order = value.order(&all[row]);
        !value.is_null() && if descending { order.is_gt() } else { order.is_lt() }
    };
    let better: Vec<&Value> = all.iter().filter(|value| wins(value)).collect();
    let first = better.len() as i128 + 1;
    let last = first + count(all, row) as i128 - 1;
    let mut distinct: Vec<&Value> = Vec::new();
    for value in better {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    let before = all[..row].iter().filter(|value| **value == all[row]).count() as i128;
    match method {
        RankMethod::Average => Value::Float((first + last) as f64 / 2.0),
        RankMethod::Min => Value::Int(first),
        RankMethod::Max => Value::Int(last),
        RankMethod::Dense => Value::Int(distinct.len() as i128 + 1),
        RankMethod::Ordinal => Value::Int(first + before),
    }
}

/// The rows that an aggregation sees at each row of a group.
fn window(op: WindowOp, row: usize, rows: usize) -> std::ops::Range<usize> {
    match op {
        WindowOp::Cumulative { reverse: false, .. } => 0..row + 1,
        WindowOp::Cumulative { .. } => row..rows,
        WindowOp::Rolling { window, center: false, .. } => {
            (row + 1).saturating_sub(window)..row + 1
        }
        WindowOp::Rolling { window, .. } => {
            row.saturating_sub(window / 2)..(row + window.div_ceil(2)).min(rows)
        }
        _ => unreachable!(),
    }
}

/// The aggregation of the rows that a cumulative or rolling operator sees.
fn aggregated(op: WindowOp, column: &Column) -> Result<Vec<Value>, Error> {
    let (agg, least) = match op {
        WindowOp::Cumulative { what, .. } => {
            let agg = match what {
                Cumulative::Sum => AggOp::Sum,
                Cumulative::Count => AggOp::Count,
                Cumulative::Min => AggOp::Min,
                Cumulative::Max => AggOp::Max,
            };
            (agg, 0)
        }
        WindowOp::Rolling { what, least, .. } => {
            let agg = match what {
                Rolling::Sum => AggOp::Sum,
                Rolling::Mean => AggOp::Mean,
                Rolling::Min => AggOp::Min,
                Rolling::Max => AggOp::Max,
                Rolling::Std | Rolling::Var => AggOp::Std,
            };
            (agg, least)
        }
        _ => unreachable!(),
    };
    let keeps_nulls = matches!(op, WindowOp::Cumulative { what, .. } if what != Cumulative::Count);
    let row = |row: usize| {
        let range = window(op, row, column.len());
        let part = column.slice(range.start, range.len());
        // An overflow counts only where there are enough values; a wrong dtype always.
        let found = match aggregate(&part, agg) {
            Err(error @ Error::DType { .. }) => return Err(error),
            found => found,
        };
        let missing = keeps_nulls && values(column)[row].is_null();
        if missing || part.len() - part.null_count() < least {
            return Ok(Value::Null);
        }
        let value = values(&found?).remove(0);
        Ok(match (op, value) {
            (WindowOp::Rolling { what: Rolling::Var, .. }, Value::Float(std)) => {
                Value::Float(std * std)
            }
            (_, value) => value,
        })
    };
    (0..column.len()).map(row).collect()
}

fn close(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            left == right
                || (left.is_nan() && right.is_nan())
                || (left - right).abs() <= 1e-6 * left.abs().max(right.abs()).max(1.0)
                // Squares of the largest floats are infinite in one order and not in another.
                || (left.abs().max(right.abs()) > 1e30)
        }
        (left, right) => left == right,
    }
}

fn check<I: Idx>(key: &Column, order: Option<(&Column, SortOrder)>, column: &Column, op: WindowOp) {
    let groups = group::<I>(&[key.clone()], key.len()).unwrap();
    let (keys, orders): (Vec<Column>, Vec<SortOrder>) =
        order.iter().map(|(column, order)| ((*column).clone(), *order)).unzip();
    let partition = Partition::of(&groups, &keys, &orders).unwrap();
    let mut wanted: Vec<Value> = vec![Value::Null; column.len()];
    let mut failure = None;
    for id in 0..groups.first.len() {
        let mut rows: Vec<usize> =
            (0..column.len()).filter(|row| groups.ids[*row].to_usize() == id).collect();
        if let Some((by, order)) = order {
            let by = values(by);
            rows.sort_by(|left, right| compare(&by[*left], &by[*right], order));
        }
        let numbers: Vec<u32> = rows.iter().map(|row| *row as u32).collect();
        let part = take_column(column, &numbers).unwrap();
        let found = match expected(op, &values(&part)) {
            Some(found) => found,
            None => match aggregated(op, &part) {
                Ok(found) => found,
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            },
        };
        for (row, value) in rows.into_iter().zip(found) {
            wanted[row] = value;
        }
    }
    let found = over_rows(column, op, &partition);
    match (found, failure) {
        (Ok(found), None) => {
            assert_eq!(found.dtype(), &op.dtype(column.dtype(), String::new).unwrap());
            let found = values(&found);
            let same = found.iter().zip(&wanted).all(|(left, right)| close(left, right));
            assert!(same, "{op:?} of {:?}: {found:?}, not {wanted:?}", values(column));
        }
        (Err(Error::Overflow { .. }), Some(Error::Overflow { .. }))
        | (Err(Error::DType { .. }), Some(Error::DType { .. })) => {}
        (Err(Error::DType { .. }), None) if column.is_empty() => {}
        // Dates, datetimes and durations have a mean, but no rolling one.
        (Err(Error::DType { .. }), _)
            if (column.dtype().is_temporal() || *column.dtype() == DType::Duration)
                && matches!(op, WindowOp::Rolling { what: Rolling::Mean, .. }) => {}
        (Err(Error::DType { .. }), _)
            if *column.dtype() == DType::Duration
                && matches!(op, WindowOp::Rolling { what: Rolling::Std, .. }) => {}
        (found, failure) => panic!("{op:?}: {found:?}, not {failure:?}"),
    }
}

fn any_op() -> impl Strategy<Value = WindowOp> {
    let order = || {
        (any::<bool>(), any::<bool>())
            .prop_map(|(descending, nulls_last)| SortOrder { descending, nulls_last })
    };
    let limit = || prop::option::of(0..4usize);
    let methods = [
        RankMethod::Average,
        RankMethod::Min,
        RankMethod::Max,
        RankMethod::Dense,
        RankMethod::Ordinal,
    ];
    let sums = [Cumulative::Sum, Cumulative::Count, Cumulative::Min, Cumulative::Max];
    let rolling =
        [Rolling::Sum, Rolling::Mean, Rolling::Min, Rolling::Max, Rolling::Std, Rolling::Var];
    let steps = || prop_oneof![-3i64..=3, Just(i64::MIN), Just(i64::MAX)];
    prop_oneof![
        2 => steps().prop_map(WindowOp::Shift),
        1 => steps().prop_map(WindowOp::Gaps),
        1 => limit().prop_map(WindowOp::ForwardFill),
        1 => limit().prop_map(WindowOp::BackwardFill),
        1 => Just(WindowOp::Reverse),
        1 => order().prop_map(WindowOp::Sort),
        1 => order().prop_map(WindowOp::ArgSort),
        3 => (prop::sample::select(sums.to_vec()), any::<bool>())
            .prop_map(|(what, reverse)| WindowOp::Cumulative { what, reverse }),
        3 => (prop::sample::select(methods.to_vec()), any::<bool>())
            .prop_map(|(method, descending)| WindowOp::Rank { method, descending }),
        5 => (prop::sample::select(rolling.to_vec()), 1..9usize, 1..9usize, any::<bool>()).prop_map(
            |(what, window, least, center)| {
                WindowOp::Rolling { what, window, least: least.min(window), center }
            }
        ),
        1 => Just(WindowOp::IsUnique),
        1 => Just(WindowOp::IsDuplicated),
        1 => Just(WindowOp::IsFirstDistinct),
        1 => Just(WindowOp::IsLastDistinct),
    ]
}

/// A key with few values, a column to order by, and a column of any dtype.
fn any_rows() -> impl Strategy<Value = (Column, Column, Column)> {
    (0..50usize, any_dtype(), any_dtype()).prop_flat_map(|(height, order, dtype)| {
        (
            columns("k", DType::Bool, height),
            columns("o", order, height),
            columns("v", dtype, height),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn windows_agree_with_a_search((key, order, column) in any_rows(), op in any_op(),
        ordered in any::<bool>(), descending in any::<bool>(), nulls_last in any::<bool>()) {
        let order = ordered.then_some((&order, SortOrder { descending, nulls_last }));
        every_index!(check(&key, order, &column, op));
    }
}

#[test]
fn all_rows_are_one_group_without_keys() {
    let column = count_up("n", 5);
    let partition = Partition::<u8>::whole(5).unwrap();
    let found = over_rows(&column, WindowOp::Shift(2), &partition).unwrap();
    let expected = [Value::Null, Value::Null, Value::Int(0), Value::Int(1), Value::Int(2)];
    assert_eq!(values(&found), expected);
    assert!(over_rows(&count_up("n", 4), WindowOp::Reverse, &partition).is_err());
}

#[test]
fn sums_that_leave_their_range_are_errors() {
    let column = column("n", &DType::Int64, &[Value::Int(i64::MAX.into()), Value::Int(1)]);
    let partition = Partition::<u8>::whole(2).unwrap();
    let what = Rolling::Sum;
    for op in [
        WindowOp::Cumulative { what: Cumulative::Sum, reverse: false },
        WindowOp::Rolling { what, window: 2, least: 1, center: false },
    ] {
        let error = over_rows(&column, op, &partition).unwrap_err().to_string();
        assert_eq!(error, format!("integer overflow in {} of `n` (Int64)", op.name()));
    }
}

#[test]
fn nothing_of_an_infinite_value_stays_when_it_leaves_the_window() {
    let infinite = [1.0, f64::INFINITY, 2.0, 3.0].map(Value::Float);
    let column = column("n", &DType::Float64, &infinite);
    let op = WindowOp::Rolling { what: Rolling::Sum, window: 2, least: 1, center: false };
    let found = over_rows(&column, op, &Partition::<u8>::whole(4).unwrap()).unwrap();
    assert_eq!(values(&found), [1.0, f64::INFINITY, f64::INFINITY, 5.0].map(Value::Float));
}
