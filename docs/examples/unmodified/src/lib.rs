//! Distances between points.

use pyo3::prelude::*;

#[pymodule]
mod distances {
    use pyo3::prelude::*;

    /// Return the square of the distance of two points.
    #[pyfunction]
    fn squared(left: Vec<f64>, right: Vec<f64>) -> f64 {
        left.iter().zip(&right).map(|(a, b)| (a - b) * (a - b)).sum()
    }
}
