//! Lazy frames: a plan of verbs over files and frames, its optimisation, its text, and its run.
//!
//! A verb is checked when it is added: it runs on a frame without rows, so names and dtypes are
//! those of the eager verb, and so are the errors. [`optimised`] moves filters, columns and limits
//! towards the files. [`collect`] reads the parts of the files on all threads, and takes each
//! through the verbs that look at single rows; only what the other verbs need is kept in memory.

mod common;
mod elementwise;
mod explain;
mod limits;
mod node;
mod optimise;
mod partial;
mod pipeline;
mod predicates;
mod projection;
mod prune;
mod run;
mod source;
mod split;
mod verbs;

pub use explain::explain;
pub use node::{How, Node, Tree};
pub use optimise::optimised;
pub use prune::{Bound, bound_name, kept};
pub use run::collect;
pub use source::{Part, Parts, Request, Source, Visit};
pub use split::{Split, over, split};
