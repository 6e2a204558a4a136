use mydf_core::Idx;
use mydf_core::kernels::unique::{Keep, unique};
use proptest::prelude::*;

use crate::every_index;
use crate::values::*;

fn check<I: Idx>(columns: &[mydf_core::Column], subset: usize) {
    let frame = frame::<I>(columns);
    let names: Vec<&str> = columns[..subset].iter().map(mydf_core::Column::name).collect();
    let names = (subset > 0).then_some(names.as_slice());
    let keys = rows(if subset > 0 { &columns[..subset] } else { columns });
    let all = rows(columns);
    for keep in [Keep::First, Keep::Last, Keep::None] {
        let kept = |row: &usize| match keep {
            Keep::First => !keys[..*row].contains(&keys[*row]),
            Keep::Last => !keys[*row + 1..].contains(&keys[*row]),
            Keep::None => keys.iter().filter(|key| **key == keys[*row]).count() == 1,
        };
        let expected: Vec<Key> = (0..all.len()).filter(kept).map(|row| all[row].clone()).collect();
        let found = unique(&frame, names, keep).unwrap();
        assert_eq!(rows(found.columns()), expected, "{keep:?}");
        assert_eq!(schema(found.columns()), schema(columns));
    }
}

proptest! {
    #[test]
    fn keeps_distinct_rows(columns in any_columns(60), subset in 0..3usize) {
        let subset = subset.min(columns.len());
        every_index!(check(&columns, subset));
    }
}

#[test]
fn a_column_that_is_not_there_is_an_error() {
    let error = unique(&frame::<u8>(&[count_up("n", 3)]), Some(&["m"]), Keep::First).unwrap_err();
    assert_eq!(error.to_string(), "column not found: `m`");
}

#[test]
fn a_frame_without_columns_stays_as_it_is() {
    assert_eq!(unique(&frame::<u8>(&[]), None, Keep::First).unwrap().width(), 0);
}
