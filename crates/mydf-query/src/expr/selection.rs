//! Several columns at once, and names that depend on names.

use std::fmt;
use std::sync::Arc;

use mydf_core::{DType, Result};

/// Which columns of a frame an expression stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The names, in this order.
    pub names: Vec<Arc<str>>,
    /// The dtypes, instead of names. Without names and dtypes, all columns are meant.
    pub dtypes: Vec<DType>,
    /// The names of columns that are left out.
    pub without_names: Vec<Arc<str>>,
    /// The dtypes of columns that are left out.
    pub without_dtypes: Vec<DType>,
}

/// A function that makes one name of another.
pub type Renamer = dyn Fn(&str) -> Result<String> + Send + Sync;

/// How an expression's name becomes another.
#[derive(Clone)]
pub enum Renaming {
    /// The name of the leftmost column, without all other names.
    Keep,
    /// This in front of the name.
    Prefix(Arc<str>),
    /// This behind the name.
    Suffix(Arc<str>),
    /// The name in lower case, by Unicode's rules.
    Lower,
    /// The name in upper case, by Unicode's rules.
    Upper,
    /// The result of a function.
    Map(Arc<Renamer>),
}

impl Renaming {
    /// The new name, given the name so far and that of the leftmost column.
    ///
    /// # Errors
    /// What the function of [`Renaming::Map`] raises.
    pub(super) fn applied(&self, name: &Arc<str>, root: &Arc<str>) -> Result<Arc<str>> {
        Ok(match self {
            Renaming::Keep => Arc::clone(root),
            Renaming::Prefix(prefix) => format!("{prefix}{name}").into(),
            Renaming::Suffix(suffix) => format!("{name}{suffix}").into(),
            Renaming::Lower => name.to_lowercase().into(),
            Renaming::Upper => name.to_uppercase().into(),
            Renaming::Map(function) => function(name)?.into(),
        })
    }
}

impl PartialEq for Renaming {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Renaming::Prefix(one), Renaming::Prefix(two))
            | (Renaming::Suffix(one), Renaming::Suffix(two)) => one == two,
            (Renaming::Map(one), Renaming::Map(two)) => Arc::ptr_eq(one, two),
            (one, two) => std::mem::discriminant(one) == std::mem::discriminant(two),
        }
    }
}

impl fmt::Debug for Renaming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Renaming::Keep => f.write_str("Keep"),
            Renaming::Prefix(text) => write!(f, "Prefix({text:?})"),
            Renaming::Suffix(text) => write!(f, "Suffix({text:?})"),
            Renaming::Lower => f.write_str("Lower"),
            Renaming::Upper => f.write_str("Upper"),
            Renaming::Map(_) => f.write_str("Map"),
        }
    }
}
