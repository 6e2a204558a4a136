"""Show the builds of the table, without building."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import Any

from rtvariants import config, plan, toolchain


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants plan`."""
    parser.add_argument("project", nargs="?", default=".", help="folder of pyproject.toml")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Print each build: level, features, command, environment, target directory, file."""
    table = config.read(Path(options.project).resolve())
    tools, crate = toolchain.inspect(table, plan.flag_sets(table))
    builds = plan.plan(table, tools, crate, "0")
    if options.json:
        print(json.dumps([_facts(build) for build in builds], indent=2))
    else:
        print("\n\n".join(_text(build) for build in builds))
    return 0


def _facts(build: plan.Build) -> dict[str, Any]:
    return {
        "runtime": build.runtime,
        "level": build.level,
        "target": build.target,
        "features": list(build.rust_features),
        "cargo_features": list(build.cargo_features),
        "argv": list(build.argv),
        "env": dict(build.env),
        "unset": list(build.unset),
        "target_dir": str(build.target_dir),
        "file": str(build.output_dir / "native.so"),
    }


def _text(build: plan.Build) -> str:
    env = [f"    {key}={shlex.quote(value)}" for key, value in build.env.items()]
    return "\n".join(
        [
            f"{build.runtime}: {build.level} for {build.target}",
            f"  features: {', '.join(build.rust_features)}",
            f"  command: {shlex.join(build.argv)}",
            "  environment:",
            *env,
            f"  target directory: {build.target_dir}",
            f"  file: {build.output_dir / 'native.so'}",
        ]
    )
