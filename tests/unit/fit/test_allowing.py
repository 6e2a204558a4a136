import pytest

from rtvariants.config import toml
from rtvariants.errors import Problem, VerifyError
from rtvariants.fit import allowing
from rtvariants.verify import above
from rtvariants.verify.audit import Audit, FunctionAbove

ONE = FunctionAbove("a::sum", "a", ("avx",), "vpaddd")
OTHER = FunctionAbove("b::sum", "b", ("bmi2",), "sarx")
OLD = {"crate": "c", "symbol": "*", "reason": "asks first"}
RUNTIMES = [{"name": "base", "level": "x86_64"}]


def hints(given, file="", functions=(ONE, OTHER), early=()):
    found = above.Found("base", "x86_64", Audit(functions, early=early))
    problems = above.merged([Problem("x", "as it was", rule="stamp")], [found])
    with pytest.raises(VerifyError) as caught, allowing.worded(given, file):
        raise VerifyError(problems)
    return [problem.hint for problem in caught.value.problems]


def tabled(hint):
    return toml.parse(hint.partition(":\n")[2].encode())["tool"]["rtvariants"]


def test_the_last_hint_has_a_table_for_every_crate():
    other, first, last = hints({})
    assert other == "as it was"
    assert first.endswith("allow it as below")
    assert "add `--config allow.toml`" in last
    entries = tabled(last)["allow-instructions"]
    assert [(each["crate"], each["features"]) for each in entries] == [
        ("a", ["avx"]),
        ("b", ["bmi2"]),
    ]


def test_what_the_table_had_stays_in_it():
    *_, last = hints({"env": "X", "allow-instructions": [OLD], "runtimes": RUNTIMES}, "x.toml")
    assert "write this table to x.toml" in last
    assert "--config" not in last
    table = tabled(last)
    assert (table["env"], table["runtimes"]) == ("X", RUNTIMES)
    assert [each["crate"] for each in table["allow-instructions"]] == ["c", "a", "b"]


def test_the_cure_of_a_constructor_stays_and_one_entry_is_enough():
    _, first, last = hints({}, functions=(ONE,), early=(ONE,))
    assert first.startswith("if the code checks")
    assert last.startswith("call it from the module's init function; if the code")
    assert len(tabled(last)["allow-instructions"]) == 1


@pytest.mark.parametrize("folder", ["", "/x"])
def test_how_to_keep_what_is_compiled_is_said_where_it_is_lost(monkeypatch, folder):
    monkeypatch.setenv("CARGO_TARGET_DIR", folder)
    assert ("`CARGO_TARGET_DIR=DIR` keeps" in hints({})[-1]) == (not folder)
