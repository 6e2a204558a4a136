"""The allocators: each row is found in the files that it is linked into."""

import re

import pytest

from rtvariants.targets import allocators
from rtvariants.targets.allocators import ALLOCATORS

SYMBOLS = {
    "jemalloc": (b"\0_rjem_malloc\0", b"\0__rjem_mallocx\0", b"\0_rjem_je_calloc\0"),
    "mimalloc": (b"\0mi_malloc\0", b"\0_mi_zalloc\0", b"\0mi_heap_malloc_aligned\0"),
}


@pytest.mark.parametrize("name", ALLOCATORS)
def test_the_symbols_of_an_allocator_are_those_of_no_other(name):
    for symbols in SYMBOLS.get(name, (b"\0malloc\0", b"\0semi_malloc\0", b"\0_rjem_mallocs\0")):
        found = [n for n, a in ALLOCATORS.items() if a.symbols and re.search(a.symbols, symbols)]
        assert found == ([name] if name in SYMBOLS else [])


def test_every_allocator_but_the_systems_has_a_feature_a_crate_and_symbols():
    others = [each for each in ALLOCATORS.values() if each is not allocators.SYSTEM]
    assert others
    assert all(each.feature and each.crate and each.symbols and each.flags for each in others)
    assert list(allocators.by_feature()) == [each.feature for each in others]
