//! Deep trees: resolution and evaluation walk an expression by recursion, on a stack that fits it.

use mydf_core::{Error, Result};

use crate::expr::Expr;

/// Deeper trees are refused: they come of a loop that doesn't end where it should.
const DEEPEST: usize = 10_000;
/// Deeper trees are walked on a thread with a stack that fits them.
const DEEP: usize = 64;
/// Stack of one level, generously; builds without optimisation need the most.
const STACK_PER_LEVEL: usize = 16 << 10;

/// Does a job that walks these expressions. Its argument is true where they are deep: it then runs on
/// a thread of its own, and must not hand work to others, whose stacks are smaller.
///
/// # Errors
/// Those of the job; [`Error::Value`] for trees that are too deep.
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
        // A panic in there is a bug in here: it goes on as it would have without the thread.
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
