use std::collections::BTreeMap;

use mydf_core::interrupt::Interrupt;
use mydf_core::kernels::join::{JoinHow, cross, join};
use mydf_core::{Column, DType, Error, Idx};
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

const ALL: [JoinHow; 6] =
    [JoinHow::Inner, JoinHow::Left, JoinHow::Right, JoinHow::Full, JoinHow::Semi, JoinHow::Anti];

/// A row on the left and one on the right, if the result has them.
type Pair = (Option<usize>, Option<usize>);

/// The pairs of rows, from two nested loops.
fn pairs(left: &[Key], right: &[Key], how: JoinHow) -> Vec<Pair> {
    if how == JoinHow::Right {
        return pairs(right, left, JoinHow::Left).into_iter().map(|(r, l)| (l, r)).collect();
    }
    let mut pairs = Vec::new();
    let mut met = vec![false; right.len()];
    for (l, left) in left.iter().enumerate() {
        let partners: Vec<usize> = (0..right.len())
            .filter(|r| left.0.iter().zip(&right[*r].0).all(|(a, b)| equal(a, b)))
            .collect();
        for r in &partners {
            met[*r] = true;
        }
        match how {
            JoinHow::Semi if partners.is_empty() => {}
            JoinHow::Anti if !partners.is_empty() => {}
            JoinHow::Semi | JoinHow::Anti => pairs.push((Some(l), None)),
            JoinHow::Left | JoinHow::Full if partners.is_empty() => pairs.push((Some(l), None)),
            _ => pairs.extend(partners.iter().map(|r| (Some(l), Some(*r)))),
        }
    }
    if how == JoinHow::Full {
        pairs.extend((0..right.len()).filter(|r| !met[*r]).map(|r| (None, Some(r))));
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
    for how in ALL {
        let pairs = pairs(&rows(left), &rows(right), how);
        let found = join(&left_frame, &right_frame, names, names, how, "_right");
        if pairs.len() as u64 > I::MAX_ROWS {
            let message = found.unwrap_err().to_string();
            assert!(message.starts_with(&format!("too many rows: {}", pairs.len())), "{message}");
            continue;
        }
        let found = found.unwrap();
        let (left_part, right_part) = match how {
            JoinHow::Semi | JoinHow::Anti => (&*left_columns, &[][..]),
            JoinHow::Right => (&left_columns[left.len()..], &*right_columns),
            JoinHow::Full => (&*left_columns, &*right_columns),
            JoinHow::Inner | JoinHow::Left => (&*left_columns, &right_columns[..1]),
        };
        let cells = |columns: &[Column], row: Option<usize>| -> Vec<Value> {
            let cell = |column: &Column| row.map_or(Value::Null, |row| values(column)[row].clone());
            columns.iter().map(cell).collect()
        };
        let expected: Vec<Key> = pairs
            .iter()
            .map(|(l, r)| Key([cells(left_part, *l), cells(right_part, *r)].concat()))
            .collect();
        assert_eq!(rows(found.columns()), expected, "{how:?}");
        let mut names = schema(left_part);
        for (name, dtype) in schema(right_part) {
            let taken = names.iter().any(|(taken, _)| *taken == name);
            names.push((if taken { format!("{name}_right") } else { name }, dtype));
        }
        assert_eq!(schema(found.columns()), names, "{how:?}");
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

/// The left and right rows of a join, by their numbers; checked against a map of all keys.
fn check_large(left: &[Column], right: &[Column]) {
    let places = |columns: &[Column]| {
        let mut places = BTreeMap::<Key, Vec<usize>>::new();
        for (row, key) in rows(columns).into_iter().enumerate() {
            if !key.0.iter().any(Value::is_null) {
                places.entry(key).or_default().push(row);
            }
        }
        places
    };
    let (left_places, right_places) = (places(left), places(right));
    let names: Vec<&str> = left.iter().map(Column::name).collect();
    let framed = |columns: &[Column], name| {
        let mut columns = columns.to_vec();
        columns.push(count_up(name, columns[0].len()));
        frame::<u32>(&columns)
    };
    let (left_frame, right_frame) = (framed(left, "l"), framed(right, "r"));
    let left_keys = rows(left);
    let right_keys = rows(right);
    for how in [JoinHow::Inner, JoinHow::Right, JoinHow::Full, JoinHow::Anti] {
        let mut expected = Vec::new();
        if how == JoinHow::Right {
            for (r, key) in right_keys.iter().enumerate() {
                match left_places.get(key) {
                    Some(partners) => expected.extend(partners.iter().map(|l| (Some(*l), Some(r)))),
                    None => expected.push((None, Some(r))),
                }
            }
        } else {
            for (l, key) in left_keys.iter().enumerate() {
                let partners = right_places.get(key).map_or(&[][..], |partners| partners);
                let alone = (Some(l), None);
                match how {
                    JoinHow::Anti => expected.extend(partners.is_empty().then_some(alone)),
                    JoinHow::Left | JoinHow::Full if partners.is_empty() => expected.push(alone),
                    _ => expected.extend(partners.iter().map(|r| (Some(l), Some(*r)))),
                }
            }
        }
        if how == JoinHow::Full {
            let alone = right_keys.iter().enumerate();
            let alone = alone.filter(|(_, key)| !left_places.contains_key(*key));
            expected.extend(alone.map(|(r, _)| (None, Some(r))));
        }
        let found = join(&left_frame, &right_frame, &names, &names, how, "_r").unwrap();
        let numbers = |name: &str| -> Vec<Option<usize>> {
            let Ok(column) = found.column(name) else { return vec![None; found.height()] };
            let number = |value: &Value| match value {
                Value::Int(number) => Some(*number as usize),
                _ => None,
            };
            values(column).iter().map(number).collect()
        };
        let found: Vec<Pair> = numbers("l").into_iter().zip(numbers("r")).collect();
        assert!(found == expected, "{how:?}, keys of {}", left[0].dtype());
    }
}

/// Rows enough for several tasks and partitions: dense and sparse keys, keys of one value, texts in
/// and out of their views, several keys that fit into 64 bits or don't, with nulls.
#[test]
fn many_rows_go_the_parallel_way() {
    let ints = |name: &str, dtype: &DType, height: i128, factor: i128, modulus: i128| {
        let cell = |n: i128| match n * factor % modulus {
            3 => Value::Null,
            number => Value::Int(number - 5),
        };
        column(name, dtype, &(0..height).map(cell).collect::<Vec<_>>())
    };
    let texts = |height: i128, factor: i128, modulus: i128, form: fn(i128) -> String| {
        let cell = |n: i128| match n * factor % modulus {
            3 => Value::Null,
            number => Value::Text(form(number)),
        };
        column("t", &DType::String, &(0..height).map(cell).collect::<Vec<_>>())
    };
    let (large, small) = (40_000, 1_000);
    let (int, wide) = (DType::Int32, DType::Int64);
    let prime = (1 << 61) - 1;
    for (left, right) in [(large, small), (small, large), (large, large - 7)] {
        for (dtype, factor, modulus) in
            [(&int, 7, 99_991), (&wide, 1 << 33, prime), (&int, 7, 30_000), (&wide, 1, 35_000)]
        {
            let left = ints("k", dtype, left, factor, modulus);
            check_large(&[left], &[ints("k", dtype, right, factor * 3, modulus)]);
        }
        let short: fn(i128) -> String = |n| format!("id{n}");
        let long: fn(i128) -> String = |n| format!("a text number {n}");
        for form in [short, long] {
            let left = texts(left, 7, 99_991, form);
            check_large(&[left], &[texts(right, 11, 99_991, form)]);
        }
        let side = |height, modulus| {
            let k = ints("k", &wide, height, 1 << 33, modulus);
            let other = ints("o", &int, height, 5, 9);
            let t = texts(height, 7, 99_991, short);
            [k.clone(), other, k.renamed("w"), t]
        };
        let (left, right) = (side(left, 99_991), side(right, 99_991));
        check_large(&left[..2], &right[..2]);
        check_large(&left, &right);
    }
    let (left, right) = (side_of_wide_pairs(large), side_of_wide_pairs(small));
    check_large(&left, &right);
    check_large(&right, &left);
    // One value on one side, and a thousand times on the other.
    let ones = |height| ints("k", &wide, height, 0, 2);
    check_large(&[ones(40_000)], &[ones(3)]);
    check_large(&[ones(3)], &[ones(40_000)]);
    // More than one task of those that make partitions.
    let sparse = |factor| ints("k", &wide, 140_000, factor, prime);
    check_large(&[sparse(1 << 33)], &[sparse(3 << 33)]);
}

/// Two keys whose ranges don't fit into 64 bits together.
fn side_of_wide_pairs(height: i128) -> [Column; 2] {
    let key = |name: &str, factor: i128| {
        let cells: Vec<_> =
            (0..height).map(|n| Value::Int(n * factor % 50_021 * (1 << 46) - (1 << 60))).collect();
        column(name, &DType::Int64, &cells)
    };
    [key("k", 7), key("o", 7)]
}

#[test]
fn a_cross_join_has_every_pair() {
    let right = frame::<u16>(&[count_up("n", 3), count_up("m", 3)]);
    for height in [0, 1, 5] {
        let left = frame::<u16>(&[count_up("n", height)]);
        let found = cross(&left, &right, "_r").unwrap();
        let ints = |number: fn(usize) -> usize| -> Vec<Value> {
            (0..3 * height).map(|n| Value::Int(number(n) as i128)).collect()
        };
        assert_eq!(values(found.column("n").unwrap()), ints(|n| n / 3));
        assert_eq!(values(found.column("n_r").unwrap()), ints(|n| n % 3));
        assert_eq!(values(found.column("m").unwrap()), ints(|n| n % 3));
    }
    let large = frame::<u32>(&[count_up("n", 70_000)]);
    let few = frame::<u32>(&[count_up("m", 2)]);
    let found = cross(&few, &large, "").unwrap();
    let expected: Vec<_> = (0..2).flat_map(|_| values(&count_up("n", 70_000))).collect();
    assert_eq!(values(&found.columns()[1]), expected);
    assert_eq!(cross(&large, &few, "").unwrap().height(), 140_000);
    let error = cross(&right, &right, "").unwrap_err();
    assert_eq!(error.to_string(), "duplicate column: `n`");
}

#[test]
fn a_join_stops_when_it_is_interrupted() {
    let stop = Interrupt::default();
    stop.set();
    let side = frame::<u32>(&[count_up("k", 10)]);
    for how in ALL {
        let found = stop.guard(|| join(&side, &side, &["k"], &["k"], how, "_r"));
        assert!(matches!(found, Err(Error::Interrupted)), "{how:?}");
    }
    assert!(matches!(stop.guard(|| cross(&side, &side, "_r")), Err(Error::Interrupted)));
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
