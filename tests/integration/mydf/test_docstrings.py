"""Every public name of mydf has an example, which runs and gives the output that it shows."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import mydf

MODULES = [
    f"mydf.{found.name}"
    for found in pkgutil.iter_modules(mydf.__path__)
    # The plugin needs Fugue, which only `dev.py cluster` installs.
    if not found.name.startswith("__") and found.name != "_fugue"
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.failed == 0


def test_there_are_examples():
    modules = [importlib.import_module(name) for name in MODULES]
    assert sum(doctest.testmod(module).attempted for module in modules) > 50


def public():
    """Yield each public name of mydf with its docstring: functions, classes and their members."""
    for name in mydf.__all__:
        value = getattr(mydf, name)
        if inspect.ismodule(value):
            for inner, cls in vars(value).items():
                if inspect.isclass(cls) and cls.__module__ == value.__name__:
                    yield f"{name}.{inner}", cls.__doc__
        elif name != "__version__":
            # A dtype such as `mydf.Int64` is a value: its class has the docstring.
            yield name, value.__doc__
            yield from members(name, value) if inspect.isclass(value) else ()
    column = mydf.col("a")
    for name in ("str", "dt", "name"):
        yield from members(f"Expr.{name}", type(getattr(column, name)))


def members(name, cls):
    """Yield the public methods and properties of a class that its bases in mydf define."""
    for base in cls.__mro__:
        if base.__module__.startswith("mydf"):
            for member, value in vars(base).items():
                # The class's own docstring has the attributes.
                data = inspect.ismemberdescriptor(value) or not hasattr(value, "__get__")
                if not member.startswith("_") and not data:
                    yield f"{name}.{member}", inspect.getdoc(value)


def test_each_public_name_has_an_example():
    found = dict(public())
    parser = doctest.DocTestParser()
    missing = [name for name, text in found.items() if not parser.get_examples(text or "")]
    assert missing == []
    assert len(found) > 250


def test_a_name_without_an_example_would_be_seen():
    class Sample:
        __module__ = "mydf.sample"

        def method(self):
            """Return nothing."""

    assert dict(members("Sample", Sample)) == {"Sample.method": "Return nothing."}
