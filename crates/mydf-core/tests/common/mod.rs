//! What the tests of casts and of expressions (in `mydf-query`) share: columns with an offset, and
//! values to compare.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::*;
use mydf_core::{Column, DType, DataFrame, Idx};

/// A value of any dtype as a test writes and compares it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Day(i32),
    Moment(i64),
    Span(i64),
}

impl Cell {
    /// Equality where NaN equals itself and -0.0 differs from 0.0.
    pub(crate) fn same(&self, other: &Cell) -> bool {
        match (self, other) {
            (Cell::Float(left), Cell::Float(right)) => {
                left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
            }
            (left, right) => left == right,
        }
    }
}

pub(crate) const INTEGERS: [DType; 8] = [
    DType::Int8,
    DType::Int16,
    DType::Int32,
    DType::Int64,
    DType::UInt8,
    DType::UInt16,
    DType::UInt32,
    DType::UInt64,
];

/// Smallest and largest value of an integer dtype.
pub(crate) fn range(dtype: &DType) -> (i128, i128) {
    let bits = dtype.bits();
    if dtype.is_signed() {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}

/// A column whose array starts inside its buffers: the rows around the wanted ones are cut off, and
/// the nulls cover values that must not matter.
pub(crate) fn column(name: &str, dtype: &DType, cells: &[Cell]) -> Column {
    const BEFORE: usize = 3;
    macro_rules! numbers {
        ($kind:ty, $native:ty, $pattern:pat => $value:expr) => {{
            let value = |cell: &Cell| match cell {
                $pattern => $value as $native,
                _ => <$native>::MAX,
            };
            let mut values = vec![<$native>::MIN; BEFORE];
            values.extend(cells.iter().map(value));
            values.push(<$native>::MAX);
            let mut valid = vec![true, false, true];
            valid.extend(cells.iter().map(|cell| *cell != Cell::Null));
            valid.push(false);
            Arc::new(PrimitiveArray::<$kind>::new(values.into(), Some(valid.into()))) as ArrayRef
        }};
    }
    let array: ArrayRef = match dtype {
        DType::Null => Arc::new(NullArray::new(cells.len() + BEFORE + 1)),
        DType::Bool => {
            let mut values = vec![Some(true), None, Some(false)];
            values.extend(cells.iter().map(|cell| match cell {
                Cell::Bool(value) => Some(*value),
                _ => None,
            }));
            values.push(Some(true));
            Arc::new(BooleanArray::from(values))
        }
        DType::Int8 => numbers!(Int8Type, i8, Cell::Int(v) => *v),
        DType::Int16 => numbers!(Int16Type, i16, Cell::Int(v) => *v),
        DType::Int32 => numbers!(Int32Type, i32, Cell::Int(v) => *v),
        DType::Int64 => numbers!(Int64Type, i64, Cell::Int(v) => *v),
        DType::UInt8 => numbers!(UInt8Type, u8, Cell::Int(v) => *v),
        DType::UInt16 => numbers!(UInt16Type, u16, Cell::Int(v) => *v),
        DType::UInt32 => numbers!(UInt32Type, u32, Cell::Int(v) => *v),
        DType::UInt64 => numbers!(UInt64Type, u64, Cell::Int(v) => *v),
        DType::Float32 => numbers!(Float32Type, f32, Cell::Float(v) => *v),
        DType::Float64 => numbers!(Float64Type, f64, Cell::Float(v) => *v),
        DType::Date => numbers!(Date32Type, i32, Cell::Day(v) => *v),
        DType::Datetime(zone) => {
            let array = numbers!(TimestampMicrosecondType, i64, Cell::Moment(v) => *v);
            let array = array.as_primitive::<TimestampMicrosecondType>().clone();
            Arc::new(array.with_timezone_opt(zone.clone()))
        }
        DType::Duration => numbers!(DurationMicrosecondType, i64, Cell::Span(v) => *v),
        DType::String => {
            let mut values = vec![Some("before, and longer than a view holds"), None, Some("")];
            values.extend(cells.iter().map(|cell| match cell {
                Cell::Text(value) => Some(value.as_str()),
                _ => None,
            }));
            values.push(Some("after"));
            Arc::new(StringViewArray::from(values))
        }
        other => panic!("{other} has no cells"),
    };
    let column = Column::new(name, array.slice(BEFORE, cells.len())).expect("a supported array");
    assert_eq!(column.dtype(), dtype);
    column
}

/// A column's values.
pub(crate) fn cells(column: &Column) -> Vec<Cell> {
    let array = column.values();
    macro_rules! numbers {
        ($kind:ty, $make:expr) => {
            array.as_primitive::<$kind>().iter().map(|v| v.map_or(Cell::Null, $make)).collect()
        };
    }
    match column.dtype() {
        DType::Null => vec![Cell::Null; array.len()],
        DType::Bool => {
            array.as_boolean().iter().map(|v| v.map_or(Cell::Null, Cell::Bool)).collect()
        }
        DType::Int8 => numbers!(Int8Type, |v| Cell::Int(v.into())),
        DType::Int16 => numbers!(Int16Type, |v| Cell::Int(v.into())),
        DType::Int32 => numbers!(Int32Type, |v| Cell::Int(v.into())),
        DType::Int64 => numbers!(Int64Type, |v| Cell::Int(v.into())),
        DType::UInt8 => numbers!(UInt8Type, |v| Cell::Int(v.into())),
        DType::UInt16 => numbers!(UInt16Type, |v| Cell::Int(v.into())),
        DType::UInt32 => numbers!(UInt32Type, |v| Cell::Int(v.into())),
        DType::UInt64 => numbers!(UInt64Type, |v| Cell::Int(v.into())),
        DType::Float32 => numbers!(Float32Type, |v| Cell::Float(v.into())),
        DType::Float64 => numbers!(Float64Type, Cell::Float),
        DType::Date => numbers!(Date32Type, Cell::Day),
        DType::Datetime(_) => numbers!(TimestampMicrosecondType, Cell::Moment),
        DType::Duration => numbers!(DurationMicrosecondType, Cell::Span),
        DType::String => array
            .as_string_view()
            .iter()
            .map(|v| v.map_or(Cell::Null, |v| Cell::Text(v.to_owned())))
            .collect(),
        other => panic!("{other} has no cells"),
    }
}

/// Fails with both lists if they differ.
#[track_caller]
pub(crate) fn assert_cells(actual: &Column, expected: &[Cell]) {
    let actual = cells(actual);
    let equal =
        actual.len() == expected.len() && actual.iter().zip(expected).all(|(a, e)| a.same(e));
    assert!(equal, "actual:   {actual:?}\nexpected: {expected:?}");
}

pub(crate) fn frame<I: Idx>(columns: Vec<Column>) -> DataFrame<I> {
    DataFrame::new(columns).expect("equal lengths, distinct names")
}
