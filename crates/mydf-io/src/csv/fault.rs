//! What is wrong with a part of a file.

/// What is wrong, where, and what fixes it.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) hint: String,
}

impl Fault {
    pub(super) fn new(at: usize, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Fault { at, message: message.into(), hint: hint.into() }
    }

    /// The same fault of a part that starts at `start`.
    pub(super) fn after(self, start: usize) -> Self {
        Fault { at: start + self.at, ..self }
    }
}
