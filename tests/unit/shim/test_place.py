"""The package's own file at the place of the extension module."""

import ast

import pytest

from rtvariants.shim import place


@pytest.mark.parametrize(
    "text", [None, b"import _a_loader\n\n_a_loader.bind()\n", b"from _a_loader import bind\nbind()"]
)
def test_a_file_that_calls_the_loader_is_right_and_so_is_none(text):
    assert place.fault("a.b._core", "a", text) is None


@pytest.mark.parametrize("text", [b"", b"from .x import bind\nbind()", b"import _a_loader"])
def test_a_file_that_does_not_call_the_loader_is_a_fault(text):
    what, hint = place.fault("a.b._core", "a", text)
    assert what.startswith("`a/b/_core.py` has the name of the extension module")
    assert hint == "rename it; or write `import _a_loader` and `_a_loader.bind()` into it"


def test_the_written_file_is_right_and_runs():
    text = place.text("acme.x")
    assert place.fault("acme.x._core", "acme.x", text.encode()) is None
    assert ast.unparse(ast.parse(text)) == "import _acme_x_loader\n_acme_x_loader.bind()"
