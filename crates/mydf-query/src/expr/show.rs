//! Expressions as text: the Python code that makes the same expression, with `col`, `lit`, `len`,
//! `when` and the dtypes of mydf in scope, and the modules `datetime` and `zoneinfo`.

use std::fmt;
use std::sync::Arc;

use mydf_core::DType;
use mydf_core::temporal::{DAY, SECOND, Zone, civil};

use mydf_core::kernels::aggregate::Interpolation;
use mydf_core::kernels::sort::SortOrder;
use mydf_core::kernels::windows::{Decaying, WindowOp};

use super::function::Function;
use super::quoted::Quoted;
use super::selection::{Renaming, Selection};
use super::tree::{BinaryOp, Closed, Expr, Foreign, Scalar, StrOp};

/// How much of an expression to write; the rest is shown as `…`.
#[derive(Clone, Copy)]
struct Limits {
    levels: usize,
    members: usize,
}

/// The limits for a message.
const SHORT: Limits = Limits { levels: 48, members: 10 };
const WHOLE: Limits = Limits { levels: usize::MAX, members: usize::MAX };

/// The expression as Python code, e.g. `(col("a") + 1).sum()`, cut if it is very deep.
impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer { out: f, limits: SHORT, level: 0 }.expr(self)
    }
}

impl Expr {
    /// The whole expression as Python code that makes the same expression again, except that a
    /// Series is written without its values.
    pub fn python(&self) -> String {
        let mut text = String::new();
        let written = Printer { out: &mut text, limits: WHOLE, level: 0 }.expr(self);
        debug_assert!(written.is_ok(), "writing to a String can't fail");
        text
    }

    /// The expression as text for a message: the name if it is a plain column; cut if it is long.
    pub fn label(&self) -> String {
        const LONGEST: usize = 120;
        let text = match self {
            Expr::Column(name) => name.to_string(),
            Expr::Series(Foreign(column)) => column.name().to_owned(),
            other => other.to_string(),
        };
        match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }
}

struct Printer<'a> {
    out: &'a mut dyn fmt::Write,
    limits: Limits,
    level: usize,
}

impl Printer<'_> {
    /// Writes code that is a mydf expression in any context.
    fn expr(&mut self, expr: &Expr) -> fmt::Result {
        if self.level > self.limits.levels {
            return self.out.write_char('…');
        }
        self.level += 1;
        self.code(expr)?;
        self.level -= 1;
        Ok(())
    }

    fn code(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Column(name) => write!(self.out, "col({})", Quoted(name)),
            Expr::Selected(selection) => self.selection(selection),
            Expr::Literal(scalar) => write!(self.out, "lit({scalar})"),
            Expr::Series(Foreign(column)) => {
                write!(self.out, "Series({}, ...)", Quoted(column.name()))
            }
            Expr::Len => self.out.write_str("len()"),
            Expr::Binary { op, left, right } => self.binary(*op, left, right),
            Expr::Unary { op, input } if op.is_prefix() => {
                self.out.write_str(op.name())?;
                self.wrapped(input, matches!(**input, Expr::Binary { .. }))
            }
            Expr::Function { function, inputs } => self.function(function, inputs),
            Expr::When { condition, then, otherwise } => {
                self.out.write_str("when(")?;
                match &**condition {
                    // Python refuses a condition that is a bare None.
                    Expr::Literal(Scalar::Null) => self.expr(condition)?,
                    other => self.argument(other)?,
                }
                self.out.write_str(").then(")?;
                self.argument(then)?;
                self.out.write_str(").otherwise(")?;
                self.argument(otherwise)?;
                self.out.write_char(')')
            }
            Expr::Alias(input, _)
            | Expr::Renamed(input, _)
            | Expr::Unary { input, .. }
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
            | Expr::Over { input, .. } => {
                let prefix = matches!(&**input, Expr::Unary { op, .. } if op.is_prefix());
                self.wrapped(input, prefix || matches!(**input, Expr::Binary { .. }))?;
                self.method(expr)
            }
        }
    }

    /// Python makes an expression from a plain value next to an expression, but not from two plain
    /// values; and it swaps the sides of a comparison with a plain value on the left.
    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> fmt::Result {
        match left {
            Expr::Literal(number @ (Scalar::Int(_) | Scalar::Float(_)))
                if op.is_arithmetic()
                    && op != BinaryOp::Pow
                    && !matches!(right, Expr::Literal(_)) =>
            {
                write!(self.out, "{number}")?;
            }
            // Python raises to a power before it applies a sign.
            Expr::Unary { op: sign, .. } if op == BinaryOp::Pow && sign.is_prefix() => {
                self.wrapped(left, true)?;
            }
            _ => self.wrapped(left, matches!(left, Expr::Binary { .. }))?,
        }
        write!(self.out, " {} ", op.symbol())?;
        match right {
            Expr::Binary { .. } => self.wrapped(right, true),
            _ => self.argument(right),
        }
    }

    /// A method of the first operand, or a function of all of them.
    fn function(&mut self, function: &Function, inputs: &[Expr]) -> fmt::Result {
        let mut inputs = inputs.iter();
        let mut parts = function.leading().into_iter().collect::<Vec<_>>();
        if function.is_method()
            && let Some(input) = inputs.next()
        {
            let prefix = matches!(input, Expr::Unary { op, .. } if op.is_prefix());
            self.wrapped(input, prefix || matches!(input, Expr::Binary { .. }))?;
            self.out.write_char('.')?;
        }
        write!(self.out, "{}(", function.name())?;
        let mut first = true;
        for part in parts.drain(..) {
            self.separated(&mut first)?;
            self.out.write_str(&part)?;
        }
        for input in inputs {
            self.separated(&mut first)?;
            if function.is_method() && *function != Function::Clip {
                self.argument(input)?;
            } else {
                self.column_or_argument(input)?;
            }
        }
        let last = function.to_string();
        if !last.is_empty() {
            self.separated(&mut first)?;
            self.out.write_str(&last)?;
        }
        self.out.write_char(')')
    }

    fn separated(&mut self, first: &mut bool) -> fmt::Result {
        if std::mem::take(first) { Ok(()) } else { self.out.write_str(", ") }
    }

    /// The method call that an expression adds to its input.
    fn method(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Alias(_, name) => write!(self.out, ".alias({})", Quoted(name)),
            Expr::Renamed(_, how) => self.renaming(how),
            Expr::Unary { op, .. } => write!(self.out, ".{}()", op.name()),
            Expr::FillNull { value, .. } => {
                self.out.write_str(".fill_null(")?;
                self.argument(value)?;
                self.out.write_char(')')
            }
            Expr::Cast { dtype, strict, .. } => {
                let lax = if *strict { "" } else { ", strict=False" };
                write!(self.out, ".cast({}{lax})", Named(dtype))
            }
            Expr::Str { op, .. } => match op {
                StrOp::Contains { pattern, literal: true } => {
                    write!(self.out, ".str.{}({}, literal=True)", op.name(), Quoted(pattern))
                }
                StrOp::Contains { pattern: text, .. }
                | StrOp::StartsWith(text)
                | StrOp::EndsWith(text) => {
                    write!(self.out, ".str.{}({})", op.name(), Quoted(text))
                }
                _ => write!(self.out, ".str.{}()", op.name()),
            },
            Expr::Dt { op, .. } => write!(self.out, ".dt.{}()", op.name()),
            Expr::Between { lower, upper, closed, .. } => {
                self.out.write_str(".is_between(")?;
                self.column_or_argument(lower)?;
                self.out.write_str(", ")?;
                self.column_or_argument(upper)?;
                match closed {
                    Closed::Both => self.out.write_char(')'),
                    other => write!(self.out, ", closed=\"{}\")", other.name()),
                }
            }
            Expr::IsIn { set, .. } => self.is_in(set),
            Expr::Agg { op, .. } => write!(self.out, ".{}()", op.name()),
            Expr::Quantile { quantile, .. } => {
                write!(self.out, ".quantile({:?}", quantile.share)?;
                match quantile.interpolation {
                    Interpolation::Nearest => self.out.write_char(')'),
                    other => write!(self.out, ", \"{}\")", other.name()),
                }
            }
            Expr::Shift { rows, fill, .. } => {
                write!(self.out, ".shift({rows}")?;
                if let Some(fill) = fill {
                    self.out.write_str(", fill_value=")?;
                    self.argument(fill)?;
                }
                self.out.write_char(')')
            }
            Expr::Diff { rows, .. } => write!(self.out, ".diff({rows})"),
            Expr::Window { op, .. } => write!(self.out, ".{}({})", op.name(), Arguments(*op)),
            Expr::Over { keys, order, orders, .. } => self.over(keys, order, orders),
            _ => Ok(()),
        }
    }

    fn selection(&mut self, selection: &Selection) -> fmt::Result {
        let Selection { names, dtypes, without_names, without_dtypes } = selection;
        if names.is_empty() && dtypes.is_empty() {
            self.out.write_str("all()")?;
        } else {
            self.columns("col", names, dtypes)?;
        }
        if without_names.is_empty() && without_dtypes.is_empty() {
            return Ok(());
        }
        self.columns(".exclude", without_names, without_dtypes)
    }

    fn columns(&mut self, call: &str, names: &[Arc<str>], dtypes: &[DType]) -> fmt::Result {
        let names = names.iter().map(|name| Quoted(name).to_string());
        let dtypes = dtypes.iter().map(|dtype| Named(dtype).to_string());
        let all: Vec<String> = names.chain(dtypes).collect();
        write!(self.out, "{call}({})", all.join(", "))
    }

    fn renaming(&mut self, how: &Renaming) -> fmt::Result {
        match how {
            Renaming::Keep => self.out.write_str(".name.keep()"),
            Renaming::Prefix(text) => write!(self.out, ".name.prefix({})", Quoted(text)),
            Renaming::Suffix(text) => write!(self.out, ".name.suffix({})", Quoted(text)),
            Renaming::Lower => self.out.write_str(".name.to_lowercase()"),
            Renaming::Upper => self.out.write_str(".name.to_uppercase()"),
            Renaming::Map(_) => self.out.write_str(".name.map(...)"),
        }
    }

    fn over(&mut self, keys: &[Expr], order: &[Expr], orders: &[SortOrder]) -> fmt::Result {
        self.out.write_str(".over(")?;
        self.list(keys)?;
        if let [order] = order {
            self.out.write_str(if keys.is_empty() { "order_by=" } else { ", order_by=" })?;
            self.expr(order)?;
        } else if !order.is_empty() {
            self.out.write_str(if keys.is_empty() { "order_by=[" } else { ", order_by=[" })?;
            self.list(order)?;
            self.out.write_char(']')?;
        }
        let flags = |flag: fn(&SortOrder) -> bool| {
            let texts: Vec<_> = orders.iter().map(|order| python_bool(flag(order))).collect();
            (orders.iter().any(flag)).then(|| match texts.as_slice() {
                [one] => (*one).to_owned(),
                several => format!("[{}]", several.join(", ")),
            })
        };
        if let Some(flags) = flags(|order| order.descending) {
            write!(self.out, ", descending={flags}")?;
        }
        if let Some(flags) = flags(|order| order.nulls_last) {
            write!(self.out, ", nulls_last={flags}")?;
        }
        self.out.write_char(')')
    }

    fn list(&mut self, exprs: &[Expr]) -> fmt::Result {
        for (place, expr) in exprs.iter().enumerate() {
            self.out.write_str(if place == 0 { "" } else { ", " })?;
            self.expr(expr)?;
        }
        Ok(())
    }

    fn is_in(&mut self, set: &[Scalar]) -> fmt::Result {
        self.out.write_str(".is_in([")?;
        for (place, member) in set.iter().take(self.limits.members).enumerate() {
            write!(self.out, "{}{member}", if place == 0 { "" } else { ", " })?;
        }
        self.out.write_str(if set.len() > self.limits.members { ", …])" } else { "])" })
    }

    /// Writes an argument for which Python accepts a plain value as a literal, and a text as the
    /// name of a column.
    fn column_or_argument(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Literal(Scalar::String(_)) => self.expr(expr),
            other => self.argument(other),
        }
    }

    /// Writes an argument for which Python accepts a plain value as a literal.
    fn argument(&mut self, expr: &Expr) -> fmt::Result {
        match expr {
            Expr::Literal(scalar) => write!(self.out, "{scalar}"),
            _ => self.expr(expr),
        }
    }

    fn wrapped(&mut self, expr: &Expr, wrapped: bool) -> fmt::Result {
        if !wrapped {
            return self.expr(expr);
        }
        self.out.write_char('(')?;
        self.expr(expr)?;
        self.out.write_char(')')
    }
}

fn python_bool(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// The arguments of an operator over rows.
struct Arguments(WindowOp);

impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            WindowOp::Shift(rows) | WindowOp::Gaps(rows) => write!(f, "{rows}"),
            WindowOp::ForwardFill(Some(limit)) | WindowOp::BackwardFill(Some(limit)) => {
                write!(f, "limit={limit}")
            }
            WindowOp::Sort(order) | WindowOp::ArgSort(order) => {
                let descending = if order.descending { "descending=True" } else { "" };
                let between = if order.descending && order.nulls_last { ", " } else { "" };
                let last = if order.nulls_last { "nulls_last=True" } else { "" };
                write!(f, "{descending}{between}{last}")
            }
            WindowOp::Cumulative { reverse: true, .. } => f.write_str("reverse=True"),
            WindowOp::Rank { method, descending } => {
                let more = if descending { ", descending=True" } else { "" };
                write!(f, "\"{}\"{more}", method.name())
            }
            WindowOp::Rolling { window, least, center, .. } => {
                write!(f, "{window}")?;
                if least != window {
                    write!(f, ", min_samples={least}")?;
                }
                f.write_str(if center { ", center=True" } else { "" })
            }
            WindowOp::Decaying(what, weights) => {
                write!(f, "alpha={:?}", weights.alpha())?;
                f.write_str(if weights.adjust { "" } else { ", adjust=False" })?;
                let bias = weights.bias && what != Decaying::Mean;
                f.write_str(if bias { ", bias=True" } else { "" })?;
                if weights.least != 1 {
                    write!(f, ", min_samples={}", weights.least)?;
                }
                f.write_str(if weights.ignore_nulls { ", ignore_nulls=True" } else { "" })
            }
            _ => Ok(()),
        }
    }
}

/// A dtype as Python writes it.
struct Named<'a>(&'a DType);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DType::Datetime(Some(zone)) => write!(f, "Datetime({})", Quoted(zone)),
            plain => write!(f, "{plain}"),
        }
    }
}

/// The value as Python writes it. A date or datetime that Python can't represent is a number with a
/// cast.
impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Null => f.write_str("None"),
            Scalar::Bool(true) => f.write_str("True"),
            Scalar::Bool(false) => f.write_str("False"),
            Scalar::Int(value) => write!(f, "{value}"),
            Scalar::Float(value) if value.is_finite() => write!(f, "{value:?}"),
            Scalar::Float(value) if value.is_nan() => f.write_str("float(\"nan\")"),
            Scalar::Float(value) if *value < 0.0 => f.write_str("float(\"-inf\")"),
            Scalar::Float(_) => f.write_str("float(\"inf\")"),
            Scalar::String(text) => write!(f, "{}", Quoted(text)),
            Scalar::Date(day) => match civil(i64::from(*day)) {
                (year @ 1..=9999, month, day) => write!(f, "datetime.date({year}, {month}, {day})"),
                _ => write!(f, "lit({day}).cast(Date)"),
            },
            Scalar::Datetime(instant, zone) => write_datetime(f, *instant, zone.as_ref()),
            Scalar::Duration(micros) => write_timedelta(f, *micros),
            Scalar::Time(micros) => {
                let (seconds, rest) = (micros / SECOND, micros % SECOND);
                let (hour, minute) = (seconds / 3_600, seconds / 60 % 60);
                write!(f, "datetime.time({hour}, {minute}")?;
                match (seconds % 60, rest) {
                    (0, 0) => f.write_str(")"),
                    (second, 0) => write!(f, ", {second})"),
                    (second, rest) => write!(f, ", {second}, {rest})"),
                }
            }
        }
    }
}

/// A `datetime.timedelta`, with the arguments that its own `repr` has.
fn write_timedelta(f: &mut fmt::Formatter<'_>, micros: i64) -> fmt::Result {
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let parts = [("days", days), ("seconds", rest / SECOND), ("microseconds", rest % SECOND)];
    let mut parts = parts.into_iter().filter(|(_, number)| *number != 0);
    f.write_str("datetime.timedelta(")?;
    match parts.next() {
        None => f.write_str("0")?,
        Some((name, number)) => write!(f, "{name}={number}")?,
    }
    parts.try_for_each(|(name, number)| write!(f, ", {name}={number}"))?;
    f.write_str(")")
}

fn write_datetime(
    f: &mut fmt::Formatter<'_>,
    instant: i64,
    zone: Option<&Arc<str>>,
) -> fmt::Result {
    if let Ok(known) = Zone::new(zone)
        && let Some(local) = known.local(instant)
        && let date @ (1..=9999, ..) = civil(local.div_euclid(DAY))
    {
        write_fields(f, date, local.rem_euclid(DAY))?;
        write_zone(f, &known, zone.map(|name| &**name))?;
        return f.write_str(if known.is_second(instant) { ", fold=1)" } else { ")" });
    }
    write!(f, "lit({instant}).cast({})", Named(&DType::Datetime(zone.cloned())))
}

/// The start of a call of `datetime.datetime`, with as many fields as its own `repr` has.
fn write_fields(
    f: &mut fmt::Formatter<'_>,
    (year, month, day): (i64, i64, i64),
    time: i64,
) -> fmt::Result {
    let (seconds, micros) = (time / SECOND, time % SECOND);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    write!(f, "datetime.datetime({year}, {month}, {day}, {hour}, {minute}")?;
    if second != 0 || micros != 0 {
        write!(f, ", {second}")?;
    }
    if micros != 0 {
        write!(f, ", {micros}")?;
    }
    Ok(())
}

fn write_zone(f: &mut fmt::Formatter<'_>, known: &Zone, name: Option<&str>) -> fmt::Result {
    match (known, name) {
        (_, None) => Ok(()),
        (_, Some("UTC")) => f.write_str(", tzinfo=datetime.timezone.utc"),
        (Zone::Fixed(offset), Some(name)) if name.starts_with(['+', '-']) => {
            let minutes = offset / SECOND / 60;
            write!(f, ", tzinfo=datetime.timezone(datetime.timedelta(minutes={minutes}))")
        }
        (_, Some(name)) => write!(f, ", tzinfo=zoneinfo.ZoneInfo({})", Quoted(name)),
    }
}
