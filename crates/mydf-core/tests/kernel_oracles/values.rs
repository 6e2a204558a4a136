//! Values, columns and frames for tests.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, BinaryViewArray, BooleanArray, DictionaryArray, NullArray,
    PrimitiveArray, StringViewArray,
};
use mydf_core::{Column, DType, DataFrame, Idx};
use proptest::prelude::*;

/// One value of any dtype; dates and datetimes are numbers.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Value>),
}

impl Value {
    /// Null first, then by value; NaN is the largest, -0.0 equals 0.0.
    pub(crate) fn order(&self, other: &Value) -> Ordering {
        use Value::*;
        match (self, other) {
            (Null, Null) => Ordering::Equal,
            (Null, _) => Ordering::Less,
            (_, Null) => Ordering::Greater,
            (Bool(a), Bool(b)) => a.cmp(b),
            (Int(a), Int(b)) => a.cmp(b),
            (Text(a), Text(b)) => a.cmp(b),
            (List(a), List(b)) => {
                let pairs = a.iter().zip(b);
                let unequal = pairs.map(|(a, b)| a.order(b)).find(|order| order.is_ne());
                unequal.unwrap_or(a.len().cmp(&b.len()))
            }
            (Float(a), Float(b)) => match (a.is_nan(), b.is_nan()) {
                (false, false) => a.partial_cmp(b).unwrap(),
                (a, b) => a.cmp(&b),
            },
            _ => panic!("{self:?} against {other:?}"),
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        self.order(other) == Ordering::Equal
    }
}

/// The keys of a row, which are compared one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key(pub Vec<Value>);

impl Eq for Key {}

impl Ord for Key {
    fn cmp(&self, other: &Key) -> Ordering {
        let pairs = self.0.iter().zip(&other.0);
        pairs.map(|(a, b)| a.order(b)).find(|o| o.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Key) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

macro_rules! primitives {
    ($dtype:expr, $macro:ident, $($name:ident => $type:ty),*) => {
        match $dtype {
            $(DType::$name => $macro!($type),)*
            DType::Date => $macro!(Date32Type),
            DType::Datetime(_) => $macro!(TimestampMicrosecondType),
            DType::Duration => $macro!(DurationMicrosecondType),
            DType::Time => $macro!(Time64MicrosecondType),
            DType::Decimal(..) => $macro!(Decimal128Type),
            other => panic!("{other} is no primitive"),
        }
    };
}

macro_rules! with_type {
    ($dtype:expr, $macro:ident) => {
        primitives!($dtype, $macro, Int8 => Int8Type, Int16 => Int16Type, Int32 => Int32Type,
            Int64 => Int64Type, UInt8 => UInt8Type, UInt16 => UInt16Type, UInt32 => UInt32Type,
            UInt64 => UInt64Type, Float32 => Float32Type, Float64 => Float64Type)
    };
}

/// The values of a column, read one by one.
pub(crate) fn values(column: &Column) -> Vec<Value> {
    let array = column.values();
    let cell = |row: usize| match column.dtype() {
        DType::Bool => Value::Bool(array.as_boolean().value(row)),
        DType::String => Value::Text(array.as_string_view().value(row).to_owned()),
        DType::Categorical => {
            Value::Text(mydf_core::categories::text(array.as_dictionary(), row).to_owned())
        }
        // The tests' bytes are those of texts.
        DType::Binary => {
            let bytes = array.as_binary_view().value(row).to_vec();
            Value::Text(String::from_utf8(bytes).unwrap())
        }
        DType::List(_) => {
            let items = Column::new("items", array.as_list::<i64>().value(row)).unwrap();
            Value::List(values(&items))
        }
        DType::Float32 => Value::Float(array.as_primitive::<Float32Type>().value(row).into()),
        DType::Float64 => Value::Float(array.as_primitive::<Float64Type>().value(row)),
        dtype => {
            macro_rules! int {
                ($type:ty) => {
                    Value::Int(array.as_primitive::<$type>().value(row).as_int())
                };
            }
            with_type!(dtype, int)
        }
    };
    let is_null = |row| *column.dtype() == DType::Null || array.is_null(row);
    (0..column.len()).map(|row| if is_null(row) { Value::Null } else { cell(row) }).collect()
}

/// Converts a number to and from the widest type of its kind.
trait Wide {
    fn as_int(self) -> i128;
    fn of(value: &Value) -> Self;
}

macro_rules! wide {
    ($($type:ty),*) => {$(
        impl Wide for $type {
            fn as_int(self) -> i128 {
                self as i128
            }
            fn of(value: &Value) -> Self {
                match value {
                    Value::Int(int) => *int as $type,
                    Value::Float(float) => *float as $type,
                    other => panic!("{other:?} is no number"),
                }
            }
        }
    )*};
}

wide!(i8, i16, i32, i64, i128, u8, u16, u32, u64, f32, f64);

fn primitive<T: ArrowPrimitiveType<Native: Wide>>(values: &[Value]) -> PrimitiveArray<T> {
    values.iter().map(|value| (!value.is_null()).then(|| T::Native::of(value))).collect()
}

/// A column of these values.
pub(crate) fn column(name: &str, dtype: &DType, values: &[Value]) -> Column {
    let array: ArrayRef = match dtype {
        DType::Null => Arc::new(NullArray::new(values.len())),
        DType::Bool => Arc::new(
            values
                .iter()
                .map(|value| match value {
                    Value::Bool(bit) => Some(*bit),
                    _ => None,
                })
                .collect::<BooleanArray>(),
        ),
        DType::String => Arc::new(
            values
                .iter()
                .map(|value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect::<StringViewArray>(),
        ),
        DType::Categorical => Arc::new(
            values
                .iter()
                .map(|value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect::<DictionaryArray<Int32Type>>(),
        ),
        DType::Binary => Arc::new(
            values
                .iter()
                .map(|value| match value {
                    Value::Text(text) => Some(text.as_bytes()),
                    _ => None,
                })
                .collect::<BinaryViewArray>(),
        ),
        dtype => {
            macro_rules! array {
                ($type:ty) => {
                    Arc::new(primitive::<$type>(values).with_data_type(dtype.to_arrow()))
                };
            }
            with_type!(dtype, array)
        }
    };
    Column::new(name, array).unwrap()
}

/// Every dtype but lists, which are no keys.
pub(crate) fn dtypes() -> Vec<DType> {
    let mut dtypes = numeric_dtypes();
    dtypes.extend([
        DType::Null,
        DType::Bool,
        DType::String,
        DType::Categorical,
        DType::Date,
        DType::Datetime(None),
        DType::Datetime(Some("Europe/Berlin".into())),
        DType::Duration,
        DType::Time,
        DType::Binary,
        DType::Decimal(38, 0),
    ]);
    dtypes
}

pub(crate) fn numeric_dtypes() -> Vec<DType> {
    vec![
        DType::Int8,
        DType::Int16,
        DType::Int32,
        DType::Int64,
        DType::UInt8,
        DType::UInt16,
        DType::UInt32,
        DType::UInt64,
        DType::Float32,
        DType::Float64,
    ]
}

fn bounds(dtype: &DType) -> (i128, i128) {
    match dtype {
        DType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DType::Int32 | DType::Date => (i32::MIN.into(), i32::MAX.into()),
        DType::UInt8 => (0, u8::MAX.into()),
        DType::UInt16 => (0, u16::MAX.into()),
        DType::UInt32 => (0, u32::MAX.into()),
        DType::UInt64 => (0, u64::MAX.into()),
        DType::Time => (0, 86_399_999_999),
        DType::Decimal(precision, _) => {
            let end = 10_i128.pow((*precision).into());
            (1 - end, end - 1)
        }
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// Values that are often equal, and often at the edges of their dtype.
fn value(dtype: &DType) -> BoxedStrategy<Value> {
    match dtype {
        DType::Null => Just(Value::Null).boxed(),
        DType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        DType::String | DType::Categorical | DType::Binary => prop_oneof![
            prop::sample::select(vec![
                "",
                "\0",
                "a",
                "a\0",
                "ab",
                "aß",
                "zwölf bytes",
                "twelve bytes",
                "thirteen byte",
                "thirteen byts",
                "the same start and then one",
                "the same start and then two",
                "日本",
            ])
            .prop_map(|text| Value::Text(text.to_owned())),
            "[ab]{0,3}".prop_map(Value::Text),
        ]
        .boxed(),
        dtype if dtype.is_float() => prop_oneof![
            prop::sample::select(vec![
                0.0,
                -0.0,
                f64::NAN,
                -f64::NAN,
                f64::INFINITY,
                f64::NEG_INFINITY,
                1.5,
                -1.5,
                f64::from(f32::MAX),
            ]),
            (-8i8..8).prop_map(f64::from),
        ]
        .prop_map(Value::Float)
        .boxed(),
        dtype => {
            let (low, high) = bounds(dtype);
            prop_oneof![
                4 => (low.max(-4)..=3).prop_map(Value::Int),
                1 => prop::sample::select(vec![low, low + 1, high - 1, high]).prop_map(Value::Int),
                1 => (low..=high).prop_map(Value::Int),
            ]
            .boxed()
        }
    }
}

/// A column of this dtype and height, often with nulls, and often a slice of a longer one.
pub(crate) fn columns(name: &'static str, dtype: DType, height: usize) -> BoxedStrategy<Column> {
    let nulls = prop::sample::select(vec![0u32, 3, 10]);
    (nulls, 0..10usize, 0..3usize)
        .prop_flat_map(move |(nulls, before, after)| {
            let before = if before > 5 { before } else { 0 };
            let cell = (0..10u32, value(&dtype))
                .prop_map(move |(draw, value)| (draw >= nulls).then_some(value));
            let cells = prop::collection::vec(cell, before + height + after);
            let dtype = dtype.clone();
            cells.prop_map(move |cells| {
                let cells: Vec<Value> =
                    cells.into_iter().map(|cell| cell.unwrap_or(Value::Null)).collect();
                column(name, &dtype, &cells).slice(before, height)
            })
        })
        .boxed()
}

pub(crate) fn any_dtype() -> impl Strategy<Value = DType> {
    prop::sample::select(dtypes())
}

/// Up to three columns of any dtype, all of the same height.
pub(crate) fn any_columns(max_height: usize) -> BoxedStrategy<Vec<Column>> {
    (0..=max_height, prop::collection::vec(any_dtype(), 1..=3))
        .prop_flat_map(|(height, dtypes)| {
            let names = ["a", "b", "c"];
            dtypes
                .into_iter()
                .zip(names)
                .map(|(dtype, name)| columns(name, dtype, height))
                .collect::<Vec<_>>()
        })
        .boxed()
}

pub(crate) fn frame<I: Idx>(columns: &[Column]) -> DataFrame<I> {
    DataFrame::new(columns.to_vec()).unwrap()
}

/// The rows of columns.
pub(crate) fn rows(columns: &[Column]) -> Vec<Key> {
    let values: Vec<Vec<Value>> = columns.iter().map(values).collect();
    let height = columns.first().map_or(0, Column::len);
    (0..height).map(|row| Key(values.iter().map(|column| column[row].clone()).collect())).collect()
}

/// Names and dtypes.
pub(crate) fn schema(columns: &[Column]) -> Vec<(String, DType)> {
    columns.iter().map(|column| (column.name().to_owned(), column.dtype().clone())).collect()
}

/// A column of the numbers from 0, for counting rows.
pub(crate) fn count_up(name: &str, height: usize) -> Column {
    let values: Vec<Value> = (0..height as i128).map(Value::Int).collect();
    column(name, &DType::Int64, &values)
}
