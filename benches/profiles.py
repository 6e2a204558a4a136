"""One runtime of mydf under several release profiles: build time, size, and the flights pipeline.

`python3 dev.py bench profiles`. The profile of Cargo.toml is the first; the others change it by
cargo's own environment variables, each in a target directory of its own, so that a second run
measures speed alone. What to cut and what it costs stands in one table.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from _measure import ROOT, Case, interleave, machine, table

#: Variables after `CARGO_PROFILE_RELEASE_`; codegen units change what is inlined between files.
PROFILES = {
    "as-released": {},
    "thin-lto": {"LTO": "thin"},
    "one-unit": {"CODEGEN_UNITS": "1"},
    "fat-lto": {"LTO": "fat", "CODEGEN_UNITS": "1"},
    "opt-2": {"OPT_LEVEL": "2"},
    "opt-s": {"OPT_LEVEL": "s"},
}


@dataclass(frozen=True)
class Built:
    """The importable folder of a profile, the bytes of its native, and the seconds it took."""

    tree: Path
    size: int
    seconds: float


def build(name: str, runtime: str) -> Built:
    """Build the runtime under a profile, as the release does it, checks and stripping included."""
    home = ROOT / "target" / "profiles" / name
    tree = home / "tree"
    env = {**os.environ, "CARGO_TARGET_DIR": str(home)}
    env |= {f"CARGO_PROFILE_RELEASE_{key}": value for key, value in PROFILES[name].items()}
    command = [sys.executable, "-m", "rtvariants", "build", "--runtime", runtime, "--out", tree]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=env, check=False)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"error: the profile {name} does not build")
    (native,) = tree.glob(f"_mydf_{runtime}/*.so")
    return Built(tree, native.stat().st_size, seconds)


def main() -> None:
    """Build, measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runtime", default="rt32")
    parser.add_argument("--cold", action="store_true", help="remove what earlier runs built")
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help=", ".join(PROFILES))
    options = parser.parse_args()
    names = options.profiles or list(PROFILES)
    if unknown := sorted(set(names) - set(PROFILES)):
        parser.error(f"unknown profile: {unknown[0]} (one of {', '.join(PROFILES)})")
    machine()
    if options.cold:
        shutil.rmtree(ROOT / "target" / "profiles", ignore_errors=True)
    built = {name: build(name, options.runtime) for name in names}
    command = [sys.executable, str(ROOT / "benches" / "flights.py"), "--worker", "mydf"]
    cases = []
    for name, found in built.items():
        path = os.pathsep.join([str(found.tree), str(ROOT / "python")])
        cases.append(Case(name, command, {"PYTHONPATH": path, "MYDF_RUNTIME": options.runtime}))
    runs = interleave(cases, options.rounds)
    first = names[0]
    table("build", "s", {name: [found.seconds] for name, found in built.items()}, first)
    table("native", "MB", {name: [found.size / 1e6] for name, found in built.items()}, first)
    for step in ("read_csv", "write_parquet", "read_parquet", "query"):
        samples = {name: [r.answer["times"][step] for r in found] for name, found in runs.items()}
        table(step, "ms", samples, first)


if __name__ == "__main__":
    main()
