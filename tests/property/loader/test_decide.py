"""The choice over generated tables, hosts, requests and installations; with planted errors."""

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rtvariants.loader import decide as module
from rtvariants.loader.facts import Host, Rejection, Request
from rtvariants.loader.types import Runtime, Table

FLAGS = ["avx", "avx2", "bmi1", "bmi2", "fma", "abm"]
MACHINES = ["x86_64", "aarch64"]
SYSTEMS = ["linux", "macos"]
WIDTHS = [32, 64]
# How files can be wrong, and what a trial import can show about the machine.
ERRORS = ["absent", "stamp", "guard", "load"]


def runtime(name, needs, select, index_bits, allocator):
    return Runtime(
        name=name, module=f"_p_{name}._core", level="x86_64", select=select,
        index_bits=index_bits, allocator=allocator, abi="cp310-abi3", needs=tuple(sorted(needs)),
    )  # fmt: skip


def table(runtimes, machine="x86_64", system="linux"):
    return Table(
        package="p", version="1", alias="p._core", env="P_RUNTIME", machine=machine,
        system=system, runtimes=tuple(runtimes),
    )  # fmt: skip


def rejection(name, kind):
    return Rejection(runtime=name, kind=kind, reason=f"planted: {kind}")


ROWS = st.tuples(
    st.sets(st.sampled_from(FLAGS)),
    st.sampled_from(["auto", "auto", "explicit"]),
    st.sampled_from(WIDTHS),
    st.sampled_from(["jemalloc", "system"]),
)
TABLES = st.builds(
    lambda rows, machine, system: table(
        (runtime(f"r{n}", *row) for n, row in enumerate(rows)), machine, system
    ),
    st.lists(ROWS, min_size=1, max_size=5),
    st.sampled_from(MACHINES[:1] * 7 + MACHINES[1:]),
    st.sampled_from(SYSTEMS[:1] * 7 + SYSTEMS[1:]),
)
HOSTS = st.builds(
    lambda features: Host(
        machine="x86_64", system="linux", source="test",
        features=None if features is None else frozenset(features),
    ),
    st.none() | st.sets(st.sampled_from(FLAGS)) | st.just(set(FLAGS)),
)  # fmt: skip


@st.composite
def cases(draw):
    made = draw(TABLES)
    request = Request(
        name=draw(st.none() | st.sampled_from(made.names())),
        origin="test",
        index_bits=draw(st.none() | st.sampled_from(WIDTHS)),
        unsafe=draw(st.sampled_from([False, False, True])),
    )
    return made, draw(HOSTS), request, draw(failures(made))


def failures(made, kinds=ERRORS):
    return st.dictionaries(st.sampled_from(made.names()), st.sampled_from(kinds)).map(
        lambda found: {name: rejection(name, kind) for name, kind in found.items()}
    )


# ---------------------------------------------------------------------------------- properties


def what_is_chosen_can_run_and_is_wanted(case, _data):
    made, host, request, failed = case
    chosen = module.decide(*case).chosen
    if chosen is None:
        return
    assert (made.machine, made.system) == (host.machine, host.system)
    known = host.features is not None  # Otherwise the guard decides.
    assert request.unsafe or not known or set(chosen.needs) <= host.features
    assert chosen.name not in failed
    assert request.name in (None, chosen.name)
    assert request.index_bits in (None, chosen.index_bits)
    if request.name is None and request.index_bits is None:
        assert chosen.select == "auto"
        first = next(each for each in made.runtimes if each.select == "auto")
        assert chosen.index_bits == first.index_bits


def each_other_one_has_one_reason_in_order(case, _data):
    made = case[0]
    found = module.decide(*case)
    chosen = () if found.chosen is None else (found.chosen.name,)
    rejected = [each.runtime for each in found.rejections if each.reason and each.kind]
    assert rejected == [name for name in made.names() if name not in chosen]
    for name in rejected:
        assert found.rejection(name).runtime == name


def the_answer_depends_on_nothing_else(case, _data):
    made, host, request, failed = case
    backwards = dict(reversed(failed.items()))
    assert module.decide(made, host, request, failed) == module.decide(
        made, host, request, backwards
    )


def what_is_installed_changes_neither_index_nor_allocator(case, data):
    made, host, request, failed = case
    if request.name is not None:
        return
    # The same machine, and two installations.
    machine = {n: each for n, each in failed.items() if each.kind not in module.INSTALLATION}
    chosen = []
    for _ in range(2):
        files = data.draw(failures(made, module.INSTALLATION))
        chosen.append(module.decide(made, host, request, files | machine).chosen)
    meanings = {(each.index_bits, each.allocator) for each in chosen if each is not None}
    assert len(meanings) <= 1


def more_features_never_cost_a_runtime(case, _data):
    made, host, request, failed = case
    if module.decide(*case).chosen is not None:
        more = host.but(features=frozenset(FLAGS))
        assert module.decide(made, more, request, failed).chosen is not None or any(
            each.kind in module.INSTALLATION for each in failed.values()
        )


def an_explicit_runtime_more_changes_no_automatic_choice(case, data):
    made, host, request, failed = case
    if request.name is not None or request.index_bits is not None:
        return
    at = data.draw(st.integers(0, len(made.runtimes)))
    rows = list(made.runtimes)
    rows.insert(at, runtime("extra", (), "explicit", 64, "system"))
    more = table(rows, made.machine, made.system)
    assert module.decide(more, host, request, failed).chosen == module.decide(*case).chosen


PROPERTIES = [
    what_is_chosen_can_run_and_is_wanted,
    each_other_one_has_one_reason_in_order,
    the_answer_depends_on_nothing_else,
    what_is_installed_changes_neither_index_nor_allocator,
    more_features_never_cost_a_runtime,
    an_explicit_runtime_more_changes_no_automatic_choice,
]


def hold(found, **options):
    @settings(**options)
    @given(cases(), st.data())
    def run(case, data):
        found(case, data)

    run()


@pytest.mark.parametrize("found", PROPERTIES, ids=lambda f: f.__name__)
def test_it_holds_that(found):
    hold(found)


# ------------------------------------------------------------------------- and each can be missed


def assert_missed(found):
    # A planted error needs no shrinking, and is not kept for the next run.
    with pytest.raises(AssertionError):
        hold(
            found, phases=[Phase.generate], database=None, report_multiple_bugs=False,
            max_examples=10_000,
        )  # fmt: skip


def without_needs(table, runtime, host, request):
    return None


def blind_to_allocators(table, runtime, missed):
    return None


def blind_to_meaning(runtime, request, automatic):
    return None


def none_but_named(runtime, request, automatic):
    if runtime.select != "auto" and request.index_bits is None:
        return rejection(runtime.name, "explicit")
    return None


FAULTY = [
    ("_cannot", without_needs, what_is_chosen_can_run_and_is_wanted),
    ("_unwanted", blind_to_meaning, what_is_chosen_can_run_and_is_wanted),
    ("_unwanted", none_but_named, what_is_installed_changes_neither_index_nor_allocator),
    ("_changes_allocator", blind_to_allocators,
     what_is_installed_changes_neither_index_nor_allocator),
    ("_unwanted", blind_to_meaning, an_explicit_runtime_more_changes_no_automatic_choice),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "faulty", "found"), FAULTY, ids=lambda x: getattr(x, "__name__", x)
)
def test_a_planted_error_is_found(monkeypatch, name, faulty, found):
    monkeypatch.setattr(module, name, faulty)
    assert_missed(found)


def test_a_decision_that_forgets_a_runtime_is_found(monkeypatch):
    right = module.decide

    def forgetful(*case):
        made = right(*case)
        return type(made)(**made.as_dict() | {"rejections": made.rejections[1:]})

    monkeypatch.setattr(module, "decide", forgetful)
    assert_missed(each_other_one_has_one_reason_in_order)
