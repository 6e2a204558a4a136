//! The operators whose result at a row depends on other rows, and their dtypes.

use super::super::aggregate::AggOp;
use super::super::sort_order::SortOrder;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// An operator with one result for each row, which depends on other rows of the column or, in
/// groups, on other rows of the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowOp {
    /// The value so many rows before; null where there is no such row. Negative: rows after.
    Shift(i64),
    /// True where `Shift` finds no row.
    Gaps(i64),
    /// The last value before a null, at most so many rows before it.
    ForwardFill(Option<usize>),
    /// The next value after a null, at most so many rows after it.
    BackwardFill(Option<usize>),
    /// The rows from the last to the first.
    Reverse,
    /// The values in order.
    Sort(SortOrder),
    /// The number, from 0, of the row whose value `Sort` puts here.
    ArgSort(SortOrder),
    /// The aggregation of the rows up to this one, or from this one on.
    Cumulative {
        /// The aggregation.
        what: Cumulative,
        /// True: of the rows from this one on.
        reverse: bool,
    },
    /// The place of the value in the order of all values, from 1.
    Rank {
        /// The place of equal values.
        method: RankMethod,
        /// True: the largest value has place 1.
        descending: bool,
    },
    /// The aggregation of a window of rows.
    Rolling {
        /// The aggregation.
        what: Rolling,
        /// How many rows a window has.
        window: usize,
        /// Windows with fewer values that are not null give null.
        least: usize,
        /// True: the row is in the middle of its window. False: it is the last one.
        center: bool,
    },
    /// The aggregation of all rows up to this one, in which the weight of a row decays from row to
    /// row: Float32 for Float32, Float64 for other numbers and Bool. Null where the value is null.
    Decaying(Decaying, Weights),
    /// True if no other row has an equal value.
    IsUnique,
    /// True if another row has an equal value.
    IsDuplicated,
    /// True if no row before has an equal value.
    IsFirstDistinct,
    /// True if no row after has an equal value.
    IsLastDistinct,
}

/// What accumulates from row to row. All skip nulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Cumulative {
    Sum,
    Count,
    Min,
    Max,
}

/// Which place equal values get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankMethod {
    /// The mean of their places.
    Average,
    /// The first of their places.
    Min,
    /// The last of their places.
    Max,
    /// The first of their places, and no places are left out.
    Dense,
    /// Each its own, in the order of the rows.
    Ordinal,
}

/// The aggregation of each window. All skip nulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Rolling {
    Sum,
    Mean,
    Min,
    Max,
    Std,
    Var,
}

/// The aggregation of rows whose weights decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Decaying {
    Mean,
    Std,
    Var,
}

/// How weights decay from row to row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The share of the weight that a row loses for each row after it, as the bits of a float.
    alpha: u64,
    /// True: the weights of the rows so far are divided by their sum. False: each mean has the share
    /// `alpha` of its row, and the rest of the mean before.
    pub adjust: bool,
    /// True: weights don't decay in rows that are null.
    pub ignore_nulls: bool,
    /// Rows with fewer values so far give null.
    pub least: usize,
    /// True: variances are those of a whole population. False: those of a sample.
    pub bias: bool,
}

impl Weights {
    /// Weights that lose the share `alpha` in each row, with the rest as in their fields.
    pub fn new(alpha: f64, adjust: bool, ignore_nulls: bool, least: usize, bias: bool) -> Self {
        Weights { alpha: alpha.to_bits(), adjust, ignore_nulls, least, bias }
    }

    /// The share of the weight that a row loses for each row after it.
    pub fn alpha(self) -> f64 {
        f64::from_bits(self.alpha)
    }
}

impl RankMethod {
    const ALL: [(RankMethod, &str); 5] = [
        (RankMethod::Average, "average"),
        (RankMethod::Min, "min"),
        (RankMethod::Max, "max"),
        (RankMethod::Dense, "dense"),
        (RankMethod::Ordinal, "ordinal"),
    ];

    /// The method with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        RankMethod::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name in Python.
    pub fn name(self) -> &'static str {
        RankMethod::ALL[self as usize].1
    }
}

impl WindowOp {
    /// The name of the Python method.
    pub fn name(&self) -> &'static str {
        match self {
            WindowOp::Shift(_) | WindowOp::Gaps(_) => "shift",
            WindowOp::ForwardFill(_) => "forward_fill",
            WindowOp::BackwardFill(_) => "backward_fill",
            WindowOp::Reverse => "reverse",
            WindowOp::Sort(_) => "sort",
            WindowOp::ArgSort(_) => "arg_sort",
            WindowOp::Cumulative { what, .. } => what.name(),
            WindowOp::Rank { .. } => "rank",
            WindowOp::Rolling { what, .. } => what.name(),
            WindowOp::Decaying(what, _) => what.name(),
            WindowOp::IsUnique => "is_unique",
            WindowOp::IsDuplicated => "is_duplicated",
            WindowOp::IsFirstDistinct => "is_first_distinct",
            WindowOp::IsLastDistinct => "is_last_distinct",
        }
    }

    /// The dtype of the result; `what` names the input in an error.
    ///
    /// # Errors
    /// [`crate::Error::DType`] if the input's dtype has no sum or mean.
    pub fn dtype(&self, input: &DType, what: impl Fn() -> String) -> Result<DType> {
        match self {
            WindowOp::Sort(_)
            | WindowOp::ArgSort(_)
            | WindowOp::Rank { .. }
            | WindowOp::Cumulative { what: Cumulative::Min | Cumulative::Max, .. }
            | WindowOp::Rolling { what: Rolling::Min | Rolling::Max, .. }
            | WindowOp::IsUnique
            | WindowOp::IsDuplicated
            | WindowOp::IsFirstDistinct
            | WindowOp::IsLastDistinct
                if matches!(input, DType::List(_)) =>
            {
                Err(Error::DType {
                    operation: self.name().to_owned(),
                    what: what(),
                    expected: "no lists".into(),
                    actual: input.clone(),
                })
            }
            WindowOp::Cumulative { what: Cumulative::Sum, .. }
            | WindowOp::Rolling { what: Rolling::Sum, .. } => AggOp::Sum.dtype(input, what),
            // Rolling means are floats, which neither moments nor durations become.
            WindowOp::Rolling { what: Rolling::Mean | Rolling::Std | Rolling::Var, .. }
            | WindowOp::Decaying(..) => {
                let decays = matches!(self, WindowOp::Decaying(..));
                let dtype = AggOp::Var.dtype(input, what).map_err(|error| match error {
                    Error::DType { what, expected, actual, .. } => {
                        Error::DType { operation: self.name().to_owned(), what, expected, actual }
                    }
                    other => other,
                })?;
                Ok(if decays && *input == DType::Float32 { DType::Float32 } else { dtype })
            }
            WindowOp::ArgSort(_) | WindowOp::Cumulative { what: Cumulative::Count, .. } => {
                Ok(DType::Int64)
            }
            WindowOp::Rank { method: RankMethod::Average, .. } => Ok(DType::Float64),
            WindowOp::Rank { .. } => Ok(DType::Int64),
            WindowOp::Gaps(_)
            | WindowOp::IsUnique
            | WindowOp::IsDuplicated
            | WindowOp::IsFirstDistinct
            | WindowOp::IsLastDistinct => Ok(DType::Bool),
            _ => Ok(input.clone()),
        }
    }
}

impl Cumulative {
    const ALL: [(Cumulative, &str); 4] = [
        (Cumulative::Sum, "cum_sum"),
        (Cumulative::Count, "cum_count"),
        (Cumulative::Min, "cum_min"),
        (Cumulative::Max, "cum_max"),
    ];

    /// The aggregation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Cumulative::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the Python method.
    pub fn name(self) -> &'static str {
        Cumulative::ALL[self as usize].1
    }
}

impl Decaying {
    const ALL: [(Decaying, &str); 3] =
        [(Decaying::Mean, "ewm_mean"), (Decaying::Std, "ewm_std"), (Decaying::Var, "ewm_var")];

    /// The aggregation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Decaying::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the Python method.
    pub fn name(self) -> &'static str {
        Decaying::ALL[self as usize].1
    }
}

impl Rolling {
    const ALL: [(Rolling, &str); 6] = [
        (Rolling::Sum, "rolling_sum"),
        (Rolling::Mean, "rolling_mean"),
        (Rolling::Min, "rolling_min"),
        (Rolling::Max, "rolling_max"),
        (Rolling::Std, "rolling_std"),
        (Rolling::Var, "rolling_var"),
    ];

    /// The aggregation with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Rolling::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the Python method.
    pub fn name(self) -> &'static str {
        Rolling::ALL[self as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_operator() {
        for (method, name) in RankMethod::ALL {
            assert_eq!((method.name(), RankMethod::from_name(name)), (name, Some(method)));
        }
        for (what, name) in Cumulative::ALL {
            assert_eq!((what.name(), Cumulative::from_name(name)), (name, Some(what)));
        }
        for (what, name) in Decaying::ALL {
            assert_eq!((what.name(), Decaying::from_name(name)), (name, Some(what)));
        }
        for (what, name) in Rolling::ALL {
            assert_eq!((what.name(), Rolling::from_name(name)), (name, Some(what)));
        }
    }
}
