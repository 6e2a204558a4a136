"""Which crate a C function comes from."""

from rtvariants.native.owners import Owners


def test_a_function_belongs_to_the_library_that_has_its_name(tmp_path):
    one, two = tmp_path / "libone.a", tmp_path / "libtwo.a"
    one.write_bytes(b"!<arch>\n\0checksum_of\0.text.folded\0ab\0")
    two.write_bytes(b"!<arch>\n\0checksum_of\0hash$of\0cut_short")
    owners = Owners([("one-sys", one), ("two-sys", two)])
    assert owners.of("folded") == "one-sys"
    assert owners.of("hash$of") == "two-sys"
    # The first library wins.
    assert owners.of("checksum_of") == "one-sys"
    for other in ("", "ab", "checksum", "cut_short", "unknown"):
        assert owners.of(other) == ""


def test_a_function_that_the_compiler_has_split_belongs_to_its_library(tmp_path):
    library = tmp_path / "libzstd.a"
    library.write_bytes(b"!<arch>\n\0.text.build_bmi2.constprop.0\0decode.isra.1\0")
    owners = Owners([("zstd-sys", library)])
    assert owners.of("build_bmi2.constprop.0") == owners.of("decode.isra.1") == "zstd-sys"
    assert owners.of("build_bmi2") == owners.of("bmi2.constprop.0") == ""


def test_a_long_name_that_shares_its_bytes_with_the_end_of_another_has_its_library(tmp_path):
    library = tmp_path / "libaes.a"
    library.write_bytes(b"!<arch>\n\0skip_begin_of_blocks\0aes_sum\0")
    owners = Owners([("aes-sys", library)])
    assert owners.of("begin_of_blocks") == "aes-sys"
    for other in ("sum", "of_blocks", "begin_of_block", "xbegin_of_blocks"):
        assert owners.of(other) == ""


def test_without_libraries_no_function_has_a_crate():
    assert Owners([]).of("checksum_of") == ""
