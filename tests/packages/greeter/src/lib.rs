//! The native module of greeter: greets, and counts how often.

use pyo3::prelude::*;

#[cfg(feature = "wide")]
type Count = u64;
#[cfg(not(feature = "wide"))]
type Count = u32;

#[pymodule(gil_used = false)]
#[pyo3(name = "_hello_unguarded")]
mod native {
    use super::Count;
    use pyo3::prelude::*;

    /// Greet by name.
    #[pyfunction]
    fn greet(name: &str) -> String {
        format!("Hello, {name}!")
    }

    /// The largest count that this build can hold.
    #[pyfunction]
    fn most() -> Count {
        Count::MAX
    }

    /// One who greets, and counts.
    #[pyclass(frozen)]
    struct Greeter {
        name: String,
        count: std::sync::atomic::AtomicU32,
    }

    #[pymethods]
    impl Greeter {
        #[new]
        fn new(name: String, count: u32) -> Self {
            Self { name, count: count.into() }
        }

        /// Greet, and count it.
        fn greet(&self) -> String {
            let count = self.count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            format!("Hello number {count} from {}!", self.name)
        }

        fn __reduce__(slf: &Bound<'_, Self>) -> (Py<PyAny>, (String, u32)) {
            let count = slf.get().count.load(std::sync::atomic::Ordering::Relaxed);
            (slf.get_type().into_any().unbind(), (slf.get().name.clone(), count))
        }
    }

    /// What the build says about itself.
    #[pyfunction]
    fn stamp() -> &'static str {
        super::RTVARIANTS_STAMP
    }
}

rtvariants_guard::module! {
    export: PyInit__hello,
    guards: PyInit__hello_unguarded,
    index_bits: Count::BITS,
    allocator: "system",
}
