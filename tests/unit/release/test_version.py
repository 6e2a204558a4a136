"""The version of a project, spelled for Python and for Cargo."""

import pytest
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
def test_a_version_has_a_spelling_for_python_and_one_for_cargo(python, cargo):
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


def test_what_is_not_a_version_is_refused():
    with pytest.raises(VersionError, match="not a version: `one`"):
        version.canonical("one")


numbers = st.integers(0, 30)
versions = st.builds(
    lambda release, pre: ".".join(map(str, release)) + (f"{pre[0]}{pre[1]}" if pre else ""),
    st.tuples(numbers, numbers, numbers),
    st.none() | st.tuples(st.sampled_from(["a", "b", "rc"]), numbers),
)


def semver_key(text):
    """Order by semver.org's rules, written a second time: a pre-release is before its release."""
    release, _, pre = text.partition("-")
    phase, _, number = pre.partition(".")
    return [int(n) for n in release.split(".")], not pre, phase, int(number or 0)


@given(versions, versions)
def test_python_and_cargo_order_versions_alike(one, other):
    assert version.to_python(version.to_cargo(one)) == one
    keys = semver_key(version.to_cargo(one)), semver_key(version.to_cargo(other))
    assert (Version(one) < Version(other)) == (keys[0] < keys[1])


def test_the_current_version_is_in_pyproject_or_in_cargo_toml(tmp_path):
    (tmp_path / "Cargo.toml").write_text('[workspace.package]\nversion = "1.4.0"\n')
    data = {"project": {"dynamic": ["version"]}}
    assert version.current(tmp_path, data) == "1.4.0"
    assert version.current(tmp_path, {"project": {"version": "9"}}) == "9"
    (tmp_path / "Cargo.toml").write_text("[workspace]\n")
    with pytest.raises(ConfigError, match="no version"):
        version.current(tmp_path, data)
