"""The fan-in: compares the built files with the expected ones before any credential is used."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from rtvariants.archives import facts as archives
from rtvariants.archives.facts import Facts
from rtvariants.archives.sdist import Sdist
from rtvariants.archives.wheel import Wheel
from rtvariants.config import pyproject
from rtvariants.errors import Problem, RtvariantsError, WheelError
from rtvariants.targets.platforms import PLATFORMS
from rtvariants.wheels import check as rules
from rtvariants.wheels import split_sdists

from . import file_names, same_tree
from .declaration import Declaration
from .expected import Expected, expected


class FanInError(RtvariantsError):
    """The built files are not those of the release; holds every difference at once."""


@dataclass(frozen=True)
class Checked:
    """One file that is as expected."""

    file: Expected
    path: Path
    facts: Facts | None


def check(declaration: Declaration, folder: Path, commit: str = "") -> tuple[Checked, ...]:
    """Return the files of a release below `folder`, in the order of publishing.

    Every wheel keeps all rules that `rtvariants inspect` judges by. With `commit`, every stamp and
    sdist must be from it. Raises `FanInError` with every file that is missing, extra, misnamed,
    wrongly tagged, damaged, doubled or from another commit.
    """
    wanted = expected(declaration)
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and _is_dist(p))
    problems = compare(declaration, wanted, paths)
    by_name = {path.name: path for path in paths}
    base: Mapping[str, bytes] = {}
    found, contents = [], []
    for file in wanted:
        if (path := by_name.get(file.name)) is None:
            continue
        facts: Facts | None = None
        if file.role != "variant-index":
            archive, facts, more = _read(path)
            problems += more
            problems += stamp_problems(declaration, file, facts, commit) if facts else []
            if file.role == "base-wheel" and archive:
                base = archive.files  # Its sdist comes later.
            elif commit and isinstance(archive, Sdist):
                contents += _sources(declaration, file, archive, base)
        found.append(Checked(file, path, facts))
    problems += pin_problems(declaration, found)
    problems += [*_requirements(declaration, found), *contents] if commit else []
    if problems:
        raise FanInError(problems)
    return tuple(found)


def _requirements(declaration: Declaration, found: Sequence[Checked]) -> list[Problem]:
    """Compare the requirements of wheels with the project."""
    project = pyproject.read(declaration.root).get("project", {})
    own = declaration.projects()
    return [
        problem
        for each in found
        if each.facts and each.path.suffix == ".whl"
        for problem in same_tree.requirements(project, own, each.file.name, each.facts.requires)
    ]


def _sources(
    declaration: Declaration, file: Expected, archive: Sdist, base: Mapping[str, bytes]
) -> list[Problem]:
    """Compare an sdist with the tree, or that of a base with the files of its wheel, `base`."""
    if declaration.packaging != "split" or file.role != "base-sdist":
        return same_tree.files(declaration.root, file.name, archive.files)
    folder = f"{split_sdists.FOLDER}/"
    return [
        Problem(f"`{name}` differs from the wheel", "build the base again", file.name)
        for name, data in archive.files.items()
        if name.startswith(folder) and base and base.get(name[len(folder) :]) != data
    ]


def _read(path: Path) -> tuple[Wheel | Sdist | None, Facts | None, Sequence[Problem]]:
    try:
        archive = archives.opened(path)
        facts, problems = archives.of(archive)
        if isinstance(archive, Wheel):
            # `rules` finds what `archives` finds, and more.
            problems = rules.check(archive) or problems
    except WheelError as error:
        return None, None, error.problems
    return archive, facts, problems


def _is_dist(path: Path) -> bool:
    # Journals, manifests and attestations of this tool may be in the same folder.
    return path.name.endswith((".whl", ".tar.gz", ".zip", ".egg", "-variants.json"))


def compare(
    declaration: Declaration, wanted: Sequence[Expected], paths: Iterable[Path]
) -> list[Problem]:
    """Compare only names: missing, extra and doubled files, with the likely cause; pure."""
    problems = []
    seen: dict[str, Path] = {}
    names = {file.name for file in wanted}
    for path in paths:
        if path.name in seen:
            where = f"{seen[path.name].parent.name}, {path.parent.name}"
            hint = "one artifact was built twice; keep only the files of one build"
            problems.append(Problem(f"two files with this name, in: {where}", hint, path.name))
        seen.setdefault(path.name, path)
    extra = sorted(set(seen) - names)
    for file in wanted:
        if file.name not in seen:
            cell = f" ({file.platform}, {', '.join(file.runtimes)})" if file.platform else ""
            hint = "build this cell, or remove it from the declaration"
            problems.append(Problem(f"missing file{cell}", hint, file.name))
    for name in extra:
        what, hint = _why_extra(declaration, wanted, name)
        problems.append(Problem(what, hint, name))
    return problems


def _why_extra(declaration: Declaration, wanted: Sequence[Expected], name: str) -> tuple[str, str]:
    projects = {canonicalize_name(p): p for p in declaration.projects()}
    said = file_names.read(name)
    project = canonicalize_name(name.partition("-")[0]) if said is None else said.project
    if project not in projects:
        return "file of another project", f"expected: {', '.join(declaration.projects())}"
    if said is not None and said.version != Version(declaration.version):
        return (
            f"file of version {said.version}, expected {declaration.version}",
            "build this version",
        )
    start = f"{project.replace('-', '_')}-{declaration.version}"
    if said is None or not name.startswith((f"{start}-", f"{start}.")):
        return "misnamed file", f"the name must begin with `{start}`"
    if said.build:
        hint = "build it without one; a release has one wheel for each tag"
        return f"wheel with the build number {said.build}", hint
    tags = sorted(f.name for f in wanted if f.project == projects[project])
    return "wrong tag: the declaration has no such file", f"declared: {', '.join(tags[:3])} …"


def stamp_problems(
    declaration: Declaration, file: Expected, facts: Facts, commit: str
) -> list[Problem]:
    """Compare the stamps in one file with what the file is for; pure."""
    problems = []

    def add(what: str) -> None:
        problems.append(Problem(what, "build this cell again from this commit", file.name))

    several = len(declaration.packages) > 1
    held, wanted_here = (
        sorted(f"{runtime} of {package}" if several else runtime for package, runtime in found)
        for found in (
            [(stamp["package"], stamp["runtime"]) for stamp in facts.stamps],
            itertools.product(declaration.packages, file.runtimes),
        )
    )
    if file.role != "variant-wheel" and held != wanted_here:
        add(f"runtimes in it: {', '.join(held) or 'none'}; expected: "
            f"{', '.join(wanted_here) or 'none'}")  # fmt: skip
    row = PLATFORMS.get(file.platform)
    targets = row.targets if row else ("",)
    for stamp in facts.stamps:
        wanted = {"version": declaration.version, "target": targets[0]}
        # Another machine may have built for another target of the same platform.
        if stamp["target"] and stamp["target"] in targets:
            wanted["target"] = stamp["target"]
        if commit:
            wanted["commit"] = commit
        for key, value in wanted.items():
            if stamp[key] != value:
                add(f"{key} of `{stamp['runtime']}`: `{stamp[key]}`, expected `{value}`")
    if commit and facts.commit and facts.commit != commit:
        add(f"commit: `{facts.commit}`, expected `{commit}`")
    return problems


def pin_problems(declaration: Declaration, files: Sequence[Checked]) -> list[Problem]:
    """Compare the pins in the base wheel with the runtimes of the same release; pure.

    The pins are read from the built file: they are what a resolver sees.
    """
    if declaration.packaging != "split":
        return []
    own = {canonicalize_name(declaration.names[r]) for r in declaration.runtimes}
    problems = []
    for each in files:
        if each.file.role != "base-wheel" or each.facts is None:
            continue
        pinned = set()
        for text in each.facts.requires:
            name, exact = _pin(text)
            if exact is not None and name in own:
                pinned.add(name)
                if exact != Version(declaration.version):
                    what = f"pins another version: `{text}`"
                    problems.append(Problem(what, "build the base again", each.file.name))
        for name in sorted(own - pinned):
            what = f"no exact pin of a runtime: `{name}=={declaration.version}`"
            problems.append(Problem(what, "build the base again", each.file.name))
    return problems


def _pin(text: str) -> tuple[str, Version | None]:
    """Return the project that a requirement names, and the one version that it admits, if so.

    >>> _pin("Lamp.Fast (==1.4)"), _pin("lamp>=1")
    (('lamp-fast', <Version('1.4')>), ('lamp', None))
    """
    try:
        read = Requirement(text)
    except InvalidRequirement:
        return "", None
    exact = [each for each in read.specifier if each.operator == "=="]
    if len(exact) != 1 or len(read.specifier) != 1 or exact[0].version.endswith(".*"):
        return canonicalize_name(read.name), None
    return canonicalize_name(read.name), Version(exact[0].version)
