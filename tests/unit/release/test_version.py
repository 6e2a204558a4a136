"""One version in every place that states it, spelt for both worlds."""

from pathlib import Path

import pytest
import release_kit as kit
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from rtvariants.errors import ConfigError
from rtvariants.release import version
from rtvariants.release.version import VersionError

SPELLINGS = {
    "1.2.0": "1.2.0",
    "1.2.0rc1": "1.2.0-rc.1",
    "1.2.0a3": "1.2.0-alpha.3",
    "1.2.0b12": "1.2.0-beta.12",
}


@pytest.mark.parametrize(("python", "cargo"), SPELLINGS.items())
def test_both_spellings(python, cargo):
    assert version.to_cargo(python) == cargo
    assert version.to_python(cargo) == python
    assert version.canonical(python) == version.canonical(cargo) == python


@pytest.mark.parametrize("text", ["1.2.0.post1", "1.2.0.dev1", "1!1.2.0", "1.2.0+local", "1.2.3.4"])
def test_what_cargo_cannot_spell_is_refused(text):
    with pytest.raises(VersionError, match="Cargo"):
        version.to_cargo(text)


@pytest.mark.parametrize("text", ["1.2.0-nightly", "1.2.0-rc1", "1.2", "1.2.0-rc.1+x"])
def test_what_python_cannot_spell_is_refused(text):
    with pytest.raises(VersionError, match="that Python cannot spell"):
        version.to_python(text)


def test_no_version_at_all_is_refused():
    with pytest.raises(VersionError, match="not a version: `one`"):
        version.canonical("one")


numbers = st.integers(0, 30)
versions = st.builds(
    lambda release, pre: ".".join(map(str, release)) + (f"{pre[0]}{pre[1]}" if pre else ""),
    st.tuples(numbers, numbers, numbers),
    st.none() | st.tuples(st.sampled_from(["a", "b", "rc"]), numbers),
)


def semver_key(text):
    """Order by semver.org's rules, written anew: a pre-release is before its release."""
    release, _, pre = text.partition("-")
    phase, _, number = pre.partition(".")
    return [int(n) for n in release.split(".")], not pre, phase, int(number or 0)


@given(versions, versions)
def test_both_worlds_order_versions_alike(one, other):
    assert version.to_python(version.to_cargo(one)) == one
    keys = semver_key(version.to_cargo(one)), semver_key(version.to_cargo(other))
    assert (Version(one) < Version(other)) == (keys[0] < keys[1])


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
    sites = version.sites(workspace, "1.5.0rc1", ("lamp-fast", "lamp"))
    changed = version.write(workspace, sites)
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
    again = version.sites(workspace, "1.5.0-rc.1", ("lamp-fast", "lamp"))
    assert version.drift(again) == []
    assert version.write(workspace, again) == ()


def test_there_and_back_is_the_same_tree(workspace):
    before = texts(workspace)
    for text in ("2.0.0b1", "1.4.0"):
        version.write(workspace, version.sites(workspace, text, ("lamp-fast",)))
    assert texts(workspace) == before


@pytest.mark.parametrize("file", ["Cargo.toml", "Cargo.lock", "pyproject.toml"])
def test_drift_in_one_file_is_named_with_its_line(workspace, file):
    path = workspace / file
    path.write_text(path.read_text().replace("1.4.0", "1.3.9", 1))
    (problem,) = version.drift(version.sites(workspace, "1.4.0", ("lamp-fast",)))
    assert problem.where.startswith(f"{file}:")
    assert "1.3.9`, expected `" in problem.what


def test_a_version_in_python_or_cargo_is_the_current_one(workspace, tmp_path):
    data = {"project": {"dynamic": ["version"]}}
    assert version.current(workspace, data) == "1.4.0"
    assert version.current(workspace, {"project": {"version": "9"}}) == "9"
    (workspace / "Cargo.toml").write_text("[workspace]\n")
    with pytest.raises(ConfigError, match="no version"):
        version.current(workspace, data)


def test_this_repository_is_in_lockstep():
    root = Path(__file__).resolve().parents[3]
    data = version.tomllib.loads((root / "pyproject.toml").read_text())
    found = version.sites(root, version.current(root, data))
    assert version.drift(found) == []
    assert {site.file for site in found} >= {"Cargo.toml", "Cargo.lock"}
    assert kit.VERSION  # the kit's own package is another one
