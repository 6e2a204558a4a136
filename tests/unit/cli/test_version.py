"""`rtvariants version`: one command shows, writes and checks every place."""

import json

import pytest
import release_kit as kit

from rtvariants import cli


@pytest.fixture
def lamp(tmp_path, capsys):
    kit.declare(tmp_path)

    def run(*words):
        status = cli.main(["version", *words, "--project", str(tmp_path)])
        said = capsys.readouterr()
        return status, said.out, said.err

    run.root = tmp_path
    return run


def test_without_an_action_the_version_is_shown(lamp):
    assert lamp() == (0, "1.4.0\n", "")
    facts = json.loads(lamp("show", "--json")[1])
    assert (facts["version"], facts["cargo"]) == ("1.4.0", "1.4.0")
    assert {place["file"] for place in facts["places"]} == {
        "Cargo.toml", "Cargo.lock", "pyproject.toml"
    }  # fmt: skip


@pytest.mark.parametrize("given", ["1.5.0rc1", "1.5.0-rc.1"])
def test_set_writes_each_place_in_its_own_spelling(lamp, given):
    status, out, _ = lamp("set", given)
    assert status == 0
    assert out.splitlines()[-1] == "version: 1.5.0rc1"
    assert 'version = "1.5.0-rc.1"' in (lamp.root / "Cargo.toml").read_text()
    assert 'version = "1.5.0-rc.1"' in (lamp.root / "Cargo.lock").read_text()
    assert 'version = "1.5.0rc1"' in (lamp.root / "pyproject.toml").read_text()
    assert lamp("check") == (0, "1.5.0rc1 in all 3 places\n", "")


def test_check_reports_each_place_that_differs(lamp):
    path = lamp.root / "Cargo.toml"
    path.write_text(path.read_text().replace("1.4.0", "1.3.9"))
    status, _, err = lamp("check")
    assert status == 1
    assert "error: Cargo.toml:3: `[package] version`: `1.3.9`, expected `1.4.0`" in err
    assert "hint: `rtvariants version set VERSION`" in err


@pytest.mark.parametrize(
    ("words", "fact"),
    [
        (("set",), "no version to set"),
        (("check", "1.0.0"), "a version, but nothing to set"),
        (("set", "1.0.post1"), "version that Cargo cannot spell: `1.0.post1`"),
        (("set", "one"), "not a version: `one`"),
    ],
)
def test_a_wrong_argument_is_an_error_with_a_hint_and_changes_nothing(lamp, words, fact):
    before = (lamp.root / "Cargo.toml").read_bytes()
    status, out, err = lamp(*words)
    assert (status, out) == (1, "")
    assert err.startswith(f"error: {fact}\nhint: ")
    assert (lamp.root / "Cargo.toml").read_bytes() == before
