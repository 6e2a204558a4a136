"""The runs on this CPU and on emulated ones."""

import pytest
from sample_wheels import MACHINE

from rtvariants.trial import runs, sets

only_x86 = pytest.mark.skipif(MACHINE != "x86_64", reason="arm64 has one level here")


@pytest.fixture
def each(fat):
    (found,) = sets.group([fat])
    return found


@only_x86
def test_each_runtime_runs_on_the_oldest_cpu_of_its_level_and_refuses_below(each):
    found = {(r.runtime.name, r.cpu, r.refuses) for r in runs.emulated(each)}
    assert found == {
        ("fast", "Haswell", False), ("fast", "IvyBridge", True),
        ("wide", "Haswell", False), ("wide", "IvyBridge", True),
        ("safe", "Opteron_G1,-sse3", False),
    }  # fmt: skip
    assert [r.runtime.name for r in runs.here(each)] == ["fast", "wide", "safe"]
