"""Every place that states the version is found, compared and edited, however it is written."""

from pathlib import Path

import pytest

from rtvariants.config import toml
from rtvariants.release import places, version
from rtvariants.release.version import VersionError


@pytest.fixture
def workspace(tmp_path):
    """A workspace of three crates: one inherits, one states its version, one is pinned."""
    (tmp_path / "Cargo.toml").write_text(
        '[workspace]\nmembers = ["crates/*"]\n\n[workspace.package]\nversion = "1.4.0"  # here\n\n'
        "[workspace.dependencies]\n"
        'core = { path = "crates/core", version = "=1.4.0" }\nserde = { version = "=1.4.0" }\n'
    )
    for name, line in (("core", 'version = "1.4.0"'), ("io", "version.workspace = true")):
        (tmp_path / "crates" / name).mkdir(parents=True)
        (tmp_path / "crates" / name / "Cargo.toml").write_text(
            f'[package]\nname = "{name}"\n{line}\n\n[dependencies.serde]\nversion = "1.4.0"\n'
        )
    (tmp_path / "Cargo.lock").write_text(
        '[[package]]\nname = "core"\nversion = "1.4.0"\n\n[[package]]\nname = "io"\n'
        'version = "1.4.0"\n\n[[package]]\nname = "serde"\nversion = "1.4.0"\n'
        'source = "registry"\n'
    )
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "lamp"\ndynamic = ["version"]\n'
        'dependencies = ["lamp-fast==1.4.0", "serde==1.4.0"]\n'
        '[project.optional-dependencies]\nwide = ["lamp_fast ==1.4.0"]\n'
        '[tool.other]\nversion = "1.4.0"\n'
    )
    return tmp_path


def texts(root):
    return {p.relative_to(root).as_posix(): p.read_text() for p in root.rglob("*") if p.is_file()}


def test_set_writes_every_place_and_nothing_else(workspace):
    before = texts(workspace)
    found = places.find(workspace, "1.5.0rc1", ("lamp-fast", "lamp"))
    changed = places.write(workspace, found)
    assert set(changed) == {"Cargo.toml", "crates/core/Cargo.toml", "Cargo.lock", "pyproject.toml"}
    after = texts(workspace)
    assert set(after) == set(before)
    assert 'version = "1.5.0-rc.1"  # here' in after["Cargo.toml"]
    assert 'version = "=1.5.0-rc.1" }\nserde = { version = "=1.4.0" }' in after["Cargo.toml"]
    assert after["Cargo.lock"].count("1.5.0-rc.1") == 2
    assert '"lamp-fast==1.5.0rc1", "serde==1.4.0"' in after["pyproject.toml"]
    assert 'wide = ["lamp_fast ==1.5.0rc1"]' in after["pyproject.toml"]
    assert '[tool.other]\nversion = "1.4.0"' in after["pyproject.toml"]
    assert after["crates/io/Cargo.toml"] == before["crates/io/Cargo.toml"]
    again = places.find(workspace, "1.5.0-rc.1", ("lamp-fast", "lamp"))
    assert places.drift(again) == []
    assert places.write(workspace, again) == ()


def test_there_and_back_is_the_same_tree(workspace):
    before = texts(workspace)
    for text in ("2.0.0b1", "1.4.0"):
        places.write(workspace, places.find(workspace, text, ("lamp-fast",)))
    assert texts(workspace) == before


@pytest.mark.parametrize("file", ["Cargo.toml", "Cargo.lock", "pyproject.toml"])
def test_drift_in_one_file_is_named_with_its_line(workspace, file):
    path = workspace / file
    path.write_text(path.read_text().replace("1.4.0", "1.3.9", 1))
    (problem,) = places.drift(places.find(workspace, "1.4.0", ("lamp-fast",)))
    assert problem.where.startswith(f"{file}:")
    assert "1.3.9`, expected `" in problem.what


FORMS = {
    "single quotes": "[package]\nname = 'core'\nversion = '1.4.0'\n",
    "a dotted key": 'package.name = "core"\npackage.version = "1.4.0" # "1.4.0"\n',
    "quoted keys": '["package"]\n"name" = "core"\n"version" = "1.4.0"\n',
    "an inline table": 'package = { name = "core", version = "1.4.0" }\n',
    "indentation and a comment": (
        '[package]\n# version = "1.4.0"\n  name = "core"\n  version="1.4.0"\n'
    ),
    "a pin in a table of its own": (
        '[package]\nname = "core"\n[dependencies.core]\npath = "."\nversion = "=1.4.0"\n'
    ),
    "a pin without a table": '[package]\nname = "core"\n[dev-dependencies]\ncore = "=1.4.0"\n',
    "a pin for one target": (
        "[package]\nname = \"core\"\n[target.'cfg(unix)'.dependencies]\n"
        'other = { version = "=1.4.0", package = "core" }\n'
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_version_is_found_in_every_form_of_toml(tmp_path, form):
    (tmp_path / "Cargo.toml").write_text(FORMS[form])
    (tmp_path / "pyproject.toml").touch()
    (place,) = places.find(tmp_path, "1.5.0")
    assert place.found.lstrip("=") == "1.4.0"
    line = FORMS[form].splitlines()[place.line - 1]
    assert places.write(tmp_path, [place]) == ("Cargo.toml",)
    assert (tmp_path / "Cargo.toml").read_text().splitlines()[place.line - 1] == line.replace(
        "1.4.0", "1.5.0", 1
    )
    assert places.drift(places.find(tmp_path, "1.5.0")) == []


def test_a_version_that_cannot_be_edited_is_an_error(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[package]\nname = "a"\nversion = """\n1.4.0"""\n')
    (tmp_path / "pyproject.toml").touch()
    with pytest.raises(
        VersionError, match="in a form that can't be edited: `\\[package\\] version`"
    ):
        places.find(tmp_path, "1.5.0")


def test_only_the_pins_of_the_release_are_edited_and_names_with_digits_stay(tmp_path):
    text = (
        '[project]\nname = "lamp1"\nversion = "1"\ndependencies = [\n'
        "    'serde==1', \"lamp1-fast ==1; python_version == '3'\",\n"
        '    "lamp1>=1",\n]\n'
        'optional-dependencies = { wide = ["serde==1", "lamp1-fast==1"] }\n'
    )
    (tmp_path / "pyproject.toml").write_text(text)
    found = places.find(tmp_path, "2.0.0", ("lamp1", "lamp1-fast"))
    assert [place.line for place in found] == [3, 5, 8]
    places.write(tmp_path, found)
    wanted = text.replace('version = "1"', 'version = "2.0.0"').replace("fast ==1", "fast ==2.0.0")
    wanted = wanted.replace("fast==1", "fast==2.0.0")
    assert (tmp_path / "pyproject.toml").read_text() == wanted


def test_crates_that_the_workspace_excludes_keep_their_versions(workspace):
    path = workspace / "Cargo.toml"
    path.write_text(
        path.read_text().replace("[workspace]\n", '[workspace]\nexclude = ["crates/core"]\n')
    )
    found = places.find(workspace, "1.5.0")
    assert "crates/core/Cargo.toml" not in {place.file for place in found}


def test_this_repository_is_in_lockstep():
    root = Path(__file__).resolve().parents[3]
    data = toml.read(root / "pyproject.toml")
    found = places.find(root, version.current(root, data))
    assert places.drift(found) == []
    assert {place.file for place in found} >= {"Cargo.toml", "Cargo.lock"}
