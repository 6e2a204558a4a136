use pyo3::prelude::*;

#[pymodule(gil_used = false)]
#[pyo3(name = "_core")]
mod core {
    use pyo3::prelude::*;

    /// Add up the squares.
    #[pyfunction]
    fn sum_of_squares(values: Vec<f64>) -> f64 {
        values.iter().map(|value| value * value).sum()
    }
}
