//! Group numbers: which rows have equal keys.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::codes::{Codes, width};
use super::keys::map;
use crate::column::Column;
use crate::error::{Error, Result};
use crate::frame::check_rows;
use crate::idx::Idx;
use crate::memory;

/// Rows numbered by equal keys. Null equals null, NaN equals NaN, -0.0 equals 0.0.
#[derive(Clone, Debug)]
pub struct Groups<I: Idx> {
    /// The group of each row; groups are numbered in the order of their first row.
    pub ids: Vec<I>,
    /// The first row of each group.
    pub first: Vec<I>,
}

impl<I: Idx> Groups<I> {
    /// The group numbers as codes.
    pub(super) fn codes(&self) -> Codes {
        let values = map(&self.ids, |id| id.to_usize() as u64);
        Codes { values, bits: width(self.first.len() as u64) }
    }
}

/// Groups rows by equal keys. If there are no keys, all rows are one group.
///
/// # Errors
/// [`Error::Value`] if a key's length is not `height`, [`Error::TooManyRows`].
pub fn group<I: Idx>(keys: &[Column], height: usize) -> Result<Groups<I>> {
    check_rows::<I>(height as u64)?;
    for key in keys {
        if key.len() != height {
            return Err(Error::Value {
                what: "group".into(),
                message: format!("key `{}` has {} rows, expected {height}", key.name(), key.len()),
            });
        }
    }
    // A code for each key and a group for each row; the tables are as large as the groups are many.
    memory::check("groups", height as u64 * (8 * keys.len() as u64 + 2 * size_of::<I>() as u64))?;
    by_codes(&Codes::of_columns::<I>(keys, height))
}

/// Groups rows by equal codes.
///
/// # Errors
/// [`Error::Memory`], since the size of the table is known only at the end.
pub(super) fn by_codes<I: Idx>(codes: &Codes) -> Result<Groups<I>> {
    // A table indexed by the code itself is worth it as long as it is not much larger than a hash
    // table for these rows.
    let direct = (4 * codes.values.len()).max(1 << 10);
    if codes.bits < usize::BITS && 1usize << codes.bits <= direct {
        Ok(by_small_codes(codes))
    } else {
        by_hash(codes)
    }
}

fn by_small_codes<I: Idx>(codes: &Codes) -> Groups<I> {
    let mut numbers = vec![I::NONE; 1 << codes.bits];
    let mut first = Vec::new();
    let ids = codes.values.iter().enumerate().map(|(row, code)| {
        let number = &mut numbers[*code as usize];
        if number.is_none() {
            *number = I::from_usize(first.len());
            first.push(I::from_usize(row));
        }
        *number
    });
    let ids = ids.collect();
    Groups { ids, first }
}

fn by_hash<I: Idx>(codes: &Codes) -> Result<Groups<I>> {
    let mut numbers: HashMap<u64, I, FixedState> = HashMap::default();
    let mut first = Vec::new();
    let mut ids = Vec::with_capacity(codes.values.len());
    for (row, code) in codes.values.iter().enumerate() {
        if numbers.len() == numbers.capacity() {
            let grown = numbers.try_reserve(1).is_ok() && first.try_reserve(numbers.len()).is_ok();
            if !grown {
                let bytes = 4 * numbers.len() as u64 * size_of::<(u64, I)>() as u64;
                let operation = "groups".into();
                return Err(Error::Memory { operation, bytes, available: None });
            }
        }
        ids.push(match numbers.entry(*code) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                let number = I::from_usize(first.len());
                first.push(I::from_usize(row));
                *entry.insert(number)
            }
        });
    }
    Ok(Groups { ids, first })
}
