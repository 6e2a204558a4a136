"""`rtvariants develop`: what it brings up to date, and when it installs again."""

import csv
import sys
from types import SimpleNamespace

import pytest
from tables import LEAST

from rtvariants.cli import develop, main
from rtvariants.wheels.layout import Package

# Build tools spell the folder of a project called `Fast.Lib` in these ways.
SPELLINGS = ["fast_lib", "Fast.Lib", "Fast_Lib", "fast.lib", "Fast-Lib"]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return a function that installs the project editable, under one spelling of its name."""
    root, site, made = (tmp_path / name for name in ("project", "site", "made"))
    for folder in (root, site / "_pkg_loader", made):
        folder.mkdir(parents=True)
    project = '[project]\nname = "Fast.Lib"\nversion = "1.0.0"\n'
    (root / "pyproject.toml").write_text(project + LEAST)
    (root / "Cargo.toml").write_text('[package]\nname = "pkg"\n')
    files = {"_pkg_loader/table.py": made / "table.py", "_pkg_a/_core.abi3.so": made / "a.so"}
    for path in (*files.values(), made / "pkg-base.cdx.json"):
        path.write_text(f"{path.name}: built\n")
    asked = []

    def build(_project, version, *_, **__):
        asked.append(version)
        package = Package(files, "cp310-abi3-x", (made / "pkg-base.cdx.json",))
        return package, SimpleNamespace(release=lambda: None)

    def installed(spelling):
        (site / "_pkg_loader/sources.state").write_text(f"state\n{root}\n")
        (site / "_pkg_loader/table.py").write_text("old\n")
        (site / "_pkg_a").mkdir()
        (site / "_pkg_a/_core.abi3.so").touch()
        info = site / f"{spelling}-1.0.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.4\nName: Fast.Lib\nVersion: 1.0.0\n")
        (info / "RECORD").write_text(f"_pkg_loader/table.py,,\n{info.name}/RECORD,,\n")
        return SimpleNamespace(root=root, site=site, info=info, asked=asked)

    monkeypatch.setattr(develop, "build", build)
    monkeypatch.setattr(sys, "path", [str(site), *sys.path])
    return installed


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_files_of_an_update_are_listed_by_the_distribution_that_owns_them(installed, spelling):
    there = installed(spelling)
    stray = there.site / "other-1.0.0.dist-info"
    stray.mkdir()
    (stray / "RECORD").write_text("_pkg_loader_too/table.py,,\n")
    assert main(["develop", str(there.root)]) == 0
    assert there.asked == ["1.0.0"]
    assert sorted(p.name for p in there.site.glob("*.dist-info")) == sorted(
        [there.info.name, stray.name]
    )
    rows = [row[0] for row in csv.reader((there.info / "RECORD").read_text().splitlines())]
    files = {p.relative_to(there.site).as_posix() for p in there.site.rglob("*") if p.is_file()}
    state = {"_pkg_loader/sources.state"}
    ours = {name for name in files - state if not name.startswith("other")}
    assert set(rows) == ours - {f"{there.info.name}/METADATA"}
    assert f"{there.info.name}/sboms/pkg-base.cdx.json" in ours


@pytest.mark.parametrize(("version", "again"), [("1.0.0", False), ("1.1", True)])
def test_another_version_is_installed_again(installed, monkeypatch, version, again):
    there = installed("fast_lib")
    path = there.root / "pyproject.toml"
    path.write_text(path.read_text().replace("1.0.0", version, 1))
    calls = []
    monkeypatch.setattr(develop.shared, "check_backend", lambda *_, **__: None)
    monkeypatch.setattr(develop, "_compile", lambda *_: None)
    monkeypatch.setattr(develop.install, "editable", lambda *words: calls.append(words))
    assert main(["develop", str(there.root)]) == 0
    assert bool(calls) == again


def test_an_older_runtime_that_an_import_prefers_is_named(installed, capsys):
    there = installed("fast_lib")
    path = there.root / "pyproject.toml"
    more = '[[tool.rtvariants.runtimes]]\nname = "b"\nlevel = "x86_64"\n'
    path.write_text(path.read_text().replace('"x86_64"', '"x86_64_v3"') + more)
    (there.site / "_pkg_b").mkdir()
    (there.site / "_pkg_b/_core.abi3.so").touch()
    assert main(["develop", str(there.root), "--runtime", "b"]) == 0
    *_, kept, hint = capsys.readouterr().out.splitlines()
    assert kept == "kept: a"
    assert hint == (
        "hint: an import prefers `a`, which was not built again: set PKG=b, or build `a` as well"
    )
    assert main(["develop", str(there.root), "--runtime", "a"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "kept: b"
