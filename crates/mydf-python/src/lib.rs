//! The native module of mydf.
