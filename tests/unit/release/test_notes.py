"""The notes of a release: made from a changelog or fragments, with every file's hash."""

import subprocess

import pytest
import release_kit as kit

from rtvariants.errors import ConfigError
from rtvariants.release import notes

TEXT = """# Changelog

## [Unreleased]

### Added
- A dimmer.

## [1.4.0] - 2026-01-01

### Fixed
- A short circuit.

## [1.3.0]
"""


def test_a_version_has_its_section_and_a_prerelease_the_unreleased_one():
    assert notes.section(TEXT, "1.4.0") == "### Fixed\n- A short circuit."
    assert notes.section(TEXT, "1.5.0rc1") == "### Added\n- A dimmer."


@pytest.mark.parametrize("version", ["1.3.0", "1.5.0"])
def test_a_version_without_text_is_refused(version):
    with pytest.raises(ConfigError, match=rf"no section with text: `## \[{version}\]`"):
        notes.section(TEXT, version)


def test_fragments_are_joined_by_kind(tmp_path):
    (tmp_path / "changes").mkdir()
    for name, text in {"b.added.md": "Two.\nLines.", "a.fixed.md": "One."}.items():
        (tmp_path / "changes" / name).write_text(text)
    found = notes.changes(tmp_path, "changes", "1.4.0")
    assert found == "### Added\n- Two.\n  Lines.\n\n### Fixed\n- One."


def test_all_problems_of_fragments_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        notes.fragments({"a.better.md": "x", "b.added.md": " "})
    assert [p.what for p in caught.value.problems] == [
        "unknown kind of change: `better`", "empty fragment"
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="no changes"):
        notes.fragments({})


def test_a_missing_changelog_is_reported(tmp_path):
    with pytest.raises(ConfigError, match=r"NEWS\.md: no changelog"):
        notes.changes(tmp_path, "NEWS.md", "1.4.0")


def test_the_notes_list_every_file_and_sha256sum_reads_the_sums(tmp_path):
    made = kit.freeze(kit.declare(tmp_path), tmp_path)
    text = notes.notes(made, "Changes.")
    assert text.startswith("Changes.\n")
    assert all(f"| `{f.name}` | {f.role} | {f.size} | `{f.sha256}` |" in text for f in made.files)
    assert kit.COMMIT in text
    assert "gh attestation" not in text
    how = "`gh attestation verify FILE --repo owner/lamp --source-ref refs/tags/v1.4.0`"
    assert how in notes.notes(made, "Changes.", attested="owner/lamp")
    (tmp_path / "SUMS").write_text(notes.sums(made))
    command = ["sha256sum", "--check", "--strict", str(tmp_path / "SUMS")]
    assert subprocess.run(command, cwd=tmp_path / "files", capture_output=True).returncode == 0
