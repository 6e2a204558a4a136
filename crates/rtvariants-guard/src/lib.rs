//! Makes a native Python module refuse a CPU that lacks what it was compiled for.
