"""The pictures of the documentation are what their script draws, and readable in light and dark."""

import importlib.util
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs/pictures"


@pytest.fixture(scope="module")
def drawn():
    spec = importlib.util.spec_from_file_location("draw", PICTURES / "draw.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pictures()


def test_each_picture_is_what_the_script_draws(drawn):
    stored = {path.name: path.read_text("utf-8") for path in PICTURES.glob("*.svg")}
    assert stored == drawn, "hint: run `python docs/pictures/draw.py`"


def test_each_picture_is_on_a_page(drawn):
    pages = "".join(path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md"))
    assert {name for name in drawn if f"pictures/{name})" not in pages} == set()


def test_each_picture_is_readable_in_both_schemes_and_has_a_title(drawn):
    for svg in drawn.values():
        root = ET.fromstring(svg)
        assert root[0].tag.endswith("title")
        assert root[0].text
        assert "prefers-color-scheme:dark" in svg
        width, height = (float(root.get(name)) for name in ("width", "height"))
        for shape in root.iter("{http://www.w3.org/2000/svg}rect"):
            x, y = (float(shape.get(name, 0)) for name in ("x", "y"))
            assert x + float(shape.get("width")) <= width
            assert y + float(shape.get("height")) <= height
