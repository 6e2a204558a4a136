//! What a module needs from the CPU, in the one layout that the assembly of every instruction set
//! reads.

use crate::arch::{CHECKS, Queries};
use crate::message::Message;
use crate::text::{Text, contains};

/// The word of a feature that needs no check: only a kernel uses it, older CPUs ignore it as a
/// hint, or no compiler sets it on its own. Linux hides some of these (`ssbs`, for an erratum) on
/// the very CPUs that have them.
pub const SYSTEM: u32 = u32::MAX - 1;

/// The word of a feature that no single bit known to the guard reports.
pub const UNCHECKED: u32 = u32::MAX;

/// Room for the name of a feature.
pub(crate) const NAME: usize = 20;
const MOST_NEEDS: usize = 96;

/// A feature of the compiler, and where the CPU or the kernel reports it.
#[allow(missing_docs)]
pub struct Feature {
    pub name: &'static str,
    pub compiled: bool,
    pub word: u32,
    pub mask: u64,
    /// Registers that the operating system must save as well; zero for none.
    pub state: u32,
}

/// A feature that the check compares.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Need {
    pub(crate) word: u32,
    pub(crate) state: u32,
    pub(crate) mask: u64,
    pub(crate) name_len: u32,
    pub(crate) name: [u8; NAME],
}

impl Need {
    const NONE: Self = Self { word: 0, state: 0, mask: 0, name_len: 0, name: [0; NAME] };

    const fn new(feature: &Feature) -> Self {
        let mut name = Text::new();
        name.push(feature.name);
        let (name, name_len) = name.into_parts();
        Self { word: feature.word, state: feature.state, mask: feature.mask, name_len, name }
    }
}

/// Everything that the check compares, and the parts of its message.
#[repr(C)]
pub struct Needs {
    pub(crate) queries: Queries,
    pub(crate) len: u32,
    pub(crate) message: Message,
    pub(crate) entries: [Need; MOST_NEEDS],
    stamp: &'static u8,
}

impl Needs {
    /// The needs of a build called `build`: all of `features` that are compiled in and not in
    /// `baseline`.
    ///
    /// # Panics
    /// If a compiled feature can't be checked on this target, or the message doesn't fit. It is
    /// only used in constants, so this is a compile error.
    pub const fn new(
        build: &str,
        features: &[Feature],
        baseline: &[&str],
        stamp: &'static u8,
    ) -> Self {
        let mut queries = Queries::new();
        let mut entries = [Need::NONE; MOST_NEEDS];
        let mut len = 0;
        let mut names_bytes = 0;
        let mut at = 0;
        while at < features.len() {
            let feature = &features[at];
            at += 1;
            if !feature.compiled || feature.word == SYSTEM || contains(baseline, feature.name) {
                continue;
            }
            assert!(
                CHECKS && feature.word != UNCHECKED,
                "rtvariants-guard: this crate is compiled for a CPU feature that the guard can't \
                 check on this target; choose another target-cpu or disable the feature"
            );
            queries.add(feature.word);
            names_bytes += feature.name.len() + ", ".len();
            entries[len] = Need::new(feature);
            len += 1;
        }
        let message = Message::new(build, names_bytes);
        Self { queries, len: len as u32, message, entries, stamp }
    }
}

/// The array of [`Feature`] that the lists in `arch` expand to.
#[doc(hidden)]
#[macro_export]
macro_rules! __feature_array {
    ($($name:literal $word:ident $mask:tt $($state:ident)?,)*) => {
        [$($crate::__private::Feature {
            name: $name,
            compiled: cfg!(target_feature = $name),
            word: $crate::__private::word::$word,
            mask: $mask,
            state: 0 $(| $crate::__private::state::$state)?,
        }),*]
    };
}
