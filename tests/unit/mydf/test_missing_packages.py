"""Methods that need another library say so if it is not installed."""

import sys

import pytest

import mydf


@pytest.mark.parametrize(
    ("package", "method"),
    [
        ("pyarrow", "to_arrow"),
        ("pyarrow", "to_pandas"),
        ("pandas", "to_pandas"),
        ("polars", "to_polars"),
        ("numpy", "to_numpy"),
    ],
)
def test_the_hint_installs_the_library(package, method, monkeypatch):
    # Python refuses to import what is None there, as if it were not installed.
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(mydf.errors.MissingPackageError) as raised:
        getattr(mydf.DataFrame({"a": [1]}), method)()
    assert str(raised.value) == f"`{package}` is not installed\nhint: run `pip install {package}`"
    assert isinstance(raised.value, ImportError)
    assert raised.value.name == package
