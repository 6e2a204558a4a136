//! Column expressions as a tree. Building one checks nothing; [`crate::eval`] does.

use std::sync::Arc;

use crate::dtype::DType;

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// No value, of dtype Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer; its dtype adapts to what it meets, Int64 (or UInt64 above its range) alone.
    Int(i128),
    /// A float; its dtype adapts to what it meets, Float64 alone.
    Float(f64),
    /// Text.
    String(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00 and a time zone's name.
    Datetime(i64, Option<Arc<str>>),
}

/// Operators of two operands. Comparisons and arithmetic with a null give null; `And` and `Or`
/// follow Kleene's logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// True division: Float64 for integers.
    Div,
    /// Division rounded towards minus infinity; null where an integer is divided by zero.
    FloorDiv,
    /// Remainder with the sign of the divisor; null where an integer is divided by zero.
    Mod,
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
}

/// Operators on text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StrOp {
    /// True where the text contains the pattern: a literal or a regular expression.
    Contains {
        /// The pattern.
        pattern: Arc<str>,
        /// True: look for these very characters. False: a regular expression (syntax of the `regex` crate).
        literal: bool,
    },
    /// True where the text starts with this.
    StartsWith(Arc<str>),
    /// True where the text ends with this.
    EndsWith(Arc<str>),
    /// Lower case, by Unicode's rules.
    Lower,
    /// Upper case, by Unicode's rules.
    Upper,
    /// Number of Unicode scalar values, Int64.
    LenChars,
    /// Number of bytes in UTF-8, Int64.
    LenBytes,
    /// Without white space at both ends.
    Strip,
}

/// Parts of a date or datetime, each Int32 (`Date`: dtype Date).
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
}

/// Aggregations. Nulls are left out; `First` and `Last` take the row as it is, null or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggOp {
    /// Int64 for signed integers and Bool, UInt64 for unsigned ones, the same dtype for floats;
    /// 0 without values. Overflow is an error.
    Sum,
    /// Float64 (Float64 also for Float32); null without values.
    Mean,
    /// The smallest value; null without values. NaN only where there is nothing else.
    Min,
    /// The largest value; null without values. NaN only where there is nothing else.
    Max,
    /// The number of values that are not null, Int64.
    Count,
    /// The number of distinct values, null counting as one, Int64.
    NUnique,
    /// The first row's value.
    First,
    /// The last row's value.
    Last,
    /// The number of rows, null or not, Int64.
    Len,
    /// Sample standard deviation (n - 1), Float64; null below two values.
    Std,
    /// The median, Float64; null without values.
    Median,
}

/// A column expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A column of the frame.
    Column(Arc<str>),
    /// A value, repeated to the length of what it meets.
    Literal(Scalar),
    /// The same values under another name.
    Alias(Box<Expr>, Arc<str>),
    /// An operator of two operands.
    Binary {
        /// Which.
        op: BinaryOp,
        /// Left of the operator; the result has its name.
        left: Box<Expr>,
        /// Right of the operator.
        right: Box<Expr>,
    },
    /// An operator of one operand.
    Unary {
        /// Which.
        op: UnaryOp,
        /// The operand.
        input: Box<Expr>,
    },
    /// The first operand where it is not null, else the second.
    FillNull {
        /// The values.
        input: Box<Expr>,
        /// What stands in for a null.
        value: Box<Expr>,
    },
    /// Conversion to another dtype.
    Cast {
        /// The values.
        input: Box<Expr>,
        /// The dtype asked for.
        dtype: DType,
        /// True: a value that does not fit is an error. False: it becomes null.
        strict: bool,
    },
    /// An operator on text.
    Str {
        /// Which.
        op: StrOp,
        /// The text.
        input: Box<Expr>,
    },
    /// A part of a date or datetime.
    Dt {
        /// Which.
        op: DtOp,
        /// The values.
        input: Box<Expr>,
    },
    /// True where the value is one of these; null where it is null.
    IsIn {
        /// The values looked up.
        input: Box<Expr>,
        /// The set.
        set: Vec<Scalar>,
    },
    /// `then` where `condition` is true, else `otherwise`.
    When {
        /// Bool.
        condition: Box<Expr>,
        /// Taken where true.
        then: Box<Expr>,
        /// Taken where false or null.
        otherwise: Box<Expr>,
    },
    /// An aggregation: one row for the frame, or one a group.
    Agg {
        /// Which.
        op: AggOp,
        /// The values.
        input: Box<Expr>,
    },
    /// The number of rows, named `len`.
    Len,
}

impl Expr {
    /// The name of the result: the alias, else the leftmost column's name, else `literal`.
    pub fn output_name(&self) -> Arc<str> {
        match self {
            Expr::Column(name) | Expr::Alias(_, name) => Arc::clone(name),
            Expr::Literal(_) => "literal".into(),
            Expr::Len => "len".into(),
            Expr::Binary { left, .. } => left.output_name(),
            Expr::When { then, .. } => then.output_name(),
            Expr::Unary { input, .. }
            | Expr::FillNull { input, .. }
            | Expr::Cast { input, .. }
            | Expr::Str { input, .. }
            | Expr::Dt { input, .. }
            | Expr::IsIn { input, .. }
            | Expr::Agg { input, .. } => input.output_name(),
        }
    }
}
