"""Split packages: a base without native code, and a distribution for each runtime that it pins.

The base serves every platform, so its loader has a table for each platform of the configuration. A
runtime's wheel owns one top-level package and its metadata, nothing else: installing or removing
one never touches a file of another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rtvariants.archives.wheel import Wheel, tag_lines
from rtvariants.config.model import Config
from rtvariants.errors import ConfigError, Problem, WheelError
from rtvariants.loader.types import Table
from rtvariants.shim import generated
from rtvariants.shim import table as tables

from . import contents, distributions
from .contents import Contents, sbom_members
from .distributions import Distributions

# The fields that a runtime's metadata takes from the package: who owns it and what it runs on.
_TAKEN = (
    "metadata-version", "version", "author", "author-email", "maintainer", "maintainer-email",
    "license", "license-expression", "license-file", "classifier", "requires-python",
    "project-url", "home-page", "download-url",
)  # fmt: skip
_GENERATOR = "Generator: rtvariants"


def cut(fats: Sequence[Wheel], config: Config) -> list[Wheel]:
    """Return the wheels of the base and the runtimes, from the fat wheel of each platform.

    Raises `WheelError` if a wheel is not fat, was built with another configuration, or differs from
    the others in a file of the base, and `ConfigError` if a distribution has no name of its own.
    """
    found = [contents.fat(wheel, "split") for wheel in fats]
    project = fats[0].project
    made = distributions.of(config, project)
    if problems := list(distributions.problems(made.names, project)):
        raise ConfigError(problems)
    for wheel, (_, table) in zip(fats, found, strict=True):
        _same_table(wheel, table, config)
    bases = [_base(each, config, made) for each, _ in found]
    for fat, base in zip(fats[1:], bases[1:], strict=True):
        _same_base(fats[0], bases[0], fat, base)
    # A wheel that was built on Windows knows of no programs.
    programs = bases[0].programs.union(*(base.programs for base in bases))
    base = replace(bases[0], programs=programs)
    return [base, *(w for each, _ in found for w in _runtimes(each, made))]


def _same_table(wheel: Wheel, table: Table, config: Config) -> None:
    abi = table.runtimes[0].abi
    wanted = tables.of(config, table.machine, table.system, abi, table.version)
    if wanted != tables.stamped(table, {}):
        hint = "build the wheel again: `[tool.rtvariants]` has changed since"
        what = "built with another configuration than pyproject.toml has now"
        raise WheelError(Problem(what, hint, wheel.filename, "split"))


def _same_base(first: Wheel, one: Wheel, other: Wheel, two: Wheel) -> None:
    names = sorted(set(one.files) | set(two.files))
    differing = [n for n in names if one.files.get(n) != two.files.get(n)]
    if differing or one.filename != two.filename:
        name = next((n for n in differing if not n.endswith("RECORD")), one.filename)
        what = f"differs from `{first.filename}` in `{name}`, a file of the base package"
        hint = "build both wheels from one commit"
        raise WheelError(Problem(what, hint, other.filename, "split"))


def _base(found: Contents, config: Config, made: Distributions) -> Wheel:
    fat = found.wheel
    every = tables.all_of(config, fat.version, made.pins(fat.version))
    files = {n: d for n, d in fat.files.items() if n.split("/")[0] not in found.runtimes}
    for runtime in made.names:
        for name in sbom_members(fat, found.package, runtime):
            del files[name]
    info = fat.dist_info
    files |= generated.rewritten(fat, every)
    files[f"{info}/METADATA"] = _requiring(fat, made).encode()
    files[f"{info}/WHEEL"] = _wheel_file("py3-none-any").encode()
    return replace(fat, tag="py3-none-any", files=files).sealed()


def _requiring(fat: Wheel, made: Distributions) -> str:
    """Return METADATA with the pins of the required runtimes, and an extra for each runtime.

    Raises `WheelError` if the package has an extra of that name for something else.
    """
    metadata, pins, said = fat.metadata("METADATA"), made.pins(fat.version), fat.headers
    own = {canonicalize_name(extra) for extra in said.get_all("Provides-Extra", [])}
    lines = [f"Requires-Dist: {pins[name]}" for name in made.required]
    for name, pin in pins.items():
        if canonicalize_name(name) in own:
            _empty(fat, name, said.get_all("Requires-Dist", []))
        else:
            lines.append(f"Provides-Extra: {name}")
        lines.append(f"Requires-Dist: {pin}; extra == '{name}'")
    head, blank, body = metadata.partition("\n\n")
    return "\n".join([head.rstrip("\n"), *lines]) + (blank + body if blank else "\n")


def _empty(fat: Wheel, extra: str, requirements: Sequence[str]) -> None:
    """Refuse an extra that requires something: users of the runtime would get that too."""
    for text in requirements:
        marker = Requirement(text).marker
        if marker and not marker.evaluate({"extra": ""}) and marker.evaluate({"extra": extra}):
            what = f"extra with the name of a runtime: `{extra}` requires `{text}`"
            hint = "rename the extra or the runtime: each runtime is an extra of the base package"
            raise WheelError(Problem(what, hint, fat.filename, "split"))


def _runtimes(found: Contents, made: Distributions) -> list[Wheel]:
    fat = found.wheel
    info = f"{fat.dist_info}/"
    wheels = []
    for package, names in found.runtimes.items():
        runtime = found.runtime_name(package)
        distribution = made.names[runtime]
        name = distribution.replace("-", "_")
        files = {member: fat.files[member] for member in names}
        licences = [n for n in fat.files if n.startswith(f"{info}licenses/")]
        for member in (*licences, *sbom_members(fat, found.package, runtime)):
            moved = f"{name}-{fat.version}.dist-info/{member.removeprefix(info)}"
            files[moved] = fat.files[member]
        text = runtime_metadata(fat.metadata("METADATA"), fat.project, runtime, distribution)
        wheels.append(runtime_wheel(name, fat.version, fat.tag, files, text))
    return wheels


def runtime_wheel(
    name: str, version: str, tag: str, files: Mapping[str, bytes], metadata: str
) -> Wheel:
    """Return the wheel of one runtime; `files` are those of its package and its licences."""
    info = f"{name}-{version}.dist-info"
    own = {f"{info}/METADATA": metadata.encode(), f"{info}/WHEEL": _wheel_file(tag).encode()}
    return Wheel(name, version, tag, {**files, **own}).sealed()


def runtime_metadata(metadata: str, project: str, runtime: str, distribution: str) -> str:
    """Return METADATA of a runtime's distribution, from METADATA of the package."""
    head = metadata.partition("\n\n")[0]
    headers = re.split(r"\n(?![ \t])", head)
    lines = [header for header in headers if header.partition(":")[0].lower() in _TAKEN]
    summary = f"Summary: Native runtime `{runtime}` of {project}"
    lines[1:1] = [f"Name: {distribution}"]
    lines[3:3] = [summary]
    body = (
        f"One native build of `{project}`, which installs and loads it. It has no use on its own: "
        f"run `pip install {project}` instead."
    )
    lines.append("Description-Content-Type: text/markdown")
    return "\n".join(lines) + f"\n\n{body}\n"


def _wheel_file(tag: str) -> str:
    pure = str(tag.endswith("-none-any")).lower()
    lines = ["Wheel-Version: 1.0", _GENERATOR, f"Root-Is-Purelib: {pure}"]
    return "\n".join([*lines, *tag_lines(tag), ""])
