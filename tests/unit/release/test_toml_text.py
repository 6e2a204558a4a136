"""Texts in TOML files are found with the paths and lines that a TOML reader gives them."""

import pytest

from rtvariants.release.toml_text import spots

TEXT = """\
# [a] b = "x"
b = "x" # "x"
"c d".e = 'x'
[a."b.c"]
d = { e = "y", f = "x" }
g = [
  "x", # x
  'y', "x",
]
h = ["x"]
[[p]]
name = "n"
v = "x"
[[p]]
name = "m"
v = "x"
"""


def test_each_text_has_its_path_and_its_line():
    assert [(spot.path, spot.line) for spot in spots(TEXT, {"x"})] == [
        (("b",), 2), (("c d", "e"), 3), (("a", "b.c", "d", "f"), 5),
        (("a", "b.c", "g"), 7), (("a", "b.c", "g"), 8), (("a", "b.c", "h"), 10),
        (("p", "n", "v"), 13), (("p", "m", "v"), 16),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["a = x", 'x = "a"', '"x" = 1', 'a = 1 # "x"', 'a = """\nx"""'])
def test_only_a_text_in_quotation_marks_on_one_line_is_found(line):
    assert list(spots(line, {"x"})) == []
