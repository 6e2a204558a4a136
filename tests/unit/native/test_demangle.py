"""Symbols read back: against names that are known, and against another reader of both schemes."""

import re

import pytest

from rtvariants.native.demangle import Symbol, read


def legacy(*parts):
    return "_ZN" + "".join(f"{len(part)}{part}" for part in (*parts, "h0123456789abcdef")) + "E"


CASES = [
    (legacy("core", "ptr", "read"), "core::ptr::read", "core"),
    (
        legacy("_$LT$memchr..x86_64..avx2..Finder$u20$as$u20$core..fmt..Debug$GT$", "fmt"),
        "<memchr::x86_64::avx2::Finder as core::fmt::Debug>::fmt",
        "memchr",
    ),
    (
        legacy("_$LT$$RF$mut$u20$T$u20$as$u20$bytes..Buf$GT$", "take") + ".llvm.123",
        "<&mut T as bytes::Buf>::take",
        "bytes",
    ),
    (
        legacy("alloc", "vec", "Vec$LT$T$GT$", "push"),
        "alloc::vec::Vec::push",
        "alloc",
    ),
    ("_RINvNtCs1234_7mycrate3foo3barhE", "mycrate::foo::bar", "mycrate"),
    ("_RNCNvNtCs1234_7mycrate3foo3bar0", "mycrate::foo::bar::{closure#0}", "mycrate"),
    ("_RNCNvNtCs1234_7mycrate3foo3bars_0.cold", "mycrate::foo::bar::{closure#1}", "mycrate"),
    (
        "_RNvXs_NtCs1234_7mycrate3fooNtB4_3BarNtNtCs56_4core5clone5Clone5clone",
        "<mycrate::foo::Bar as core::clone::Clone>::clone",
        "mycrate",
    ),
    # The crate is the one that holds the `impl`, whatever the type.
    (
        "_RNvXs_NtCs1234_7mycrate3fooShNtB4_5Bytes3len",
        "<[u8] as mycrate::foo::Bytes>::len",
        "mycrate",
    ),
    ("_RNvMNtCs1_4core5sliceSh4sort", "<[u8]>::sort", "core"),
    (
        "_RNqCs4fqI2P2rA04_11utf8_identsu30____7hkackfecea1cbdathfdh9hlq6y",
        "utf8_idents::საჭმელად_გემრიელი_სადილი",
        "utf8_idents",
    ),
]


@pytest.mark.parametrize(("symbol", "name", "crate"), CASES)
def test_a_rust_symbol_has_a_path_and_a_crate(symbol, name, crate):
    assert read(symbol) == Symbol(name, crate)


@pytest.mark.parametrize(
    "symbol",
    [
        "", "ZSTD_compress", "PyInit__core", "_ZNSt6vectorIiSaIiEE9push_backERKi", "_R", "_RNv",
        "_RNvC", "_ZN4core", "_ZN99core3ptrE", "_RB_", "_RNvB0_3foo", "_RNvNtCs1_99999short",
        "_RNvXB_", "_RNvNtCs1!_3foo3bar",
    ],
)  # fmt: skip
def test_any_other_name_comes_back_as_it_is(symbol):
    assert read(symbol) == Symbol(symbol, "")


def test_an_endless_back_reference_leaves_the_name_as_it_is():
    deep = "_R" + "Nv" * 300 + "C1a" + "1b" * 300
    assert read(deep).name in {deep, "::".join(["a", *["b"] * 300])}


def without_arguments(name):
    """Take generic arguments, lifetimes and numbers out of another reader's answer."""
    name = re.sub(r"::<(?=.)", "<", name)
    out, depth = [], 0
    for i, char in enumerate(name):
        if depth or (char == "<" and i and re.match(r"\w", name[i - 1])):
            depth += (char == "<") - (char == ">" and name[i - 1] != "-")
        else:
            out.append(char)
    return "".join(out)


def test_a_whole_library_reads_as_another_reader_reads_it():
    demangle = pytest.importorskip("demangle").demangle
    polars = pytest.importorskip("_polars_runtime_32")
    path = re.sub(r"__init__\.py$", "_polars_runtime.abi3.so", polars.__file__)
    with open(path, "rb") as file:
        file.seek(-20_000_000, 2)  # The names of symbols stand at the end.
        names = set(re.findall(rb"(?<=\0)_R[\w.]{10,}(?=\0)", file.read()))
    names = [name.decode() for name in sorted(names)[::40]]
    assert len(names) > 500
    wrong = []
    for name in names:
        ours, theirs = read(name).name, without_arguments(demangle(name))
        # Numbers behind a name come from LLVM; `dyn` and `for` lists lifetimes, which we leave out.
        theirs = re.sub(r"\.\d+$", "", theirs)
        if ours != theirs and not re.search(r"dyn |for<|'|&", theirs):
            wrong.append((name, ours, theirs))
    assert wrong == []
