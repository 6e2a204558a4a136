//! The stamp: `key=value` lines between a first and a last marker line.

use crate::layout::Feature;
use crate::text::Text;

/// The values of a stamp except the compiled features; an unknown one is empty.
#[allow(missing_docs)] // The keys of the stamp's format, under the same names.
pub struct Stamp {
    pub package: &'static str,
    pub version: &'static str,
    pub runtime: &'static str,
    pub level: &'static str,
    pub target: &'static str,
    pub index_bits: &'static str,
    pub allocator: &'static str,
    pub stated_by: &'static str,
    pub abi: &'static str,
    pub page_size: &'static str,
    pub toolchain: &'static str,
}

/// Room for the longest commit hash that git makes. It stays blank here: the build tool writes the
/// hash into the finished file, so a new commit on its own needs no compilation.
const COMMIT: &str = match core::str::from_utf8(&[b' '; 64]) {
    Ok(text) => text,
    Err(_) => unreachable!(),
};

impl Stamp {
    /// The name of this build in messages: its runtime, or its package if it has no runtime.
    pub const fn name(&self) -> &'static str {
        if self.runtime.is_empty() { self.package } else { self.runtime }
    }

    /// The text of the stamp, with those of `features` that are compiled in.
    ///
    /// # Panics
    /// If a value holds a control character, which could start another line. The stamp is a
    /// constant, so this is a compile error.
    pub const fn text<const N: usize>(&self, features: &[Feature]) -> Text<N> {
        let mut text = Text::new();
        text.push("rtvariants-stamp 1\n");
        line(&mut text, "package", self.package);
        line(&mut text, "version", self.version);
        line(&mut text, "runtime", self.runtime);
        line(&mut text, "level", self.level);
        line(&mut text, "target", self.target);
        text.push("features=");
        let mut first = true;
        let mut at = 0;
        while at < features.len() {
            if features[at].compiled {
                if !first {
                    text.push(",");
                }
                first = false;
                text.push(features[at].name);
            }
            at += 1;
        }
        text.push("\n");
        line(&mut text, "index-bits", self.index_bits);
        line(&mut text, "allocator", self.allocator);
        line(&mut text, "stated-by", self.stated_by);
        line(&mut text, "abi", self.abi);
        line(&mut text, "page-size", self.page_size);
        line(&mut text, "toolchain", self.toolchain);
        line(&mut text, "commit", COMMIT);
        text.push("end\n");
        text
    }
}

const fn line<const N: usize>(text: &mut Text<N>, key: &str, value: &str) {
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        assert!(
            bytes[at] >= b' ' && bytes[at] != 0x7f,
            "rtvariants-guard: a value of the stamp holds a control character"
        );
        at += 1;
    }
    text.push(key);
    text.push("=");
    text.push(value);
    text.push("\n");
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    const STAMP: Stamp = Stamp {
        package: "sample",
        version: "1.2.3",
        runtime: "",
        level: "x86_64_v3",
        target: "",
        index_bits: "32",
        allocator: "system",
        stated_by: "crate",
        abi: "cp310-abi3",
        page_size: "",
        toolchain: "rustc 1.95.0",
    };

    #[test]
    fn has_every_key_in_order() {
        let text = STAMP.text::<512>(&[]);
        let (bytes, len) = text.into_parts();
        assert_eq!(
            core::str::from_utf8(&bytes[..len as usize]).unwrap(),
            std::format!(
                "rtvariants-stamp 1\npackage=sample\nversion=1.2.3\nruntime=\nlevel=x86_64_v3\n\
                 target=\nfeatures=\nindex-bits=32\nallocator=system\nstated-by=crate\n\
                 abi=cp310-abi3\npage-size=\ntoolchain=rustc 1.95.0\ncommit={:64}\nend\n",
                ""
            )
        );
        assert_eq!(text.exact::<{ STAMP.text::<512>(&[]).len() }>()[..], bytes[..len as usize]);
    }

    #[test]
    fn is_named_after_the_runtime_or_the_package() {
        assert_eq!(STAMP.name(), "sample");
        assert_eq!(Stamp { runtime: "rt9", ..STAMP }.name(), "rt9");
    }

    #[test]
    #[should_panic(expected = "control character")]
    fn refuses_a_value_that_would_read_as_a_line() {
        let _ = Stamp { toolchain: "abc\nend", ..STAMP }.text::<512>(&[]);
    }

    #[test]
    #[should_panic(expected = "too long")]
    fn refuses_a_text_that_does_not_fit() {
        let _ = STAMP.text::<64>(&[]);
    }
}
