"""The quick look at a stamp never accepts what the slow one refuses."""

import pickle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rtvariants import frozen, loader
from rtvariants.loader import stamp as stamps
from rtvariants.loader.facts import Decision, Host, Request
from rtvariants.loader.types import Runtime, Table

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
abi=cp310-abi3
page-size=
toolchain=rustc 1.95.0
commit=
end
"""


def accepted(text):
    try:
        facts = stamps.parse(text)
    except stamps.StampError:
        return False
    return stamps.mismatch(facts, TABLE, RUNTIME) is None and stamps.page_problem(facts) is None


def quick(text):
    """Tell whether the quick path accepts the stamp."""
    ((_, _, head, facts),) = frozen.facts([TABLE])["PREFERRED"].values()
    return loader._is_stamp(text, head, facts)


@pytest.mark.parametrize(
    ("pages", "good"),
    [("", True), ("65536", True), (str(2**40), True), ("16", False), ("4k", False), ("-1", False)],
)
def test_a_good_stamp_is_accepted_both_ways(pages, good):
    text = GOOD.replace(b"page-size=", b"page-size=" + pages.encode())
    assert accepted(text) is good
    assert quick(text) is good


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
@example(GOOD.index(b"features"), 0)
@example(GOOD.index(b"features=") + 9, 128)
def test_no_edit_of_what_matters_is_accepted(at, byte):
    text = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    if quick(text):
        assert accepted(text)
    if accepted(text):
        # The table knows neither these nor the vendor and the C library of the triple.
        changed = {k for k, v in stamps.parse(text).items() if v != stamps.parse(GOOD)[k]}
        assert changed <= {"features", "target", "toolchain", "commit"}


@given(st.integers(0, len(GOOD) - 1))
def test_no_truncation_is_accepted(length):
    assert not accepted(GOOD[:length])
    assert not quick(GOOD[:length])


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


def test_values_are_immutable_equal_by_content_and_picklable():
    host = Host(machine="x86_64", system="linux", features=frozenset({"a"}), source="x")
    decision = Decision(
        chosen=RUNTIME, rejections=(), host=host, request=Request(name=None, origin="y")
    )
    assert pickle.loads(pickle.dumps(decision)) == decision
    assert hash(pickle.loads(pickle.dumps(decision))) == hash(decision)
    assert decision != RUNTIME
    assert "name='fast'" in repr(decision)
    for action in (lambda: setattr(RUNTIME, "name", "x"), lambda: delattr(RUNTIME, "name")):
        with pytest.raises(AttributeError, match="immutable"):
            action()
    with pytest.raises(AttributeError):
        RUNTIME.other = 1
