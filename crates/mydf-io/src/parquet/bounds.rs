//! The smallest and largest values of row groups, as far as a file's statistics can be relied on.
//!
//! Statistics that are missing, that old writers made by another order, or that contradict
//! themselves are not known, so that nothing is concluded from them. A text that was cut is a bound
//! all the same: the format says that the largest one is then increased.

use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array};
use arrow_schema::DataType;
use arrow_select::nullif::nullif;
use mydf_core::extension;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::basic::{ColumnOrder, SortOrder, Type as Physical};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

/// Bounds of a column, with a row for each row group; null if it is not known.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// No value is smaller; NaN is no value here.
    pub min: ArrayRef,
    /// No value is larger; NaN is no value here.
    pub max: ArrayRef,
    /// The number of nulls.
    pub nulls: Int64Array,
    /// The number of rows.
    pub rows: Int64Array,
}

pub(super) fn of(metadata: &ArrowReaderMetadata, column: &str, groups: &[usize]) -> Option<Bounds> {
    let schema = metadata.schema();
    let (_, field) = schema.column_with_name(column)?;
    // The stored values of an extension type mean something else.
    if field.metadata().contains_key(extension::KEY)
        || matches!(field.data_type(), DataType::Float16)
    {
        return None;
    }
    let parquet = metadata.parquet_schema();
    let converter = StatisticsConverter::try_new(column, schema, parquet).ok()?;
    let leaf = converter.parquet_column_index()?;
    let physical = parquet.column(leaf).physical_type();
    let order = metadata.metadata().file_metadata().column_order(leaf);
    let ordered = match physical {
        Physical::BYTE_ARRAY => {
            matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::UNSIGNED))
        }
        Physical::INT96 | Physical::FIXED_LEN_BYTE_ARRAY => false,
        _ => matches!(
            order,
            ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::SIGNED | SortOrder::UNSIGNED)
                | ColumnOrder::IEEE_754_TOTAL_ORDER
        ),
    };
    let all = metadata.metadata();
    let groups: Vec<&RowGroupMetaData> = groups.iter().map(|group| all.row_group(*group)).collect();
    let known = |group: &RowGroupMetaData| group.column(leaf).statistics().is_some_and(is_sound);
    let unknown: BooleanArray =
        groups.iter().map(|group| Some(!(ordered && known(group)))).collect();
    let min = converter.row_group_mins(groups.iter().copied()).ok()?;
    let max = converter.row_group_maxes(groups.iter().copied()).ok()?;
    if min.len() != groups.len() || max.len() != groups.len() {
        return None;
    }
    let nulls = groups.iter().map(|group| {
        let nulls = group.column(leaf).statistics()?.null_count_opt()?;
        i64::try_from(nulls).ok().filter(|nulls| *nulls <= group.num_rows())
    });
    Some(Bounds {
        min: nullif(&min, &unknown).ok()?,
        max: nullif(&max, &unknown).ok()?,
        nulls: nulls.collect(),
        rows: groups.iter().map(|group| Some(group.num_rows())).collect(),
    })
}

/// True if the bounds have the order that the format defines, and are in it. NaN is in none.
fn is_sound(statistics: &Statistics) -> bool {
    macro_rules! in_order {
        ($values:expr) => {
            match ($values.min_opt(), $values.max_opt()) {
                (Some(min), Some(max)) => min <= max,
                _ => false,
            }
        };
    }
    !statistics.is_min_max_deprecated()
        && match statistics {
            Statistics::Boolean(values) => in_order!(values),
            Statistics::Int32(values) => in_order!(values),
            Statistics::Int64(values) => in_order!(values),
            Statistics::Float(values) => in_order!(values),
            Statistics::Double(values) => in_order!(values),
            Statistics::ByteArray(values) => match (values.min_opt(), values.max_opt()) {
                (Some(min), Some(max)) => min.data() <= max.data(),
                _ => false,
            },
            Statistics::Int96(_) | Statistics::FixedLenByteArray(_) => false,
        }
}
