//! Functions of dates and datetimes that have arguments.

use std::fmt;
use std::sync::Arc;

use mydf_core::temporal::{Format, Span};

use super::quoted::Quoted;

/// A function of a date or datetime. The result has the dtype of the operand unless stated.
#[derive(Clone, Debug, PartialEq)]
pub enum MomentOp {
    /// The start of the span, e.g. of the hour or the month.
    Truncate(Given<Span>),
    /// The moment that is this much later.
    OffsetBy(Given<Span>),
    /// The same time of day on the first day of the month.
    MonthStart,
    /// The same time of day on the last day of the month.
    MonthEnd,
    /// Text in this format; String.
    Strftime(Given<Format>),
    /// The same instant in another zone.
    ConvertZone(Arc<str>),
    /// The same wall-clock time in another zone, or in none.
    ReplaceZone {
        /// The name of the zone.
        zone: Option<Arc<str>>,
        /// What becomes of a time that the clock shows twice.
        ambiguous: Ambiguous,
        /// True: a time that the clock skips becomes null. False: it is an error.
        skipped_to_null: bool,
    },
}

/// What becomes of a wall-clock time that the clock shows twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Ambiguous {
    Raise,
    Earliest,
    Latest,
    Null,
}

static AMBIGUOUS: [(Ambiguous, &str); 4] = [
    (Ambiguous::Raise, "raise"),
    (Ambiguous::Earliest, "earliest"),
    (Ambiguous::Latest, "latest"),
    (Ambiguous::Null, "null"),
];

impl Ambiguous {
    /// The value with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        AMBIGUOUS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name in Python.
    pub fn name(self) -> &'static str {
        AMBIGUOUS[self as usize].1
    }
}

/// An argument, and the text that it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Given<T> {
    /// As it was given.
    pub text: Arc<str>,
    /// What it means.
    pub value: T,
}

impl MomentOp {
    /// The name of the method in Python.
    pub fn name(&self) -> &'static str {
        match self {
            MomentOp::Truncate(_) => "dt.truncate",
            MomentOp::OffsetBy(_) => "dt.offset_by",
            MomentOp::MonthStart => "dt.month_start",
            MomentOp::MonthEnd => "dt.month_end",
            MomentOp::Strftime(_) => "dt.strftime",
            MomentOp::ConvertZone(_) => "dt.convert_time_zone",
            MomentOp::ReplaceZone { .. } => "dt.replace_time_zone",
        }
    }
}

/// The arguments, as Python code.
impl fmt::Display for MomentOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MomentOp::Truncate(span) | MomentOp::OffsetBy(span) => {
                write!(f, "{}", Quoted(&span.text))
            }
            MomentOp::Strftime(format) => write!(f, "{}", Quoted(&format.text)),
            MomentOp::ConvertZone(zone) => write!(f, "{}", Quoted(zone)),
            MomentOp::MonthStart | MomentOp::MonthEnd => Ok(()),
            MomentOp::ReplaceZone { zone, ambiguous, skipped_to_null } => {
                match zone {
                    Some(zone) => write!(f, "{}", Quoted(zone))?,
                    None => f.write_str("None")?,
                }
                if *ambiguous != Ambiguous::Raise {
                    write!(f, ", ambiguous=\"{}\"", ambiguous.name())?;
                }
                f.write_str(if *skipped_to_null { ", non_existent=\"null\"" } else { "" })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_found_by_its_name() {
        for (choice, name) in AMBIGUOUS {
            assert_eq!((choice.name(), Ambiguous::from_name(name)), (name, Some(choice)));
        }
    }
}
