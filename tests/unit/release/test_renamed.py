"""A built wheel or sdist under the name that its release has on the index."""

import re

import pytest
import release_kit as kit

from rtvariants.archives.sdist import Sdist
from rtvariants.archives.wheel import Wheel
from rtvariants.errors import WheelError
from rtvariants.release import renamed
from rtvariants.wheels import check

METADATA = """Metadata-Version: 2.4
Name: lamp
Version: 1.4.0
Provides-Extra: all
Requires-Dist: Lamp[fast]; extra == 'all'
Requires-Dist: lampshade>=1

Name: lamp stays in the text.
"""
PYPROJECT = """[build-system]
requires = ["hatchling>=1.28"]  # comments stay

[project]
name = "lamp"  # and this one
version = "1.4.0"
optional-dependencies.all = ["lamp[fast]", "lampshade"]

[tool.hatch.build.targets.wheel]
packages = ["src/lamp"]
"""


def sdist(pyproject=PYPROJECT, **files):
    made = {"PKG-INFO": METADATA.encode(), "pyproject.toml": pyproject.encode()}
    return Sdist("lamp", "1.4.0", made | files)


def test_a_wheel_changes_its_name_and_nothing_that_is_imported(tmp_path):
    declared = kit.declare(tmp_path)
    before = kit.fat(declared, declared.platforms[0])
    after = renamed.wheel(before, "Acme.Lamp")
    assert after.filename == before.filename.replace("lamp-", "acme_lamp-", 1)
    assert check.check(after) == []
    own = re.compile(r".*\.dist-info/(METADATA|RECORD)")
    kept = {n: d for n, d in before.files.items() if not own.fullmatch(n)}
    moved = {n.replace("acme_lamp-1.4.0.", "lamp-1.4.0."): d for n, d in after.files.items()}
    assert kept == {n: d for n, d in moved.items() if not own.fullmatch(n)}
    assert renamed.wheel(before, "LAMP") is before


def test_metadata_has_the_new_name_also_where_an_extra_requires_the_package():
    files = {
        "lamp-1.4.0.dist-info/METADATA": METADATA.encode(),
        "lamp-1.4.0.dist-info/RECORD": b"",
        "lamp-1.4.0.data/scripts/on": b"#!/bin/sh",
    }
    programs = frozenset(["lamp-1.4.0.data/scripts/on"])
    after = renamed.wheel(Wheel("lamp", "1.4.0", "py3-none-any", files, programs=programs), "neon")
    text = after.metadata("METADATA")
    assert text.splitlines()[1] == "Name: neon"
    assert "Requires-Dist: neon[fast]; extra == 'all'" in text
    assert "Requires-Dist: lampshade>=1" in text
    assert "\nName: lamp stays" in text
    assert after.programs == {"neon-1.4.0.data/scripts/on"} <= set(after.files)


def test_what_is_built_from_the_sdist_has_the_new_name_too():
    egg = {"src/lamp.egg-info/SOURCES.txt": b"src/lamp.egg-info/PKG-INFO\nsrc/lamp/a.py\n"}
    after = renamed.sdist(sdist(**egg), "neon")
    assert after.filename == "neon-1.4.0.tar.gz"
    text = after.files["pyproject.toml"].decode()
    expected = PYPROJECT.replace('name = "lamp"', 'name = "neon"')
    assert text == expected.replace('"lamp[fast]"', '"neon[fast]"')
    assert b"Name: neon\n" in after.files["PKG-INFO"]
    listed = after.files["src/neon.egg-info/SOURCES.txt"]
    assert listed == b"src/neon.egg-info/PKG-INFO\nsrc/lamp/a.py\n"


def test_a_name_that_cannot_be_edited_is_an_error():
    odd = sdist(PYPROJECT.replace('name = "lamp"', r'name = "la\u006dp"'))
    with pytest.raises(WheelError, match="write it on one line"):
        renamed.sdist(odd, "neon")


def test_hatchling_must_not_look_for_a_package_with_the_new_name():
    unnamed = sdist(PYPROJECT.replace('packages = ["src/lamp"]', ""))
    with pytest.raises(WheelError, match=r"name the package: `packages = "):
        renamed.sdist(unnamed, "neon")
    other = unnamed.files["pyproject.toml"].decode().replace("hatchling", "maturin")
    assert renamed.sdist(sdist(other), "neon").name == "neon"
