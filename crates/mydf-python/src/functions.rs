//! Functions of expressions, from their names and arguments in Python.

use std::sync::Arc;

use mydf_core::temporal::{Format, Span};
use mydf_query::expr::{
    Ambiguous, Ends, Function, Given, HorizontalOp, ListOp, MathOp, MomentOp, Pattern,
    Rearrangement, SortOrder, Template, TextOp,
};
use pyo3::FromPyObject;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::error::Fault;

/// The function of this name for so many operands, if their number is known; `None` if the name is
/// unknown.
pub(crate) fn of(
    name: &str,
    operands: Option<usize>,
    arguments: &Bound<'_, PyTuple>,
) -> Result<Option<Function>, Fault> {
    if let Some(op) = MathOp::from_name(name) {
        return Ok(Some(Function::Math(op)));
    }
    if let Some(op) = HorizontalOp::from_name(name) {
        return Ok(Some(Function::Horizontal(op)));
    }
    if let Some(op) = ListOp::aggregation(name) {
        return Ok(Some(Function::List(op)));
    }
    let given = Arguments(arguments);
    Ok(Some(match name {
        "round" => Function::Round(given.at(0)?),
        "log" => Function::Log(given.at(0)?),
        "clip" => Function::Clip,
        "fill_nan" => Function::FillNan,
        "concat_str" => {
            let separator = given.at::<String>(0)?.into();
            Function::Concat { separator, ignore_nulls: given.at(1)? }
        }
        "str.extract" => text(TextOp::Extract(given.pattern(0, false)?, given.at(1)?)),
        "str.replace" | "str.replace_all" => text(TextOp::Replace {
            pattern: given.pattern(0, given.at(2)?)?,
            value: given.text(1)?,
            all: name == "str.replace_all",
        }),
        "str.count_matches" => text(TextOp::CountMatches(given.pattern(0, given.at(1)?)?)),
        "str.find" => text(TextOp::Find(given.pattern(0, given.at(1)?)?)),
        "str.slice" => text(TextOp::Slice(given.at(0)?, given.at(1)?)),
        "str.split_part" => text(TextOp::SplitPart(given.text(0)?, given.at(1)?)),
        "str.strip_chars" => text(TextOp::StripChars(given.some_text(0)?, Ends::Both)),
        "str.strip_chars_start" => text(TextOp::StripChars(given.some_text(0)?, Ends::Start)),
        "str.strip_chars_end" => text(TextOp::StripChars(given.some_text(0)?, Ends::End)),
        "str.strip_prefix" => text(TextOp::StripPrefix(given.text(0)?)),
        "str.strip_suffix" => text(TextOp::StripSuffix(given.text(0)?)),
        "str.zfill" => text(TextOp::Zfill(given.at(0)?)),
        "str.pad_start" => text(TextOp::Pad(given.at(0)?, given.at(1)?, Ends::Start)),
        "str.pad_end" => text(TextOp::Pad(given.at(0)?, given.at(1)?, Ends::End)),
        "str.reverse" => text(TextOp::Reverse),
        "str.to_titlecase" => text(TextOp::Title),
        "str.to_integer" => text(TextOp::ToInteger { base: given.at(0)?, strict: given.at(1)? }),
        "str.to_date" => text(TextOp::ToDate(given.read(0, Format::to_read)?, given.at(1)?)),
        "str.to_datetime" => {
            text(TextOp::ToDatetime(given.read(0, Format::to_read)?, given.at(1)?))
        }
        "dt.truncate" => moment(MomentOp::Truncate(given.read(0, Span::every)?)),
        "dt.offset_by" => moment(MomentOp::OffsetBy(given.read(0, Span::new)?)),
        "dt.month_start" => moment(MomentOp::MonthStart),
        "dt.month_end" => moment(MomentOp::MonthEnd),
        "dt.strftime" => moment(MomentOp::Strftime(given.read(0, Format::to_write)?)),
        "dt.convert_time_zone" => moment(MomentOp::ConvertZone(given.text(0)?)),
        "dt.replace_time_zone" => moment(MomentOp::ReplaceZone {
            zone: given.some_text(0)?,
            ambiguous: Ambiguous::from_name(&given.text(1)?).unwrap_or(Ambiguous::Raise),
            skipped_to_null: given.at(2)?,
        }),
        "list.len" => Function::List(ListOp::Len),
        "list.get" => Function::List(ListOp::Get(given.at(0)?, given.at(1)?)),
        "list.sort" => {
            let order = SortOrder { descending: given.at(0)?, nulls_last: given.at(1)? };
            Function::List(ListOp::Items(Rearrangement::Sort(order)))
        }
        "list.slice" => {
            Function::List(ListOp::Items(Rearrangement::Slice(given.at(0)?, given.at(1)?)))
        }
        "list.unique" => Function::List(ListOp::Items(Rearrangement::Unique)),
        "list.reverse" => Function::List(ListOp::Items(Rearrangement::Reverse)),
        "list.drop_nulls" => Function::List(ListOp::Items(Rearrangement::DropNulls)),
        "list.arg_min" => Function::List(ListOp::Extreme(false)),
        "list.arg_max" => Function::List(ListOp::Extreme(true)),
        "list.contains" => Function::List(ListOp::Contains),
        "list.join" => Function::List(ListOp::Join(given.text(0)?)),
        "str.split" => Function::List(ListOp::Split(given.text(0)?)),
        "format" => Function::Format(template(&given.at::<String>(0)?, operands)?),
        _ => return Ok(None),
    }))
}

fn text(op: TextOp) -> Function {
    Function::Text(op)
}

fn moment(op: MomentOp) -> Function {
    Function::Moment(op)
}

fn template(text: &str, operands: Option<usize>) -> Result<Template, Fault> {
    let template = Template::new(text).ok_or_else(|| {
        let message = format!("`{text}` has a brace that is not part of `{{}}`");
        Fault::value("format", message, "write `{{` and `}}` for braces in the text")
    })?;
    if let Some(operands) = operands.filter(|operands| *operands != template.places()) {
        let hint = "write one `{}` for each value";
        return Err(Fault::value("format", template.mismatch(operands), hint));
    }
    Ok(template)
}

struct Arguments<'a, 'py>(&'a Bound<'py, PyTuple>);

impl<'py> Arguments<'_, 'py> {
    fn text(&self, place: usize) -> Result<Arc<str>, Fault> {
        Ok(self.at::<String>(place)?.into())
    }

    fn some_text(&self, place: usize) -> Result<Option<Arc<str>>, Fault> {
        Ok(self.at::<Option<String>>(place)?.map(Into::into))
    }

    fn pattern(&self, place: usize, literal: bool) -> Result<Pattern, Fault> {
        Ok(Pattern { text: self.text(place)?, literal })
    }

    /// An argument with a meaning of its own.
    fn read<T>(
        &self,
        place: usize,
        read: fn(&str) -> mydf_core::Result<T>,
    ) -> Result<Given<T>, Fault> {
        let text = self.text(place)?;
        let value = read(&text)?;
        Ok(Given { text, value })
    }

    fn at<T>(&self, place: usize) -> Result<T, Fault>
    where
        T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>>,
    {
        let value = self.0.get_item(place)?;
        Ok(value.extract::<T>().map_err(Into::into)?)
    }
}
