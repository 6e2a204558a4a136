use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, StringViewArray};

use super::*;
use crate::interrupt::Interrupt;

/// Each row's group, and the first row of each, compared with a search through all earlier rows.
fn check<T: PartialEq, I: Idx>(groups: &Groups<I>, values: &[T]) {
    let first = |row: usize| values.iter().position(|value| *value == values[row]);
    let firsts: Vec<usize> = (0..values.len()).filter(|&row| first(row) == Some(row)).collect();
    let found: Vec<usize> = groups.first.iter().map(|row| row.to_usize()).collect();
    assert_eq!(found, firsts);
    for (row, id) in groups.ids.iter().enumerate() {
        assert_eq!(Some(firsts[id.to_usize()]), first(row), "row {row}");
    }
}

fn jobs(height: usize) -> impl Iterator<Item = Job> {
    let stop = Interrupt::default();
    [(1, 1 << 18), (2, 1 << 18), (3, 1 << 18), (2, 10)].into_iter().map(move |(lanes, most)| Job {
        height,
        lanes,
        most,
        stop: stop.clone(),
        guess: None,
    })
}

fn mixed(row: usize, modulus: usize) -> usize {
    (row * row * 7_919 + 13) % modulus
}

/// Groups a column in every way, with any number of threads.
fn every_way<T: PartialEq, I: Idx>(array: ArrayRef, values: &[T]) {
    let column = Column::new("k", array).expect("column");
    for job in jobs(values.len()) {
        let part = part_of::<I>(&column, &job).expect("part");
        let source = |start: usize, codes: &mut [u64]| part.fill(start, codes);
        check(
            &sorted::group::<u64, I>(u64::BITS, &source, &|_, _| true, &job).expect("sorted"),
            values,
        );
        if part.largest < 1 << 20 {
            check(&direct::group::<I>(&part, &job).expect("direct"), values);
        }
        let hashed = hashed::group::<I, _>(&part, &job).expect("hashed");
        assert!(hashed.is_some() || job.most == 10);
        if let Some(hashed) = hashed {
            check(&hashed, values);
        }
        check(&by_parts::<I>(vec![part], &job).expect("groups"), values);
    }
}

#[test]
fn every_way_gives_the_same_groups() {
    for modulus in [1, 5, 97, 250] {
        for height in [0, 1, 63, 64, 65, 254] {
            let values: Vec<usize> = (0..height).map(|row| mixed(row, modulus)).collect();
            let near = values.iter().map(|value| *value as i64 - 3);
            let near = Arc::new(near.collect::<Int64Array>());
            every_way::<_, u8>(near.clone(), &values);
            every_way::<_, u64>(near, &values);
            let far = values.iter().map(|value| (*value as i64) << 54);
            every_way::<_, u16>(Arc::new(far.collect::<Int64Array>()), &values);
            let texts = values.iter().map(|value| Some(value.to_string().repeat(value % 9)));
            let texts: Vec<_> = texts.collect();
            every_way::<_, u8>(
                Arc::new(texts.iter().cloned().collect::<StringViewArray>()),
                &texts,
            );
        }
    }
}

/// Groups texts by their codes and by a hash table.
fn both_ways<I: Idx>(texts: &[Option<&str>]) {
    let array = StringViewArray::from(texts.to_vec());
    let column = Column::new("k", Arc::new(array)).expect("column");
    for job in jobs(texts.len()) {
        check(&text::group::<I>(&column, &job).expect("groups"), texts);
        let part = short_text(&column, &job).expect("few codes");
        check(&direct::group::<I>(&part, &job).expect("groups"), texts);
    }
}

#[test]
fn short_texts_have_codes() {
    both_ways::<u8>(&[]);
    both_ways::<u8>(&[None, None]);
    both_ways::<u16>(&[Some("one"), Some("one")]);
    both_ways::<u8>(&[Some(""), None, Some("\0"), Some("\0\0"), Some(""), None]);
    both_ways::<u8>(&[Some("a"), Some("a\0"), Some("aa"), Some("a"), Some("\u{7f}")]);
    both_ways::<u64>(&[Some("id001"), Some("id100"), Some("id09"), Some("id001"), None]);
    both_ways::<u8>(&[Some("twelve bytes"), Some("Twelve bytes"), Some("twelve bytes")]);
}

#[test]
fn texts_have_no_codes_if_one_is_long_or_they_are_too_many() {
    let long = |row: usize| if row == 5000 { "thirteen byte" } else { "short" };
    let many = |row: usize| (row * row).to_string();
    for texts in
        [(0..9000).map(long).map(str::to_owned).collect::<Vec<_>>(), (0..9000).map(many).collect()]
    {
        let array: StringViewArray = texts.iter().map(Some).collect();
        assert!(short_text::part(&array, &Job::new(texts.len())).is_none());
        let column = Column::new("k", Arc::new(array)).expect("column");
        let groups = group::<u32>(&[column], texts.len()).expect("groups");
        let distinct: std::collections::HashSet<_> = texts.iter().collect();
        assert_eq!(groups.first.len(), distinct.len());
    }
}

#[test]
fn a_text_that_no_sample_has_shown_is_not_lost() {
    let mut texts: Vec<String> = (0..100_000).map(|row| format!("id{}", row % 90 + 10)).collect();
    for odd in ["id8", "ie22", "id100", "a text that is not short"] {
        texts[51_234] = odd.to_owned();
        let column =
            Column::new("k", Arc::new(texts.iter().map(Some).collect::<StringViewArray>()));
        let groups = group::<u32>(&[column.expect("column")], texts.len()).expect("groups");
        check(&groups, &texts);
    }
}

#[test]
fn nulls_are_one_group_even_if_the_values_have_all_codes() {
    let ends = [Some(i64::MIN), None, Some(i64::MAX), Some(0), None, Some(i64::MIN)];
    every_way::<_, u8>(Arc::new(Int64Array::from(ends.to_vec())), &ends);
    let texts = [Some(""), None, Some("a text of more than 12 bytes"), None, Some("")];
    every_way::<_, u8>(Arc::new(StringViewArray::from(texts.to_vec())), &texts);
}

#[test]
fn keys_that_do_not_fit_together_are_numbered_first() {
    let values: Vec<(i64, i64, i64)> = (0..250)
        .map(|row| (mixed(row, 3) as i64, mixed(row, 5) as i64, mixed(row, 2) as i64))
        .collect();
    let column = |value: &dyn Fn(&(i64, i64, i64)) -> i64| {
        let array = values.iter().map(|values| value(values) * (i64::MAX / 8));
        Column::new("k", Arc::new(array.collect::<Int64Array>())).expect("column")
    };
    let keys = [column(&|v| v.0), column(&|v| v.1), column(&|v| v.2)];
    check(&group::<u8>(&keys, values.len()).expect("groups"), &values);
}

#[test]
fn equal_hashes_are_not_enough() {
    let values: Vec<usize> = (0..200).map(|row| mixed(row, 11)).collect();
    for job in jobs(values.len()) {
        let source = |start: usize, codes: &mut [u64]| {
            for (row, code) in (start..).zip(codes) {
                *code = values[row] as u64 % 2;
            }
        };
        let same = |left: usize, right: usize| values[left] == values[right];
        check(&sorted::group::<u64, u8>(1, &source, &same, &job).expect("groups"), &values);
    }
}

#[test]
fn a_stop_ends_each_way() {
    let column = Column::new("k", Arc::new((0..1000).collect::<Int64Array>())).expect("column");
    let stop = Interrupt::default();
    stop.set();
    let job = Job { height: 1000, lanes: 2, most: 1 << 18, stop, guess: None };
    let part = Part::of_values(&column).expect("part");
    assert!(matches!(direct::group::<u16>(&part, &job), Err(Error::Interrupted)));
    assert!(matches!(hashed::group::<u16, _>(&part, &job), Err(Error::Interrupted)));
    let source = |start: usize, codes: &mut [u64]| part.fill(start, codes);
    let sorted = sorted::group::<u64, u16>(10, &source, &|_, _| true, &job);
    assert!(matches!(sorted, Err(Error::Interrupted)));
}
