"""The folder from which the command imports the package."""

import json
import sys
from pathlib import Path

import pytest
from folders import lay_out
from tables import LEAST

from rtvariants.archives.wheel import Wheel
from rtvariants.config import load
from rtvariants.config.overrides import INSTRUMENTED
from rtvariants.errors import RtvariantsError
from rtvariants.pgo import site
from rtvariants.wheels.layout import Package

FILES = {
    "pkg/__init__.py": b"",
    "_pkg_a/_core.so": b"a",
    "_pkg_b/_core.so": b"b",
    "_pkg_loader/table.py": b"",
    "pkg-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\n",
}
TWO = LEAST + '[[tool.rtvariants.runtimes]]\nname = "b"\nlevel = "x86_64"\n'


def made(*requires):
    lines = "".join(f"Requires-Dist: {text}\n" for text in requires).encode()
    name = "pkg-1.0.dist-info/METADATA"
    return Wheel("pkg", "1.0", "cp310-abi3-any", FILES | {name: FILES[name] + lines})


def test_the_site_has_the_package_and_one_runtime_only(tmp_path):
    root = lay_out(tmp_path / "tree", {"pyproject.toml": TWO, "Cargo.toml": ""})
    found = site.lay_out(made(), load.read(root), "a", tmp_path / "out")
    assert sorted(path.name for path in found.iterdir()) == [
        "_pkg_a", "_pkg_loader", "pkg", "pkg-1.0.dist-info"
    ]  # fmt: skip


def test_a_build_that_another_one_calls_gets_its_modules(tmp_path, monkeypatch):
    monkeypatch.delenv(INSTRUMENTED, raising=False)
    assert site.handed() is None
    note = tmp_path / "handed.json"
    files, places = {"_pkg_a/_core.so": "/t/native.so"}, {"pkg/_core.py": "/t/place.py"}
    said = {"files": files, "places": places, "tag": "t"}
    note.write_text(json.dumps(said))
    monkeypatch.setenv(INSTRUMENTED, str(note))
    found = site.handed()
    assert found == Package(
        {"_pkg_a/_core.so": Path("/t/native.so")}, "t", places={"pkg/_core.py": Path("/t/place.py")}
    )


def test_nothing_is_installed_where_all_requirements_are_there(tmp_path):
    wheel = made("pytest", "no-such-thing; extra == 'more'", "no-such-thing; python_version < '3'")
    assert site.requirements(wheel, ["pytest>=1"], tmp_path) == ()


def test_what_is_missing_is_installed_into_a_folder(tmp_path, monkeypatch):
    code = "import sys; open(sys.argv[1], 'w').write(' '.join(sys.argv[2:]))"
    command = [sys.executable, "-c", code, str(tmp_path / "said")]
    monkeypatch.setattr(site.install, "installer", lambda: command)
    folder = tmp_path / "requires"
    assert site.requirements(made("no-such-thing>=3"), [], folder) == (folder,)
    assert (tmp_path / "said").read_text() == f"-q --target {folder} no-such-thing>=3"


def test_an_installation_that_fails_names_what_is_missing(tmp_path, monkeypatch):
    command = [sys.executable, "-c", "raise SystemExit(1)"]
    monkeypatch.setattr(site.install, "installer", lambda: command)
    with pytest.raises(RtvariantsError, match="what the command needs: `no-such-thing`"):
        site.requirements(made(), ["no-such-thing"], tmp_path)


def test_a_text_that_is_not_a_requirement_is_refused(tmp_path):
    with pytest.raises(RtvariantsError, match="not a requirement: `py test`"):
        site.requirements(made(), ["py test"], tmp_path)
