//! Joins on the nearest key, such as the last price before each trade.

use arrow_array::types::{ArrowPrimitiveType, Float64Type, Int64Type, UInt64Type};
use arrow_array::{Array, cast::AsArray};
use arrow_buffer::NullBuffer;

use super::super::pieces::in_tasks;
use super::codes::Codes;
use super::keys::comparable;
use super::output::Both;
use super::partners::Partners;
use super::side::Side;
use crate::cast::{cast, exact};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::frame::DataFrame;
use crate::idx::Idx;
use crate::interrupt::Interrupt;
use crate::memory;

/// Which key of the right frame is the partner of a key of the left one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// The last one that is not larger.
    Backward,
    /// The first one that is not smaller.
    Forward,
    /// The one with the smallest distance; of two, the larger one.
    Nearest,
}

/// The largest distance of a key from its partner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tolerance {
    /// In the unit of integer keys: days of two dates, microseconds of datetimes.
    Whole(u64),
    /// Of floats.
    Float(f64),
}

/// How two frames are joined on the nearest key.
#[derive(Clone, Copy, Debug)]
pub struct AsOf<'a> {
    /// The key of the left frame, and that of the right one.
    pub on: (&'a str, &'a str),
    /// Keys that must be equal.
    pub by: (&'a [&'a str], &'a [&'a str]),
    /// Which key is the partner.
    pub strategy: Strategy,
    /// The largest distance, if there is one.
    pub tolerance: Option<Tolerance>,
    /// Whether an equal key is a partner.
    pub equal: bool,
    /// Appended to a name of the right frame that the left one has too.
    pub suffix: &'a str,
}

/// Joins each row of the left frame with the row of the right one that has the nearest key.
///
/// The result has all rows and columns of the left frame, in order, then the columns of the right
/// one without the keys that must be equal, and without a key on which both frames are joined by
/// the same name. Of several right rows with the nearest key, a forward join takes the first one,
/// the others the last one. A null or NaN key has no partner, and neither has a null in `by`.
///
/// # Errors
/// [`Error::ColumnNotFound`], [`Error::DType`] for keys that are not numbers, dates or datetimes,
/// or that have no common dtype, [`Error::Unsorted`], [`Error::Cast`], [`Error::DuplicateColumn`].
pub fn join_asof<I: Idx>(
    left: &DataFrame<I>,
    right: &DataFrame<I>,
    how: &AsOf<'_>,
) -> Result<DataFrame<I>> {
    let stop = Interrupt::current();
    let (left_key, right_key) = ordered(left.column(how.on.0)?, right.column(how.on.1)?)?;
    let by: Vec<(Column, Column)> = how
        .by
        .0
        .iter()
        .zip(how.by.1)
        .map(|(l, r)| comparable(left.column(l)?, right.column(r)?))
        .collect::<Result<_>>()?;
    let codes = Codes::<I>::new(&stop, &by, left.height(), right.height())?;
    let keys = (&left_key, &right_key);
    let rows = match *left_key.dtype() {
        DType::Float64 => partners::<Float64Type, I>(&stop, &codes, keys, how),
        DType::UInt64 => partners::<UInt64Type, I>(&stop, &codes, keys, how),
        _ => partners::<Int64Type, I>(&stop, &codes, keys, how),
    }?;
    let joined = how.on.0 == how.on.1;
    let kept = right.columns().iter().filter(|column| {
        let name = column.name();
        !how.by.1.contains(&name) && (!joined || name != how.on.1)
    });
    let kept = kept.cloned().collect();
    let both = Both::new(left, left.columns().to_vec(), right, kept, how.suffix);
    both.check::<I>("join_asof", left.height() as u64)?;
    both.assemble(Partners { left: None, right: Some(rows) }, &stop)
}

/// Both keys in the dtype in which they are ordered: `Int64`, `UInt64` or `Float64`.
fn ordered(left: &Column, right: &Column) -> Result<(Column, Column)> {
    for key in [left, right] {
        let dtype = key.dtype();
        if !dtype.is_numeric() && !dtype.is_temporal() && *dtype != DType::Null {
            return Err(wrong(key, "a number, a date or a datetime"));
        }
    }
    let dtype = match (left.dtype(), right.dtype()) {
        (l, r) if l == r => l.clone(),
        (DType::Date, DType::Datetime(None)) | (DType::Datetime(None), DType::Date) => {
            DType::Datetime(None)
        }
        // The instants of two zones are ordered, too.
        (DType::Datetime(Some(_)), DType::Datetime(Some(_))) => left.dtype().clone(),
        (l, r) => l.common(r).ok_or_else(|| {
            wrong(right, &format!("a dtype comparable with {l} of `{}`", left.name()))
        })?,
    };
    let common = |key: &Column| match key.dtype() {
        known if *known == dtype => Ok(key.clone()),
        DType::Datetime(Some(_)) => Ok(key.clone()),
        _ => exact(key, &dtype),
    };
    let (left, right) = (common(left)?, common(right)?);
    let physical = match dtype {
        DType::UInt64 => DType::UInt64,
        ref dtype if dtype.is_float() => DType::Float64,
        _ => DType::Int64,
    };
    Ok((cast(&left, &physical, true)?, cast(&right, &physical, true)?))
}

fn wrong(key: &Column, expected: &str) -> Error {
    Error::DType {
        operation: "join_asof".into(),
        what: key.name().to_owned(),
        expected: expected.to_owned(),
        actual: key.dtype().clone(),
    }
}

/// A value of a key.
trait Key: Copy + PartialOrd + Send + Sync {
    /// A distance of two keys.
    type Gap: Copy + PartialOrd + Send + Sync;

    fn gap(self, other: Self) -> Self::Gap;

    /// The tolerance as a distance.
    fn limit(tolerance: Tolerance) -> Self::Gap;

    /// False for NaN, which has no partner.
    fn is_ordered(self) -> bool {
        true
    }
}

macro_rules! whole_key {
    ($($int:ty),*) => {$(
        impl Key for $int {
            type Gap = u64;

            fn gap(self, other: Self) -> u64 {
                self.abs_diff(other)
            }

            fn limit(tolerance: Tolerance) -> u64 {
                match tolerance {
                    Tolerance::Whole(limit) => limit,
                    Tolerance::Float(limit) => limit as u64,
                }
            }
        }
    )*};
}

whole_key!(i64, u64);

impl Key for f64 {
    type Gap = f64;

    fn gap(self, other: f64) -> f64 {
        // Two equal infinities have no difference.
        let gap = (self - other).abs();
        if gap.is_nan() { 0.0 } else { gap }
    }

    fn limit(tolerance: Tolerance) -> f64 {
        match tolerance {
            Tolerance::Whole(limit) => limit as f64,
            Tolerance::Float(limit) => limit,
        }
    }

    fn is_ordered(self) -> bool {
        !self.is_nan()
    }
}

/// The keys of one frame.
struct Keys<'a, K> {
    values: &'a [K],
    nulls: Option<&'a NullBuffer>,
}

fn keys_of<T: ArrowPrimitiveType>(column: &Column) -> Keys<'_, T::Native> {
    let array = column.values().as_primitive::<T>();
    Keys { values: array.values(), nulls: array.nulls() }
}

impl<K: Key> Keys<'_, K> {
    #[inline]
    fn get(&self, row: usize) -> Option<K> {
        let known = self.nulls.is_none_or(|nulls| nulls.is_valid(row));
        Some(self.values[row]).filter(|key| known && key.is_ordered())
    }
}

fn partners<T: ArrowPrimitiveType, I: Idx>(
    stop: &Interrupt,
    codes: &Codes<I>,
    keys: (&Column, &Column),
    how: &AsOf<'_>,
) -> Result<Vec<I>>
where
    T::Native: Key,
{
    let (left, right) = (keys_of::<T>(keys.0), keys_of::<T>(keys.1));
    let grouped = !how.by.0.is_empty();
    check_order(stop, &codes.left, codes.size, &left, |row| Error::Unsorted {
        side: "left",
        column: how.on.0.to_owned(),
        row,
        grouped,
    })?;
    let groups = Groups::new(stop, codes, &right, |row| Error::Unsorted {
        side: "right",
        column: how.on.1.to_owned(),
        row,
        grouped,
    })?;
    let limit = how.tolerance.map(T::Native::limit);
    in_tasks(stop, codes.left.len, |start, len, piece| {
        // The keys of a group ascend, so the next search begins where the last one ended.
        let (mut group, mut from) = (usize::MAX, 0);
        codes.left.blocks(start, len, |start, len, block| {
            for place in 0..len {
                let code = block.codes[place] as usize;
                let Some(key) = left.get(start + place).filter(|_| block.found[place]) else {
                    piece.push(I::NONE);
                    continue;
                };
                let range = groups.starts[code]..groups.starts[code + 1];
                if code != group {
                    (group, from) = (code, 0);
                }
                let known = &groups.keys[range.clone()];
                let found;
                (from, found) = partner(known, from, key, how.strategy, how.equal);
                let near = |found: &usize| limit.is_none_or(|most| known[*found].gap(key) <= most);
                let row = found.filter(near).map(|found| groups.rows[range.start + found]);
                piece.push(row.unwrap_or(I::NONE));
            }
        });
    })
}

/// The place of the partner of a key among ascending ones. The places before `from` have smaller
/// keys; the first part of the result is such a place for a key that is not smaller.
fn partner<K: Key>(
    known: &[K],
    from: usize,
    key: K,
    strategy: Strategy,
    equal: bool,
) -> (usize, Option<usize>) {
    let at = ahead(known, from, |other| *other < key);
    let after = ahead(known, at, |other| *other <= key);
    let before = (if equal { after } else { at }).checked_sub(1);
    let next = Some(if equal { at } else { after }).filter(|next| *next < known.len());
    let found = match (strategy, before, next) {
        (Strategy::Backward, before, _) => before,
        (Strategy::Forward, _, next) => next,
        (Strategy::Nearest, Some(before), _) if equal && at < after => Some(before),
        (Strategy::Nearest, Some(before), Some(next)) => {
            let nearer = known[next].gap(key) <= key.gap(known[before]);
            Some(if nearer { last_of(known, next) } else { before })
        }
        (Strategy::Nearest, before, next) => before.or(next.map(|next| last_of(known, next))),
    };
    (at, found)
}

/// The last place with the same key.
fn last_of<K: Key>(known: &[K], place: usize) -> usize {
    ahead(known, place, |other| *other <= known[place]) - 1
}

/// The first place from `from` on at which `before` is false: it is most likely near.
fn ahead<K: Key>(known: &[K], from: usize, before: impl Fn(&K) -> bool) -> usize {
    let mut step = 1;
    let mut low = from;
    while low + step <= known.len() && before(&known[low + step - 1]) {
        low += step;
        step *= 2;
    }
    let high = known.len().min(low + step - 1);
    low + known[low..high].partition_point(before)
}

/// Checks that the keys of each group ascend.
fn check_order<K: Key, I: Idx>(
    stop: &Interrupt,
    side: &Side<I>,
    groups: usize,
    keys: &Keys<'_, K>,
    unsorted: impl Fn(usize) -> Error,
) -> Result<()> {
    memory::check("join_asof", (size_of::<Option<K>>() * groups) as u64)?;
    let mut last = vec![None; groups];
    let mut wrong = None;
    each(stop, side, |row, code| {
        let Some(key) = keys.get(row) else { return };
        if last[code].is_some_and(|last| last > key) {
            wrong = wrong.or(Some(row));
        }
        last[code] = Some(key);
    })?;
    wrong.map_or(Ok(()), |row| Err(unsorted(row)))
}

/// Calls `visit` with each row that can have a partner, and its code.
fn each<I: Idx>(
    stop: &Interrupt,
    side: &Side<I>,
    mut visit: impl FnMut(usize, usize),
) -> Result<()> {
    const STEP: usize = 1 << 20;
    for start in (0..side.len).step_by(STEP) {
        stop.check()?;
        side.blocks(start, STEP.min(side.len - start), |start, len, block| {
            for place in 0..len {
                if block.found[place] {
                    visit(start + place, block.codes[place] as usize);
                }
            }
        });
    }
    Ok(())
}

/// The right rows that can be partners, group by group in the order of the frame.
struct Groups<I, K> {
    /// Where each group starts, and the number of all rows.
    starts: Vec<usize>,
    rows: Vec<I>,
    keys: Vec<K>,
}

impl<I: Idx, K: Key> Groups<I, K> {
    fn new(
        stop: &Interrupt,
        codes: &Codes<I>,
        keys: &Keys<'_, K>,
        unsorted: impl Fn(usize) -> Error,
    ) -> Result<Self> {
        let side = &codes.right;
        let row_bytes = size_of::<(I, K)>() * side.len + 2 * size_of::<usize>() * codes.size;
        memory::check("join_asof", row_bytes as u64)?;
        let mut starts = vec![0; codes.size + 1];
        let mut first = None;
        each(stop, side, |row, code| {
            if let Some(key) = keys.get(row) {
                starts[code + 1] += 1;
                first.get_or_insert((row, key));
            }
        })?;
        for group in 0..codes.size {
            starts[group + 1] += starts[group];
        }
        let Some((row, key)) = first else {
            return Ok(Groups { starts, rows: Vec::new(), keys: Vec::new() });
        };
        let total = starts[codes.size];
        let (mut rows, mut sorted) = (vec![I::from_usize(row); total], vec![key; total]);
        let mut next = starts[..codes.size].to_vec();
        let mut wrong = None;
        each(stop, side, |row, code| {
            let Some(key) = keys.get(row) else { return };
            let place = next[code];
            if place > starts[code] && sorted[place - 1] > key {
                wrong = wrong.or(Some(row));
            }
            rows[place] = I::from_usize(row);
            sorted[place] = key;
            next[code] += 1;
        })?;
        wrong.map_or(Ok(Groups { starts, rows, keys: sorted }), |row| Err(unsorted(row)))
    }
}
