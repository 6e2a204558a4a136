"""The choice of a runtime, over generated hosts and over archspec's recorded CPUs."""

from pathlib import Path

import archspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtvariants.loader.decide import decide
from rtvariants.loader.facts import Host, Rejection, Request
from rtvariants.loader.types import Runtime, Table
from rtvariants.targets.levels import needs

FLAGS = ["avx", "avx2", "bmi1", "bmi2", "fma", "abm"]
RECORDED = Path(archspec.__file__).parent / "json" / "tests" / "targets"
# By hand: recorded x86-64 Linux machines that lack AVX2, and some that have all of level 3.
BELOW_V3 = ["linux-rhel6-piledriver", "linux-rhel7-ivybridge"]
AT_V3 = ["linux-rhel7-haswell", "linux-rhel7-zen", "linux-ubuntu18.04-broadwell"]


def runtime(name, wanted, select="auto", index_bits=32):
    return Runtime(
        name=name, module=f"_p_{name}._core", level="x86_64", select=select,
        index_bits=index_bits, allocator="system", abi="cp310-abi3", needs=tuple(wanted),
    )  # fmt: skip


def table(*runtimes):
    return Table(
        package="p", version="1", alias="p._core", env="P_RUNTIME", machine="x86_64",
        system="linux", runtimes=runtimes,
    )  # fmt: skip


def host(features):
    found = None if features is None else frozenset(features)
    return Host(machine="x86_64", system="linux", features=found, source="test")


AUTO = Request(name=None, origin="default")
RUNTIMES = st.lists(
    st.tuples(
        st.sets(st.sampled_from(FLAGS)),
        st.sampled_from(["auto", "explicit"]),
        st.sampled_from([32, 64]),
    ),
    min_size=1,
    max_size=5,
).map(lambda rows: table(*(runtime(f"r{n}", *row) for n, row in enumerate(rows))))


@given(RUNTIMES, st.none() | st.sets(st.sampled_from(FLAGS)), st.data())
def test_the_choice_can_run_and_each_other_runtime_has_a_reason(made, features, data):
    wanted = data.draw(st.sampled_from([None, *made.names()]))
    request = Request(name=wanted, origin="test")
    found = decide(made, host(features), request)
    assert found.rejections == decide(made, host(features), request).rejections
    if found.chosen is not None:
        assert features is None or set(found.chosen.needs) <= features
        assert wanted in (None, found.chosen.name)
        if wanted is None:
            assert found.chosen.select == "auto"
            first = next(each for each in made.runtimes if each.select == "auto")
            assert found.chosen.index_bits == first.index_bits
    rejected = {rejection.runtime for rejection in found.rejections if rejection.reason}
    chosen = set() if found.chosen is None else {found.chosen.name}
    assert rejected | chosen == set(made.names())
    assert not rejected & chosen


def chosen_on(features, failures=None):
    made = table(
        runtime("rt32", needs("x86_64_v3", "linux")), runtime("rtcompat", needs("x86_64", "linux"))
    )
    return decide(made, host(features), AUTO, failures).chosen.name


def recorded(name):
    for line in (RECORDED / name).read_text().splitlines():
        if line.startswith("flags"):
            return line.partition(":")[2].split()
    raise AssertionError(name)


@pytest.mark.parametrize("name", BELOW_V3)
def test_an_older_recorded_cpu_gets_the_baseline(name):
    assert chosen_on(recorded(name)) == "rtcompat"


@pytest.mark.parametrize("name", AT_V3)
def test_a_newer_recorded_cpu_gets_the_level(name):
    assert chosen_on(recorded(name)) == "rt32"


def test_the_guard_decides_on_an_unknown_cpu():
    assert chosen_on(None) == "rt32"
    refused = Rejection(runtime="rt32", kind="guard", reason="this processor lacks avx2")
    assert chosen_on(None, {"rt32": refused}) == "rtcompat"


def test_one_missing_flag_is_named():
    features = set(needs("x86_64_v3", "linux")) - {"bmi2"}
    made = table(runtime("rt32", needs("x86_64_v3", "linux")))
    (rejection,) = decide(made, host(features), AUTO).rejections
    assert rejection.kind == "cpu"
    assert rejection.missing == ("bmi2",)
