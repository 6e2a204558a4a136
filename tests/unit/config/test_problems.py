"""Problems are collected, and one mistake is one problem."""

from pathlib import Path

from rtvariants.config.problems import Problems


def test_a_misspelt_key_is_not_missing_as_well():
    problems = Problems(Path())
    problems.unknown({"modul": "x"}, ("module", "env"), "table")
    problems.missing("module", "", "table")
    problems.missing("env", "add it", "table")
    assert [(each.what, each.hint) for each in problems.found] == [
        ("unknown key: `modul`", "did you mean `module`?"),
        ("missing key: `env`", "add it"),
    ]


def test_a_misspelt_key_of_one_table_excuses_no_other_table():
    problems = Problems()
    problems.unknown({"modul": "x"}, ("module",), "one")
    problems.missing("module", "", "other")
    assert len(problems.found) == 2


def test_a_part_has_a_problem_when_something_inside_has():
    problems = Problems()
    problems.add("wrong", "", "table.runtimes[1].name")
    assert problems.within("table.runtimes")
    assert not problems.within("table.build")
