"""Time a cold, a warm and an edited build of all runtimes; maturin does the same work.

`python3 dev.py bench build_time` takes half an hour on two cores, `… --package greeter` builds the
small package of the tests in about three minutes. Neither maturin nor setuptools-rust has runtimes,
so each runs once per runtime, with its flags and cargo features, the same release profile and its
own target directory. All of them work in copies, with the crates already downloaded.

- cold: from empty target directories.
- warm: nothing has changed. Ours also runs in a fresh isolated environment, as `python -m build`
  does by default; the same without hatchling's hooks shows what the plugin adds to that.
- edit: a public constant is added to one source file of the core.

`--frugal` adds a cold build with one compiler at a time, and compares its peak memory with ours.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from _measure import ROOT, machine

BENCH = ROOT / "target" / "bench-build"
RUST = "setuptools-rust"
PINNED = {"maturin": "1.16.0", RUST: "1.13.0"}


@dataclass(frozen=True)
class Package:
    """The package to build: its folder, the crate's folder in it, and the file to edit."""

    name: str
    folder: Path
    crate: str
    edited: str


PACKAGES = {
    "mydf": Package("mydf", ROOT, "crates/mydf-python", "crates/mydf-core/src/lib.rs"),
    "greeter": Package("greeter", ROOT / "tests/packages/greeter", ".", "src/lib.rs"),
}


@dataclass(frozen=True)
class Command:
    """One process of a build, and where it runs."""

    argv: list[str]
    folder: Path
    env: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, and of all processors together."""

    wall: float
    cpu: float


def copy(package: Package, name: str) -> Path:
    """Copy the tracked files of a package into a folder without build output."""
    folder = BENCH / package.name / name
    shutil.rmtree(folder, ignore_errors=True)
    argv = ["git", "ls-files", "-z"]
    listed = subprocess.run(argv, cwd=package.folder, capture_output=True, check=True)
    for file in listed.stdout.decode().split("\0"):
        source, copied = package.folder / file, folder / file
        copied.parent.mkdir(parents=True, exist_ok=True)
        if file and source.is_dir():
            shutil.copytree(source, copied)  # a link to a crate beside it
        elif file and source.is_file():
            shutil.copy2(source, copied)
    return folder


def timed(commands: Iterable[Command]) -> Took:
    """Run commands one after the other."""
    wall, cpu = time.perf_counter(), 0.0
    for command in commands:
        log = command.folder / "target" / "bench.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("w") as file:
            env = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"} | command.env
            process = subprocess.Popen(
                command.argv, cwd=command.folder, env=env, stdout=file, stderr=file
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            words = " ".join(command.argv)
            sys.exit(f"error: exit status {process.returncode}: {words}\nhint: see `{log}`")
        cpu += usage.ru_utime + usage.ru_stime
    return Took(time.perf_counter() - wall, cpu)


class Ours:
    """One command that builds all runtimes."""

    name = "rtvariants"

    def __init__(self, package: Package, plugin: Path, name: str = "rtvariants") -> None:
        self.name = name
        self.folder = copy(package, name)
        self.edited = [self.folder / package.edited]
        self.events = self.folder / "target" / "events.jsonl"
        # Isolated environments find the plugin there; uv fills them faster than pip.
        # With a cache of its own: uv's takes the wheel of another day for this one, by its version.
        self.isolated = {
            "UV_FIND_LINKS": str(plugin),
            "UV_CACHE_DIR": str(plugin.parent / "uv-cache"),
            "RTVARIANTS_EVENTS": str(self.events),
        }

    def commands(self, *, isolated: bool = False, **env: str) -> list[Command]:
        """Return the build, in this environment or in a fresh one."""
        argv = [sys.executable, "-m", "build", "--wheel", "--outdir", "target/out"]
        argv += ["--installer", "uv"] if isolated else ["--no-isolation"]
        return [Command(argv, self.folder, self.isolated | env)]

    def said(self) -> tuple[dict[str, int], float]:
        """Return what the last build compiled, by runtime, and its peak memory in MB."""
        events = [json.loads(line) for line in self.events.read_text().splitlines()]
        crates = {e["runtime"]: e["compiled"] for e in events if e["event"] == "done"}
        return crates, events[-1].get("peak_memory", 0) / 1e6


class Theirs:
    """A build tool without runtimes: one command for each runtime."""

    def __init__(self, name: str, package: Package) -> None:
        from rtvariants.config import load
        from rtvariants.targets import levels

        self.name = name
        self.edited: list[Path] = []
        self._commands: list[Command] = []
        host = os.uname().machine
        for runtime in load.read(package.folder).runtimes:
            allocator = runtime.allocators["linux"]
            features = [*runtime.features, *([] if allocator == "system" else [allocator])]
            folder = copy(package, f"{name}-{runtime.name}")
            self.edited.append(folder / package.edited)
            argv = (self._maturin if name == "maturin" else self._rust)(folder, package, features)
            flags = " ".join(levels.rustc_flags(runtime.levels[host]))
            self._commands.append(Command(argv, folder, {"RUSTFLAGS": flags}))

    def commands(self) -> list[Command]:
        """Return the builds, one after the other."""
        return self._commands

    @staticmethod
    def _maturin(folder: Path, package: Package, features: list[str]) -> list[str]:
        del folder
        argv = [sys.executable, "-m", "maturin", "build", "--release", "--locked"]
        argv += ["--manifest-path", f"{package.crate}/Cargo.toml", "--out", "target/out"]
        argv += ["--interpreter", sys.executable]
        return argv + (["--features", ",".join(features)] if features else [])

    @staticmethod
    def _rust(folder: Path, package: Package, features: list[str]) -> list[str]:
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["setuptools", "setuptools-rust"]\n'
            'build-backend = "setuptools.build_meta"\n'
            f'[project]\nname = "{package.name}"\nversion = "1"\n'
            "[tool.setuptools]\npackages = []\n"
            f'[[tool.setuptools-rust.ext-modules]]\ntarget = "{package.name}._native"\n'
            f'path = "{package.crate}/Cargo.toml"\nbinding = "PyO3"\npy-limited-api = true\n'
            f'args = ["--locked"]\ndebug = false\nfeatures = {json.dumps(features)}\n'
        )
        return [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", "target/out"]


def edit(files: Iterable[Path], number: int) -> None:
    """Add one line to a source file, so that it has to be compiled again."""
    for path in files:
        text = path.read_text()
        path.write_text(f"{text}\n#[doc(hidden)]\npub const EDIT_{number}: u32 = {number};\n")


def measure(one: Ours | Theirs, warm: int) -> dict[str, Took]:
    """Return the times of a cold build, of a warm one (a median), and of one after an edit."""
    found = {"cold": timed(one.commands())}
    if isinstance(one, Ours):
        print(f"{one.name}: peak memory of the compilers {one.said()[1]:.0f} MB")
    if warm:
        found |= warmed(one, warm)
        edit(one.edited, 1)
        found["edit"] = timed(one.commands())
    if isinstance(one, Ours) and warm:
        print(f"{one.name}: crates compiled after the edit: {one.said()[0]}")
    for what, took in found.items():
        print(f"{one.name}: {what} {took.wall:.2f} s, {took.cpu:.2f} s of processors", flush=True)
    return found


def warmed(one: Ours | Theirs, rounds: int) -> dict[str, Took]:
    """Return the times of builds with nothing to compile, with and without the plugin in turn."""
    tooks: dict[str, list[Took]] = {}
    if isinstance(one, Ours):
        timed(one.commands(isolated=True))  # fills uv's cache
    for _ in range(rounds):
        tooks.setdefault("warm", []).append(timed(one.commands()))
        if isinstance(one, Ours):
            tooks.setdefault("warm, isolated", []).append(timed(one.commands(isolated=True)))
            crates, _peak = one.said()
            if any(crates.values()):
                sys.exit(f"error: a warm build compiled crates: {crates}")
            without = timed(one.commands(isolated=True, HATCH_BUILD_NO_HOOKS="1"))
            tooks.setdefault("isolated, without the plugin", []).append(without)
    return {
        what: Took(
            statistics.median(t.wall for t in took), statistics.median(t.cpu for t in took)
        )
        for what, took in tooks.items()
    }  # fmt: skip


def prepare() -> Path:
    """Install the peers, download the crates; returns a folder with the plugin's wheel."""
    names = [f"{name}=={pinned}" for name, pinned in PINNED.items()]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *names], check=True)
    plugin = BENCH / "plugin"
    for folder in (plugin, BENCH / "uv-cache"):
        shutil.rmtree(folder, ignore_errors=True)
    argv = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(plugin)]
    subprocess.run([*argv, str(ROOT / "build_plugin")], check=True, stdout=subprocess.DEVNULL)
    return plugin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--package", choices=PACKAGES, default="mydf", help="what is built")
    parser.add_argument("--warm", type=int, default=3, help="warm builds; the median counts")
    parser.add_argument("--peer", choices=PINNED, action="append", help="only this peer")
    parser.add_argument(
        "--frugal", action="store_true", help="also a cold build with little memory"
    )
    options = parser.parse_args()
    package = PACKAGES[options.package]
    plugin = prepare()
    argv = ["cargo", "fetch", "--locked", "-q"]
    subprocess.run(argv, cwd=package.folder / package.crate, check=True)
    machine(["hatchling", *PINNED])
    ours = measure(Ours(package, plugin), options.warm)
    if options.frugal:
        frugal = Ours(package, plugin, "frugal")
        frugal.isolated["RTVARIANTS_FRUGAL"] = "1"
        measure(frugal, 0)
    peers = {name: measure(Theirs(name, package), options.warm) for name in options.peer or PINNED}
    most, least = ours["warm, isolated"], ours["isolated, without the plugin"]
    print(f"\nwhat the plugin adds to a warm isolated build: {most.wall - least.wall:.2f} s")
    head = "".join(f"{name + ', once a runtime':>30}   ratio" for name in peers)
    print(f"\n{package.name:10}{'rtvariants':>12}{head}")
    for what in ("cold", "warm", "edit"):
        row = f"{what:10}{ours[what].wall:>10.1f} s"
        for took in peers.values():
            row += f"{took[what].wall:>28.1f} s{ours[what].wall / took[what].wall:>8.2f}"
        print(row)
        row = f"{'of processors':10}{ours[what].cpu:>7.1f} s"
        for took in peers.values():
            row += f"{took[what].cpu:>28.1f} s{ours[what].cpu / took[what].cpu:>8.2f}"
        print(row)


if __name__ == "__main__":
    main()
