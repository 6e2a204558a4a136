use arrow_array::{Array, BooleanArray, StringViewArray};
use mydf_core::interrupt::Interrupt;
use mydf_core::kernels::filter::filter;
use mydf_core::{Column, DType, Error, Idx};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

fn check_filter<I: Idx>(columns: &[Column], mask: &BooleanArray) {
    let kept = filter(&frame::<I>(columns), mask).unwrap();
    assert_eq!(schema(kept.columns()), schema(columns));
    let is_true = |row: &usize| mask.is_valid(*row) && mask.value(*row);
    let rows = rows(columns);
    let expected: Vec<Key> = (0..mask.len()).filter(is_true).map(|row| rows[row].clone()).collect();
    assert_eq!(crate::values::rows(kept.columns()), expected);
}

/// A mask that starts inside its buffer.
fn mask_of(bits: &[Option<bool>], height: usize) -> BooleanArray {
    let bits: Vec<Option<bool>> = bits.iter().copied().cycle().take(height + 3).collect();
    BooleanArray::from(bits).slice(3, height)
}

fn bits() -> impl Strategy<Value = Vec<Option<bool>>> {
    prop_oneof![
        prop::collection::vec(prop::option::weighted(0.8, any::<bool>()), 1..100),
        prop::collection::vec(prop::option::weighted(0.99, prop::bool::weighted(0.98)), 1..200),
        prop::collection::vec(prop::bool::weighted(0.02).prop_map(Some), 1..200),
        any::<bool>().prop_map(|all| vec![Some(all)]),
        Just(vec![None]),
    ]
}

proptest! {
    #[test]
    fn keeps_the_rows_whose_mask_is_true(columns in any_columns(250), bits in bits()) {
        let mask = mask_of(&bits, columns[0].len());
        every_index!(check_filter(&columns, &mask));
    }
}

/// A column of this dtype with many values, every seventh null.
fn long(dtype: &DType, height: usize) -> Column {
    let value = |row: usize| match dtype {
        _ if row % 7 == 3 => Value::Null,
        DType::Null => Value::Null,
        DType::Bool => Value::Bool(row % 5 < 2),
        DType::String | DType::Categorical | DType::Binary => {
            Value::Text(format!("text {}", row * 48_271 % 1_000_003))
        }
        dtype if dtype.is_float() => Value::Float(row as f64),
        _ => Value::Int((row % 128) as i128),
    };
    let values: Vec<Value> = (0..height).map(value).collect();
    column("a", dtype, &values)
}

#[test]
fn many_rows_are_filtered_by_several_tasks() {
    let height = 100_003;
    let some = |row: usize| Some(row % 3 == 1 || row % 1000 > 700);
    let masks: [BooleanArray; 3] = [
        (0..height).map(some).collect(),
        (0..height).map(|row| Some(row / 40_000 != 1)).collect(),
        (0..height).map(|row| (row % 11 != 0).then_some(row % 2 == 0)).collect(),
    ];
    for dtype in dtypes() {
        let column = long(&dtype, height + 5).slice(5, height);
        for mask in &masks {
            check_filter::<u32>(std::slice::from_ref(&column), mask);
        }
    }
}

#[test]
fn few_rows_of_much_text_do_not_keep_all_of_it() {
    let text = "x".repeat(100);
    let texts: StringViewArray = (0..50_000).map(|n| Some(format!("{text}{n}"))).collect();
    let texts = Column::new("t", std::sync::Arc::new(texts)).unwrap();
    let mask: BooleanArray = (0..50_000).map(|n| Some(n == 49_999)).collect();
    let kept = filter(&frame::<u32>(&[texts]), &mask).unwrap();
    assert_eq!(values(&kept.columns()[0]), [Value::Text(format!("{text}49999"))]);
    assert!(kept.columns()[0].values().get_buffer_memory_size() < 100_000);
}

#[test]
fn a_mask_of_another_length_is_an_error() {
    let frame = frame::<u8>(&[count_up("n", 3)]);
    let mask = BooleanArray::from(vec![true, false]);
    let error = filter(&frame, &mask).unwrap_err();
    assert_eq!(error.to_string(), "length of column `mask`: 2 rows, expected 3");
}

#[test]
fn a_frame_without_columns_has_no_rows_to_filter() {
    let mask = BooleanArray::from(Vec::<bool>::new());
    assert_eq!(filter(&frame::<u8>(&[]), &mask).unwrap().width(), 0);
}

#[test]
fn a_filter_that_is_interrupted_is_an_error() {
    let mask: BooleanArray = (0..100_000).map(|row| Some(row % 2 == 0)).collect();
    for dtype in [DType::Int64, DType::Bool, DType::String] {
        let frame = frame::<u32>(&[long(&dtype, 100_000)]);
        let stop = Interrupt::default();
        stop.set();
        let result = stop.guard(|| filter(&frame, &mask));
        assert!(matches!(result, Err(Error::Interrupted)));
    }
}
