"""The site has every page and every public name, and no page of it loads from another host."""

import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "zensical.toml").read_text())["project"]


def pages(entries):
    """Yield the pages of a navigation, in order."""
    for entry in entries:
        for value in entry.values():
            yield from [value] if isinstance(value, str) else pages(value)


def test_the_navigation_has_every_page_once():
    found = list(pages(PROJECT["nav"]))
    assert sorted(found) == sorted(
        path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")
    )


def test_fonts_and_scripts_come_with_the_site():
    assert PROJECT["theme"]["font"] is False
    for path in PROJECT["extra"]["polyfills"]:
        assert (ROOT / "docs" / path).is_file()


@pytest.mark.parametrize("check", ["invalid_links", "invalid_link_anchors"])
def test_links_are_checked(check):
    assert PROJECT["validation"][check] is True
