use mydf_core::kernels::join::{JoinHow, join};
use mydf_core::{Column, DType, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

/// Equality as a join defines it: by value across dtypes, and null equals nothing.
fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, _) | (_, Value::Null) => false,
        (Value::Int(int), Value::Float(float)) | (Value::Float(float), Value::Int(int)) => {
            // Only a whole number equals an integer, and an integer is compared with it exactly.
            float.fract() == 0.0 && *float as i128 == *int
        }
        _ => left == right,
    }
}

/// The pairs of rows, from two nested loops.
fn pairs(left: &[Key], right: &[Key], how: JoinHow) -> Vec<(usize, Option<usize>)> {
    let mut pairs = Vec::new();
    for (l, left) in left.iter().enumerate() {
        let partners: Vec<usize> = (0..right.len())
            .filter(|r| left.0.iter().zip(&right[*r].0).all(|(a, b)| equal(a, b)))
            .collect();
        match how {
            JoinHow::Semi if !partners.is_empty() => pairs.push((l, None)),
            JoinHow::Anti | JoinHow::Left if partners.is_empty() => pairs.push((l, None)),
            JoinHow::Inner | JoinHow::Left => pairs.extend(partners.iter().map(|r| (l, Some(*r)))),
            JoinHow::Semi | JoinHow::Anti => {}
        }
    }
    pairs
}

const NAMES: [&str; 3] = ["a", "b", "c"];

fn check<I: Idx>(left: &[Column], right: &[Column]) {
    let names = &NAMES[..left.len()];
    let mut left_columns = left.to_vec();
    left_columns.push(count_up("n", left[0].len()));
    let mut right_columns = vec![count_up("n", right[0].len())];
    right_columns.extend_from_slice(right);
    let left_frame = frame::<I>(&left_columns);
    let right_frame = frame::<I>(&right_columns);
    for how in [JoinHow::Inner, JoinHow::Left, JoinHow::Semi, JoinHow::Anti] {
        let pairs = pairs(&rows(left), &rows(right), how);
        let found = join(&left_frame, &right_frame, names, names, how, "_right");
        if pairs.len() as u64 > I::MAX_ROWS {
            let message = found.unwrap_err().to_string();
            assert!(message.starts_with(&format!("too many rows: {}", pairs.len())), "{message}");
            continue;
        }
        let found = found.unwrap();
        let all = rows(&left_columns);
        let expected: Vec<Key> = pairs
            .iter()
            .map(|(l, r)| {
                let mut row = all[*l].clone();
                if matches!(how, JoinHow::Inner | JoinHow::Left) {
                    row.0.push(r.map_or(Value::Null, |r| Value::Int(r as i128)));
                }
                row
            })
            .collect();
        assert_eq!(rows(found.columns()), expected, "{how:?}");
        let mut names = schema(&left_columns);
        if matches!(how, JoinHow::Inner | JoinHow::Left) {
            names.push(("n_right".into(), DType::Int64));
        }
        assert_eq!(schema(found.columns()), names);
    }
}

/// One to three keys; if both sides are numbers, often of different dtypes.
fn both_sides() -> impl Strategy<Value = (Vec<Column>, Vec<Column>)> {
    let dtype = any_dtype().prop_flat_map(|dtype| {
        let other = if dtype.is_numeric() { numeric_dtypes() } else { vec![dtype.clone()] };
        (Just(dtype), prop::sample::select(other))
    });
    (prop::collection::vec(dtype, 1..=3), 0..40usize, 0..40usize).prop_flat_map(|(dtypes, l, r)| {
        let side = |height: usize, dtypes: Vec<DType>| {
            let named = dtypes.into_iter().zip(NAMES);
            named.map(|(dtype, name)| columns(name, dtype, height)).collect::<Vec<_>>()
        };
        let (left, right) = dtypes.into_iter().unzip();
        (side(l, left), side(r, right))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn joins_as_nested_loops_do((left, right) in both_sides()) {
        every_index!(check(&left, &right));
    }
}

#[test]
fn many_rows_go_the_parallel_way() {
    let height = 100_000i128;
    let spread = |factor: i128, modulus: i128| -> Vec<Value> {
        (0..height).map(|n| Value::Int(n * factor % modulus - 5)).collect()
    };
    for (dtype, factor, modulus) in
        [(DType::Int32, 7, 99_991), (DType::Int64, 1 << 33, (1 << 61) - 1), (DType::Int64, 7, 200)]
    {
        let left = column("k", &dtype, &spread(factor, modulus));
        let right = column("k", &dtype, &spread(factor * 3, modulus)).slice(0, 1_000);
        let mut places = std::collections::BTreeMap::<i128, Vec<i128>>::new();
        for (row, value) in values(&right).into_iter().enumerate() {
            let Value::Int(key) = value else { panic!() };
            places.entry(key).or_default().push(row as i128);
        }
        let expected: Vec<(i128, Option<i128>)> = values(&left)
            .into_iter()
            .enumerate()
            .flat_map(|(row, value)| {
                let Value::Int(key) = value else { panic!() };
                let partners = places.get(&key).cloned().unwrap_or_default();
                let none = partners.is_empty().then_some((row as i128, None));
                partners.into_iter().map(move |p| (row as i128, Some(p))).chain(none)
            })
            .collect();
        let left = frame::<u32>(&[left, count_up("l", height as usize)]);
        let right = frame::<u32>(&[right, count_up("r", 1_000)]);
        for how in [JoinHow::Left, JoinHow::Inner] {
            let found = join(&left, &right, &["k"], &["k"], how, "").unwrap();
            let l = values(&found.columns()[1]);
            let r = values(&found.columns()[2]);
            let expected: Vec<_> = expected
                .iter()
                .filter(|(_, partner)| how == JoinHow::Left || partner.is_some())
                .collect();
            assert_eq!(l.len(), expected.len());
            for (place, (row, partner)) in expected.into_iter().enumerate() {
                assert_eq!(l[place], Value::Int(*row));
                assert_eq!(r[place], partner.map_or(Value::Null, Value::Int));
            }
        }
    }
}

#[test]
fn dates_meet_datetimes() {
    let day = 86_400_000_000i128;
    let ints = |values: &[i128]| values.iter().map(|v| Value::Int(*v)).collect::<Vec<_>>();
    let dates = column("d", &DType::Date, &ints(&[0, 1, -1, i32::MAX.into()]));
    let times = column("t", &DType::Datetime(None), &ints(&[day, day + 1, -day, 0]));
    let left = frame::<u8>(&[dates.clone()]);
    let right = frame::<u8>(&[times, count_up("n", 4)]);
    let found = join(&left, &right, &["d"], &["t"], JoinHow::Left, "").unwrap();
    assert_eq!(
        values(&found.columns()[1]),
        [Value::Int(3), Value::Int(0), Value::Int(2), Value::Null]
    );
    let zoned = DType::Datetime(Some("UTC".into()));
    let right = frame::<u8>(&[column("t", &zoned, &ints(&[0]))]);
    let error = join(&left, &right, &["d"], &["t"], JoinHow::Left, "").unwrap_err();
    assert_eq!(
        error.to_string(),
        "dtype of `t` in join: Datetime(UTC), expected a dtype comparable with Date of `d`"
    );
}

#[test]
fn large_integers_of_both_signs_compare_by_value() {
    let unsigned = column("k", &DType::UInt64, &[Value::Int(u64::MAX.into()), Value::Int(5)]);
    let signed = column("k", &DType::Int64, &[Value::Int(-1), Value::Int(5)]);
    let (left, right) = (frame::<u8>(&[unsigned]), frame::<u8>(&[signed]));
    let found = join(&left, &right, &["k"], &["k"], JoinHow::Inner, "").unwrap();
    assert_eq!(values(&found.columns()[0]), [Value::Int(5)]);
}

#[test]
fn a_null_column_joins_nothing() {
    let left = frame::<u8>(&[count_up("k", 2)]);
    let right = frame::<u8>(&[column("k", &DType::Null, &[Value::Null])]);
    assert_eq!(join(&left, &right, &["k"], &["k"], JoinHow::Inner, "").unwrap().height(), 0);
    assert_eq!(join(&left, &right, &["k"], &["k"], JoinHow::Anti, "").unwrap().height(), 2);
}

#[test]
fn wrong_keys_and_names_are_errors() {
    let left = frame::<u8>(&[count_up("k", 1), count_up("v", 1), count_up("v_r", 1)]);
    let right = frame::<u8>(&[count_up("k", 1), count_up("v", 1)]);
    let join = |l: &[&str], r: &[&str], suffix| {
        join(&left, &right, l, r, JoinHow::Inner, suffix).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(join(&["k"], &["k"], "_r"), "duplicate column: `v_r`");
    assert_eq!(join(&["k"], &["k"], ""), "duplicate column: `v`");
    assert_eq!(join(&["x"], &["k"], ""), "column not found: `x`");
    assert_eq!(join(&["k"], &["y"], ""), "column not found: `y`");
    let none = "keys on the left, 0 on the right, expected the same number and at least one";
    assert_eq!(join(&[], &[], ""), format!("join: 0 {none}"));
    assert_eq!(join(&["k"], &[], ""), format!("join: 1 {none}"));
}
