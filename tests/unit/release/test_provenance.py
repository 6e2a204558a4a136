"""Who published a file: a real signature of the public index, and what is made of others."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rtvariants.release import provenance
from rtvariants.release.provenance import Expected, Signatures
from rtvariants.release.simple_api import Remote

# What the public index gives for this file; its publisher has no environment.
NAME = "pypi_attestations-0.0.19.tar.gz"
TEXT = (Path(__file__).parent / "data" / f"{NAME}.provenance").read_text()
FILE = Remote(NAME, "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3", 1, "", "",
              "https://index.example/provenance")  # fmt: skip
OWN = Expected("trailofbits/pypi-attestations", "v0.0.19",
               "08802efe1f8e5fec4ad842d6b8ce97656092ee72")  # fmt: skip
STATED = {"kind": "GitHub", "repository": OWN.repository, "workflow": "release.yml",
          "environment": ""}  # fmt: skip


def judged(*, file=FILE, expected=OWN, **changes):
    """Return what is wrong if the index states a publisher with changes, and we expect it."""
    data = json.loads(TEXT)
    data["attestation_bundles"][0]["publisher"] |= changes
    signatures = Signatures(offline=True)
    assert not signatures.missing
    found = provenance.judge(file, json.dumps(data), expected, STATED | changes, signatures)
    return " ".join(problem.what for problem in found)


def test_the_signature_of_the_expected_workflow_is_good():
    assert judged() == ""
    assert judged(expected=replace(OWN, commit="")) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"repository": "owner/lamp"}, "expected https://github.com/owner/lamp"),
        ({"workflow": "other.yml"}, "Build Config URI"),
    ],
)
def test_a_publisher_that_the_index_states_without_its_signature_is_refused(changes, words):
    assert words in judged(**changes)


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (replace(OWN, tag="v0.0.20"), "signed at `refs/tags/v0.0.19`, expected `refs/tags/v0.0.20"),
        (replace(OWN, commit="c0ffee"), "signed at `08802efe"),
    ],
)
def test_a_signature_of_another_tag_or_commit_is_refused(expected, words):
    assert words in judged(expected=expected)


@pytest.mark.parametrize(
    "changes", [{"sha256": "00" * 32}, {"sha256": ""}, {"name": "pypi_attestations-0.0.20.tar.gz"}]
)
def test_a_signature_of_another_file_is_refused(changes):
    assert "subject does not match" in judged(file=replace(FILE, **changes))


def test_a_signature_with_one_other_byte_is_refused():
    data = json.loads(TEXT)
    envelope = data["attestation_bundles"][0]["attestations"][0]["envelope"]
    envelope["statement"] = envelope["statement"].replace("eyJf", "eyJg", 1)
    (found,) = provenance.judge(FILE, json.dumps(data), OWN, STATED, Signatures(offline=True))
    assert "the signature is not that of the expected workflow" in found.what


def test_a_second_publisher_is_refused_next_to_the_expected_one():
    data = json.loads(TEXT)
    other = {"publisher": STATED | {"repository": "other/lamp"}, "attestations": [{}]}
    data["attestation_bundles"].append(other)
    (found,) = provenance.judge(FILE, json.dumps(data), OWN, STATED, Signatures(offline=True))
    assert "repository `other/lamp`, expected `trailofbits/pypi-attestations`" in found.what


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", "[" * 100_000, '{"attestation_bundles": []}',
     '{"attestation_bundles": [{"publisher": {}, "attestations": []}]}',
     '{"attestation_bundles": [{"publisher": null, "attestations": [1]}]}',
     '{"attestation_bundles": [{"publisher": {}, "attestations": "a"}]}'],
)  # fmt: skip
def test_attestations_that_cannot_be_read_are_no_attestations(text):
    (found,) = provenance.judge(FILE, text, OWN, STATED, Signatures(offline=True))
    assert "unreadable attestations" in found.what


def test_the_publisher_of_a_distribution_has_its_environment_and_names_have_no_case():
    wanted = Expected("Owner/Lamp", "v1").publisher("Lamp_Fast")
    assert wanted["environment"] == "release-lamp-fast"
    assert not provenance._different(wanted | {"repository": "owner/lamp"}, wanted)
    assert "kind `GitLab`, expected `GitHub`" in provenance._different(
        wanted | {"kind": "GitLab"}, wanted
    )
    assert provenance._different(wanted | {"environment": ""}, wanted) == (
        "environment ``, expected `release-lamp-fast`"
    )


class _Asked:
    def provenance(self, _):
        return TEXT


def examined(files, **options):
    remotes = [("pypi-attestations", file) for file in files]
    signatures = Signatures(offline=True)
    return provenance.examine(_Asked(), OWN, remotes, signatures=signatures, **options)


BARE = Remote("pypi_attestations-0.0.19-py3-none-any.whl", "aa", 1, "")


def test_a_file_without_attestation_is_a_problem_where_they_are_required_or_others_have_one():
    assert examined([BARE], required=True).problems[BARE.name]
    assert BARE.name in examined([BARE, FILE], required=False).problems
    assert not examined([BARE], required=False).problems
    assert "files without an attestation: 1" in examined([BARE], required=False).notes[0]
    found = examined([BARE, FILE], required=True, allowed=True)
    assert BARE.name not in found.problems
    assert "files without an attestation: 1" in found.notes[0]


def test_without_the_library_it_says_that_signatures_were_not_verified(monkeypatch):
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)
    found = examined([FILE], required=True)
    assert found.notes[0].startswith("SIGNATURES WERE NOT VERIFIED")
    assert found.signed == 0
    # The publisher is compared all the same.
    assert "environment ``" in found.problems[NAME][0].what
