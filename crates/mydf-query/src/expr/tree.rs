//! Column expressions as a tree. Building one checks nothing; [`crate::plan`] does.

use std::sync::Arc;

use mydf_core::DType;
use mydf_core::kernels::aggregate::AggOp;

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// No value, of dtype Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer; its dtype adapts to what it meets, Int64 (or `UInt64` above its range) alone.
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
///
/// Arithmetic is done in the operands' common dtype ([`DType::common`]). An integer literal takes
/// the dtype of the column next to it where its value fits, else the narrowest dtype that holds it
/// joins in; a float literal stays `Float32` next to `Float32`. Integers are checked: leaving the
/// range is [`mydf_core::Error::Overflow`], except below a null. `+` joins text.
///
/// Comparisons of numbers compare exact values whatever the dtypes (`UInt64` with `Int64`, `Int64`
/// with `Float64`). NaN equals NaN and is larger than every number, -0.0 equals 0.0; sorting and
/// grouping agree with that. A date is the midnight that begins it; text next to a date or datetime
/// is read as ISO 8601, if it is a literal. Datetimes with a zone are compared with such only.
/// Anything else is [`mydf_core::Error::DType`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    /// True division: Float64 for integers.
    Div,
    /// Division rounded towards minus infinity; null where an integer is divided by zero, infinite
    /// or NaN where a float is.
    FloorDiv,
    /// Remainder with the sign of the divisor; null where an integer is divided by zero, NaN where a
    /// float is.
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

    /// True for `+`, `-`, `*`, `/`, `//`, `%`.
    pub fn is_arithmetic(self) -> bool {
        !self.is_comparison() && !matches!(self, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor)
    }

    /// The comparison that is true for exchanged operands; other operators are themselves.
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

impl DtOp {
    /// True for the parts that a date does not have.
    pub fn is_time(self) -> bool {
        matches!(self, DtOp::Hour | DtOp::Minute | DtOp::Second)
    }
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

    /// The parts directly below this one, from left to right.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Column(_) | Expr::Literal(_) | Expr::Len => Vec::new(),
            Expr::Binary { left, right, .. } => vec![left, right],
            Expr::FillNull { input, value } => vec![input, value],
            Expr::When { condition, then, otherwise } => vec![condition, then, otherwise],
            Expr::Alias(input, _)
            | Expr::Unary { input, .. }
            | Expr::Cast { input, .. }
            | Expr::Str { input, .. }
            | Expr::Dt { input, .. }
            | Expr::IsIn { input, .. }
            | Expr::Agg { input, .. } => vec![input],
        }
    }

    /// The number of levels of the tree; 1 for a column.
    pub fn depth(&self) -> usize {
        let mut open = vec![(self, 1)];
        let mut deepest = 0;
        while let Some((expr, level)) = open.pop() {
            deepest = deepest.max(level);
            open.extend(expr.children().into_iter().map(|child| (child, level + 1)));
        }
        deepest
    }
}
