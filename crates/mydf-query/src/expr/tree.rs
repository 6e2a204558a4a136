//! Column expressions as a tree. Building one checks nothing; [`crate::plan`] does.

use std::sync::Arc;

use mydf_core::kernels::aggregate::{AggOp, Quantile};
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::windows::WindowOp;
use mydf_core::temporal::{DAY, SECOND};
use mydf_core::{Column, DType, Result};

use super::selection::{Renaming, Selection};

use super::function::Function;

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// No value, of dtype Null.
    Null,
    /// A Boolean.
    Bool(bool),
    /// An integer; its dtype adapts to the other operand. Alone it is Int64 (`UInt64` above its
    /// range).
    Int(i128),
    /// A float; its dtype adapts to the other operand. Alone it is Float64.
    Float(f64),
    /// Text.
    String(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00 and the name of a time zone.
    Datetime(i64, Option<Arc<str>>),
    /// Microseconds between two moments.
    Duration(i64),
    /// Microseconds since midnight.
    Time(i64),
}

/// Operators of two operands. Comparisons and arithmetic with a null give null; `And` and `Or`
/// follow Kleene's logic.
///
/// Arithmetic uses the operands' common dtype ([`DType::common`]). An integer literal takes the
/// dtype of the column next to it if its value fits; otherwise it counts as the narrowest dtype
/// that holds it. A float literal stays `Float32` next to `Float32`. Integers are checked: leaving
/// the range is [`mydf_core::Error::Overflow`], except under a null. `+` joins text.
///
/// Numbers compare by their exact values whatever the dtypes (`UInt64` with `Int64`, `Int64` with
/// `Float64`), also as literals, in `is_in` and `is_between`, and as the keys of a join; only a
/// float literal next to `Float32` is rounded to it. NaN equals NaN and is larger than every number, and -0.0 equals 0.0; sorting and
/// grouping agree with that. A date is the midnight at its start; text next to a date or datetime
/// is read as ISO 8601 if it is a literal. Datetimes with a zone compare only with each other.
/// Anything else is [`mydf_core::Error::DType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// True division: Float64 for integers.
    Div,
    /// Division rounded towards minus infinity. Division by zero is null for integers, and infinite
    /// or NaN for floats.
    FloorDiv,
    /// Remainder with the sign of the divisor. Division by zero is null for integers and NaN for
    /// floats.
    Mod,
    /// Power. Integers stay integers, with an exponent that is not negative. 0 to the power of 0 is
    /// 1.
    Pow,
    Eq,
    NotEq,
    Lt,
    LtEq,
    Gt,
    GtEq,
    And,
    Or,
    Xor,
}

/// Operators of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum UnaryOp {
    Not,
    Neg,
    Abs,
    IsNull,
    IsNotNull,
    IsNan,
    IsNotNan,
    IsFinite,
    IsInfinite,
}

/// Operators on text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StrOp {
    /// True if the text contains the pattern: a literal or a regular expression.
    Contains {
        /// The pattern.
        pattern: Arc<str>,
        /// True: search for exactly these characters. False: a regular expression (syntax of the
        /// `regex` crate).
        literal: bool,
    },
    /// True if the text starts with this.
    StartsWith(Arc<str>),
    /// True if the text ends with this.
    EndsWith(Arc<str>),
    /// Lowercase, by Unicode's rules.
    Lower,
    /// Uppercase, by Unicode's rules.
    Upper,
    /// Number of Unicode scalar values, Int64.
    LenChars,
    /// Number of bytes in UTF-8, Int64.
    LenBytes,
    /// The text without white space at both ends.
    Strip,
}

/// Parts of a date or datetime, and a duration as a number. Each part is Int32, except that `Date`
/// has dtype Date; the numbers of a duration are Int64, and cut off what is smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum DtOp {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    /// Monday is 1, Sunday is 7 (ISO 8601).
    Weekday,
    Date,
    /// 1 to 4.
    Quarter,
    /// The day of the year, from 1.
    OrdinalDay,
    /// The week of the year, from 1 to 53 (ISO 8601).
    Week,
    /// The year that the week belongs to (ISO 8601).
    IsoYear,
    /// 0 to 999.
    Millisecond,
    /// 0 to 999,999.
    Microsecond,
    TotalDays,
    TotalHours,
    TotalMinutes,
    TotalSeconds,
    TotalMilliseconds,
    TotalMicroseconds,
}

/// Which bounds belong to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Closed {
    Both,
    Left,
    Right,
    Neither,
}

/// A column that an expression brings along. Two are equal if they share their values.
#[derive(Clone, Debug)]
pub struct Foreign(pub Column);

impl PartialEq for Foreign {
    fn eq(&self, other: &Self) -> bool {
        self.0.name() == other.0.name() && Arc::ptr_eq(self.0.values(), other.0.values())
    }
}

/// A column expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column of the frame.
    Column(Arc<str>),
    /// Several columns of the frame: the expression stands for one expression for each of them
    /// ([`crate::plan::expand`]).
    Selected(Selection),
    /// The same values under a name that depends on the name so far.
    Renamed(Box<Expr>, Renaming),
    /// A value, repeated to the length of the other operands.
    Literal(Scalar),
    /// A column that does not belong to the frame, with one value for each of its rows.
    Series(Foreign),
    /// The same values under another name.
    Alias(Box<Expr>, Arc<str>),
    /// An operator of two operands.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand; the result has its name.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// An operator of one operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        input: Box<Expr>,
    },
    /// The first operand if it is not null, otherwise the second.
    FillNull {
        /// The values.
        input: Box<Expr>,
        /// The replacement for a null.
        value: Box<Expr>,
    },
    /// Conversion to another dtype.
    Cast {
        /// The values.
        input: Box<Expr>,
        /// The requested dtype.
        dtype: DType,
        /// True: a value that does not fit is an error. False: it becomes null.
        strict: bool,
    },
    /// An operator on text.
    Str {
        /// The operator.
        op: StrOp,
        /// The text.
        input: Box<Expr>,
    },
    /// A part of a date or datetime.
    Dt {
        /// The part.
        op: DtOp,
        /// The values.
        input: Box<Expr>,
    },
    /// True if the value is between two others; null if one of the three is null.
    Between {
        /// The values.
        input: Box<Expr>,
        /// The lower bound.
        lower: Box<Expr>,
        /// The upper bound.
        upper: Box<Expr>,
        /// Which bounds belong to the range.
        closed: Closed,
    },
    /// True if the value equals one of these. Null if the value is null, and also if it equals none
    /// of them and one is null.
    IsIn {
        /// The values to look up.
        input: Box<Expr>,
        /// The set.
        set: Vec<Scalar>,
    },
    /// `then` if `condition` is true, otherwise `otherwise`.
    When {
        /// The condition, which is Bool.
        condition: Box<Expr>,
        /// The value if the condition is true.
        then: Box<Expr>,
        /// The value if the condition is false or null.
        otherwise: Box<Expr>,
    },
    /// A function of one or more operands.
    Function {
        /// The function.
        function: Box<Function>,
        /// The operands, at least one; the result has the name of the first.
        inputs: Vec<Expr>,
    },
    /// An aggregation: one row for the frame, or one for each group.
    Agg {
        /// The aggregation.
        op: AggOp,
        /// The values.
        input: Box<Expr>,
    },
    /// The value some rows before, or after if the number is negative.
    Shift {
        /// The values.
        input: Box<Expr>,
        /// How many rows.
        rows: i64,
        /// The value where there is no such row; null if `None`.
        fill: Option<Box<Expr>>,
    },
    /// The value minus the one some rows before.
    Diff {
        /// The values.
        input: Box<Expr>,
        /// How many rows.
        rows: i64,
    },
    /// An operator whose result at a row depends on other rows.
    Window {
        /// The operator.
        op: WindowOp,
        /// The values.
        input: Box<Expr>,
    },
    /// The expression in groups of rows: its aggregations and windows see only the row's group.
    Over {
        /// The expression.
        input: Box<Expr>,
        /// Rows with equal keys are one group.
        keys: Vec<Expr>,
        /// The rows of a group are in the order of these.
        order: Vec<Expr>,
        /// The order of each of them.
        orders: Vec<SortOrder>,
    },
    /// The value below which a share of the values is: an aggregation.
    Quantile {
        /// Which quantile.
        quantile: Quantile,
        /// The values.
        input: Box<Expr>,
    },
    /// The number of rows, named `len`.
    Len,
}

impl BinaryOp {
    /// True for `==`, `!=`, `<`, `<=`, `>`, `>=`.
    pub fn is_comparison(self) -> bool {
        matches!(
            self,
            BinaryOp::Eq
                | BinaryOp::NotEq
                | BinaryOp::Lt
                | BinaryOp::LtEq
                | BinaryOp::Gt
                | BinaryOp::GtEq
        )
    }

    /// True for `+`, `-`, `*`, `/`, `//`, `%`, `**`.
    pub fn is_arithmetic(self) -> bool {
        !self.is_comparison() && !matches!(self, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor)
    }

    /// The comparison with the same meaning for swapped operands; other operators stay the same.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            BinaryOp::Lt => BinaryOp::Gt,
            BinaryOp::LtEq => BinaryOp::GtEq,
            BinaryOp::Gt => BinaryOp::Lt,
            BinaryOp::GtEq => BinaryOp::LtEq,
            other => other,
        }
    }
}

impl Closed {
    /// The comparisons of a value with the lower and the upper bound.
    pub fn comparisons(self) -> (BinaryOp, BinaryOp) {
        match self {
            Closed::Both => (BinaryOp::GtEq, BinaryOp::LtEq),
            Closed::Left => (BinaryOp::GtEq, BinaryOp::Lt),
            Closed::Right => (BinaryOp::Gt, BinaryOp::LtEq),
            Closed::Neither => (BinaryOp::Gt, BinaryOp::Lt),
        }
    }
}

impl DtOp {
    /// True if this is a duration as a number.
    pub fn is_total(self) -> bool {
        self.unit().is_some()
    }

    /// The microseconds of the unit in which this counts a duration.
    pub fn unit(self) -> Option<i64> {
        Some(match self {
            DtOp::TotalDays => DAY,
            DtOp::TotalHours => 3_600 * SECOND,
            DtOp::TotalMinutes => 60 * SECOND,
            DtOp::TotalSeconds => SECOND,
            DtOp::TotalMilliseconds => 1_000,
            DtOp::TotalMicroseconds => 1,
            _ => return None,
        })
    }

    /// True for the parts that a date does not have.
    pub fn is_time(self) -> bool {
        matches!(
            self,
            DtOp::Hour | DtOp::Minute | DtOp::Second | DtOp::Millisecond | DtOp::Microsecond
        )
    }
}

impl Expr {
    /// The name of the result: the alias, otherwise the leftmost column's name, otherwise
    /// `literal`.
    pub fn output_name(&self) -> Arc<str> {
        let mut named = self;
        // Without recursion, since a tree may be deeper than the caller's stack.
        loop {
            named = match named {
                Expr::Column(name) | Expr::Alias(_, name) => return Arc::clone(name),
                Expr::Selected(_) => return named.label().into(),
                Expr::Renamed(input, how) => match input.renamed(how) {
                    Ok(name) => return name,
                    // A function that fails is an error of `crate::plan::expand`.
                    Err(_) => input,
                },
                Expr::Literal(_) => return "literal".into(),
                Expr::Series(Foreign(column)) => return column.shared_name(),
                Expr::Len => return "len".into(),
                Expr::Binary { left, .. } => left,
                Expr::When { then, .. } => then,
                Expr::Function { inputs, .. } => match inputs.first() {
                    Some(first) => first,
                    None => return "literal".into(),
                },
                Expr::Unary { input, .. }
                | Expr::FillNull { input, .. }
                | Expr::Cast { input, .. }
                | Expr::Str { input, .. }
                | Expr::Dt { input, .. }
                | Expr::Between { input, .. }
                | Expr::IsIn { input, .. }
                | Expr::Agg { input, .. }
                | Expr::Shift { input, .. }
                | Expr::Diff { input, .. }
                | Expr::Window { input, .. }
                | Expr::Quantile { input, .. }
                | Expr::Over { input, .. } => input,
            };
        }
    }
}

/// The parts directly below an expression, shared or exclusive as the expression is.
macro_rules! children {
    ($expr:expr, $part:ty) => {
        match $expr {
            Expr::Column(_) | Expr::Literal(_) | Expr::Series(_) | Expr::Len => Vec::new(),
            Expr::Selected(_) => Vec::new(),
            Expr::Binary { left, right, .. } => vec![left, right],
            Expr::FillNull { input, value } => vec![input, value],
            Expr::Between { input, lower, upper, .. } => vec![input, lower, upper],
            Expr::When { condition, then, otherwise } => vec![condition, then, otherwise],
            Expr::Function { inputs, .. } => Vec::from_iter(inputs),
            Expr::Shift { input, fill: Some(fill), .. } => vec![input, fill],
            Expr::Over { input, keys, order, .. } => {
                let mut all: Vec<$part> = vec![input];
                all.extend(keys);
                all.extend(order);
                all
            }
            Expr::Alias(input, _)
            | Expr::Unary { input, .. }
            | Expr::Cast { input, .. }
            | Expr::Str { input, .. }
            | Expr::Dt { input, .. }
            | Expr::IsIn { input, .. }
            | Expr::Renamed(input, _)
            | Expr::Agg { input, .. }
            | Expr::Shift { input, .. }
            | Expr::Diff { input, .. }
            | Expr::Quantile { input, .. }
            | Expr::Window { input, .. } => vec![input],
        }
    };
}

impl Expr {
    /// The name of the result after a renaming.
    ///
    /// # Errors
    /// What the function of [`Renaming::Map`] raises.
    pub fn renamed(&self, how: &Renaming) -> Result<Arc<str>> {
        how.applied(&self.output_name(), &self.root())
    }

    /// The name of the result, if the expression gave no column another name.
    fn root(&self) -> Arc<str> {
        self.first_column().unwrap_or_else(|| self.output_name())
    }

    /// The name of the leftmost leaf that is not a literal; a condition is looked at last.
    fn first_column(&self) -> Option<Arc<str>> {
        match self {
            Expr::Literal(_) => None,
            Expr::When { condition, then, otherwise } => then
                .first_column()
                .or_else(|| otherwise.first_column())
                .or_else(|| condition.first_column()),
            other => match other.children().as_slice() {
                [] => Some(other.output_name()),
                children => children.iter().find_map(|child| child.first_column()),
            },
        }
    }

    /// The parts directly below this one, from left to right.
    pub fn children(&self) -> Vec<&Expr> {
        children!(self, &Expr)
    }

    /// Like [`Expr::children`], to change them.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        children!(self, &mut Expr)
    }

    /// The number of levels of the tree; 1 for a column.
    pub fn depth(&self) -> usize {
        let mut open = vec![(self, 1)];
        let mut deepest = 0;
        while let Some((expr, level)) = open.pop() {
            deepest = deepest.max(level);
            // In a plan, a range has comparisons between itself and its bounds, and a difference has a
            // conversion between itself and its values.
            let more = matches!(expr, Expr::Between { .. } | Expr::Diff { .. });
            let below = level + 1 + usize::from(more);
            open.extend(expr.children().into_iter().map(|child| (child, below)));
        }
        deepest
    }
}
