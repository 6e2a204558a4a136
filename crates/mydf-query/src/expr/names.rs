//! The one table of names: what each operator is called in Python and in messages. Aggregations
//! have their names in [`AggOp`](super::AggOp).

use super::tree::{BinaryOp, Closed, DtOp, StrOp, UnaryOp};

/// The operators of two operands: the Python spelling, and the wording in a sentence.
static BINARY: [(BinaryOp, &str, &str); 16] = [
    (BinaryOp::Add, "+", "addition"),
    (BinaryOp::Sub, "-", "subtraction"),
    (BinaryOp::Mul, "*", "multiplication"),
    (BinaryOp::Div, "/", "division"),
    (BinaryOp::FloorDiv, "//", "floor division"),
    (BinaryOp::Mod, "%", "remainder"),
    (BinaryOp::Pow, "**", "power"),
    (BinaryOp::Eq, "==", "comparison"),
    (BinaryOp::NotEq, "!=", "comparison"),
    (BinaryOp::Lt, "<", "comparison"),
    (BinaryOp::LtEq, "<=", "comparison"),
    (BinaryOp::Gt, ">", "comparison"),
    (BinaryOp::GtEq, ">=", "comparison"),
    (BinaryOp::And, "&", "and"),
    (BinaryOp::Or, "|", "or"),
    (BinaryOp::Xor, "^", "xor"),
];

/// The operators of one operand: the Python spelling, and the wording in a sentence.
static UNARY: [(UnaryOp, &str, &str); 9] = [
    (UnaryOp::Not, "~", "not"),
    (UnaryOp::Neg, "-", "negation"),
    (UnaryOp::Abs, "abs", "abs"),
    (UnaryOp::IsNull, "is_null", "is_null"),
    (UnaryOp::IsNotNull, "is_not_null", "is_not_null"),
    (UnaryOp::IsNan, "is_nan", "is_nan"),
    (UnaryOp::IsNotNan, "is_not_nan", "is_not_nan"),
    (UnaryOp::IsFinite, "is_finite", "is_finite"),
    (UnaryOp::IsInfinite, "is_infinite", "is_infinite"),
];

/// The methods under `.str` that take no arguments.
static STR: [(StrOp, &str); 5] = [
    (StrOp::Lower, "to_lowercase"),
    (StrOp::Upper, "to_uppercase"),
    (StrOp::LenChars, "len_chars"),
    (StrOp::LenBytes, "len_bytes"),
    (StrOp::Strip, "strip_chars"),
];

/// The methods under `.dt`.
static DT: [(DtOp, &str); 20] = [
    (DtOp::Year, "year"),
    (DtOp::Month, "month"),
    (DtOp::Day, "day"),
    (DtOp::Hour, "hour"),
    (DtOp::Minute, "minute"),
    (DtOp::Second, "second"),
    (DtOp::Weekday, "weekday"),
    (DtOp::Date, "date"),
    (DtOp::Quarter, "quarter"),
    (DtOp::OrdinalDay, "ordinal_day"),
    (DtOp::Week, "week"),
    (DtOp::IsoYear, "iso_year"),
    (DtOp::Millisecond, "millisecond"),
    (DtOp::Microsecond, "microsecond"),
    (DtOp::TotalDays, "total_days"),
    (DtOp::TotalHours, "total_hours"),
    (DtOp::TotalMinutes, "total_minutes"),
    (DtOp::TotalSeconds, "total_seconds"),
    (DtOp::TotalMilliseconds, "total_milliseconds"),
    (DtOp::TotalMicroseconds, "total_microseconds"),
];

/// Which bounds belong to a range, as the argument `closed` of `is_between`.
static CLOSED: [(Closed, &str); 4] = [
    (Closed::Both, "both"),
    (Closed::Left, "left"),
    (Closed::Right, "right"),
    (Closed::Neither, "none"),
];

impl Closed {
    /// The value with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        CLOSED.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name in Python.
    pub fn name(self) -> &'static str {
        CLOSED[self as usize].1
    }
}

impl BinaryOp {
    /// The operator with this Python spelling.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        BINARY.iter().find(|row| row.1 == symbol).map(|row| row.0)
    }

    /// The operator's Python spelling.
    pub fn symbol(self) -> &'static str {
        self.row().1
    }

    /// The operator in a sentence.
    pub fn word(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> &'static (Self, &'static str, &'static str) {
        // The table is in the order of the enum, which a test checks.
        &BINARY[self as usize]
    }
}

impl UnaryOp {
    /// The operator with this name or sign.
    pub fn from_name(name: &str) -> Option<Self> {
        UNARY.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The operator's Python spelling: a sign or the name of a method.
    pub fn name(self) -> &'static str {
        UNARY[self as usize].1
    }

    /// The operator in a sentence.
    pub fn word(self) -> &'static str {
        UNARY[self as usize].2
    }

    /// True for the signs that come before their operand.
    pub fn is_prefix(self) -> bool {
        matches!(self, UnaryOp::Not | UnaryOp::Neg)
    }
}

impl StrOp {
    /// The operator with this name that takes no arguments.
    pub fn from_name(name: &str) -> Option<Self> {
        STR.iter().find(|row| row.1 == name).map(|row| row.0.clone())
    }

    /// The name of the method under `.str`.
    pub fn name(&self) -> &'static str {
        match self {
            StrOp::Contains { .. } => "contains",
            StrOp::StartsWith(_) => "starts_with",
            StrOp::EndsWith(_) => "ends_with",
            plain => STR.iter().find(|row| row.0 == *plain).map_or("?", |row| row.1),
        }
    }
}

impl DtOp {
    /// The part with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        DT.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the method under `.dt`.
    pub fn name(self) -> &'static str {
        DT[self as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_is_found_by_its_name() {
        for (op, symbol, word) in BINARY {
            assert_eq!((op.symbol(), op.word()), (symbol, word));
            assert_eq!(BinaryOp::from_symbol(symbol), Some(op));
        }
        for (op, name, word) in UNARY {
            assert_eq!((op.name(), op.word()), (name, word));
            assert_eq!(UnaryOp::from_name(name), Some(op));
        }
        for (op, name) in &STR {
            assert_eq!(op.name(), *name);
            assert_eq!(StrOp::from_name(name).as_ref(), Some(op));
        }
        for (closed, name) in CLOSED {
            assert_eq!(closed.name(), name);
            assert_eq!(Closed::from_name(name), Some(closed));
        }
        for (op, name) in DT {
            assert_eq!(op.name(), name);
            assert_eq!(DtOp::from_name(name), Some(op));
        }
    }
}
