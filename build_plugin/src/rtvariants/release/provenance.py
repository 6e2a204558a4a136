"""Who published a file, as the index's attestations say (PEP 740), compared with who should have.

For each file, the index states a publisher and gives what that publisher has signed. The library
pypi-attestations verifies the signatures; it brings a dozen distributions, so it is optional, and
without it only the stated publisher is compared. The certificate of a signature names repository,
workflow, commit and tag. The environment is only stated by the index.
"""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rtvariants.errors import Problem, RtvariantsError

from . import names
from .index import Index
from .simple_api import Remote

#: The workflow that publishes.
WORKFLOW = "release.yml"
#: The forge, as the index calls it.
_KIND = "GitHub"
# What a certificate of Sigstore says about the run that signed.
_COMMIT, _REF = "1.3.6.1.4.1.57264.1.13", "1.3.6.1.4.1.57264.1.14"


class SignatureError(RtvariantsError):
    """A signature that is not good, or that of another file, workflow, tag or commit."""


@dataclass(frozen=True)
class Expected:
    """Where the files of a release must come from; `commit` is empty if it is not known."""

    repository: str
    tag: str
    commit: str = ""

    def publisher(self, project: str) -> dict[str, str]:
        """Return the publisher of a distribution, with the names that the index uses."""
        return {
            "kind": _KIND,
            "repository": self.repository,
            "workflow": WORKFLOW,
            "environment": names.environment(project),
        }


@dataclass(frozen=True)
class Outcome:
    """What was found: problems by file, notes, and how many files have verified signatures."""

    problems: Mapping[str, list[Problem]]
    notes: tuple[str, ...]
    signed: int


@dataclass
class Signatures:
    """Verifies signatures with pypi-attestations; `missing` says why that is impossible.

    With `offline`, the keys of Sigstore are those that its library has brought.
    """

    offline: bool = False
    missing: str = ""
    _library: Any = field(default=None, init=False)

    def __post_init__(self) -> None:
        try:
            self._library = importlib.import_module("pypi_attestations")
        except ImportError as error:
            self.missing = str(error)

    def check(
        self, remote: Remote, publisher: Mapping[str, Any], signed: Any, expected: Expected
    ) -> None:
        """Raise `SignatureError` unless this publisher has signed the file where it is expected."""
        # It warns that the keys which it has brought may be old.
        logging.getLogger("sigstore").setLevel(logging.ERROR)
        try:
            attestation = self._library.Attestation.model_validate(signed)
            who = self._library.GitHubPublisher.model_validate(publisher)
            file = self._library.Distribution(name=remote.name, digest=remote.sha256)
            attestation.verify(who, file, offline=self.offline)
            claims = attestation.certificate_claims
        except Exception as error:  # those of pydantic, sigstore and tuf have no common root
            raise SignatureError(" ".join(str(error).split())[:300]) from error
        self.offline = True  # the keys are new now
        for key, wanted in ((_REF, f"refs/tags/{expected.tag}"), (_COMMIT, expected.commit)):
            if wanted and claims.get(key) != wanted:
                raise SignatureError(f"signed at `{claims.get(key)}`, expected `{wanted}`")


def examine(
    index: Index,
    expected: Expected,
    remotes: Iterable[tuple[str, Remote]],
    *,
    required: bool,
    signatures: Signatures,
    allowed: bool = False,
) -> Outcome:
    """Compare the attestations of a release's files, each given with its distribution.

    A file without an attestation is a problem if they are `required`, and if other files have one,
    unless it is `allowed`.
    """
    remotes = list(remotes)
    attested = {remote.name for _, remote in remotes if remote.provenance}
    problems: dict[str, list[Problem]] = {}
    for project, remote in remotes:
        if remote.provenance:
            text = index.provenance(remote)
            found = judge(remote, text, expected, expected.publisher(project), signatures)
        elif (required or attested) and not allowed:
            found = [Problem("the index has no attestation of this file", _UNATTESTED, remote.name)]
        else:
            found = []
        if found:
            problems[remote.name] = found
    notes = []
    lacking = len(remotes) - len(attested)
    if lacking and (allowed or not (required or attested)):
        notes.append(f"files without an attestation: {lacking}; who published them is not known")
    if attested and signatures.missing:
        notes.append(
            "SIGNATURES WERE NOT VERIFIED, only the publisher that the index states was compared: "
            f"{signatures.missing}; run `pip install pypi-attestations`"
        )
    signed = 0 if signatures.missing else len(attested - set(problems))
    return Outcome(problems, tuple(notes), signed)


_UNATTESTED = (
    "somebody has uploaded it without the workflow: yank it, or, if you have uploaded the release "
    "by hand, use `--allow-unattested`"
)
_OTHER = (
    "if that is not your workflow, yank the release; if it is, register the publisher with the "
    "index as `rtvariants release preflight` says"
)


def judge(
    remote: Remote,
    text: str,
    expected: Expected,
    wanted: Mapping[str, str],
    signatures: Signatures,
) -> list[Problem]:
    """Return why a file's attestations are not those of the expected publisher; pure."""
    try:
        bundles = [
            ({key: bundle["publisher"].get(key) or "" for key in wanted}, bundle["attestations"])
            for bundle in json.loads(text)["attestation_bundles"]
        ]
        if not all(isinstance(each, list) and each for _, each in bundles) or not bundles:
            raise ValueError("no attestation")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        what = f"unreadable attestations: {type(error).__name__}: {error}"
        return [Problem(what, "the index answers something else than PEP 740 says", remote.name)]
    problems = []
    for publisher, attestations in bundles:
        if different := _different(publisher, wanted):
            problems.append(Problem(f"published by another: {different}", _OTHER, remote.name))
            continue
        for signed in [] if signatures.missing else attestations:
            problems += _forged(remote, publisher, signed, expected, signatures)
    return problems


def _forged(
    remote: Remote,
    publisher: Mapping[str, Any],
    signed: Any,
    expected: Expected,
    signatures: Signatures,
) -> list[Problem]:
    try:
        signatures.check(remote, publisher, signed, expected)
    except SignatureError as error:
        what = f"the signature is not that of the expected workflow: {error}"
        hint = "yank the release, unless an update of pypi-attestations accepts it"
        return [Problem(what, hint, remote.name)]
    return []


def _different(publisher: Mapping[str, Any], wanted: Mapping[str, str]) -> str:
    """Return how publishers differ; the forge's names of repositories have no case."""
    return "; ".join(
        f"{key} `{publisher[key]}`, expected `{value}`"
        for key, value in wanted.items()
        if str(publisher[key]).casefold() != value.casefold()
    )
