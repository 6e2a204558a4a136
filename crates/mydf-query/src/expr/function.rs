//! Functions of several operands, or with arguments that are not expressions.

use std::fmt;
use std::sync::Arc;

use super::list::ListOp;
use super::moment::MomentOp;
use super::quoted::Quoted;
use super::text::TextOp;

/// A function that is evaluated row by row. [`Function::name`] is its name in Python.
#[derive(Clone, Debug, PartialEq)]
pub enum Function {
    /// Rounds floats to this many decimals, as Python does: to the nearest decimal number, and from
    /// the middle of two to the one whose last digit is even. Integers stay as they are.
    Round(u32),
    /// A function of one number.
    Math(MathOp),
    /// The logarithm to this base.
    Log(f64),
    /// The value, or the bound that it exceeds; the operands are the value, the lower and the upper
    /// bound. A null bound is none, and NaN stays NaN.
    Clip,
    /// The first operand, or the second one if the first is NaN.
    FillNan,
    /// One value from the operands of each row.
    Horizontal(HorizontalOp),
    /// The operands as text, one after the other.
    Concat {
        /// The text between two operands.
        separator: Arc<str>,
        /// True: nulls and their separators are left out. False: a null gives null.
        ignore_nulls: bool,
    },
    /// The template with each `{}` replaced by an operand as text; null if an operand is null.
    Format(Template),
    /// A function of text.
    Text(TextOp),
    /// A function of a date or datetime.
    Moment(MomentOp),
    /// A function of lists, or one that makes lists.
    List(ListOp),
}

/// Functions of one number. `Floor`, `Ceil` and `Sign` keep the dtype; the others give Float32 for
/// Float32 and Float64 for other numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum MathOp {
    Floor,
    Ceil,
    /// -1, 0 or 1; NaN for NaN.
    Sign,
    Sqrt,
    Exp,
    Log10,
    /// The natural logarithm of the value plus one.
    Log1p,
}

/// Functions of the values in one row. Those with the name of an aggregation follow its rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum HorizontalOp {
    Sum,
    Mean,
    Min,
    Max,
    /// Kleene's or.
    Any,
    /// Kleene's and.
    All,
    /// The first value that is not null.
    Coalesce,
}

static MATH: [(MathOp, &str); 7] = [
    (MathOp::Floor, "floor"),
    (MathOp::Ceil, "ceil"),
    (MathOp::Sign, "sign"),
    (MathOp::Sqrt, "sqrt"),
    (MathOp::Exp, "exp"),
    (MathOp::Log10, "log10"),
    (MathOp::Log1p, "log1p"),
];

static HORIZONTAL: [(HorizontalOp, &str); 7] = [
    (HorizontalOp::Sum, "sum_horizontal"),
    (HorizontalOp::Mean, "mean_horizontal"),
    (HorizontalOp::Min, "min_horizontal"),
    (HorizontalOp::Max, "max_horizontal"),
    (HorizontalOp::Any, "any_horizontal"),
    (HorizontalOp::All, "all_horizontal"),
    (HorizontalOp::Coalesce, "coalesce"),
];

impl MathOp {
    /// The function with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        MATH.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the method in Python.
    pub fn name(self) -> &'static str {
        MATH[self as usize].1
    }
}

impl HorizontalOp {
    /// The function with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        HORIZONTAL.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The name of the function in Python.
    pub fn name(self) -> &'static str {
        HORIZONTAL[self as usize].1
    }
}

impl Function {
    /// The name in Python.
    pub fn name(&self) -> &'static str {
        match self {
            Function::Round(_) => "round",
            Function::Math(op) => op.name(),
            Function::Log(_) => "log",
            Function::Clip => "clip",
            Function::FillNan => "fill_nan",
            Function::Horizontal(op) => op.name(),
            Function::Concat { .. } => "concat_str",
            Function::Format(_) => "format",
            Function::Text(op) => op.name(),
            Function::Moment(op) => op.name(),
            Function::List(op) => op.name(),
        }
    }

    /// True for a method of its first operand; false for a function of all operands.
    pub fn is_method(&self) -> bool {
        !matches!(self, Function::Horizontal(_) | Function::Concat { .. } | Function::Format(_))
    }

    /// The arguments that come before the operands, as Python code.
    pub(super) fn leading(&self) -> Option<String> {
        match self {
            Function::Format(template) => Some(Quoted(template.text()).to_string()),
            _ => None,
        }
    }
}

/// The arguments that come after the operands, as Python code.
impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Function::Round(decimals) => write!(f, "{decimals}"),
            Function::Log(base) => write!(f, "{base:?}"),
            Function::Concat { separator, ignore_nulls } => {
                let lax = if *ignore_nulls { ", ignore_nulls=True" } else { "" };
                write!(f, "separator={}{lax}", Quoted(separator))
            }
            Function::Text(op) => write!(f, "{op}"),
            Function::Moment(op) => write!(f, "{op}"),
            Function::List(op) => write!(f, "{op}"),
            _ => Ok(()),
        }
    }
}

/// A text with a place for each of several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: Arc<str>,
    /// The texts before, between and after the places.
    pieces: Vec<Arc<str>>,
}

impl Template {
    /// Reads `{}` as a place, and `{{` and `}}` as braces; `None` if another brace is left.
    pub fn new(text: &str) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut piece = String::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '{' => match letters.next() {
                    Some('{') => piece.push('{'),
                    Some('}') => pieces.push(std::mem::take(&mut piece).into()),
                    _ => return None,
                },
                '}' if letters.next() == Some('}') => piece.push('}'),
                '}' => return None,
                letter => piece.push(letter),
            }
        }
        pieces.push(piece.into());
        Some(Template { text: text.into(), pieces })
    }

    /// The text with its braces.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fact that there are not as many places as values.
    pub fn mismatch(&self, values: usize) -> String {
        format!("`{}` has {} places for {values} values", self.text, self.places())
    }

    /// The number of places.
    pub fn places(&self) -> usize {
        self.pieces.len() - 1
    }

    /// The texts before, between and after the places.
    pub(crate) fn pieces(&self) -> &[Arc<str>] {
        &self.pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        for (op, name) in MATH {
            assert_eq!((op.name(), MathOp::from_name(name)), (name, Some(op)));
        }
        for (op, name) in HORIZONTAL {
            assert_eq!((op.name(), HorizontalOp::from_name(name)), (name, Some(op)));
        }
    }

    #[test]
    fn templates_have_places_and_braces() {
        let pieces = |text: &str| Template::new(text).map(|found| found.pieces().join("|"));
        assert_eq!(pieces("{} of {}").as_deref(), Some("| of |"));
        assert_eq!(pieces("{{a}} {}!").as_deref(), Some("{a} |!"));
        assert_eq!(pieces("").as_deref(), Some(""));
        for wrong in ["{", "}", "{a}", "{0}", "a } b", "{ }"] {
            assert_eq!(pieces(wrong), None, "{wrong}");
        }
    }
}
