//! Python's own copy of the time-zone database, so that the core and Python agree on every zone.

use std::fs;
use std::path::PathBuf;

use mydf_core::temporal;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::error::Fault;

/// Makes Python's copy the first source of zones.
pub(crate) fn use_those_of_python() {
    temporal::set_source(|name| Python::try_attach(|py| read(py, name).ok().flatten()).flatten());
}

/// The data of a zone, from where `zoneinfo` reads it: the folders of the system, then the package
/// `tzdata`.
fn read(py: Python<'_>, name: &str) -> PyResult<Option<Vec<u8>>> {
    let folders: Vec<PathBuf> = py.import("zoneinfo")?.getattr("TZPATH")?.extract()?;
    let file = |folder: PathBuf| Some(folder.join(name)).filter(|path| path.is_file());
    if let Some(path) = folders.into_iter().find_map(file) {
        return Ok(fs::read(path).ok());
    }
    let package = py.import("importlib.util")?.call_method1("find_spec", ("tzdata",))?;
    if package.is_none() {
        return Ok(None);
    }
    let folders: Vec<PathBuf> = package.getattr("submodule_search_locations")?.extract()?;
    let path = folders.into_iter().find_map(|folder| file(folder.join("zoneinfo")));
    Ok(path.and_then(|path| fs::read(path).ok()))
}

/// The `zoneinfo.ZoneInfo` of a name. Where Python has no such file, as on Windows without the
/// package `tzdata`, it is made from the core's copy of the database.
pub(crate) fn zone_info<'py>(py: Python<'py>, name: &str) -> Result<Bound<'py, PyAny>, Fault> {
    let class = py.import("zoneinfo")?.getattr("ZoneInfo")?;
    let error = match class.call1((name,)) {
        Ok(zone) => return Ok(zone),
        Err(error) => error,
    };
    match temporal::bundled(name) {
        Some(data) if error.is_instance_of::<PyKeyError>(py) => {
            let file = py.import("io")?.getattr("BytesIO")?.call1((PyBytes::new(py, data),))?;
            Ok(class.call_method1("from_file", (file, name))?)
        }
        _ => Err(error.into()),
    }
}
