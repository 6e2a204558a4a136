use std::collections::BTreeMap;

use mydf_core::kernels::aggregate::AggOp;
use mydf_core::kernels::aggregate::{aggregate, aggregate_groups};
use mydf_core::kernels::groups::group;
use mydf_core::{Column, DType, Error, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

/// Groups with a map: the rows of each key, in the order of the first one.
pub(crate) fn groups_of(keys: &[Key]) -> Vec<Vec<usize>> {
    let mut numbers = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (row, key) in keys.iter().enumerate() {
        let number = *numbers.entry(key.clone()).or_insert(groups.len());
        if number == groups.len() {
            groups.push(Vec::new());
        }
        groups[number].push(row);
    }
    groups
}

fn number(value: &Value) -> f64 {
    match value {
        Value::Bool(bit) => f64::from(u8::from(*bit)),
        Value::Int(int) => *int as f64,
        Value::Float(float) => *float,
        other => panic!("{other:?}"),
    }
}

/// A sum whose rounding errors are added at the end (Neumaier's method).
fn exact_sum(numbers: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut error) = (0.0f64, 0.0);
    for number in numbers {
        let total = sum + number;
        let (large, small) = if sum.abs() > number.abs() { (sum, number) } else { (number, sum) };
        error += (large - total) + small;
        sum = total;
    }
    if sum.is_finite() { sum + error } else { sum }
}

/// The range of sums and products.
fn range_of_sums(dtype: &DType) -> (i128, i128) {
    if dtype.is_unsigned() { (0, i128::from(u64::MAX)) } else { (i64::MIN.into(), i64::MAX.into()) }
}

/// A product by logarithms, which leaves no range on the way.
fn float_product(numbers: &[f64]) -> f64 {
    let special = |number: &&f64| **number == 0.0 || !number.is_finite();
    if numbers.iter().any(|number| special(&number)) {
        return numbers.iter().filter(special).product::<f64>()
            * numbers
                .iter()
                .filter(|number| !special(number))
                .map(|n| n.signum())
                .product::<f64>();
    }
    let sign: f64 = numbers.iter().map(|number| number.signum()).product();
    sign * numbers.iter().map(|number| number.abs().log2()).sum::<f64>().exp2()
}

/// The result for a group of values; `None` if the dtype has no such aggregation or a sum
/// overflows.
pub(crate) fn expected(values: &[Value], dtype: &DType, op: AggOp) -> Option<Value> {
    let int = |n: usize| Some(Value::Int(n as i128));
    let present: Vec<&Value> = values.iter().filter(|v| !v.is_null()).collect();
    let numbers = || -> Option<Vec<f64>> {
        let fits = dtype.is_numeric() || matches!(dtype, DType::Bool | DType::Null);
        fits.then(|| present.iter().map(|value| number(value)).collect())
    };
    let orderable = |want_last: bool| {
        let real = present.iter().filter(|v| !matches!(v, Value::Float(f) if f.is_nan()));
        let mut sorted: Vec<&Value> = real.copied().collect();
        sorted.sort_by(|a, b| a.order(b));
        let best = if want_last { sorted.last() } else { sorted.first() };
        best.or(present.first()).map_or(Value::Null, |value| (*value).clone())
    };
    match op {
        AggOp::First => Some(values.first().cloned().unwrap_or(Value::Null)),
        AggOp::Last => Some(values.last().cloned().unwrap_or(Value::Null)),
        AggOp::Len => int(values.len()),
        AggOp::Count => int(present.len()),
        AggOp::NUnique => {
            let mut distinct: Vec<&Value> = values.iter().collect();
            distinct.sort_by(|left, right| left.order(right));
            distinct.dedup();
            int(distinct.len())
        }
        AggOp::Min => Some(orderable(false)),
        AggOp::Max => Some(orderable(true)),
        // A Float32 sum is rounded to Float32 at the end, and is infinite outside its range.
        AggOp::Sum if *dtype == DType::Float32 => {
            let sum: f64 = numbers()?.iter().sum();
            Some(Value::Float(f64::from(sum as f32)))
        }
        AggOp::Sum if dtype.is_float() => Some(Value::Float(numbers()?.iter().sum())),
        AggOp::Product if *dtype == DType::Float32 => {
            Some(Value::Float(f64::from(float_product(&numbers()?) as f32)))
        }
        AggOp::Product if dtype.is_float() => Some(Value::Float(float_product(&numbers()?))),
        AggOp::Product => {
            let int = |value: &&Value| match value {
                Value::Int(int) => *int,
                other => number(other) as i128,
            };
            numbers()?;
            let ints: Vec<i128> = present.iter().map(int).collect();
            if ints.contains(&0) {
                return Some(Value::Int(0));
            }
            let product = ints.iter().try_fold(1i128, |all, int| all.checked_mul(*int))?;
            let (low, high) = range_of_sums(dtype);
            (low..=high).contains(&product).then_some(Value::Int(product))
        }
        AggOp::Sum => {
            (*dtype == DType::Duration).then_some(()).or(numbers().map(|_| ()))?;
            let sum: i128 = present
                .iter()
                .map(|v| match v {
                    Value::Int(int) => *int,
                    other => number(other) as i128,
                })
                .sum();
            let (low, high) = range_of_sums(dtype);
            (low..=high).contains(&sum).then_some(Value::Int(sum))
        }
        // Microseconds, rounded down.
        AggOp::Mean if is_moment(dtype) => {
            let unit = if *dtype == DType::Date { 86_400_000_000 } else { 1 };
            let micros = |value: &Value| match value {
                Value::Int(int) => *int * unit,
                other => panic!("{other:?} is no moment"),
            };
            let sum: i128 = present.iter().copied().map(micros).sum();
            if present.is_empty() {
                return Some(Value::Null);
            }
            let mean = sum.div_euclid(present.len() as i128);
            i64::try_from(mean).is_ok().then_some(Value::Int(mean))
        }
        AggOp::Mean => {
            let numbers = numbers()?;
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            Some(if numbers.is_empty() { Value::Null } else { Value::Float(mean) })
        }
        // Rounded to microseconds.
        AggOp::Std if *dtype == DType::Duration => match expected(values, &DType::Float64, op)? {
            Value::Float(std) if std < i64::MAX as f64 => {
                Some(Value::Int(std.round_ties_even() as i128))
            }
            Value::Null => Some(Value::Null),
            _ => None,
        },
        AggOp::Std | AggOp::Var => {
            let numbers = numbers()?;
            if numbers.len() < 2 {
                return Some(Value::Null);
            }
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            let squares = exact_sum(numbers.iter().map(|n| (n - mean).powi(2)));
            let variance = squares / (numbers.len() - 1) as f64;
            Some(Value::Float(if op == AggOp::Var { variance } else { variance.sqrt() }))
        }
        AggOp::Any | AggOp::All => {
            let fits = matches!(dtype, DType::Bool | DType::Null);
            let found = |wanted| present.contains(&&Value::Bool(wanted));
            fits.then(|| Value::Bool(if op == AggOp::Any { found(true) } else { !found(false) }))
        }
        AggOp::NullCount => int(values.len() - present.len()),
        AggOp::Implode => Some(Value::List(values.to_vec())),
        AggOp::Median => {
            numbers()?;
            let mut present = present;
            present.sort_by(|left, right| left.order(right));
            let half = present.len() / 2;
            Some(match present.len() {
                0 => Value::Null,
                n if n % 2 == 1 => Value::Float(number(present[half])),
                _ => {
                    let (a, b) = (number(present[half - 1]), number(present[half]));
                    Value::Float(if a == b { a } else { a / 2.0 + b / 2.0 })
                }
            })
        }
    }
}

/// True for dates, datetimes and durations.
fn is_moment(dtype: &DType) -> bool {
    dtype.is_temporal() || *dtype == DType::Duration
}

fn close(found: &Value, expected: &Value, tolerance: f64) -> bool {
    match (found, expected) {
        (Value::Float(a), Value::Float(b)) if a.is_finite() && b.is_finite() => {
            (a - b).abs() <= tolerance
        }
        // Only the deviation of durations has a tolerance here.
        (Value::Int(a), Value::Int(b)) => (a - b).abs() as f64 <= tolerance,
        _ => found == expected,
    }
}

/// Plain sums differ from compensated ones by rounding, which depends on the size of the values.
fn tolerance(cells: &[Value], dtype: &DType) -> f64 {
    let sizes = cells.iter().filter(|v| !v.is_null());
    match dtype {
        dtype if dtype.is_numeric() || *dtype == DType::Duration => {
            sizes.map(|v| number(v).abs()).filter(|size| size.is_finite()).fold(1.0, f64::max)
                * 1e-9
        }
        _ => 0.0,
    }
}

fn result_dtype(dtype: &DType, op: AggOp) -> DType {
    match op {
        AggOp::Count | AggOp::NUnique | AggOp::Len | AggOp::NullCount => DType::Int64,
        AggOp::Mean if *dtype == DType::Date => DType::Datetime(None),
        AggOp::Mean if is_moment(dtype) => dtype.clone(),
        AggOp::Std | AggOp::Sum if *dtype == DType::Duration => dtype.clone(),
        AggOp::Mean | AggOp::Std | AggOp::Var | AggOp::Median => DType::Float64,
        AggOp::Any | AggOp::All => DType::Bool,
        AggOp::Implode if *dtype == DType::Categorical => DType::List(DType::String.into()),
        AggOp::Implode => DType::List(dtype.clone().into()),
        AggOp::Sum | AggOp::Product if dtype.is_unsigned() => DType::UInt64,
        AggOp::Sum | AggOp::Product if !dtype.is_float() => DType::Int64,
        _ => dtype.clone(),
    }
}

fn check<I: Idx>(keys: &[Column], column: &Column) {
    let key_rows = rows(keys);
    let wanted = groups_of(&key_rows);
    let groups = group::<I>(keys, column.len()).unwrap();
    let first: Vec<usize> = groups.first.iter().map(|row| row.to_usize()).collect();
    assert_eq!(first, wanted.iter().map(|rows| rows[0]).collect::<Vec<_>>());
    for (number, rows) in wanted.iter().enumerate() {
        assert!(rows.iter().all(|row| groups.ids[*row].to_usize() == number));
    }
    let cells = values(column);
    let tolerance = tolerance(&cells, column.dtype());
    let in_groups: Vec<Vec<Value>> =
        wanted.iter().map(|rows| rows.iter().map(|row| cells[*row].clone()).collect()).collect();
    for &op in AggOp::ALL {
        let found = aggregate_groups(column, op, &groups);
        let expected = in_groups.iter().map(|cells| expected(cells, column.dtype(), op)).collect();
        check_result(found, expected, column, op, tolerance, wanted.is_empty());
    }
}

fn check_whole(column: &Column) {
    let cells = values(column);
    let tolerance = tolerance(&cells, column.dtype());
    for &op in AggOp::ALL {
        let expected = expected(&cells, column.dtype(), op).map(|value| vec![value]);
        check_result(aggregate(column, op), expected, column, op, tolerance, false);
    }
}

fn check_result(
    found: mydf_core::Result<Column>,
    expected: Option<Vec<Value>>,
    column: &Column,
    op: AggOp,
    tolerance: f64,
    empty: bool,
) {
    match (found, expected) {
        (Ok(found), Some(expected)) => {
            assert_eq!(found.dtype(), &result_dtype(column.dtype(), op));
            assert_eq!(found.name(), column.name());
            assert_eq!(found.len(), expected.len());
            // A variance has the squares of the values.
            let tolerance = match op {
                AggOp::Var => tolerance * tolerance * 1e9,
                AggOp::Std => tolerance,
                _ if found.dtype().is_float() => tolerance,
                _ => 0.0,
            };
            for (found, expected) in values(&found).iter().zip(&expected) {
                let tolerance = match expected {
                    Value::Float(product) if op == AggOp::Product => product.abs() * 1e-6 + 1e-300,
                    _ => tolerance,
                };
                assert!(
                    close(found, expected, tolerance),
                    "{op:?} of {}: {found:?}, expected {expected:?}",
                    column.dtype(),
                );
            }
        }
        (Err(Error::Overflow { .. }), None) => {
            let of_moments = matches!(op, AggOp::Mean | AggOp::Std) && is_moment(column.dtype());
            assert!(matches!(op, AggOp::Sum | AggOp::Product) || of_moments);
        }
        (Err(Error::DType { what, .. }), expected) => {
            assert_eq!(what, column.name());
            assert!(expected.is_none() || empty);
        }
        (found, expected) => panic!("{op:?} of {column:?}: {found:?}, expected {expected:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn aggregates_as_a_map_of_rows(
        (keys, column) in any_columns(60).prop_flat_map(|keys| {
            let height = keys[0].len();
            (Just(keys), any_dtype().prop_flat_map(move |dtype| columns("v", dtype, height)))
        })
    ) {
        every_index!(check(&keys, &column));
        check_whole(&column);
    }
}

/// Whole columns and groups, larger than the size from which threads share the work.
#[test]
fn many_rows() {
    let height = 150_000i128;
    let mixed = |n: i128| (n * n * 7_919 + 13) % 1_000_003;
    for dtype in dtypes() {
        let cells: Vec<Value> = (0..height)
            .map(|n| match dtype {
                _ if n % 13 == 5 => Value::Null,
                DType::Bool => Value::Bool(mixed(n) % 3 == 0),
                DType::String | DType::Categorical | DType::Binary => {
                    Value::Text(format!("number {}", mixed(n)))
                }
                DType::Float32 | DType::Float64 => Value::Float(mixed(n) as f64 / 8.0 - 100.0),
                _ => Value::Int(mixed(n) % 100),
            })
            .collect();
        let column_v = column("v", &dtype, &cells);
        check_whole(&column_v);
        for modulus in [1, 7, 1_000] {
            let keys: Vec<Value> =
                (0..height).map(|n| Value::Int(mixed(n + 5) % modulus)).collect();
            check::<u32>(&[column("k", &DType::Int64, &keys)], &column_v);
        }
    }
}

#[test]
fn many_groups_of_every_kind_of_key() {
    let height = 150_000i128;
    let mixed = |n: i128| (n * n * 7_919 + 13) % 100_003;
    let ints: Vec<Value> = (0..height).map(|n| Value::Int(mixed(n) << 30)).collect();
    let texts: Vec<Value> = (0..height)
        .map(|n| match n % 17 {
            0 => Value::Null,
            1 => Value::Text(format!("a long text with number {}", mixed(n))),
            _ => Value::Text(mixed(n).to_string()),
        })
        .collect();
    let ints = column("i", &DType::Int64, &ints);
    let texts = column("t", &DType::String, &texts);
    for keys in [vec![ints.clone()], vec![texts.clone()], vec![ints, texts]] {
        let wanted = groups_of(&rows(&keys));
        let groups = group::<u32>(&keys, height as usize).unwrap();
        assert_eq!(groups.first.len(), wanted.len());
        for (number, rows) in wanted.iter().enumerate() {
            assert_eq!(groups.first[number] as usize, rows[0]);
            assert!(rows.iter().all(|row| groups.ids[*row] as usize == number));
        }
    }
}

#[test]
fn float_sums_keep_their_small_parts() {
    let cells: Vec<Value> = (0..30_000).map(|n| Value::Float([1e16, 1.0, -1e16][n % 3])).collect();
    let sum = aggregate(&column("v", &DType::Float64, &cells), AggOp::Sum).unwrap();
    assert_eq!(values(&sum), [Value::Float(10_000.0)]);
    let tenths = vec![Value::Float(0.1); 1_000_000];
    let sum = aggregate(&column("v", &DType::Float64, &tenths), AggOp::Sum).unwrap();
    let Value::Float(sum) = values(&sum)[0] else { panic!() };
    assert!((sum - 100_000.0).abs() < 1e-8, "{sum}");
}

#[test]
fn a_sum_may_leave_its_range_on_the_way() {
    let max = i128::from(i64::MAX);
    let cells = [Value::Int(max), Value::Int(1), Value::Int(-1)];
    let sum = aggregate(&column("v", &DType::Int64, &cells), AggOp::Sum).unwrap();
    assert_eq!(values(&sum), [Value::Int(max)]);
    let error = aggregate(&column("v", &DType::Int64, &cells[..2]), AggOp::Sum).unwrap_err();
    assert_eq!(error.to_string(), "integer overflow in sum of `v` (Int64)");
    let large = [Value::Int(u64::MAX.into()), Value::Int(1)];
    let error = aggregate(&column("v", &DType::UInt64, &large), AggOp::Sum).unwrap_err();
    assert_eq!(error.to_string(), "integer overflow in sum of `v` (UInt64)");
}

#[test]
fn text_has_no_mean() {
    let column = column("v", &DType::String, &[Value::Null]);
    let (plain, lengths) = ("a numeric dtype or Bool", "a numeric dtype, Bool or Duration");
    for (op, name, expected) in [
        (AggOp::Sum, "sum", lengths),
        (AggOp::Mean, "mean", plain),
        (AggOp::Std, "std", lengths),
        (AggOp::Median, "median", plain),
    ] {
        let error = aggregate(&column, op).unwrap_err();
        let message = format!("dtype of `v` in {name}: String, expected {expected}");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn keys_and_values_of_other_lengths_are_errors() {
    let error = group::<u8>(&[count_up("k", 2)], 3).unwrap_err();
    assert_eq!(error.to_string(), "group: key `k` has 2 rows, expected 3");
    let groups = group::<u8>(&[count_up("k", 2)], 2).unwrap();
    let error = aggregate_groups(&count_up("v", 3), AggOp::Sum, &groups).unwrap_err();
    assert_eq!(error.to_string(), "length of column `v`: 3 rows, expected 2");
}

#[test]
fn without_keys_all_rows_are_one_group() {
    let groups = group::<u8>(&[], 3).unwrap();
    assert_eq!((groups.ids, groups.first), (vec![0, 0, 0], vec![0]));
    assert!(group::<u8>(&[], 0).unwrap().first.is_empty());
}

/// The bits of a result: of floats, also where rounding differs.
fn bits(column: &Column) -> Vec<String> {
    let bits = |value: &Value| match value {
        Value::Float(float) => format!("{:x}", float.to_bits()),
        other => format!("{other:?}"),
    };
    values(column).iter().map(bits).collect()
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let height = 200_000i128;
    let mixed = |n: i128| (n * n * 7_919 + 13) % 1_000_003;
    let cells: Vec<Value> = (0..height)
        .map(|n| if n % 7 == 3 { Value::Null } else { Value::Float(mixed(n) as f64 / 7.0) })
        .collect();
    let v = column("v", &DType::Float64, &cells);
    for modulus in [1, 90, 150_000] {
        let keys: Vec<Value> = (0..height).map(|n| Value::Int(mixed(n + 1) % modulus)).collect();
        let keys = [column("k", &DType::Int32, &keys)];
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let groups = group::<u32>(&keys, height as usize).unwrap();
                // Numbers are neither true nor false.
                let truths = [AggOp::Any, AggOp::All];
                let ops = AggOp::ALL.iter().filter(|op| !truths.contains(op));
                let results = ops.map(|&op| {
                    [aggregate_groups(&v, op, &groups), aggregate(&v, op)]
                        .map(|found| bits(&found.unwrap()))
                });
                let results: Vec<_> = results.collect();
                (groups.ids, groups.first, results)
            })
        };
        let one = run(1);
        assert!(one == run(2) && one == run(5), "{modulus} groups");
    }
}

#[test]
fn float_sums_are_infinite_or_nan_only_for_a_reason() {
    let (max, infinity) = (f64::MAX, f64::INFINITY);
    let sum_of = |cycle: &[f64]| {
        let cells: Vec<Value> =
            (0..70_000).map(|row| Value::Float(cycle[row % cycle.len()])).collect();
        let sum = aggregate(&column("v", &DType::Float64, &cells), AggOp::Sum).unwrap();
        let Value::Float(sum) = values(&sum)[0] else { panic!() };
        sum
    };
    // Sums of every second value are infinite.
    assert_eq!(sum_of(&[max, -max]), 0.0);
    assert_eq!(sum_of(&[max, max]), infinity);
    assert_eq!(sum_of(&[1.0, infinity, -max]), infinity);
    assert_eq!(sum_of(&[1.0, -infinity]), -infinity);
    assert!(sum_of(&[infinity, -infinity]).is_nan());
    assert!(sum_of(&[1.0, f64::NAN, infinity]).is_nan());
}

#[test]
fn a_stopped_aggregation_is_an_error() {
    let stop = mydf_core::interrupt::Interrupt::default();
    stop.set();
    let v = count_up("v", 100_000);
    let groups = group::<u32>(&[v.clone()], v.len()).unwrap();
    stop.guard(|| {
        assert!(matches!(group::<u32>(&[v.clone()], v.len()), Err(Error::Interrupted)));
        for op in [AggOp::Sum, AggOp::Mean, AggOp::Min, AggOp::Max, AggOp::Std, AggOp::NUnique] {
            assert!(matches!(aggregate_groups(&v, op, &groups), Err(Error::Interrupted)), "{op:?}");
            assert!(matches!(aggregate(&v, op), Err(Error::Interrupted)), "{op:?}");
        }
    });
}
