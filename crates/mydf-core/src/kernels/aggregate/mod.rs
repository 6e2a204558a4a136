//! Aggregations over groups and over whole columns.
//!
//! Each aggregation has its own file with two functions: `dtype` returns the dtype of the result,
//! or `None` if the input's dtype has no such aggregation, and `over` returns the values. The table
//! below names them all; everything else that lists aggregations reads [`AggOp::ALL`].

use assignment::Assignment;
use groupings::Whole;

use super::groups::Groups;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::idx::Idx;

mod all;
mod any;
pub(super) mod assignment;
mod count;
mod extremes;
mod first;
pub(super) mod fold;
mod groupings;
mod implode;
mod last;
mod len;
mod max;
mod mean;
mod median;
mod min;
mod n_unique;
mod null_count;
mod parts;
pub mod piecewise;
mod product;
mod quantile;
mod sizes;
mod std;
mod sum;
pub(super) mod sums;
mod var;

pub use quantile::{Interpolation, Quantile, quantile, quantile_groups};

/// Makes [`AggOp`] and everything that depends on the list of its members.
macro_rules! aggregations {
    ($($(#[$doc:meta])* $op:ident = $module:ident,)*) => {
        /// Aggregations. They skip nulls, except that `First` and `Last` take the row as it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AggOp {
            $($(#[$doc])* $op,)*
        }

        impl AggOp {
            /// All aggregations.
            pub const ALL: &[AggOp] = &[$(AggOp::$op),*];

            /// The name of the Python method.
            pub fn name(self) -> &'static str {
                match self {
                    $(AggOp::$op => stringify!($module),)*
                }
            }

            /// The dtype of the result, or `None` if the input's dtype has no such aggregation.
            fn result(self, input: &DType) -> Option<DType> {
                match self {
                    $(AggOp::$op => $module::dtype(input),)*
                }
            }
        }

        fn over(column: &Column, op: AggOp, groups: &impl Assignment) -> Result<Column> {
            match op {
                $(AggOp::$op => $module::over(column, groups),)*
            }
        }
    };
}

aggregations! {
    /// Int64 for signed integers and Bool, `UInt64` for unsigned integers, the same dtype for
    /// floats and Duration; 0 if there are no values. Overflow is an error.
    Sum = sum,
    /// Float64, also for Float32; of moments a Datetime and of durations a Duration, rounded down to
    /// microseconds; null if there are no values.
    Mean = mean,
    /// The smallest value; null if there are no values. NaN only if all values are NaN.
    Min = min,
    /// The largest value; null if there are no values. NaN only if all values are NaN.
    Max = max,
    /// The number of values that are not null, Int64.
    Count = count,
    /// The number of distinct values, where null counts as one, Int64.
    NUnique = n_unique,
    /// The first row's value.
    First = first,
    /// The last row's value.
    Last = last,
    /// The number of rows, null or not, Int64.
    Len = len,
    /// Sample standard deviation (n - 1), Float64, or Duration for durations; null if there are fewer than two values.
    Std = std,
    /// The median, Float64; null if there are no values.
    Median = median,
    /// Sample variance (n - 1), Float64; null if there are fewer than two values.
    Var = var,
    /// True if a value is true, Bool; false if there are no values.
    Any = any,
    /// True if no value is false, Bool; true if there are no values.
    All = all,
    /// The number of nulls, Int64.
    NullCount = null_count,
    /// The rows as a list, nulls included.
    Implode = implode,
    /// The product in the dtype of a sum, 1 if there are no values. Overflow is an error.
    Product = product,
}

impl AggOp {
    /// The aggregation with this name.
    pub fn from_name(name: &str) -> Option<AggOp> {
        AggOp::ALL.iter().copied().find(|op| op.name() == name)
    }

    /// The dtype of the result; `what` names the input in an error.
    ///
    /// # Errors
    /// [`Error::DType`] if the input's dtype has no such aggregation.
    pub fn dtype(self, input: &DType, what: impl Fn() -> String) -> Result<DType> {
        self.result(input).ok_or_else(|| Error::DType {
            operation: self.name().into(),
            what: what(),
            expected: match self {
                AggOp::Any | AggOp::All => "Bool".into(),
                AggOp::Min | AggOp::Max => "a dtype with an order".into(),
                AggOp::NUnique => "no lists".into(),
                AggOp::Sum | AggOp::Std => "a numeric dtype, Bool or Duration".into(),
                _ => "a numeric dtype or Bool".into(),
            },
            actual: input.clone(),
        })
    }
}

/// One value for each group, under the column's name. For dtypes and null rules, see [`AggOp`].
///
/// # Errors
/// [`crate::Error::DType`] if the column's dtype has no such aggregation,
/// [`crate::Error::Overflow`] if a sum leaves its range, [`crate::Error::LengthMismatch`] if the
/// groups have a different number of rows, [`crate::Error::Memory`],
/// [`crate::Error::Interrupted`].
pub fn aggregate_groups<I: Idx>(column: &Column, op: AggOp, groups: &Groups<I>) -> Result<Column> {
    if column.len() != groups.ids.len() {
        return Err(Error::LengthMismatch {
            column: column.name().to_owned(),
            expected: groups.ids.len(),
            actual: column.len(),
        });
    }
    if groups.first.len() == 1 {
        return aggregate(column, op);
    }
    op.dtype(column.dtype(), || column.name().to_owned())?;
    over(column, op, groups)
}

/// One value for the whole column, the same as if all rows were one group.
///
/// # Errors
/// The same as for [`aggregate_groups`].
pub fn aggregate(column: &Column, op: AggOp) -> Result<Column> {
    op.dtype(column.dtype(), || column.name().to_owned())?;
    over(column, op, &Whole { rows: column.len() })
}
