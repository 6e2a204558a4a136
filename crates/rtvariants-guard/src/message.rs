//! The parts of the error message that the assembly joins, in the layout that it reads.

use crate::text::Text;

/// Room for the whole message, on the stack of the check.
pub(crate) const MESSAGE: usize = 2048;
const HEAD: usize = 128;
const HINT: usize = 256;

/// The text before and after the names of missing features.
///
/// Texts are arrays and not slices, so the check needs no relocations.
#[repr(C)]
pub(crate) struct Message {
    pub(crate) head_len: u32,
    pub(crate) cpu_hint_len: u32,
    pub(crate) os_hint_len: u32,
    pub(crate) head: [u8; HEAD],
    pub(crate) cpu_hint: [u8; HINT],
    pub(crate) os_hint: [u8; HINT],
}

impl Message {
    /// The message of a build called `name`, whose features' names take `names_bytes` bytes.
    ///
    /// # Panics
    /// If it doesn't fit. It is only used in constants, so this is a compile error.
    pub(crate) const fn new(name: &str, names_bytes: usize) -> Self {
        let mut head = Text::new();
        head.push("rtvariants: `");
        head.push(name);
        head.push("` needs CPU features that this processor lacks: ");
        let mut cpu_hint = Text::new();
        cpu_hint.push("\nhint: use a runtime that is built for an older CPU level");
        let mut os_hint = Text::new();
        os_hint.push(
            " (the processor has some of them, but the operating system or hypervisor does not \
             enable their registers)\nhint: use a runtime that is built for an older CPU level, or \
             enable AVX state in the operating system",
        );
        assert!(HEAD + HINT + names_bytes < MESSAGE, "rtvariants-guard: the message is too long");
        let (head, head_len) = head.into_parts();
        let (cpu_hint, cpu_hint_len) = cpu_hint.into_parts();
        let (os_hint, os_hint_len) = os_hint.into_parts();
        Self { head_len, cpu_hint_len, os_hint_len, head, cpu_hint, os_hint }
    }
}
