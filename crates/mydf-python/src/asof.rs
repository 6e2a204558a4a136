//! The join on the nearest key, as Python calls it.

use mydf_core::kernels::join::{self, AsOf, Strategy, Tolerance};
use pyo3::prelude::*;

use crate::error::Fault;
use crate::frame::Frame;
use crate::work;

/// The largest distance: an int for integers and times, a float for floats.
#[derive(FromPyObject)]
pub(crate) enum Limit {
    Whole(u64),
    Float(f64),
}

impl From<Limit> for Tolerance {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Whole(limit) => Tolerance::Whole(limit),
            Limit::Float(limit) => Tolerance::Float(limit),
        }
    }
}

/// Joins each row of a frame with the row of another one that has the nearest key.
#[pyfunction]
#[allow(clippy::too_many_arguments, reason = "these are the options of the method")]
pub(crate) fn join_asof(
    py: Python<'_>,
    left: PyRef<'_, Frame>,
    right: PyRef<'_, Frame>,
    on: (String, String),
    by: (Vec<String>, Vec<String>),
    strategy: &str,
    tolerance: Option<Limit>,
    equal: bool,
    suffix: &str,
) -> Result<Frame, Fault> {
    let strategy = match strategy {
        "backward" => Strategy::Backward,
        "forward" => Strategy::Forward,
        "nearest" => Strategy::Nearest,
        _ => {
            let message = format!("`{strategy}` is unknown");
            return Err(Fault::value(
                "strategy",
                message,
                "one of `backward`, `forward`, `nearest`",
            ));
        }
    };
    let (left_by, right_by): (Vec<&str>, Vec<&str>) =
        (by.0.iter().map(String::as_str).collect(), by.1.iter().map(String::as_str).collect());
    let how = AsOf {
        on: (&on.0, &on.1),
        by: (&left_by, &right_by),
        strategy,
        tolerance: tolerance.map(Tolerance::from),
        equal,
        suffix,
    };
    let (left, right) = (left.frame.clone(), right.frame.clone());
    Ok(work::run(py, || join::join_asof(&left, &right, &how))?.into())
}
