//! Expressions as text, the way Python writes them.

use std::fmt::{self, Write as _};

use super::{Expr, Scalar, StrOp, UnaryOp};
use crate::temporal::{self, Zone};

/// Parts of an expression below this level are shown as `…`.
const SHOWN_LEVELS: usize = 48;

/// The expression as Python would write it, e.g. `(col("a") + 1).sum()`.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expr(f, self, 0)
    }
}

fn write_expr(f: &mut fmt::Formatter<'_>, expr: &Expr, level: usize) -> fmt::Result {
    if level > SHOWN_LEVELS {
        return f.write_char('…');
    }
    let level = level + 1;
    match expr {
        Expr::Column(name) => write!(f, "col({})", Quoted(name)),
        Expr::Literal(scalar) => write!(f, "{scalar}"),
        Expr::Len => f.write_str("len()"),
        Expr::Binary { op, left, right } => {
            write_operand(f, left, level)?;
            write!(f, " {} ", op.symbol())?;
            write_operand(f, right, level)
        }
        Expr::Unary { op: UnaryOp::Not, input } => {
            f.write_char('~')?;
            write_operand(f, input, level)
        }
        Expr::Unary { op: UnaryOp::Neg, input } => {
            f.write_char('-')?;
            write_operand(f, input, level)
        }
        Expr::When { condition, then, otherwise } => {
            f.write_str("when(")?;
            write_expr(f, condition, level)?;
            f.write_str(").then(")?;
            write_expr(f, then, level)?;
            f.write_str(").otherwise(")?;
            write_expr(f, otherwise, level)?;
            f.write_char(')')
        }
        Expr::Alias(input, _)
        | Expr::Unary { input, .. }
        | Expr::FillNull { input, .. }
        | Expr::Cast { input, .. }
        | Expr::Str { input, .. }
        | Expr::Dt { input, .. }
        | Expr::IsIn { input, .. }
        | Expr::Agg { input, .. } => {
            write_receiver(f, input, level)?;
            write_method(f, expr, level)
        }
    }
}

/// The method call that an expression adds to its input.
fn write_method(f: &mut fmt::Formatter<'_>, expr: &Expr, level: usize) -> fmt::Result {
    match expr {
        Expr::Alias(_, name) => write!(f, ".alias({})", Quoted(name)),
        Expr::Unary { op, .. } => f.write_str(match op {
            UnaryOp::Abs => ".abs()",
            UnaryOp::IsNull => ".is_null()",
            UnaryOp::IsNotNull => ".is_not_null()",
            UnaryOp::IsNan => ".is_nan()",
            // Written before their operand.
            UnaryOp::Not | UnaryOp::Neg => "",
        }),
        Expr::FillNull { value, .. } => {
            f.write_str(".fill_null(")?;
            write_expr(f, value, level)?;
            f.write_char(')')
        }
        Expr::Cast { dtype, strict: true, .. } => write!(f, ".cast({dtype})"),
        Expr::Cast { dtype, strict: false, .. } => write!(f, ".cast({dtype}, strict=False)"),
        Expr::Str { op, .. } => match op {
            StrOp::Contains { pattern, literal: true } => {
                write!(f, ".{}({}, literal=True)", op.name(), Quoted(pattern))
            }
            StrOp::Contains { pattern: text, .. }
            | StrOp::StartsWith(text)
            | StrOp::EndsWith(text) => write!(f, ".{}({})", op.name(), Quoted(text)),
            _ => write!(f, ".{}()", op.name()),
        },
        Expr::Dt { op, .. } => write!(f, ".{}()", op.name()),
        Expr::IsIn { set, .. } => {
            const SHOWN_MEMBERS: usize = 10;
            f.write_str(".is_in([")?;
            for (place, member) in set.iter().take(SHOWN_MEMBERS).enumerate() {
                write!(f, "{}{member}", if place == 0 { "" } else { ", " })?;
            }
            f.write_str(if set.len() > SHOWN_MEMBERS { ", …])" } else { "])" })
        }
        Expr::Agg { op, .. } => write!(f, ".{}()", op.as_str()),
        _ => Ok(()),
    }
}

/// An operand of an operator: in parentheses if it is an operator itself.
fn write_operand(f: &mut fmt::Formatter<'_>, expr: &Expr, level: usize) -> fmt::Result {
    write_wrapped(f, expr, level, matches!(expr, Expr::Binary { .. }))
}

/// What a method is called on.
fn write_receiver(f: &mut fmt::Formatter<'_>, expr: &Expr, level: usize) -> fmt::Result {
    let prefix =
        matches!(expr, Expr::Binary { .. } | Expr::Unary { op: UnaryOp::Not | UnaryOp::Neg, .. });
    match expr {
        Expr::Literal(scalar) => write!(f, "lit({scalar})"),
        _ => write_wrapped(f, expr, level, prefix),
    }
}

fn write_wrapped(
    f: &mut fmt::Formatter<'_>,
    expr: &Expr,
    level: usize,
    wrapped: bool,
) -> fmt::Result {
    if !wrapped {
        return write_expr(f, expr, level);
    }
    f.write_char('(')?;
    write_expr(f, expr, level)?;
    f.write_char(')')
}

/// Text in double quotes, with what would break the line escaped.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for letter in self.0.chars() {
            match letter {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                control if control.is_control() => write!(f, "\\x{:02x}", u32::from(control))?,
                letter => f.write_char(letter)?,
            }
        }
        f.write_char('"')
    }
}

/// The literal as Python writes it; dates and datetimes as ISO 8601 without quotes.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => f.write_str("None"),
            Scalar::Bool(true) => f.write_str("True"),
            Scalar::Bool(false) => f.write_str("False"),
            Scalar::Int(value) => write!(f, "{value}"),
            Scalar::Float(value) if value.is_nan() => f.write_str("nan"),
            Scalar::Float(value) => write!(f, "{value:?}"),
            Scalar::String(text) => write!(f, "{}", Quoted(text)),
            Scalar::Date(day) => {
                let mut text = String::new();
                temporal::write_date(&mut text, i64::from(*day));
                f.write_str(&text)
            }
            Scalar::Datetime(instant, zone) => {
                let mut text = String::new();
                // A zone that nobody knows is an error elsewhere; here its instant is shown in UTC.
                let known = Zone::new(zone.as_ref()).unwrap_or(Zone::Fixed(0));
                if !crate::cast::write_instant(&mut text, *instant, &known, 'T') {
                    write!(text, "{instant} µs")?;
                }
                f.write_str(&text)
            }
        }
    }
}
