"""Arguments that a public function does not take: each error has what to write instead."""

import datetime as dt
import inspect

import numpy as np
import pytest

import mydf
from mydf import _keywords
from mydf.errors import ArgumentTypeError

LINES = sorted(
    {line for table in _keywords.LINES.values() for line in table.values()}
    | set(_keywords.EXTRA.values())
)
# Their options are those of files, which have tests of their own, or names of columns.
ELSEWHERE = {
    *("read_csv", "read_parquet", "scan_csv", "scan_parquet"),
    *("write_csv", "write_parquet"),
}


def names():
    days = [dt.date(2024, 1, 1), None, dt.date(2024, 1, 2)]
    frame = mydf.DataFrame({"key": ["a", "b", "a"], "x": [1, 2, 3], "day": days})
    other = mydf.DataFrame({"key": ["b", "a", "c"], "x": [3, 2, 1], "day": days})
    return {"mydf": mydf, "frame": frame, "other": other, "series": frame["x"]}


def owners():
    """Return one object of each public class, and the module."""
    made, column = names(), mydf.col("x")
    series = made["series"]
    return {
        "mydf": mydf, "DataFrame": made["frame"], "GroupBy": made["frame"].group_by("key"),
        "Expr": column, "Series": series, "str": column.str, "dt": column.dt, "name": column.name,
        "Series.str": made["frame"]["key"].str, "Series.dt": made["frame"]["day"].dt,
        "when": mydf.when(column > 1), "then": mydf.when(column > 1).then(1),
    }  # fmt: skip


def functions(owner):
    for name in dir(owner):
        if not name.startswith("_") and callable(getattr(owner, name, None)):
            found = getattr(owner, name)
            if not inspect.isclass(found):
                yield name, found


def parameters(function):
    return inspect.signature(function).parameters


def has_any_name(function):
    return any(each.kind is each.VAR_KEYWORD for each in parameters(function).values())


@pytest.mark.parametrize("owner", owners())
def test_every_public_function_explains_an_option_that_it_does_not_have(owner):
    found = [
        (name, function)
        for name, function in functions(owners()[owner])
        if not has_any_name(function)
    ]
    assert found
    for name, function in found:
        with pytest.raises(ArgumentTypeError, match=f"^{name}: unknown option `no_such`\nhint: "):
            function(no_such=1)


@pytest.mark.parametrize("owner", owners())
def test_every_public_function_explains_an_argument_too_many_and_a_missing_one(owner):
    for name, function in functions(owners()[owner]):
        known = list(parameters(function).values())
        if not any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in known):
            with pytest.raises(ArgumentTypeError, match=f"^{name}: one argument too many, "):
                function(*[None] * (len(known) + 1))
        if any(each.default is each.empty and each.kind < each.VAR_POSITIONAL for each in known):
            with pytest.raises(ArgumentTypeError, match=f"^{name}: `{known[0].name}` is missing\n"):
                function()


@pytest.mark.parametrize("line", LINES)
def test_each_line_runs(line):
    scope = names()
    value = eval(line, scope)
    if isinstance(value, mydf.Expr):
        scope["frame"].select(value)


def test_the_tables_name_functions_and_options_that_exist():
    known = {}
    for owner in owners().values():
        for name, function in functions(owner):
            known.setdefault(name, []).append(set(parameters(function)))
    for cls in (mydf.DataFrame, mydf.Series):
        known[cls.__name__] = [set(parameters(cls))]
    for place, table in _keywords.LINES.items():
        assert place.rpartition(".")[2] in known, place
        for name in table:
            assert any(name not in each for each in known[place.rpartition(".")[2]]), (place, name)
    for place, table in _keywords.OURS.items():
        for name, ours in table.items():
            assert any(ours in each and name not in each for each in known[place]), (place, name)


def elsewhere():
    """Return what polars and pandas have for each public class, by its name in `owners`."""
    pl, pd = pytest.importorskip("polars"), pytest.importorskip("pandas")
    theirs = pl.DataFrame({"x": [1]})
    table = pd.DataFrame({"x": [1]})
    column = pl.col("x")
    times = pd.Series(np.array(["2024-01-01"], dtype="datetime64[us]"))
    return {
        "mydf": (pl, pd), "DataFrame": (theirs, table),
        "GroupBy": (theirs.group_by("x"), table.groupby("x")), "Expr": (column, table["x"]),
        "Series": (theirs["x"], table["x"]), "str": (column.str, pd.Series(["a"]).str),
        "dt": (column.dt, times.dt), "name": (column.name,),
    }  # fmt: skip


def test_every_option_of_polars_and_pandas_gets_more_than_a_list_of_our_options():
    made, unexplained, count = owners(), [], 0
    for owner, libraries in elsewhere().items():
        for name, function in functions(made[owner]):
            ours = parameters(function)
            if name in ELSEWHERE or has_any_name(function):
                continue
            for library in libraries:
                for option in options(inspect.getattr_static(library, name, None)) - {*ours}:
                    count += 1
                    with pytest.raises(ArgumentTypeError) as caught:
                        function(**{option: None})
                    if caught.value.hint.startswith(("the options are", "leave it out: there are")):
                        unexplained.append(f"{owner}.{name}({option}=)")
    assert unexplained == []
    # Without this, signatures that can't be read would look like success.
    assert count > 150


def options(function):
    if not callable(function):
        return set()
    try:
        found = parameters(function).values()
    except (TypeError, ValueError):
        return set()
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {each.name for each in found if each.kind in kinds} - {"self"}


def test_constructors_explain_arguments_too():
    for call, hint in (
        (lambda: mydf.DataFrame([], columns=["a"]), 'use `mydf.DataFrame({"key":'),
        (lambda: mydf.DataFrame({}, index=[0]), "a frame has no index"),
        (lambda: mydf.DataFrame({}, schema_overrides={}), "use `schema`"),
        (lambda: mydf.Series(data=[1]), "use `values`"),
        (mydf.Series, "it takes `Series(name, values=(), dtype=None)`"),
    ):
        with pytest.raises(ArgumentTypeError) as caught:
            call()
        assert hint in caught.value.hint


def test_an_error_from_inside_a_function_stays_as_it_is():
    def fails(frame):
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine$"):
        names()["frame"].pipe(fails)
    with pytest.raises(TypeError, match="positional argument"):
        names()["frame"].pipe(lambda: None)


def test_the_classes_of_programs_stay_as_they_are():
    class Mine(mydf.DataFrame):
        __slots__ = ()

        def twice(self, n):
            return n * 2

    assert not hasattr(Mine.twice, "__wrapped__")
    with pytest.raises(TypeError, match="unexpected keyword argument 'm'"):
        Mine({"a": [1]}).twice(m=1)
    with pytest.raises(ArgumentTypeError, match=r"^sum: unknown option `axis`\nhint: use `frame"):
        Mine({"a": [1]}).sum(axis=1)


def test_functions_look_like_those_that_they_guard():
    pivot = mydf.DataFrame.pivot
    assert (pivot.__name__, pivot.__qualname__) == ("pivot", "ShapeMethods.pivot")
    assert pivot.__doc__.startswith("Return one column")
    assert list(inspect.signature(pivot).parameters)[:2] == ["self", "on"]
    assert pivot.__globals__["__name__"] == pivot.__module__
