//! Deep trees: resolution and evaluation walk an expression recursively, on a large enough stack.

use mydf_core::{Error, Result};

use crate::expr::Expr;

/// Deeper trees are rejected: they come from a loop that doesn't end.
const DEEPEST: usize = 10_000;
/// Deeper trees are walked on a thread with a larger stack.
const DEEP: usize = 64;
/// The stack for one level, with room to spare; builds without optimisation need the most.
const STACK_PER_LEVEL: usize = 16 << 10;

/// Runs a job that walks these expressions. Its argument is true if they are deep: the job then
/// runs on its own thread and must not hand work to other threads, whose stacks are smaller.
///
/// # Errors
/// The job's errors; [`Error::Value`] for trees that are too deep.
pub(crate) fn walk<'e, T: Send>(
    exprs: impl IntoIterator<Item = &'e Expr>,
    job: impl FnOnce(bool) -> Result<T> + Send,
) -> Result<T> {
    let depth = exprs.into_iter().map(Expr::depth).max().unwrap_or_default();
    if depth <= DEEP {
        return job(false);
    }
    let refused = |problem: String| Error::Value {
        what: "expression".into(),
        message: format!("nested {depth} levels deep, {problem}"),
    };
    if depth > DEEPEST {
        return Err(refused(format!("the limit is {DEEPEST}")));
    }
    let worker = std::thread::Builder::new().stack_size((depth + DEEP) * STACK_PER_LEVEL);
    std::thread::scope(|scope| {
        let thread = worker
            .spawn_scoped(scope, || job(true))
            .map_err(|source| refused(format!("and no thread for it: {source}")))?;
        // A panic on that thread is a bug here: let it continue as it would without the thread.
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
