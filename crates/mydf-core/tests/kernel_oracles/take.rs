use mydf_core::Idx;
use mydf_core::kernels::take::{filter, take, take_column};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

fn check_take<I: Idx>(columns: &[mydf_core::Column], picks: &[Option<usize>]) {
    let height = columns[0].len();
    let picks: Vec<Option<usize>> =
        picks.iter().map(|pick| pick.filter(|_| height > 0).map(|row| row % height)).collect();
    let numbers: Vec<I> = picks.iter().map(|pick| pick.map_or(I::NONE, I::from_usize)).collect();
    let taken = take(&frame::<I>(columns), &numbers).unwrap();
    assert_eq!(schema(taken.columns()), schema(columns));
    for (before, after) in columns.iter().zip(taken.columns()) {
        let before = values(before);
        let expected: Vec<Value> =
            picks.iter().map(|pick| pick.map_or(Value::Null, |row| before[row].clone())).collect();
        assert_eq!(values(after), expected);
    }
}

fn check_filter<I: Idx>(columns: &[mydf_core::Column], mask: &[Option<bool>]) {
    let height = columns[0].len();
    let mask: Vec<Option<bool>> = mask.iter().copied().cycle().skip(3).take(height + 3).collect();
    let array = arrow_array::BooleanArray::from(mask.clone()).slice(3, height);
    let kept = filter(&frame::<I>(columns), &array).unwrap();
    let expected: Vec<Key> = rows(columns)
        .into_iter()
        .zip(&mask[3..])
        .filter(|(_, keep)| **keep == Some(true))
        .map(|(row, _)| row)
        .collect();
    assert_eq!(rows(kept.columns()), expected);
}

proptest! {
    #[test]
    fn takes_rows(
        columns in any_columns(40),
        picks in prop::collection::vec(prop::option::weighted(0.8, 0..1000usize), 0..100),
    ) {
        every_index!(check_take(&columns, &picks));
    }

    #[test]
    fn filters_rows(
        columns in any_columns(200),
        mask in prop::collection::vec(prop::option::weighted(0.8, any::<bool>()), 1..100),
    ) {
        every_index!(check_filter(&columns, &mask));
    }
}

#[test]
fn many_rows_go_the_parallel_way() {
    let height = 200_001;
    let numbers = count_up("n", height);
    let texts: arrow_array::StringViewArray =
        (0..height).map(|n| (n % 7 != 0).then(|| format!("text number {n}"))).collect();
    let texts = mydf_core::Column::new("t", std::sync::Arc::new(texts)).unwrap();
    let picks: Vec<u32> = (0..height as u32).map(|n| n.wrapping_mul(48_271) % 200_001).collect();
    let taken = take(&frame::<u32>(&[numbers, texts.clone()]), &picks).unwrap();
    let before = values(&texts);
    let numbers = values(&taken.columns()[0]);
    let texts = values(&taken.columns()[1]);
    for (place, pick) in picks.iter().enumerate() {
        assert_eq!(numbers[place], Value::Int((*pick).into()));
        assert_eq!(texts[place], before[*pick as usize]);
    }
    let mask: arrow_array::BooleanArray = (0..height).map(|n| Some(n % 3 == 1)).collect();
    let kept = filter(&taken, &mask).unwrap();
    let expected: Vec<Value> =
        numbers.into_iter().enumerate().filter(|(n, _)| n % 3 == 1).map(|(_, v)| v).collect();
    assert_eq!(values(&kept.columns()[0]), expected);
}

#[test]
fn few_rows_of_much_text_do_not_keep_all_of_it() {
    use arrow_array::Array;
    let text = "x".repeat(100);
    let texts: arrow_array::StringViewArray =
        (0..50_000).map(|n| Some(format!("{text}{n}"))).collect();
    let texts = mydf_core::Column::new("t", std::sync::Arc::new(texts)).unwrap();
    let taken = take_column(&texts, &[49_999u32, u32::NONE, 3]).unwrap();
    assert_eq!(
        values(&taken),
        [Value::Text(format!("{text}49999")), Value::Null, Value::Text(format!("{text}3"))]
    );
    assert!(taken.values().get_buffer_memory_size() < 100_000);
}

#[test]
fn a_row_that_is_not_there_is_an_error() {
    let column = count_up("n", 3);
    let error = take_column(&column, &[0u8, 3]).unwrap_err();
    assert_eq!(error.to_string(), "take: row 3 of 3 rows");
    assert!(take_column(&count_up("n", 0), &[0u8]).is_err());
    assert_eq!(values(&take_column(&count_up("n", 0), &[u8::NONE]).unwrap()), [Value::Null]);
}

#[test]
fn a_mask_of_another_length_is_an_error() {
    let frame = frame::<u8>(&[count_up("n", 3)]);
    let mask = arrow_array::BooleanArray::from(vec![true, false]);
    let error = filter(&frame, &mask).unwrap_err();
    assert_eq!(error.to_string(), "length of column `mask`: 2 rows, expected 3");
}

#[test]
fn a_frame_without_columns_has_no_rows_to_take() {
    let empty = frame::<u8>(&[]);
    assert_eq!(take(&empty, &[]).unwrap().height(), 0);
    assert!(take(&empty, &[0]).is_err());
    let mask = arrow_array::BooleanArray::from(Vec::<bool>::new());
    assert_eq!(filter(&empty, &mask).unwrap().width(), 0);
}
