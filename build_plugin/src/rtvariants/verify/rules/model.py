"""What a rule is, and what it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rtvariants.compile.artifact import Artifact
from rtvariants.compile.build import Build, Contract
from rtvariants.native.model import Binary
from rtvariants.verify.audit import Audit


@dataclass(frozen=True)
class BuiltFile:
    """One built file; `shipped` are the stripped bytes, `audit` is of the file with its symbols."""

    artifact: Artifact
    binary: Binary
    shipped: bytes
    audit: Audit = field(default_factory=Audit)

    @property
    def build(self) -> Build:
        """Return the build that the file comes from."""
        return self.artifact.build

    @property
    def contract(self) -> Contract:
        """Return what the file must show."""
        return self.artifact.build.contract


#: What is wrong, and a hint how to fix it.
Violation = tuple[str, str]
#: Reads one built file and yields every violation.
Rule = Callable[[BuiltFile], Iterator[Violation]]

STALE = "the file may be of another build; remove the target directory and build again"
