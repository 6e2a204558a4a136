"""A file at the place of the extension module leaves that place to it."""

from dataclasses import replace

import pytest

from rtvariants.wheels.check import check


@pytest.mark.parametrize(
    "text", [b"", b"from .other import bind\nbind()\n", b"import _sample_loader\n"]
)
def test_a_file_at_the_place_of_the_module_must_call_the_loader(fat, text):
    files = {**fat.files, "sample/_core.py": text}
    (problem,) = check(replace(fat, files=files).sealed())
    assert problem.rule == "loader"
    assert "`sample/_core.py` has the name of the extension module" in problem.what
    assert "write `import _sample_loader` and `_sample_loader.bind()` into it" in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        b"import _sample_loader\n\n_sample_loader.bind()\n",
        b"from _sample_loader import bind\nbind()\n",
    ],
)
def test_a_file_that_calls_the_loader_is_no_violation(fat, text):
    assert check(replace(fat, files={**fat.files, "sample/_core.py": text}).sealed()) == []
