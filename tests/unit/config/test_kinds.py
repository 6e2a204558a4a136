"""Kinds of settings: what each reads from a value and from text."""

import pytest

from rtvariants.config.kinds import Choice, Flag, Number, Text, Texts
from rtvariants.config.problems import Problems


def read(kind, value, *, text=False):
    problems = Problems()
    made = (kind.read_text if text else kind.read)(value, "place", problems)
    return made, [(each.what, each.hint) for each in problems.found]


@pytest.mark.parametrize(
    ("kind", "value", "made"),
    [
        (Text(), "a", "a"),
        (Text("[a-z]+", empty=True), "", ""),
        (Choice("fat", "split"), "split", "split"),
        (Flag(), True, True),
        (Number(), 3, 3),
        (Texts(), ["a", "b"], ("a", "b")),
    ],
)
def test_a_value_is_read(kind, value, made):
    assert read(kind, value) == (made, [])


@pytest.mark.parametrize(
    ("kind", "text", "made"),
    [
        (Choice(64, 32), "32", 32),
        (Flag(), "on", True),
        (Number(), "3", 3),
        (Texts(), "a, b", ("a", "b")),
        (Texts(), ["a b", "c"], ("a", "b", "c")),
    ],
)
def test_a_text_from_outside_is_read(kind, text, made):
    assert read(kind, text, text=True) == (made, [])


@pytest.mark.parametrize(
    ("kind", "value", "what", "hint"),
    [
        (Text(), "", "not a text: ''", ""),
        (Text(), 3, "not a text: 3", "write it in quotes"),
        (Text("[a-z]+", "not small", "use a-z"), "A", "not small: `A`", "use a-z"),
        (Choice("a", "b", "c", what="way"), "x", "unknown way: `x`", "use `a`, `b` or `c`"),
        (Choice(64, 32, what="width"), True, "unknown width: True", "use `64` or `32`"),
        (Number(1, "not above 0"), 0, "not above 0: 0", ""),
        (Number(), "2", "not a whole number of at least 0: `2`", "write it without quotes: 2"),
        (Flag(), "yes", "neither true nor false: `yes`", "write it without quotes: true"),
        (Texts(what="names"), "a", "not a list of names: 'a'", 'write it as a list: ["a"]'),
    ],
)
def test_a_wrong_value_is_a_problem_and_becomes_a_harmless_one(kind, value, what, hint):
    made, problems = read(kind, value)
    assert problems == [(what, hint)]
    if not isinstance(kind, Text):
        assert made == kind.nothing()


def test_a_single_value_is_given_once():
    made, problems = read(Number(), ["1", "2"], text=True)
    assert (made, problems) == (2, [("given more than once", "give it once")])
