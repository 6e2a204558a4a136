"""Code by crate."""

from rtvariants.native import sizes
from rtvariants.native.model import Code, Mark


def test_code_counts_for_the_crate_that_wrote_it(tmp_path):
    archive = tmp_path / "libsum.a"
    archive.write_bytes(b"!<arch>\n\0checksum_of\0.text.folded\0")
    marks = (
        Mark(4, "_ZN5serde4read17h0123456789abcdefE"),
        Mark(10, "checksum_of"),
        Mark(15, "folded"),
        Mark(16, "table", True),
        Mark(20, "unknown_to_all"),
        Mark(22, "_ZN5serde5write17h0123456789abcdefE"),
    )
    code = Code("x86_64", 0, bytes(32), marks)
    assert sizes.crates([code], [("summer-sys", archive)]) == [
        ("serde", 16), ("(other)", 6), ("summer-sys", 6),
    ]  # fmt: skip
