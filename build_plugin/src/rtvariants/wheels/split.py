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
from rtvariants.shim import generated, place
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
    for wheel, parts in zip(fats, found, strict=True):
        _same_tables(wheel, [table for _, table in parts], config)
    bases = [_base(parts, config, made) for parts in found]
    for fat, base in zip(fats[1:], bases[1:], strict=True):
        _same_base(fats[0], bases[0], fat, base)
    # A wheel that was built on Windows knows of no programs.
    programs = bases[0].programs.union(*(base.programs for base in bases))
    base = replace(bases[0], programs=programs)
    return [base, *(w for parts in found for w in _runtimes([p for p, _ in parts], made))]


def _same_tables(wheel: Wheel, found: Sequence[Table], config: Config) -> None:
    abi, first = found[0].runtimes[0].abi, found[0]
    wanted = {
        unit.package: tables.of(unit, first.machine, first.system, abi, first.version)
        for unit in config.units
    }
    if wanted != {table.package: tables.stamped(table, {}) for table in found}:
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


def _base(parts: Sequence[tuple[Contents, Table]], config: Config, made: Distributions) -> Wheel:
    fat = parts[0][0].wheel
    held = {package for part, _ in parts for package in part.runtimes}
    files = {n: d for n, d in fat.files.items() if n.split("/")[0] not in held}
    units = {unit.package: unit for unit in config.units}
    for part, _ in parts:
        for runtime in made.names:
            for name in sbom_members(fat, part.package, runtime):
                del files[name]
        every = tables.all_of(units[part.package], fat.version, made.pins(fat.version))
        files |= generated.rewritten(fat, every)
    info = fat.dist_info
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


def _runtimes(parts: Sequence[Contents], made: Distributions) -> list[Wheel]:
    fat = parts[0].wheel
    info = f"{fat.dist_info}/"
    wheels = []
    for runtime in map(parts[0].runtime_name, parts[0].runtimes):
        distribution = made.names[runtime]
        name = distribution.replace("-", "_")
        files: dict[str, bytes] = {}
        moved = [n for n in fat.files if n.startswith(f"{info}licenses/")]
        for part in parts:
            own = place.prefix(part.package) + runtime
            files |= {member: fat.files[member] for member in part.runtimes[own]}
            moved += sbom_members(fat, part.package, runtime)
        for member in moved:
            new = f"{name}-{fat.version}.dist-info/{member.removeprefix(info)}"
            files[new] = fat.files[member]
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
