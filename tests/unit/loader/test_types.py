"""The base of the loader's values."""

import pickle

import pytest

from rtvariants.loader.facts import Decision, Host, Request
from rtvariants.loader.types import Runtime

RUNTIME = Runtime(
    name="fast", module="_sample_fast._core", level="x86_64_v3", select="auto", index_bits=32,
    allocator="system", abi="cp310-abi3", needs=("avx2",),
)  # fmt: skip


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
