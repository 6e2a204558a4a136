"""narwhals' plugin, found by the entry point of the distribution."""

import datetime as dt
from pathlib import Path

import pytest

import mydf as md
from mydf import _narwhals

nw = pytest.importorskip("narwhals")
pytest.importorskip("pyarrow")
plugins = pytest.importorskip("narwhals.plugins")
FRAME = md.DataFrame({"k": ["a", None, "a"], "x": [1, 2, 3], "d": [dt.date(2024, 1, 1)] * 3})


class EntryPoint:
    name, module = "mydf", "mydf._narwhals"

    def load(self):
        return _narwhals


@pytest.fixture(autouse=True)
def entry_point(monkeypatch):
    monkeypatch.setattr(plugins, "_discover_entrypoints", lambda: [EntryPoint()])


def test_the_distribution_names_the_plugin():
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text()
    assert '[project.entry-points."narwhals.plugins"]\nmydf = "mydf._narwhals"\n' in text


def test_frames_and_series_are_native():
    wrapped = nw.from_native(FRAME)
    assert wrapped.schema == {"k": nw.String, "x": nw.Int64, "d": nw.Date}
    found = wrapped.group_by("k").agg(nw.col("x").sum()).sort("k", nulls_last=True)
    assert md.DataFrame(found.to_native()).rows() == [("a", 4), (None, 2)]
    assert nw.from_native(FRAME["x"], series_only=True).max() == 3
    assert nw.from_native(FRAME.clear()).shape == (0, 3)
    assert nw.from_native(md.DataFrame()).shape == (0, 0)


def test_other_values_are_not_native():
    assert not _narwhals.is_native({"a": [1]})
    assert not _narwhals.is_native(md.col("a"))
    with pytest.raises(TypeError):
        nw.from_native(md.col("a"))
