//! What sums, means and standard deviations share.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrowPrimitiveType, Float64Array, PrimitiveArray, new_null_array};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::super::{PIECE_ROWS, TASK_ROWS, tasks};
use super::assignment::Assignment;
use super::fold::fold;
use super::groupings::Whole;
use super::sizes::counts;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::interrupt::Interrupt;

/// Exact sums of integers, or sums of floats that track their rounding errors.
pub(in super::super) enum Sums {
    Integers(Vec<i128>),
    Floats(Vec<f64>),
}

/// True for the dtypes that have sums and means: numbers, Bool and Null.
pub(super) fn has_sum(dtype: &DType) -> bool {
    dtype.is_numeric() || matches!(dtype, DType::Bool | DType::Null)
}

/// The mean of each group; that of no values has no meaning.
pub(super) fn means(sums: Sums, counts: &[i64]) -> Vec<f64> {
    let divided = |(sum, count): (f64, &i64)| if *count > 0 { sum / *count as f64 } else { 0.0 };
    match sums {
        Sums::Integers(sums) => {
            sums.into_iter().map(|s| s as f64).zip(counts).map(divided).collect()
        }
        Sums::Floats(sums) => sums.into_iter().zip(counts).map(divided).collect(),
    }
}

/// Runs the expression with `$array` and `$Total`, what holds the sums of its values.
macro_rules! with_totals {
    ($column:expr, $rows:expr, $array:ident, $Total:ident => $sums:expr, _ => $other:expr) => {{
        let array = $column.values();
        macro_rules! arm {
            ($type:ty, $total:ty) => {{
                type $Total = $total;
                let $array = array.as_primitive::<$type>();
                $sums
            }};
        }
        // So many values of 32 bits fit 64 bits.
        let few = $rows <= 1 << 31;
        match $column.dtype() {
            DType::Int8 if few => arm!(Int8Type, i64),
            DType::Int16 if few => arm!(Int16Type, i64),
            DType::Int32 if few => arm!(Int32Type, i64),
            DType::UInt8 if few => arm!(UInt8Type, i64),
            DType::UInt16 if few => arm!(UInt16Type, i64),
            DType::UInt32 if few => arm!(UInt32Type, i64),
            DType::Int8 => arm!(Int8Type, i128),
            DType::Int16 => arm!(Int16Type, i128),
            DType::Int32 => arm!(Int32Type, i128),
            DType::Int64 => arm!(Int64Type, i128),
            DType::UInt8 => arm!(UInt8Type, i128),
            DType::UInt16 => arm!(UInt16Type, i128),
            DType::UInt32 => arm!(UInt32Type, i128),
            DType::UInt64 => arm!(UInt64Type, i128),
            DType::Float32 => arm!(Float32Type, Compensated),
            DType::Float64 => arm!(Float64Type, Compensated),
            _ => $other,
        }
    }};
}

/// The sum of each group; that of moments and durations is one of integers.
pub(super) fn sums(column: &Column, groups: &impl Assignment) -> Result<Sums> {
    let column = &column.physical();
    with_totals!(column, groups.rows(), array, T => {
        if groups.is_whole() {
            return Ok(T::sums(vec![whole::<_, T>(array)?]));
        }
        let values = array.values();
        let add = |total: &mut T, row: usize, _: usize| total.add(values[row]);
        Ok(T::sums(fold(groups, array.nulls(), add, Total::merge)?))
    }, _ => Ok(Sums::Integers(other_integers(column, groups)?)))
}

/// The sum of the values of a piece of a column, which has at most [`PIECE_ROWS`] rows.
pub(super) fn of_piece(column: &Column) -> Result<PieceSum> {
    with_totals!(column, column.len(), array, T => {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        Ok(part::<_, T>(0, array.values(), nulls).piece())
    }, _ => Ok(PieceSum::Integer(other_integers(column, &Whole { rows: column.len() })?[0])))
}

/// The sum of a piece of a column.
pub(in super::super) enum PieceSum {
    Integer(i128),
    Float(Compensated),
}

/// The sum of all pieces, equal to that of the whole column; `None` if that would need the values
/// once more.
pub(super) fn of_pieces(pieces: &[PieceSum]) -> Option<Sums> {
    let mut exact = 0;
    let mut floats: Option<Compensated> = None;
    for piece in pieces {
        match piece {
            PieceSum::Integer(sum) => exact += sum,
            PieceSum::Float(sum) => floats.get_or_insert_default().merge(sum),
        }
    }
    match floats {
        None => Some(Sums::Integers(vec![exact])),
        Some(sum) => sum.sum.is_finite().then(|| Compensated::sums(vec![sum])),
    }
}

/// The sum and the number of the values of each group.
pub(super) fn counted_sums(column: &Column, groups: &impl Assignment) -> Result<(Sums, Vec<i64>)> {
    let column = &column.physical();
    if groups.is_whole() {
        return Ok((sums(column, groups)?, counts(column, groups)?));
    }
    with_totals!(column, groups.rows(), array, T => {
        let values = array.values();
        let add = |(total, count): &mut (T, i64), row: usize, _: usize| {
            total.add(values[row]);
            *count += 1;
        };
        let merge = |(total, count): &mut (T, i64), later: &(T, i64)| {
            total.merge(&later.0);
            *count += later.1;
        };
        let (totals, counts) = fold(groups, array.nulls(), add, merge)?.into_iter().unzip();
        Ok((T::sums(totals), counts))
    }, _ => Ok((Sums::Integers(other_integers(column, groups)?), counts(column, groups)?)))
}

/// Bools count as 0 and 1; all other dtypes have no values to add.
fn other_integers(column: &Column, groups: &impl Assignment) -> Result<Vec<i128>> {
    if *column.dtype() != DType::Bool {
        return Ok(vec![0; groups.groups()]);
    }
    let array = column.values().as_boolean();
    let add = |sum: &mut i64, row: usize, _: usize| *sum += i64::from(array.value(row));
    let sums = fold(groups, array.nulls(), add, |sum, later| *sum += later)?;
    Ok(sums.into_iter().map(i128::from).collect())
}

/// The sum of some values.
pub(in super::super) trait Total: Clone + Default + Send + Sync {
    /// Adds that of later values.
    fn merge(&mut self, later: &Self);
    fn sums(totals: Vec<Self>) -> Sums;
    fn piece(self) -> PieceSum;
}

/// The sum of values of type `V`.
trait TotalOf<V>: Total {
    fn add(&mut self, value: V);
    /// Adds many values, in an order that is always the same.
    fn add_all(&mut self, values: &[V]);
    /// The sum of all values, if the sum of parts may be wrong.
    fn corrected(self, values: impl Iterator<Item = V> + Clone) -> Self;
}

macro_rules! exact {
    ($($type:ty),*) => {$(
        impl Total for $type {
            fn merge(&mut self, later: &Self) {
                *self += later;
            }

            fn sums(totals: Vec<Self>) -> Sums {
                Sums::Integers(totals.into_iter().map(i128::from).collect())
            }

            fn piece(self) -> PieceSum {
                PieceSum::Integer(self.into())
            }
        }
    )*};
}

// No number of rows overflows 128 bits, so the order of the rows can't matter.
exact!(i64, i128);

impl<V: Into<i64> + Copy> TotalOf<V> for i64 {
    #[inline]
    fn add(&mut self, value: V) {
        *self += value.into();
    }

    fn add_all(&mut self, values: &[V]) {
        *self += values.iter().map(|value| (*value).into()).sum::<i64>();
    }

    fn corrected(self, _: impl Iterator<Item = V>) -> Self {
        self
    }
}

/// An integer as one without a sign: `OFFSET` more than it is.
trait Lifted: Into<i128> + Copy {
    const OFFSET: u64;
    fn lifted(self) -> u64;
}

macro_rules! lifted {
    ($($type:ty: $wide:ty, $offset:expr;)*) => {$(
        impl Lifted for $type {
            const OFFSET: u64 = $offset;
            #[inline]
            fn lifted(self) -> u64 {
                <$wide>::from(self) as u64 ^ $offset
            }
        }
    )*};
}

lifted! {
    i8: i64, 1 << 63;
    i16: i64, 1 << 63;
    i32: i64, 1 << 63;
    i64: i64, 1 << 63;
    u8: u64, 0;
    u16: u64, 0;
    u32: u64, 0;
    u64: u64, 0;
}

impl<V: Lifted> TotalOf<V> for i128 {
    #[inline]
    fn add(&mut self, value: V) {
        *self += value.into();
    }

    /// The two halves of the values are added apart, in registers of 64 bits.
    fn add_all(&mut self, values: &[V]) {
        // So many halves of 32 bits can't overflow 64 bits.
        for values in values.chunks(1 << 31) {
            let (blocks, rest) = values.as_chunks::<HALVES>();
            let (mut low, mut high) = ([0; HALVES], [0; HALVES]);
            add_halves(blocks, &mut low, &mut high);
            let total = |halves: [u64; HALVES]| halves.into_iter().map(i128::from).sum::<i128>();
            let offsets = i128::from(V::OFFSET) * (values.len() - rest.len()) as i128;
            *self += total(low) + (total(high) << 32) - offsets;
            *self += rest.iter().map(|value| (*value).into()).sum::<i128>();
        }
    }

    fn corrected(self, _: impl Iterator<Item = V>) -> Self {
        self
    }
}

/// So many sums of halves wait for nothing but themselves.
const HALVES: usize = 8;

/// Adds the lower and the upper halves of the values. It is a function of its own for the same
/// reason as [`add_blocks`].
#[inline(never)]
fn add_halves<V: Lifted>(
    blocks: &[[V; HALVES]],
    low: &mut [u64; HALVES],
    high: &mut [u64; HALVES],
) {
    let (mut own_low, mut own_high) = (*low, *high);
    for block in blocks {
        for lane in 0..HALVES {
            let value = block[lane].lifted();
            own_low[lane] += value & u64::from(u32::MAX);
            own_high[lane] += value >> 32;
        }
    }
    (*low, *high) = (own_low, own_high);
}

/// A sum and the rounding error of its additions (Knuth's variant of Kahan's method, which needs
/// no comparison).
#[derive(Clone, Copy, Default)]
pub(in super::super) struct Compensated {
    sum: f64,
    error: f64,
}

impl Compensated {
    #[inline]
    pub(in super::super) fn add_float(&mut self, value: f64) {
        let total = self.sum + value;
        let added = total - self.sum;
        self.error += (self.sum - (total - added)) + (value - added);
        self.sum = total;
    }

    pub(in super::super) fn total(self) -> f64 {
        // With infinities, the error has no meaning.
        if self.sum.is_finite() { self.sum + self.error } else { self.sum }
    }
}

impl Total for Compensated {
    fn merge(&mut self, later: &Self) {
        self.add_float(later.sum);
        self.error += later.error;
    }

    fn sums(totals: Vec<Self>) -> Sums {
        Sums::Floats(totals.into_iter().map(Compensated::total).collect())
    }

    fn piece(self) -> PieceSum {
        PieceSum::Float(self)
    }
}

impl<V: Into<f64> + Copy> TotalOf<V> for Compensated {
    #[inline]
    fn add(&mut self, value: V) {
        self.add_float(value.into());
    }

    /// In sixteen sums, each of which waits only for itself, so that wide registers hold them.
    fn add_all(&mut self, values: &[V]) {
        let mut sums = [0.0; WIDTH];
        let mut errors = [0.0; WIDTH];
        let blocks = values.chunks_exact(WIDTH);
        blocks.remainder().iter().for_each(|value| self.add(*value));
        add_blocks(values, &mut sums, &mut errors);
        for (sum, error) in sums.into_iter().zip(errors) {
            self.merge(&Compensated { sum, error });
        }
    }

    /// A part of a sum may leave the range of floats even if the sum does not.
    fn corrected(self, values: impl Iterator<Item = V> + Clone) -> Self {
        if self.sum.is_finite() {
            return self;
        }
        let floats = values.map(Into::into);
        let infinite: f64 = floats.clone().filter(|value| !value.is_finite()).sum();
        if infinite != 0.0 {
            return Compensated { sum: infinite, error: 0.0 };
        }
        let mut all = Compensated::default();
        floats.for_each(|value| all.add_float(value));
        all
    }
}

/// So many sums wait for nothing but themselves.
const WIDTH: usize = 16;

/// Adds whole blocks of values. It is a function of its own because the compiler uses wide registers
/// only if the sums are in memory at the end.
#[inline(never)]
fn add_blocks<V: Into<f64> + Copy>(
    values: &[V],
    sums: &mut [f64; WIDTH],
    errors: &mut [f64; WIDTH],
) {
    for block in values.chunks_exact(WIDTH) {
        for lane in 0..WIDTH {
            let (sum, value): (f64, f64) = (sums[lane], block[lane].into());
            let total = sum + value;
            let added = total - sum;
            errors[lane] += (sum - (total - added)) + (value - added);
            sums[lane] = total;
        }
    }
}

/// The sum of a whole column: pieces of a fixed size, merged in order.
fn whole<P: ArrowPrimitiveType, T: TotalOf<P::Native>>(array: &PrimitiveArray<P>) -> Result<T> {
    let stop = Interrupt::current();
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    let pieces = array.values().chunks(PIECE_ROWS).enumerate();
    let sum = |(number, values): (usize, &[P::Native])| {
        if stop.is_set() { T::default() } else { part(number * PIECE_ROWS, values, nulls) }
    };
    let mut total = T::default();
    if array.len() <= TASK_ROWS {
        for piece in pieces.map(sum) {
            total.merge(&piece);
        }
    } else {
        for piece in tasks::map(pieces, sum) {
            total.merge(&piece);
        }
    }
    stop.check()?;
    let valid = |row: &usize| nulls.is_none_or(|nulls| nulls.is_valid(*row));
    Ok(total.corrected((0..array.len()).filter(valid).map(|row| array.values()[row])))
}

/// The sum of some values; `start` is the place of the first one among the nulls.
fn part<V: Copy + Default, T: TotalOf<V>>(
    start: usize,
    values: &[V],
    nulls: Option<&NullBuffer>,
) -> T {
    let mut total = T::default();
    match nulls {
        None => total.add_all(values),
        Some(nulls) => add_valid(&mut total, start, values, nulls),
    }
    total
}

/// Adds the values that are not null, with zeros instead of the others.
fn add_valid<V: Copy + Default, T: TotalOf<V>>(
    total: &mut T,
    start: usize,
    values: &[V],
    nulls: &NullBuffer,
) {
    const BLOCK: usize = 1024;
    let mut block = [V::default(); BLOCK];
    for (start, values) in (start..).step_by(BLOCK).zip(values.chunks(BLOCK)) {
        let block = &mut block[..values.len()];
        for (row, (value, place)) in (start..).zip(values.iter().zip(&mut *block)) {
            *place = if nulls.is_valid(row) { *value } else { V::default() };
        }
        total.add_all(block);
    }
}

/// The values as Float64.
pub(super) fn floats(column: &Column, operation: &str) -> Result<Float64Array> {
    if *column.dtype() == DType::Null {
        let nulls = new_null_array(&DataType::Float64, column.len());
        return Ok(nulls.as_primitive::<Float64Type>().clone());
    }
    let values = arrow_cast::cast(column.values(), &DataType::Float64).map_err(|source| {
        Error::Arrow { operation: format!("{operation} of column `{}`", column.name()), source }
    })?;
    Ok(values.as_primitive::<Float64Type>().clone())
}
