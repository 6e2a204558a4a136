"""A native without the stamp that is next to it is not loaded: either file may be replaced.

The natives here have only the headers that the loader reads; none of them can be loaded.
"""

import struct
import sys

import pytest

from rtvariants.loader import carries
from rtvariants.loader.choice import holds
from rtvariants.loader.section import _place

from .conftest import stamp

STAMP = stamp()
OTHER = stamp(runtime="wide").replace(b"wide", b"wid1")


def elf(*sections, count=None):
    """Return a 64-bit ELF file with these sections, and their table at the end, as linkers do."""
    data, rows = bytearray(64), [struct.pack("<IIQQQQIIQQ", *[0] * 10)]
    for each in sections:
        rows.append(struct.pack("<IIQQQQIIQQ", 1, 1, 2, 0, len(data), len(each), 0, 0, 1, 0))
        data += each
    table = len(data)
    data[:16] = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    data[40:48] = struct.pack("<Q", table)
    data[58:62] = struct.pack("<HH", 64, len(rows) if count is None else count)
    return bytes(data) + b"".join(rows)


def macho(text, at=4096):
    names = b"__rtvariants".ljust(16, b"\0") + b"__DATA".ljust(16, b"\0")
    head = b"\xcf\xfa\xed\xfe".ljust(200, b"\0") + names + struct.pack("<QQI", 7, len(text), at)
    return head.ljust(at, b"\0") + text


def pe(text, at=4096):
    row = b".rtvar\0\0" + struct.pack("<IIII", len(text), 4096, 512, at)
    return (b"MZ".ljust(400, b"\0") + row).ljust(at, b"\0") + text


@pytest.fixture
def native(tmp_path):
    def write(data):
        path = tmp_path / "native"
        path.write_bytes(data)
        return str(path)

    return write


ELF = pytest.mark.skipif(sys.platform == "win32", reason="reads ELF files")


@ELF
def test_the_section_of_an_elf_file_is_compared(native):
    assert carries(native(elf(b"code", STAMP, b"x" * len(STAMP))), STAMP)
    assert carries(native(elf(b"x" * len(STAMP), STAMP)), STAMP)
    assert not carries(native(elf(b"code", OTHER)), STAMP)
    assert not carries(native(elf()), STAMP)


@ELF
def test_text_outside_of_sections_or_in_a_larger_one_is_no_section(native):
    assert not carries(native(elf(b"code") + STAMP), STAMP)
    assert not carries(native(elf(STAMP + b"\n")), STAMP)
    assert not carries(native(elf(STAMP, count=1)), STAMP)


@ELF
@pytest.mark.parametrize("keep", range(0, 1200, 37))
def test_a_cut_or_foreign_file_carries_nothing(native, keep):
    data = elf(b"code", STAMP)
    cut = data[: min(keep, len(data) - 64)]
    assert not carries(native(cut), STAMP)
    assert not carries(native(b"#!" + data[2:]), STAMP)


@ELF
def test_a_place_beyond_every_file_is_an_overflow_and_not_a_match(native):
    data = bytearray(elf(b"code", OTHER))
    data[40:48] = b"\xff" * 8
    with pytest.raises(OverflowError):
        carries(native(data), STAMP)
    assert not holds(native(data), STAMP)


FORMATS = {
    "elf": lambda text: elf(b"code", text),
    "macho": macho,
    "pe": pe,
    "several machines": lambda text: b"\xca\xfe\xba\xbe".ljust(4096, b"\0") + macho(text),
    "headers without a section": lambda text: macho(b"").replace(b"__rt", b"__xx") + text,
    "a wrong place": lambda text: pe(b"x", 5000) + text,
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_native_of_every_format_holds_its_own_stamp_only(native, kind):
    path = native(FORMATS[kind](STAMP))
    assert holds(path, STAMP)
    assert not holds(path, OTHER)


@pytest.mark.parametrize("kind", ["macho", "pe"])
def test_the_headers_say_where_the_stamp_is(monkeypatch, native, kind):
    monkeypatch.setattr("rtvariants.loader.section._place", lambda _: 0)
    assert holds(native(FORMATS[kind](STAMP)), STAMP)
    assert _place(FORMATS[kind](STAMP)) == 4096


# ---------------------------------------------------------------------------------- the import


SUFFIX = ".pyd" if sys.platform == "win32" else ".abi3.so"


def put(sample, name, data):
    """Put an extension module into a runtime's package; Python finds it before the other file."""
    (sample.folder / f"_sample_{name}" / f"_core{SUFFIX}").write_bytes(data)


@pytest.mark.parametrize("held", [True, False], ids=["whole stamps", "named facts"])
@pytest.mark.parametrize("which", ["native", "stamp", "neither stamped"])
def test_a_native_without_the_stamp_next_to_it_is_not_loaded(sample, which, held):
    # The features are what a table without whole stamps doesn't name.
    other = STAMP.replace(b"features=", b"features=avx512f")
    put(sample, "fast", elf({"native": other, "stamp": STAMP}.get(which, b"")))
    if which == "stamp":
        sample.stamp("fast", other)
    if held:
        sample.state()
    assert sample.chosen() == "plain"
    error = sample.chosen(SAMPLE_RUNTIME="fast")
    native = sample.folder / "_sample_fast" / f"_core{SUFFIX}"
    assert error.startswith("SkewedRuntimeError: ")
    assert f"it is not the stamp in `{native}` (one of the two files is of another build)" in error
    assert "\nhint: reinstall `sample` 1.2.3 with all of its files, or unset" in error


def test_a_native_with_the_stamp_next_to_it_is_tried(sample):
    put(sample, "fast", elf(STAMP))
    assert "can't run here: " in sample.chosen(SAMPLE_RUNTIME="fast")


def test_a_report_without_loading_names_the_other_native(sample):
    put(sample, "fast", elf(OTHER))
    done = sample.python("-m", "_sample_loader", "--no-load")
    assert "it is not the stamp in" in done.stdout
    assert "differs from the one in" in done.stdout
