//! Frames for the tests of both formats.

#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int8Array, Int16Array,
    Int32Array, Int64Array, NullArray, StringViewArray, TimestampMicrosecondArray, UInt8Array,
    UInt16Array, UInt32Array, UInt64Array,
};
use mydf_core::{Column, DType, DataFrame};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;

/// Texts that need quotes in CSV, and others.
pub(crate) fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-c,\"\n\r; é😀]{0,6}",
        1 => Just(String::new()),
        1 => Just("\u{feff}x".to_owned()),
        1 => prop::sample::select(vec!["1", "-2.5", "true", "2024-01-01", "NaN", "NA", " 7 ", "sep=;", "<html>"])
            .prop_map(str::to_owned),
        1 => "[a-z\"\n]{11,40}",
        1 => any::<String>(),
    ]
}

/// Days in years of four digits.
const DAYS: std::ops::Range<i32> = -719_528..2_932_897;
const DAY: i64 = 86_400_000_000;

fn days() -> impl Strategy<Value = i32> {
    prop_oneof![4 => DAYS, 1 => any::<i32>()]
}

fn micros() -> impl Strategy<Value = i64> {
    prop_oneof![4 => i64::from(DAYS.start) * DAY..i64::from(DAYS.end) * DAY, 1 => any::<i64>()]
}

fn zones() -> impl Strategy<Value = Option<Arc<str>>> {
    prop::sample::select(vec![None, Some("UTC".into()), Some("Europe/Rome".into())])
}

macro_rules! arrays {
    ($rows:expr, $array:ty, $values:expr) => {
        vec(weighted(0.8, $values), $rows)
            .prop_map(|values| Arc::new(<$array>::from(values)) as ArrayRef)
            .boxed()
    };
}

/// An array of any dtype.
pub(crate) fn array(rows: usize) -> BoxedStrategy<ArrayRef> {
    let times = (vec(weighted(0.8, micros()), rows), zones()).prop_map(|(values, zone)| {
        Arc::new(TimestampMicrosecondArray::from(values).with_timezone_opt(zone)) as ArrayRef
    });
    prop_oneof![
        Just(Arc::new(NullArray::new(rows)) as ArrayRef),
        arrays!(rows, BooleanArray, any::<bool>()),
        arrays!(rows, Int8Array, any::<i8>()),
        arrays!(rows, Int16Array, any::<i16>()),
        arrays!(rows, Int32Array, any::<i32>()),
        arrays!(rows, Int64Array, any::<i64>()),
        arrays!(rows, UInt8Array, any::<u8>()),
        arrays!(rows, UInt16Array, any::<u16>()),
        arrays!(rows, UInt32Array, any::<u32>()),
        arrays!(rows, UInt64Array, any::<u64>()),
        arrays!(rows, Float32Array, any::<f32>()),
        arrays!(rows, Float64Array, any::<f64>()),
        // Other programs do not quote NUL in CSV.
        arrays!(rows, StringViewArray, prop_oneof![9 => nasty(), 1 => Just("a\0".to_owned())]),
        arrays!(rows, Date32Array, days()),
        times,
    ]
    .boxed()
}

/// A frame of one to five columns, whose names may need quotes too.
pub(crate) fn frame() -> impl Strategy<Value = DataFrame<u32>> {
    (1..6_usize, 0..30_usize).prop_flat_map(|(width, rows)| {
        (vec(nasty(), width), vec(array(rows), width)).prop_map(|(names, arrays)| {
            let columns = names.iter().zip(arrays).enumerate();
            let columns = columns.map(|(number, (name, array))| {
                // The number makes names distinct; the first one may be any text.
                let name = if number == 0 { name.clone() } else { format!("{name}#{number}") };
                Column::new(name, array).unwrap()
            });
            DataFrame::new(columns.collect()).unwrap()
        })
    })
}

/// Compares names, dtypes, nulls and values; floats by their bits, with all NaNs equal.
pub(crate) fn same(left: &DataFrame<u32>, right: &DataFrame<u32>) -> Result<(), String> {
    if (left.width(), left.height()) != (right.width(), right.height()) {
        return Err(format!(
            "{}×{} and {}×{}",
            left.height(),
            left.width(),
            right.height(),
            right.width()
        ));
    }
    for (left, right) in left.columns().iter().zip(right.columns()) {
        if left.name() != right.name() || left.dtype() != right.dtype() {
            return Err(format!(
                "{:?} {} and {:?} {}",
                left.name(),
                left.dtype(),
                right.name(),
                right.dtype()
            ));
        }
        right.values().to_data().validate_full().map_err(|error| error.to_string())?;
        let (l, r) = (plain(left), plain(right));
        if l.to_data() != r.to_data() {
            return Err(format!("{:?}: {:?} and {:?}", left.name(), left.values(), right.values()));
        }
    }
    Ok(())
}

/// Floats as their bits, so that NaN equals NaN and -0.0 differs from 0.0.
fn plain(column: &Column) -> ArrayRef {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float32Type, Float64Type};
    let values = column.values();
    match column.dtype() {
        DType::Float32 => {
            let bits = |v: f32| if v.is_nan() { f32::NAN.to_bits() } else { v.to_bits() };
            let array = values.as_primitive::<Float32Type>();
            Arc::new(array.iter().map(|v| v.map(bits)).collect::<UInt32Array>())
        }
        DType::Float64 => {
            let bits = |v: f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
            let array = values.as_primitive::<Float64Type>();
            Arc::new(array.iter().map(|v| v.map(bits)).collect::<UInt64Array>())
        }
        _ => Arc::clone(values),
    }
}
