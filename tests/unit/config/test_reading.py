"""A table becomes its dataclass, and every wrong value is a problem with a place and a hint."""

import pytest
from sample_settings import Inner, Outer, Tool

from rtvariants.config.problems import Problems
from rtvariants.config.reading import read_table


def outer(table):
    problems = Problems()
    made = read_table(Outer, table, "outer", problems, path="p")
    return made, [p.render() for p in problems.found]


def test_a_table_becomes_its_dataclass():
    made, problems = outer({"many": [{"size": 7}], "fast-too": True, "words": ["a"]})
    assert problems == []
    assert made == Outer(path="p", many=(Inner(size=7),), fast_too=True, words=("a",))
    assert made.one == Inner(size=100)
    assert made.maybe is None


def test_an_optional_table_is_read_when_it_is_there():
    made, problems = outer({"many": [{}], "maybe": {"size": 3}})
    assert (made.maybe, problems) == (Inner(size=3), [])


def test_a_text_stands_for_a_table_with_that_name():
    made, problems = outer({"many": [{}], "tools": ["saw", {"name": "axe", "size": 2}]})
    assert (made.tools, problems) == ((Tool(name="saw"), Tool(name="axe", size=2)), [])


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ({"kind": "splt"}, "outer.kind: unknown value: `splt`\nhint: did you mean `split`?"),
        ({"kind": 3}, "outer.kind: unknown value: 3\nhint: use `fat` or `split`"),
        ({"one": {"size": 0}}, "outer.one.size: not a whole number of at least 1: 0"),
        ({"one": {"size": True}}, "outer.one.size: not a whole number of at least 1: True"),
        ({"one": 5}, "outer.one: not a table: 5"),
        (
            {"one": {"sise": 1}},
            "outer.one: unknown key: `sise`\nhint: did you mean `size`?",
        ),
        ({"many": [{"size": "x"}]}, "outer.many[0].size: not a whole number of at least 1: `x`"),
        (
            {"fast-too": 1},
            "outer.fast-too: neither true nor false: 1\nhint: use `true` or `false`",
        ),
        (
            {"fast_too": True},
            "outer: unknown key: `fast_too`\nhint: did you mean `fast-too`?",
        ),
        ({"words": ["a", "B"]}, "outer.words[1]: not small: `B`"),
        (
            {"words": "a"},
            "outer.words: not a list of texts: 'a'\nhint: write it as a list: [\"a\"]",
        ),
        ({"maybe": []}, "outer.maybe: not a table: []"),
        ({"tools": [3]}, "outer.tools[0]: not a table: 3"),
        ({"tools": [""]}, "outer.tools[0].name: not a text: ''"),
    ],
)
def test_a_problem_has_a_place_and_a_hint(table, text):
    _, problems = outer({"many": [{}]} | table)
    assert problems == [text]


def test_a_missing_key_is_a_problem():
    _, problems = outer({})
    assert problems == ["outer: missing key: `many`\nhint: add at least one `[[outer.many]]`"]
