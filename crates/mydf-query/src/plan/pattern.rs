//! Regular expressions, compiled before anything runs.

use mydf_core::{Error, Result};
use regex::Regex;

/// The regular expression of a function of this name.
pub(super) fn compiled(pattern: &str, function: &str) -> Result<Regex> {
    Regex::new(pattern).map_err(|error| {
        // The crate shows the pattern on several lines; its last line has the error.
        let text = error.to_string();
        let fact = text.lines().last().unwrap_or_default();
        let fact = fact.strip_prefix("error: ").unwrap_or(fact);
        Error::Pattern {
            what: format!("pattern of {function}"),
            pattern: pattern.to_owned(),
            fact: fact.to_owned(),
        }
    })
}
