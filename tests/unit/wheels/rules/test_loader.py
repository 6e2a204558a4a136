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
    assert problem.hint.startswith("rename it; or write `import _sample_loader` and")


@pytest.mark.parametrize(
    "text",
    [
        b"import _sample_loader\n\n_sample_loader.bind()\n",
        b"from _sample_loader import bind\nbind()\n",
    ],
)
def test_a_file_that_calls_the_loader_is_no_violation(fat, text):
    assert check(replace(fat, files={**fat.files, "sample/_core.py": text}).sealed()) == []


def test_a_wheel_in_which_nothing_calls_the_loader_is_refused(fat):
    files = {n: data for n, data in fat.files.items() if n != "sample/_core.py"}
    (problem,) = check(replace(fat, files=files).sealed())
    assert problem.rule == "loader"
    assert problem.what.startswith("nothing calls the loader: no `sample/_core.py`")
    assert "`_sample_loader.bind()` into `sample/_core.py`" in problem.hint
    files["sample/__init__.py"] = b"from _sample_loader import load\ncore = load()\n"
    assert check(replace(fat, files=files).sealed()) == []


@pytest.mark.parametrize("module", ["choice", "caller", "process", "host"])
def test_a_loader_that_lacks_one_of_its_files_is_refused(fat, module):
    files = {n: data for n, data in fat.files.items() if n != f"_sample_loader/{module}.py"}
    problems = check(replace(fat, files=files).sealed())
    assert {problem.rule for problem in problems} == {"loader"}
    assert all(f"imports `{module}.py`, which is not in the wheel" in p.what for p in problems)
