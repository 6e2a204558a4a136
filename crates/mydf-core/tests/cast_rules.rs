//! Casts: generated values compared with rules written row by row, and the cases that rules miss.

mod common;

use common::*;
use mydf_core::cast::{cast, exact};
use mydf_core::{Column, DType, Error};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select as one_of;

fn texts(values: &[&str]) -> Column {
    let cells: Vec<Cell> = values.iter().map(|text| Cell::Text((*text).to_owned())).collect();
    column("t", &DType::String, &cells)
}

fn zone(name: &str) -> DType {
    DType::Datetime(Some(name.into()))
}

/// Casts in both modes and checks that they agree: the strict cast fails at the first value that
/// the lenient one turns into a null.
#[track_caller]
fn check(input: &Column, dtype: &DType, expected: &[Cell]) {
    let lax = cast(input, dtype, false).expect("the conversion exists");
    assert_eq!(lax.dtype(), dtype);
    assert_eq!(lax.name(), input.name());
    assert_cells(&lax, expected);
    let before = cells(input);
    let failing = (0..before.len()).find(|&i| before[i] != Cell::Null && expected[i] == Cell::Null);
    match (cast(input, dtype, true), failing) {
        (Ok(strict), None) => assert_cells(&strict, expected),
        (Err(Error::Cast { row, from, to, .. }), Some(failing)) => {
            assert_eq!((row, &from, &to), (failing, input.dtype(), dtype));
        }
        (strict, failing) => panic!("strict: {strict:?}, first failing row: {failing:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn integers_to_integers(
        from in one_of(INTEGERS.to_vec()),
        to in one_of(INTEGERS.to_vec()),
        seeds in vec(proptest::option::of(any::<i128>()), 0..100),
    ) {
        let (low, high) = range(&from);
        let input: Vec<Cell> = seeds
            .into_iter()
            .map(|seed| seed.map_or(Cell::Null, |seed| {
                // Half of the values are small, so many of them fit.
                let wide = if seed % 2 == 0 { high - low + 1 } else { 200.min(high - low + 1) };
                Cell::Int((low.max(-100)).max(if seed % 2 == 0 { low } else { -100 }) + seed.rem_euclid(wide))
            }))
            .map(|cell| match cell {
                Cell::Int(value) => Cell::Int(value.clamp(low, high)),
                other => other,
            })
            .collect();
        let (low, high) = range(&to);
        let expected: Vec<Cell> = input.iter().map(|cell| match cell {
            Cell::Int(value) if (low..=high).contains(value) => Cell::Int(*value),
            _ => Cell::Null,
        }).collect();
        check(&column("a", &from, &input), &to, &expected);
    }

    #[test]
    fn floats_to_integers(
        to in one_of(INTEGERS.to_vec()),
        values in vec(prop_oneof![
            -300.0..300.0,
            any::<f64>(),
            one_of(vec![f64::NAN, f64::INFINITY, -0.9, 127.9, 128.0, -128.9, -129.0, 255.5, 9.223_372_036_854_775e18, 9.3e18, 1.8e19, 1.9e19]),
        ], 0..100),
    ) {
        let input: Vec<Cell> = values.iter().map(|value| Cell::Float(*value)).collect();
        let (low, high) = range(&to);
        let expected: Vec<Cell> = values.iter().map(|value| {
            let whole = value.trunc() as i128;
            let fits = value.is_finite() && value.abs() < 1e30 && (low..=high).contains(&whole);
            if fits { Cell::Int(whole) } else { Cell::Null }
        }).collect();
        check(&column("a", &DType::Float64, &input), &to, &expected);
    }

    #[test]
    fn numbers_survive_text(ints in vec(any::<i64>(), 1..50), floats in vec(any::<f64>(), 1..50)) {
        let ints: Vec<Cell> = ints.into_iter().map(|value| Cell::Int(value.into())).collect();
        let floats: Vec<Cell> = floats.into_iter().map(Cell::Float).collect();
        for (dtype, values) in [(DType::Int64, ints), (DType::Float64, floats)] {
            let there = cast(&column("a", &dtype, &values), &DType::String, true).expect("text");
            let back = cast(&there, &dtype, true).expect("what was written can be read");
            assert_cells(&back, &values);
        }
    }

    #[test]
    fn moments_survive_text_and_dates_are_their_floor(micros in vec(-10_i64.pow(17)..10_i64.pow(17), 1..50)) {
        let input: Vec<Cell> = micros.iter().map(|value| Cell::Moment(*value)).collect();
        let days: Vec<Cell> = micros.iter().map(|v| Cell::Day(v.div_euclid(86_400_000_000) as i32)).collect();
        for dtype in [DType::Datetime(None), zone("UTC"), zone("+05:30"), zone("Europe/Berlin")] {
            let moments = column("a", &dtype, &input);
            let text = cast(&moments, &DType::String, true).expect("text");
            // Berlin's offset had seconds before 1893.
            assert_cells(&cast(&text, &dtype, true).expect("readable"), &input);
            let ints = cast(&moments, &DType::Int64, true).expect("microseconds");
            assert_cells(&cast(&ints, &dtype, true).expect("microseconds"), &input);
        }
        check(&column("a", &DType::Datetime(None), &input), &DType::Date, &days);
        check(&column("a", &zone("UTC"), &input), &DType::Date, &days);
    }
}

#[test]
fn text_to_numbers() {
    let input = texts(&["12", " -7 ", "+3", "", "1.0", "1e2", "256", "abc", "９"]);
    let ints = |values: &[Option<i128>]| -> Vec<Cell> {
        values.iter().map(|value| value.map_or(Cell::Null, Cell::Int)).collect()
    };
    let n = None;
    check(&input, &DType::Int16, &ints(&[Some(12), Some(-7), Some(3), n, n, n, Some(256), n, n]));
    check(&input, &DType::UInt8, &ints(&[Some(12), n, Some(3), n, n, n, n, n, n]));
    let input = texts(&["12", "-0.5", "1e2", "inf", "NaN", "1,5", "0x10"]);
    let floats: Vec<Cell> =
        [12.0, -0.5, 100.0, f64::INFINITY, f64::NAN].into_iter().map(Cell::Float).collect();
    check(&input, &DType::Float64, &[&floats[..], &[Cell::Null, Cell::Null]].concat());
}

#[test]
fn text_beyond_the_range_of_a_float_does_not_become_infinite() {
    let input = texts(&["1e400", "-1e400", "1e39", "-inf", "Infinity"]);
    let infinite = [f64::NEG_INFINITY, f64::INFINITY].map(Cell::Float);
    let wide = [&[Cell::Null, Cell::Null, Cell::Float(1e39)], &infinite[..]].concat();
    check(&input, &DType::Float64, &wide);
    let narrow = [&[Cell::Null, Cell::Null, Cell::Null], &infinite[..]].concat();
    check(&input, &DType::Float32, &narrow);
}

#[test]
fn truth_values() {
    let (t, f, n) = (Cell::Bool(true), Cell::Bool(false), Cell::Null);
    let input = texts(&["true", "FALSE", " True ", "1", "yes", ""]);
    check(
        &input,
        &DType::Bool,
        &[t.clone(), f.clone(), t.clone(), n.clone(), n.clone(), n.clone()],
    );
    let bools = column("b", &DType::Bool, &[t.clone(), f.clone(), n.clone()]);
    check(&bools, &DType::Int8, &[Cell::Int(1), Cell::Int(0), n.clone()]);
    check(&bools, &DType::Float32, &[Cell::Float(1.0), Cell::Float(0.0), n.clone()]);
    let written = [Cell::Text("true".into()), Cell::Text("false".into()), n.clone()];
    check(&bools, &DType::String, &written);
    let floats = [0.0, -0.0, 0.5, f64::NAN].map(Cell::Float);
    let expected = [f.clone(), f.clone(), t.clone(), n.clone()];
    check(&column("f", &DType::Float64, &floats), &DType::Bool, &expected);
    let ints = [Cell::Int(0), Cell::Int(-2), n.clone()];
    check(&column("i", &DType::Int32, &ints), &DType::Bool, &[f, t, n]);
}

#[test]
fn dates_and_zones() {
    const HOUR: i64 = 3_600_000_000;
    const DAY: i64 = 24 * HOUR;
    let texts = texts(&["2013-01-01", "1970-01-02T01:00", "1970-01-02 01:00:00+01:00", "x"]);
    let (day, n) = (15_706, Cell::Null);
    check(&texts, &DType::Date, &[Cell::Day(day), n.clone(), n.clone(), n.clone()]);
    let midnight = i64::from(day) * DAY;
    let naive = [Cell::Moment(midnight), Cell::Moment(DAY + HOUR), n.clone(), n.clone()];
    check(&texts, &DType::Datetime(None), &naive);
    let berlin = [Cell::Moment(midnight - HOUR), Cell::Moment(DAY), Cell::Moment(DAY), n.clone()];
    check(&texts, &zone("Europe/Berlin"), &berlin);

    // The wall-clock time stays between a zone and none; the instant stays between two zones.
    let naive = column("m", &DType::Datetime(None), &[Cell::Moment(DAY), n.clone()]);
    let zoned = cast(&naive, &zone("Europe/Berlin"), true).expect("exists once");
    assert_cells(&zoned, &[Cell::Moment(DAY - HOUR), n.clone()]);
    check(&zoned, &DType::Datetime(None), &[Cell::Moment(DAY), n.clone()]);
    check(&zoned, &zone("Asia/Tokyo"), &[Cell::Moment(DAY - HOUR), n.clone()]);
    check(&zoned, &DType::Date, &[Cell::Day(1), n.clone()]);
    let dates = column("d", &DType::Date, &[Cell::Day(1), Cell::Day(i32::MAX), n.clone()]);
    check(&dates, &DType::Datetime(None), &[Cell::Moment(DAY), n.clone(), n.clone()]);
    check(&dates, &zone("Europe/Berlin"), &[Cell::Moment(DAY - HOUR), n.clone(), n.clone()]);
    check(&dates, &DType::Int8, &[Cell::Int(1), n.clone(), n.clone()]);

    // Clocks in New York skipped 02:30 on that day.
    let skipped = column("s", &DType::String, &[Cell::Text("2013-03-10T02:30".into())]);
    check(&skipped, &zone("America/New_York"), std::slice::from_ref(&n));
    let unknown = cast(&naive, &zone("Mars/Base"), true).expect_err("no such zone");
    assert_eq!(
        unknown.to_string(),
        "time zone: `Mars/Base` is neither a name of the IANA database nor an offset"
    );
}

#[test]
fn an_exact_cast_keeps_whole_values_only() {
    const DAY: i64 = 86_400_000_000;
    let numbers = |dtype: &DType, values: &[f64]| {
        let cells: Vec<Cell> = values.iter().map(|value| Cell::Float(*value)).collect();
        column("a", dtype, &cells)
    };
    let lost = |column: &Column, dtype: &DType| match exact(column, dtype) {
        Ok(made) => {
            assert_cells(&made, &cells(&cast(column, dtype, true).expect("fits")));
            None
        }
        Err(Error::Inexact { row, .. }) => Some(row),
        Err(other) => panic!("{other}"),
    };
    let floats = numbers(&DType::Float64, &[1.0, -0.0, 2.5, 0.5]);
    assert_eq!(lost(&floats, &DType::Int64), Some(2));
    assert_eq!(lost(&floats.slice(0, 2), &DType::Int8), None);
    assert_eq!(lost(&floats, &DType::Bool), Some(2));
    assert_eq!(lost(&floats, &DType::Float32), None);
    assert_eq!(lost(&numbers(&DType::Float64, &[f64::NAN, 0.1]), &DType::Float32), None);
    assert_eq!(lost(&numbers(&DType::Float64, &[0.1, 1e300]), &DType::Float32), Some(1));
    let large = [Cell::Null, Cell::Int(1 << 53), Cell::Int((1 << 53) + 1)];
    assert_eq!(lost(&column("a", &DType::Int64, &large), &DType::Float64), Some(2));
    let largest = [Cell::Int(1 << 63), Cell::Int(i128::from(u64::MAX))];
    assert_eq!(lost(&column("a", &DType::UInt64, &largest), &DType::Float64), Some(1));
    let moments = [Cell::Moment(DAY), Cell::Null, Cell::Moment(DAY + 1)];
    assert_eq!(lost(&column("a", &DType::Datetime(None), &moments), &DType::Date), Some(2));
    assert_eq!(lost(&column("a", &zone("UTC"), &moments), &DType::Datetime(None)), Some(0));
    assert_eq!(lost(&column("a", &zone("UTC"), &moments), &zone("Asia/Tokyo")), None);
    let error = exact(&floats, &DType::Int64).expect_err("a fraction");
    assert_eq!(
        error.to_string(),
        "values of `a` as Int64: the Float64 `2.5` at row 2 would not survive"
    );
}

#[test]
fn every_dtype_from_and_to_null() {
    let mut dtypes = INTEGERS.to_vec();
    dtypes.extend([DType::Null, DType::Bool, DType::Float32, DType::Float64, DType::String]);
    dtypes.extend([DType::Date, DType::Datetime(None), zone("UTC")]);
    for dtype in &dtypes {
        let nulls = [Cell::Null, Cell::Null];
        check(&column("n", &DType::Null, &nulls), dtype, &nulls);
        check(&column("n", dtype, &nulls), &DType::Null, &nulls);
        for from in &dtypes {
            let empty = column("e", from, &[]);
            match cast(&empty, dtype, true) {
                Ok(column) => assert_eq!((column.dtype(), column.len()), (dtype, 0)),
                Err(Error::DType { actual, .. }) => assert_eq!(&actual, from),
                Err(other) => panic!("{from} to {dtype}: {other}"),
            }
        }
    }
    check(
        &column("a", &DType::Int8, &[Cell::Null, Cell::Int(1)]),
        &DType::Null,
        &[Cell::Null, Cell::Null],
    );
}

#[test]
fn messages_name_the_first_value() {
    let input = column(
        "when",
        &DType::String,
        &[Cell::Null, Cell::Text("3".into()), Cell::Text("x".repeat(100)), Cell::Text("y".into())],
    );
    let error = cast(&input, &DType::Int64, true).expect_err("not a number");
    assert_eq!(
        error.to_string(),
        format!(
            "cast of `when` from String to Int64: value `{}…` at row 2 does not fit",
            "x".repeat(60)
        )
    );
    assert!(error.hint().is_some_and(|hint| hint.contains("strict=False")));
    let error =
        cast(&column("b", &DType::Bool, &[]), &DType::Date, false).expect_err("no such cast");
    assert_eq!(
        error.to_string(),
        "dtype of `b` in cast to Date: Bool, expected a dtype that it can be made from"
    );
}

#[test]
fn a_cast_to_the_same_dtype_copies_nothing() {
    let input = column("t", &DType::String, &[Cell::Text("a".into())]);
    let same = cast(&input, &DType::String, true).expect("same dtype");
    assert!(std::sync::Arc::ptr_eq(input.values(), same.values()));
}
