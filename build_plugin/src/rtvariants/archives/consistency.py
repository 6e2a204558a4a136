"""A wheel against itself: its file name, METADATA, WHEEL and RECORD agree.

These rules hold for every wheel, whichever tool built it and whatever it contains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email.parser import HeaderParser

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from rtvariants.errors import Problem

from . import record as records
from .wheel import Wheel, normal

#: A violation of a rule, and the hint that goes with it.
Violation = tuple[str, str]

#: The hint where no setting is wrong, but the file is.
AGAIN = "build the wheel again, or download it again from where it was published"


def file_name(wheel: Wheel) -> Iterator[Violation]:
    """Find the metadata where the file name says that it is, and nowhere else."""
    found = {name.split("/")[0] for name in wheel.files if ".dist-info/" in name}
    if wheel.dist_info not in found:
        hint = "give the file its own name back, or build the wheel again"
        yield f"no `{wheel.dist_info}/`, where a wheel of that name has its metadata", hint
        return
    for other in sorted(f for f in found - {wheel.dist_info} if f.endswith(".dist-info")):
        yield f"metadata of another distribution: `{other}/`", AGAIN


def record(wheel: Wheel) -> Iterator[Violation]:
    """Compare RECORD with the members."""
    for what in records.contradictions(wheel.files, f"{wheel.dist_info}/RECORD"):
        yield what, AGAIN


def metadata(wheel: Wheel) -> Iterator[Violation]:
    """Compare METADATA with the file name, and read its requirements."""
    name, version = wheel.headers.get("Name", ""), wheel.headers.get("Version", "")
    if canonicalize_name(name) != wheel.project:
        yield f"METADATA names `{name}`, the file name `{wheel.name}`", AGAIN
    if normal(version) != wheel.version:
        yield f"METADATA has version `{version}`, the file name `{wheel.version}`", AGAIN
    for text in wheel.headers.get_all("Requires-Dist", []):
        try:
            Requirement(text)
        except InvalidRequirement:  # noqa: PERF203 - each line has its own
            yield f"METADATA has a requirement that installers can't read: `{text}`", AGAIN


def tag(wheel: Wheel) -> Iterator[Violation]:
    """Compare the tags in WHEEL with those in the file name."""
    said = HeaderParser().parsestr(wheel.metadata("WHEEL"))
    format_version = said.get("Wheel-Version", "")
    if format_version.partition(".")[0] != "1":
        yield f"WHEEL has the format `{format_version}`, installers know 1", AGAIN
    inside = {single for text in said.get_all("Tag", []) for single in _single(text)}
    if _single(wheel.tag) != inside:
        listed = ", ".join(f"`{single}`" for single in sorted(inside)) or "none"
        yield f"the file name has tag `{wheel.tag}`, WHEEL has {listed}", AGAIN


def _single(text: str) -> set[str]:
    """Return the single tags of a line; a line that is not a tag as it is."""
    try:
        return {str(each) for each in parse_tag(text)}
    except ValueError:
        return {text}


#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Callable[[Wheel], Iterator[Violation]]] = {
    "file-name": file_name,
    "record": record,
    "metadata": metadata,
    "tag": tag,
}


def check(wheel: Wheel) -> list[Problem]:
    """Return every violation of every rule; if the metadata is missing, that one alone."""
    return [
        Problem(what, hint, wheel.filename, name)
        for name in (RULES if has_metadata(wheel) else ("file-name",))
        for what, hint in RULES[name](wheel)
    ]


def has_metadata(wheel: Wheel) -> bool:
    """Return whether a wheel has its metadata where its file name says."""
    return any(name.startswith(f"{wheel.dist_info}/") for name in wheel.files)
