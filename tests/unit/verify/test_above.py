"""Functions above a level, of all runtimes: each crate once, with an entry that allows them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtvariants.config import toml
from rtvariants.config.load import parse
from rtvariants.errors import Problem
from rtvariants.verify import above
from rtvariants.verify.audit import Audit, FunctionAbove, covers

SUM = FunctionAbove("g::sum", "g", ("avx", "avx2"), "vpaddd ymm0,ymm0,ymm1")


def found(*functions, runtime="base", early=()):
    return above.Found(runtime, "x86_64", Audit(tuple(functions), early=tuple(early)))


def pasted(problems, root):
    """Return the entries that the hints print, as a configuration reads them."""
    (root / "Cargo.toml").touch()
    entries = [problem.hint.partition("allow-instructions`: ")[2] for problem in problems]
    table = toml.parse(f"allow-instructions = [{', '.join(entries)}]".encode())
    runtimes = [{"name": "base", "level": "x86_64"}]
    config = parse(
        {"crate": ".", "module": "g._g", "env": "G", "runtimes": runtimes, **table}, root
    )
    return config.allow_instructions


def test_each_crate_is_named_once_with_an_entry_to_paste():
    functions = [replace(SUM, symbol=f"g::avx::f{i}") for i in range(10)]
    functions += [replace(SUM, crate="c", symbol="sum", features=("bmi2",), text="sarx eax,ebx")]
    first, second = above.instructions([found(*functions)])
    assert first.what.endswith("`vpaddd ymm0,ymm0,ymm1`, and so do 9 more of its functions")
    assert first.hint.endswith(
        '`[tool.rtvariants] allow-instructions`: { crate = "g", symbol = "g::avx::*", '
        'features = ["avx", "avx2"], reason = "…" }'
    )
    assert "function `sum` of crate `c` needs `bmi2`" in second.what
    assert 'symbol = "sum", features = ["bmi2"]' in second.hint


def test_a_crate_of_several_runtimes_is_named_once_with_what_all_of_them_need():
    wide = replace(SUM, symbol="g::wide", features=("avx512f",))
    (problem,) = above.instructions([found(SUM), found(wide, runtime="v3")])
    assert problem.where == "runtimes `base`, `v3`"
    assert 'symbol = "g::*", features = ["avx", "avx2", "avx512f"]' in problem.hint


def test_every_crate_is_named_however_many_there_are():
    problems = above.instructions([found(*(replace(SUM, crate=f"c{i:02}") for i in range(60)))])
    assert [f"crate `c{i:02}`" in problem.what for i, problem in enumerate(problems)] == [True] * 60


def test_instances_of_a_generic_function_count_once():
    (problem,) = above.instructions([found(SUM, SUM, replace(SUM, text="vpxor"))])
    assert "more of its functions" not in problem.what


def test_functions_of_no_known_crate_are_named_by_the_first_part_of_their_names():
    names = ("ZSTD_a_bmi2", "sum", "ZSTD_b_bmi2", "crc32")
    problems = above.instructions([found(*(replace(SUM, crate="", symbol=n) for n in names))])
    said = [p.hint.partition("symbol = ")[2].partition(",")[0] for p in problems]
    assert said == ['"ZSTD_*"', '"sum"', '"crc32"']


def test_what_runs_early_is_named_once_for_each_crate_with_what_fixes_it():
    c = replace(SUM, crate="c", symbol="setup")
    rust, code = above.constructors([found(early=[SUM, c]), found(early=[SUM], runtime="v3")])
    assert (rust.where, rust.rule) == ("runtimes `base`, `v3`", "constructors")
    assert rust.hint.startswith("call it from the module's init function; if the code checks")
    assert code.hint.startswith('`c-code = "baseline"` in `[tool.rtvariants]` compiles all C')


def test_other_violations_come_first_and_those_of_each_runtime_are_replaced():
    other, old = Problem("x", rule="stamp"), Problem("y", rule="instructions")
    assert above.merged([other, old], [found(SUM)]) == [other, *above.instructions([found(SUM)])]


NAMES = st.one_of(
    st.sampled_from(["f", "sum_avx2", "sum_sse", "g::avx::f", "<[u8] as g::Sum>::sum", "*const T"]),
    st.text("ab_:<>[]!*?&'{}#, ", min_size=1, max_size=12),
)
FUNCTIONS = st.builds(
    FunctionAbove,
    symbol=NAMES,
    crate=st.sampled_from(["", "g", "other-crate", "other_crate"]),
    features=st.sets(st.sampled_from(["avx", "avx2", "bmi2", "unknown"]), min_size=1).map(
        lambda names: tuple(sorted(names))
    ),
    text=st.just("x"),
).filter(lambda function: function.symbol.strip("*"))


@given(st.lists(st.lists(FUNCTIONS, max_size=6), min_size=1, max_size=3))
def test_a_build_with_the_printed_entries_passes(tmp_path_factory, runtimes):
    all_found = [
        found(*functions, runtime=f"r{i}", early=functions[:2])
        for i, functions in enumerate(runtimes)
    ]
    problems = above.merged([], all_found)
    entries = pasted(problems, tmp_path_factory.mktemp("g"))
    for function in (function for functions in runtimes for function in functions):
        assert any(covers(entry, function) for entry in entries)


@pytest.mark.parametrize("symbol", ["<[u8] as g::Sum>::sum", "<*const T as g::X>::f"])
def test_brackets_in_a_path_mean_themselves(tmp_path, symbol):
    function = replace(SUM, symbol=symbol)
    (entry,) = pasted(above.instructions([found(function)]), tmp_path)
    assert covers(entry, function)
    assert not covers(entry, replace(function, symbol="<u as g::Sum>::sum"))
