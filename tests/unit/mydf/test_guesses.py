"""Names of other libraries: each error has a line that does the same here, and the line runs."""

import copy
import datetime as dt
import pickle

import numpy as np
import pytest

import mydf
from mydf import _guesses
from mydf.errors import ArgumentTypeError, UnknownNameError

LINES = sorted({line for table in _guesses._TABLES.values() for line in table.values()})
OWNERS = {
    "DataFrame": lambda: names()["frame"],
    "GroupBy": lambda: names()["frame"].group_by("key"),
    "Expr": lambda: mydf.col("x"),
    "StrNamespace": lambda: mydf.col("x").str,
    "NameNamespace": lambda: mydf.col("x").name,
    "DtNamespace": lambda: mydf.col("x").dt,
    "Series": lambda: names()["series"],
    "mydf": lambda: mydf,
}
# Data that a line reads from elsewhere.
ELSEWHERE = ("pandas.read_", "polars.read_")


def names():
    days = [dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)]
    frame = mydf.DataFrame({"key": ["a", "b", "a"], "x": [1, 2, 3], "day": days})
    other = mydf.DataFrame({"key": ["b", "a", "c"], "x": [3, 2, 1], "day": days})
    return {"frame": frame, "other": other, "series": frame["x"], "array": np.array([1, 2])}


@pytest.mark.parametrize("line", LINES)
def test_each_line_runs(line, tmp_path):
    if any(word in line for word in ELSEWHERE):
        compile(line, "hint", "eval")
        return
    scope = {**names(), "mydf": mydf}
    for library in ("pandas", "polars"):
        if library in line:
            scope[library] = pytest.importorskip(library)
    if "path" in line:
        scope["path"] = str(tmp_path / "file")
        if "read_" in line:
            form = next(form for form in ("csv", "ndjson", "ipc", "parquet") if form in line)
            getattr(scope["frame"], f"write_{form}")(scope["path"])
    result = {}
    exec(line if line.startswith("for ") else f"value = {line}", scope, result)
    value = result.get("value")
    if isinstance(value, mydf.Expr):
        scope["frame"].select(value)


@pytest.mark.parametrize("owner", OWNERS)
def test_the_error_has_the_line(owner):
    for name, line in _guesses._TABLES[owner].items():
        with pytest.raises(UnknownNameError) as caught:
            getattr(OWNERS[owner](), name)
        assert caught.value.fact == f"`{owner}` has no `{name}`"
        assert caught.value.hint == f"use `{line}`"
        assert caught.value.name == name


def test_a_table_has_no_name_that_exists():
    for owner, table in _guesses._TABLES.items():
        assert not [name for name in table if hasattr(OWNERS[owner](), name)], owner


def test_other_names_get_advice_a_similar_name_or_nothing():
    frame = names()["frame"]
    for name, hint in {
        "collect": "leave it out: a frame is in memory, and each method runs at once",
        "x": "use `frame['x']`",
        "colums": "did you mean `columns`?",
        "zzz": None,
        "__array_interface__": None,
        "_ipython_display_": None,
    }.items():
        with pytest.raises(AttributeError) as caught:
            getattr(frame, name)
        assert caught.value.hint == hint
    with pytest.raises(ImportError):
        from mydf import merge  # noqa: F401


def test_missing_names_leave_protocols_and_copies_alone():
    frame = names()["frame"]
    assert pickle.loads(pickle.dumps(frame)).equals(frame)
    assert copy.deepcopy(frame).equals(frame)
    assert not hasattr(frame, "__array_interface__")
    # A frame whose __init__ has not run.
    with pytest.raises(UnknownNameError):
        _ = object.__new__(mydf.DataFrame).height


def test_a_subclass_is_explained_too():
    class Mine(mydf.DataFrame):
        __slots__ = ()

    with pytest.raises(UnknownNameError, match=r"`Mine` has no `merge`\nhint: use `frame\.join"):
        Mine({"a": [1]}).merge()


def test_a_condition_in_brackets_filters():
    frame = names()["frame"]
    expected = [1, 3]
    for key in (
        frame["key"] == "a",
        mydf.col("key") == "a",
        np.array([True, False, True]),
        [True, False, True],
    ):
        assert frame[key]["x"].to_list() == expected
    for key in (0, [0, 1], frame["x"], np.array([0, 1]), 1.5, None):
        with pytest.raises(ArgumentTypeError, match="key of a frame"):
            frame[key]


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("frame.sort('x', ascending=False)", "use `descending=True`"),
        ("frame.arg_sort('x', ascending=False)", "use `descending=True`"),
        ("frame.sort('x', na_position='last')", r"use `frame.sort\(\"x\", nulls_last=True\)`"),
        ("frame.drop(columns=['x'])", "without a keyword"),
        ("frame.drop('x', axis=1)", "`drop` removes columns"),
        ("frame.group_by('key').agg({'x': 'mean'})", r"`mydf.col\('x'\).mean\(\)`"),
        ("frame.__setitem__('y', 1)", r"`frame = frame.with_columns\(y=...\)`"),
        ("frame.__delitem__('x')", r"`frame = frame.drop\('x'\)`"),
    ],
)
def test_calls_of_other_libraries_get_the_right_line(wrong, hint):
    with pytest.raises(ArgumentTypeError, match=f"hint: .*{hint}"):
        eval(wrong, names())
