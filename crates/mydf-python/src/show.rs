//! Expressions as a person would write them.

use mydf_core::Expr;
use mydf_core::expr::{AggOp, BinaryOp, DtOp, Scalar, StrOp, UnaryOp};

/// The operators of two operands, as Python spells them.
pub(crate) const BINARY: [(&str, BinaryOp); 15] = [
    ("+", BinaryOp::Add),
    ("-", BinaryOp::Sub),
    ("*", BinaryOp::Mul),
    ("/", BinaryOp::Div),
    ("//", BinaryOp::FloorDiv),
    ("%", BinaryOp::Mod),
    ("==", BinaryOp::Eq),
    ("!=", BinaryOp::NotEq),
    ("<", BinaryOp::Lt),
    ("<=", BinaryOp::LtEq),
    (">", BinaryOp::Gt),
    (">=", BinaryOp::GtEq),
    ("&", BinaryOp::And),
    ("|", BinaryOp::Or),
    ("^", BinaryOp::Xor),
];

/// The operators of one operand.
pub(crate) const UNARY: [(&str, UnaryOp); 6] = [
    ("~", UnaryOp::Not),
    ("-", UnaryOp::Neg),
    ("abs", UnaryOp::Abs),
    ("is_null", UnaryOp::IsNull),
    ("is_not_null", UnaryOp::IsNotNull),
    ("is_nan", UnaryOp::IsNan),
];

/// The aggregations.
pub(crate) const AGG: [(&str, AggOp); 11] = [
    ("sum", AggOp::Sum),
    ("mean", AggOp::Mean),
    ("min", AggOp::Min),
    ("max", AggOp::Max),
    ("count", AggOp::Count),
    ("n_unique", AggOp::NUnique),
    ("first", AggOp::First),
    ("last", AggOp::Last),
    ("len", AggOp::Len),
    ("std", AggOp::Std),
    ("median", AggOp::Median),
];

/// The operators on text that take nothing else.
pub(crate) const STR: [(&str, StrOp); 5] = [
    ("to_lowercase", StrOp::Lower),
    ("to_uppercase", StrOp::Upper),
    ("len_chars", StrOp::LenChars),
    ("len_bytes", StrOp::LenBytes),
    ("strip_chars", StrOp::Strip),
];

/// The parts of dates and datetimes.
pub(crate) const DT: [(&str, DtOp); 8] = [
    ("year", DtOp::Year),
    ("month", DtOp::Month),
    ("day", DtOp::Day),
    ("hour", DtOp::Hour),
    ("minute", DtOp::Minute),
    ("second", DtOp::Second),
    ("weekday", DtOp::Weekday),
    ("date", DtOp::Date),
];

/// The operator of this name.
pub(crate) fn find<T: Clone>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(key, _)| *key == name).map(|(_, op)| op.clone())
}

fn name<'a, T: PartialEq>(table: &[(&'a str, T)], op: &T) -> &'a str {
    table.iter().find(|(_, each)| each == op).map_or("?", |(key, _)| key)
}

/// The expression as Python code.
pub(crate) fn expr(expr: &Expr) -> String {
    match expr {
        Expr::Column(name) => format!("col({name:?})"),
        Expr::Literal(value) => scalar(value),
        Expr::Alias(input, alias) => format!("{}.alias({alias:?})", atom(input)),
        Expr::Binary { op, left, right } => {
            format!("{} {} {}", atom(left), name(&BINARY, op), atom(right))
        }
        Expr::Unary { op: op @ (UnaryOp::Not | UnaryOp::Neg), input } => {
            format!("{}{}", name(&UNARY, op), atom(input))
        }
        Expr::Unary { op, input } => format!("{}.{}()", atom(input), name(&UNARY, op)),
        Expr::FillNull { input, value } => {
            format!("{}.fill_null({})", atom(input), self::expr(value))
        }
        Expr::Cast { input, dtype, strict } => {
            let lax = if *strict { "" } else { ", strict=False" };
            format!("{}.cast({dtype}{lax})", atom(input))
        }
        Expr::Str { op, input } => format!("{}.str.{}", atom(input), text_op(op)),
        Expr::Dt { op, input } => format!("{}.dt.{}()", atom(input), name(&DT, op)),
        Expr::IsIn { input, set } => {
            let set: Vec<String> = set.iter().map(scalar).collect();
            format!("{}.is_in([{}])", atom(input), set.join(", "))
        }
        Expr::When { condition, then, otherwise } => format!(
            "when({}).then({}).otherwise({})",
            self::expr(condition),
            self::expr(then),
            self::expr(otherwise)
        ),
        Expr::Agg { op, input } => format!("{}.{}()", atom(input), name(&AGG, op)),
        Expr::Len => "len()".into(),
    }
}

/// The expression so that an operator or a method can follow it.
fn atom(input: &Expr) -> String {
    let text = expr(input);
    let loose =
        matches!(input, Expr::Binary { .. } | Expr::Unary { op: UnaryOp::Not | UnaryOp::Neg, .. });
    if loose { format!("({text})") } else { text }
}

fn text_op(op: &StrOp) -> String {
    match op {
        StrOp::Contains { pattern, literal: true } => {
            format!("contains({pattern:?}, literal=True)")
        }
        StrOp::Contains { pattern, literal: false } => format!("contains({pattern:?})"),
        StrOp::StartsWith(prefix) => format!("starts_with({prefix:?})"),
        StrOp::EndsWith(suffix) => format!("ends_with({suffix:?})"),
        other => format!("{}()", name(&STR, other)),
    }
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Null => "None".into(),
        Scalar::Bool(true) => "True".into(),
        Scalar::Bool(false) => "False".into(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Float(value) => format!("{value:?}"),
        Scalar::String(value) => format!("{value:?}"),
        Scalar::Date(days) => format!("date({days} days since 1970-01-01)"),
        Scalar::Datetime(at, zone) => {
            let zone = zone.as_ref().map_or(String::new(), |zone| format!(" {zone}"));
            format!("datetime({at} µs since 1970-01-01{zone})")
        }
    }
}
