//! Text that is built at compile time.

/// Up to `N` bytes of text under construction.
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// Appends `text`.
    ///
    /// # Panics
    /// If the text doesn't fit. It is only called in constants, so this is a compile error.
    pub(crate) const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        assert!(self.len + bytes.len() <= N, "rtvariants-guard: a text is too long");
        let mut at = 0;
        while at < bytes.len() {
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }

    /// The first of `numbers` in decimal, or no text if there is none.
    ///
    /// # Panics
    /// If it doesn't fit. It is only used in constants, so this is a compile error.
    pub const fn of_number(numbers: &[u32]) -> Self {
        let mut text = Self::new();
        if let [number, ..] = numbers {
            text.push_number(*number);
        }
        text
    }

    /// The text so far.
    ///
    /// # Panics
    /// Never: it is made of strings.
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => unreachable!(),
        }
    }

    /// Appends `number` in decimal.
    const fn push_number(&mut self, number: u32) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        assert!(self.len < N, "rtvariants-guard: a text is too long");
        self.bytes[self.len] = b'0' + (number % 10) as u8;
        self.len += 1;
    }

    /// The number of bytes so far.
    #[allow(clippy::len_without_is_empty)]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The text as an array of exactly its length.
    ///
    /// # Panics
    /// If `M` isn't [`Self::len`].
    pub const fn exact<const M: usize>(&self) -> [u8; M] {
        assert!(M == self.len, "rtvariants-guard: the array has another length than the text");
        let mut out = [0; M];
        let mut at = 0;
        while at < M {
            out[at] = self.bytes[at];
            at += 1;
        }
        out
    }

    /// The bytes, padded with zeros, and the length of the text.
    pub(crate) const fn into_parts(self) -> ([u8; N], u32) {
        (self.bytes, self.len as u32)
    }
}

/// `==` for strings in constants.
pub(crate) const fn equal(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Returns whether `list` contains `name`.
pub(crate) const fn contains(list: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < list.len() {
        if equal(list[at], name) {
            return true;
        }
        at += 1;
    }
    false
}
