use mydf_core::Idx;
use mydf_core::kernels::take::{take, take_column};
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

proptest! {
    #[test]
    fn takes_rows(
        columns in any_columns(40),
        picks in prop::collection::vec(prop::option::weighted(0.8, 0..1000usize), 0..100),
    ) {
        every_index!(check_take(&columns, &picks));
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
fn a_frame_without_columns_has_no_rows_to_take() {
    let empty = frame::<u8>(&[]);
    assert_eq!(take(&empty, &[]).unwrap().height(), 0);
    assert!(take(&empty, &[0]).is_err());
}
