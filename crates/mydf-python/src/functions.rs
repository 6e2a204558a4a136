//! Functions of expressions, from their names and arguments in Python.

use mydf_query::expr::{Function, HorizontalOp, MathOp, Template};
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
        "format" => Function::Format(template(&given.at::<String>(0)?, operands)?),
        _ => return Ok(None),
    }))
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
    fn at<T>(&self, place: usize) -> Result<T, Fault>
    where
        T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>>,
    {
        let value = self.0.get_item(place)?;
        Ok(value.extract::<T>().map_err(Into::into)?)
    }
}
