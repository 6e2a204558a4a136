//! Categories as integers that sort and compare like their texts.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, Int32Array, StringViewArray, UInt32Array};

use super::keys::map;
use crate::categories::{Categories, texts, unified};
use crate::column::Column;
use crate::error::Result;

/// For each column, integers that sort and compare like the texts of all of them; texts if most of
/// the categories have no row.
pub(super) fn keys(columns: &[&Column]) -> Result<Vec<Column>> {
    let arrays: Vec<&Categories> =
        columns.iter().map(|column| column.values().as_dictionary::<Int32Type>()).collect();
    let rows: usize = arrays.iter().map(Array::len).sum();
    let entries: usize = arrays.iter().map(|array| array.values().len()).sum();
    let keys: Vec<ArrayRef> = if entries > rows {
        let texts = arrays.iter().map(|array| Ok(Arc::new(texts(array)?) as ArrayRef));
        texts.collect::<Result<_>>()?
    } else {
        let (categories, codes) = unified(&arrays)?;
        let (ranks, _) = ranks(&categories);
        codes.iter().map(|codes| Arc::new(ranked(codes, &ranks)) as ArrayRef).collect()
    };
    columns.iter().zip(keys).map(|(column, key)| Column::new(column.shared_name(), key)).collect()
}

/// The rank of each category in the order of their texts, and the category of each rank.
pub(super) fn ranks(categories: &StringViewArray) -> (Vec<u32>, Vec<u32>) {
    let mut order: Vec<u32> = (0..categories.len() as u32).collect();
    order.sort_unstable_by_key(|place| categories.value(*place as usize));
    let mut ranks = vec![0; order.len()];
    for (rank, place) in order.iter().enumerate() {
        ranks[*place as usize] = rank as u32;
    }
    (ranks, order)
}

/// The rank of each row's category.
pub(super) fn ranked(codes: &Int32Array, ranks: &[u32]) -> UInt32Array {
    // A code under a null may be anything.
    let rank = |code: i32| ranks.get(code as usize).copied().unwrap_or(0);
    UInt32Array::new(map(codes.values(), rank).into(), codes.nulls().cloned())
}
