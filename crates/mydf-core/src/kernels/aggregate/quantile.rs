//! The value below which a share of the values is.

use super::super::groups::Groups;
use super::assignment::Assignment;
use super::groupings::Whole;
use super::parts;
use super::sums::has_sum;
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};
use crate::idx::Idx;

/// Which quantile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The share of the values, from 0 to 1.
    pub share: f64,
    /// What to do between two values.
    pub interpolation: Interpolation,
}

/// The quantile between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearer value, and the higher one in the middle.
    Nearest,
    /// The higher value.
    Higher,
    /// The lower value.
    Lower,
    /// The middle between them.
    Midpoint,
    /// The point between them, by the share.
    Linear,
    /// The smallest value that has at least the share of all values below or at it.
    Equiprobable,
}

impl Interpolation {
    const ALL: [(Interpolation, &str); 6] = [
        (Interpolation::Nearest, "nearest"),
        (Interpolation::Higher, "higher"),
        (Interpolation::Lower, "lower"),
        (Interpolation::Midpoint, "midpoint"),
        (Interpolation::Linear, "linear"),
        (Interpolation::Equiprobable, "equiprobable"),
    ];

    /// The value with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Interpolation::ALL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name in Python.
    pub fn name(self) -> &'static str {
        Interpolation::ALL[self as usize].1
    }
}

impl Quantile {
    /// The dtype of the result, Float64; `what` names the input in an error.
    ///
    /// # Errors
    /// [`Error::DType`] if the input is neither numbers nor Bool.
    pub fn dtype(self, input: &DType, what: impl Fn() -> String) -> Result<DType> {
        if has_sum(input) {
            return Ok(DType::Float64);
        }
        Err(Error::DType {
            operation: "quantile".into(),
            what: what(),
            expected: "a numeric dtype or Bool".into(),
            actual: input.clone(),
        })
    }

    /// The quantile of values, of which there is at least one.
    fn of(self, values: &mut [f64]) -> f64 {
        let last = values.len() - 1;
        let place = self.share * last as f64;
        let at = |values: &mut [f64], place: f64| {
            parts::neighbours(values, (place.max(0.0) as usize).min(last)).1
        };
        match self.interpolation {
            Interpolation::Nearest => at(values, place.round()),
            Interpolation::Higher => at(values, place.ceil()),
            Interpolation::Lower => at(values, place.floor()),
            Interpolation::Equiprobable => {
                at(values, (self.share * values.len() as f64).ceil() - 1.0)
            }
            Interpolation::Midpoint | Interpolation::Linear => {
                let (low, high) = (at(values, place.floor()), at(values, place.ceil()));
                let weight = match self.interpolation {
                    Interpolation::Midpoint => 0.5,
                    _ => place - place.floor(),
                };
                // Equal values stay as they are, also infinite ones.
                if low.total_cmp(&high).is_eq() || place.fract() == 0.0 {
                    return low;
                }
                low * (1.0 - weight) + high * weight
            }
        }
    }
}

/// The quantile of each group, under the column's name; null if it has no values.
///
/// # Errors
/// [`Error::DType`]; [`Error::LengthMismatch`] if the groups have a different number of rows.
pub fn quantile_groups<I: Idx>(
    column: &Column,
    quantile: Quantile,
    groups: &Groups<I>,
) -> Result<Column> {
    if column.len() != groups.ids.len() {
        return Err(Error::LengthMismatch {
            column: column.name().to_owned(),
            expected: groups.ids.len(),
            actual: column.len(),
        });
    }
    over(column, quantile, groups)
}

/// The quantile of the whole column.
///
/// # Errors
/// [`Error::DType`].
pub fn quantile(column: &Column, quantile: Quantile) -> Result<Column> {
    over(column, quantile, &Whole { rows: column.len() })
}

fn over(column: &Column, quantile: Quantile, groups: &impl Assignment) -> Result<Column> {
    quantile.dtype(column.dtype(), || column.name().to_owned())?;
    parts::each(column, groups, "quantile", &|values| quantile.of(values))
}
