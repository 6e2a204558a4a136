"""The quick look at a stamp never accepts what the slow one refuses.

`TABLE` names what a stamp must say; `WHOLE` has it whole, as where native and loader are of one
wheel.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rtvariants import loader
from rtvariants.loader import stamp as stamps
from rtvariants.loader.types import Runtime, Table
from rtvariants.shim import generated
from rtvariants.shim.table import stamped

RUNTIME = Runtime(
    name="fast", module="_sample_fast._core", level="x86_64_v3", select="auto", index_bits=32,
    allocator="system", abi="cp310-abi3", needs=("avx2",),
)  # fmt: skip
TABLE = Table(
    package="sample", version="1.2.3", alias="sample._core", env="SAMPLE_RUNTIME",
    machine="x86_64", system="linux", runtimes=(RUNTIME,),
)  # fmt: skip
GOOD = b"""\
rtvariants-stamp 1
package=sample
version=1.2.3
runtime=fast
level=x86_64_v3
target=x86_64-unknown-linux-gnu
features=avx,avx2
index-bits=32
allocator=system
stated-by=crate
abi=cp310-abi3
page-size=
toolchain=rustc 1.95.0
commit=
end
"""


WHOLE = stamped(TABLE, {"fast": GOOD})


def accepted(text, table=TABLE):
    """Return whether the long path accepts the stamp."""
    (runtime,) = table.runtimes
    try:
        facts = stamps.parse(text)
    except stamps.StampError:
        return False
    problems = (
        stamps.mismatch(facts, table, runtime),
        stamps.edited(text, runtime),
        stamps.page_problem(facts),
    )
    return problems == (None, None, None)


def quick(text, table=TABLE):
    """Return whether the quick path accepts the stamp."""
    ((_, _, stated),) = generated.facts([table])["PREFERRED"].values()
    return loader._is_stamp(text, stated)


@pytest.mark.parametrize(
    ("pages", "good"),
    [("", True), ("65536", True), (str(2**40), True), ("16", False), ("4k", False), ("-1", False)],
)
def test_both_paths_accept_a_good_stamp(pages, good):
    text = GOOD.replace(b"page-size=", b"page-size=" + pages.encode())
    for table in (TABLE, stamped(TABLE, {"fast": text})):
        assert accepted(text, table) is good
        assert quick(text, table) is good


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
@example(GOOD.index(b"features"), 0)
@example(GOOD.index(b"features=") + 9, 128)
def test_no_edit_of_a_fact_that_matters_is_accepted(at, byte):
    text = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    if quick(text):
        assert accepted(text)
    if accepted(text):
        # The table knows neither these nor the vendor and the C library of the triple.
        changed = {k for k, v in stamps.parse(text).items() if v != stamps.parse(GOOD)[k]}
        assert changed <= {"features", "target", "stated-by", "toolchain", "commit"}


@given(st.integers(0, len(GOOD)), st.integers(0, 3), st.binary(max_size=3))
@example(GOOD.index(b"commit=") + 7, 0, b" ")
@example(0, 0, b"")
def test_both_paths_refuse_every_edit_of_a_stamp_that_is_known_whole(at, length, new):
    text = GOOD[:at] + new + GOOD[at + length :]
    assert accepted(text, WHOLE) is quick(text, WHOLE) is (text == GOOD)


LINES = GOOD.splitlines(keepends=True)


@given(st.data())
def test_quick_is_never_more_lenient_with_other_values_and_lines(data):
    """Lines out of order, twice, absent; values that look like a line's key."""
    values = st.sampled_from([b"", b"x", b"-linux", b"=", b"x86_64-", b"features=", b"end"])
    lines = data.draw(st.just(LINES) | st.lists(st.sampled_from(LINES), max_size=16))
    text = b"".join(
        line.rstrip(b"\n") + data.draw(values) + b"\n" if data.draw(st.booleans()) else line
        for line in lines
    )
    for table in (TABLE, WHOLE):
        if quick(text, table):
            assert accepted(text, table)


def test_a_check_that_skips_lines_is_found(monkeypatch):
    def lenient(text, stated):
        return text.startswith(stated[0]) and text.endswith(stated[-1])

    text = GOOD.replace(b"index-bits=32", b"index-bits=64")
    assert not quick(text)
    monkeypatch.setattr(loader, "_is_stamp", lenient)
    assert quick(text)
    assert not accepted(text)


def test_a_table_with_a_damaged_stamp_fits_none():
    (runtime,) = stamped(TABLE, {"fast": GOOD[:-5]}).runtimes
    assert "differs from the built one: it is cut short" in stamps.edited(GOOD, runtime)


@given(st.integers(0, len(GOOD) - 1))
def test_no_truncation_is_accepted(length):
    for table in (TABLE, WHOLE):
        assert not accepted(GOOD[:length], table)
        assert not quick(GOOD[:length], table)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reading(text):
    for candidate in (text, b"rtvariants-stamp 1\n" + text, text + b"\nend\n"):
        assert not accepted(candidate)
        assert not quick(candidate)


@pytest.mark.parametrize(
    ("target", "system"),
    [
        ("x86_64-unknown-linux-musl", "linux"),
        ("aarch64-apple-darwin", "macos"),
        ("x86_64-pc-windows-msvc", "windows"),
        ("riscv64", ""),
    ],
)
def test_the_system_of_a_triple(target, system):
    assert stamps.target_system(target) == system
