"""Show what a build would do, without building.

For each runtime: the level with the CPU features that the compiler turns on for it, the exact
command and environment, the target directory, and the file that will be there. `rtvariants build`
follows the same plan; with profiles, it builds each runtime with counters before, and adds the flag
of its profile to these commands.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rtvariants.compile import guard_object, plan
from rtvariants.compile.build import Build
from rtvariants.config.pgo import PgoConfig
from rtvariants.project import tree
from rtvariants.project import version as versions
from rtvariants.toolchain import probe

from . import options as shared


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants plan`."""
    shared.project(parser)
    shared.platform(parser)
    shared.python(parser)
    parser.add_argument("--jobs", type=int, metavar="N", help="number of compilers at once")
    parser.add_argument(
        "--frugal", action="store_true", default=None, help="build one runtime after the other"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


@dataclass(frozen=True)
class Plan:
    """What will be built, and how many compilers and cargos run at once."""

    package: str
    version: str
    jobs: int
    lanes: int
    builds: tuple[Build, ...]
    profiles: PgoConfig | None = None


def run(options: argparse.Namespace) -> int:
    """Print the plan as text or as JSON."""
    root = shared.root(options)
    shared.use_platform(options)
    with shared.overriding(options):
        project = tree.read(root)
        config = project.config
        tools, crate = probe.inspect(config)
    shared.check_backend(project)
    version = versions.version(project, crate)
    builds = plan.plan(config, tools, crate, version)
    for unit in config.units[1:]:
        builds += plan.plan(unit, *probe.inspect(unit), version)
    jobs = plan.jobs(config, tools)
    lanes = 1 if config.build.frugal else min(jobs, len(builds))
    profiles = config.pgo if config.pgo.on else None
    made = Plan(config.package, version, jobs, lanes, builds, profiles)
    print(json.dumps(facts(made), indent=2) if options.json else text(made))
    return 0


def facts(made: Plan) -> dict[str, Any]:
    """Return the plan as JSON has it."""
    return {
        "package": made.package,
        "version": made.version,
        "jobs": made.jobs,
        "lanes": made.lanes,
        "profiles": made.profiles
        and {
            "mode": made.profiles.mode,
            "command": made.profiles.command,
            "folder": made.profiles.profiles,
        },
        "builds": [_facts(each) for each in made.builds],
    }


def _facts(build: Build) -> dict[str, Any]:
    return {
        "runtime": build.runtime,
        "package": build.contract.package,
        "level": build.contract.level,
        "target": build.contract.target,
        "features": list(build.contract.rust_features),
        "cargo_features": list(build.contract.cargo_features),
        "allocator": build.contract.allocator,
        "index_bits": build.contract.index_bits,
        "guard": (
            guard_object.command(build.guard, build.guard.path) if build.guard is not None else None
        ),
        "argv": list(build.command.argv),
        "cwd": str(build.command.cwd),
        "env": dict(build.command.env),
        "unset": list(build.command.unset),
        "target_dir": str(build.sharing.target_dir),
        "file": str(build.output_dir / "native.so"),
    }


def text(made: Plan) -> str:
    """Return the plan as a person reads it; each command can be pasted into a shell."""
    kinds: dict[Path, list[str]] = {}
    for each in made.builds:
        kinds.setdefault(each.sharing.target_dir.parent, []).append(each.sharing.target_dir.name)
    order = ", in parallel with " if made.lanes > 1 else "; then "
    names = [
        f"{first} ({', '.join(rest)} reuse{'' if rest[1:] else 's'} its dependencies)"
        if rest
        else first
        for first, *rest in kinds.values()
    ]
    head = [
        f"{made.package} {made.version}",
        f"builds: {len(made.builds)}, compilers at once: {made.jobs}",
        f"order: {order.join(names)}",
        *([f"profiles: {_profiles(made.profiles)}"] if made.profiles else []),
    ]
    return "\n\n".join(["\n".join(head), *(_text(each) for each in made.builds)])


def _profiles(settings: PgoConfig) -> str:
    """Return where the profiles of a build come from."""
    stored = f"those in `{settings.profiles}` that fit" if settings.profiles else ""
    command = f"of `{settings.command}`" if settings.command else ""
    if settings.mode == "stored" or not command:
        return stored
    return f"{stored}, else {command}" if stored and settings.mode == "auto" else command


def _quoted(value: str) -> str:
    """Return a value for a shell; cargo separates flags with an invisible character."""
    return (
        f"$'{value.replace(chr(31), chr(92) + 'x1f')}'" if "\x1f" in value else shlex.quote(value)
    )


def _index(build: Build) -> str:
    bits = build.contract.index_bits
    return "" if bits is None else f", index: {bits} bits"


def _guard(build: Build) -> list[str]:
    """Return how the guard's object is made, which the command links."""
    if build.guard is None:
        return []
    env = [f"{key}={shlex.quote(value)}" for key, value in build.guard.env.items()]
    made = shlex.join(guard_object.command(build.guard, build.guard.path))
    return [f"  guard: {' '.join([*env, made])}"]


def _text(build: Build) -> str:
    env = [f"    {key}={_quoted(value)}" for key, value in build.command.env.items()]
    unset = [name for name in build.command.unset if name in os.environ]
    default = "--no-default-features" not in build.command.argv
    features = ", ".join(build.contract.cargo_features) or (
        "only the default ones" if default else "none"
    )
    return "\n".join(
        [
            f"{build.runtime}: {build.contract.level} for {build.contract.target}",
            f"  init function: {build.contract.export}, package: {build.contract.package}",
            f"  CPU features: {', '.join(build.contract.rust_features)}",
            f"  cargo features: {features}",
            f"  allocator: {build.contract.allocator}{_index(build)}",
            *_guard(build),
            f"  command: {shlex.join(build.command.argv)}",
            f"  folder: {build.command.cwd}",
            "  environment:",
            *env,
            *([f"  removed from the environment: {', '.join(unset)}"] if unset else []),
            f"  target directory: {build.sharing.target_dir}",
            f"  file: {build.output_dir / 'native.so'}",
        ]
    )
