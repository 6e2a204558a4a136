"""Build three runtimes from nothing, again, and after a one-line edit; maturin does the same work.

`python3 dev.py bench build_time`. Takes long (two cold release builds of the whole workspace, ours
and maturin's three): about half an hour on two cores, with the crates already downloaded. maturin
has no runtimes, so it runs three times, each with the flags and features of one runtime and a
target directory of its own; both work in copies of the tracked files, with one release profile.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from _measure import ROOT, machine

BENCH = ROOT / "target" / "bench-build"
CRATE = Path("crates") / "mydf-python"
EDITED = Path("crates") / "mydf-core" / "src" / "lib.rs"


def runtimes() -> list[tuple[str, str, list[str]]]:
    """Return name, rustc's flags and cargo features of each runtime, from the installed table."""
    from _mydf_loader.table import TABLE

    found = []
    for runtime in TABLE.runtimes:
        features = ["rt64"] * (runtime.index_bits == 64)
        features += [runtime.allocator] * (runtime.allocator != "system")
        level = runtime.level.replace("_", "-")
        cpu = level if level.startswith("x86-64") else "generic"
        found.append((runtime.name, f"-Ctarget-cpu={cpu}", features))
    return found


def copy(name: str) -> Path:
    """Copy the tracked files into a folder that nothing was built in."""
    folder = BENCH / name
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for file in listed.stdout.decode().split("\0"):
        if file and (ROOT / file).is_file():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, folder / file)
    return folder


def timed(commands: list[tuple[list[str], dict[str, str]]], folder: Path) -> float:
    """Run commands one after the other; return the seconds."""
    start = time.perf_counter()
    for number, (command, env) in enumerate(commands):
        log = folder / "target" / f"bench-{number}.log"
        log.parent.mkdir(exist_ok=True)
        with log.open("w") as file:
            status = subprocess.run(
                command, cwd=folder, env=os.environ | env, stdout=file, stderr=file, check=False
            ).returncode
        if status:
            sys.exit(f"error: exit status {status}: {' '.join(command)}\nhint: see `{log}`")
    return time.perf_counter() - start


def ours() -> list[tuple[list[str], dict[str, str]]]:
    """Return the one command that builds our wheel, in an environment already there."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "target/out"]
    return [(command, {})]


def maturins() -> list[tuple[list[str], dict[str, str]]]:
    """Return maturin's three commands."""
    commands = []
    for name, flags, features in runtimes():
        command = [sys.executable, "-m", "maturin", "build", "--release", "--locked"]
        command += ["--manifest-path", str(CRATE / "Cargo.toml"), "--out", f"target/out-{name}"]
        command += ["--interpreter", sys.executable]
        command += ["--features", ",".join(features)] if features else []
        env = {"RUSTFLAGS": flags, "CARGO_TARGET_DIR": f"target/{name}"}
        commands.append((command, env))
    return commands


def edit(folder: Path, number: int) -> None:
    """Change one line of the core, so that it has to be compiled again."""
    path = folder / EDITED
    path.write_text(
        path.read_text() + f"\n#[doc(hidden)]\npub const EDIT_{number}: u32 = {number};\n"
    )


def measure(name: str, commands: list[tuple[list[str], dict[str, str]]], warm: int) -> list[float]:
    """Return the seconds of a cold build, of warm ones and of one after an edit."""
    folder = copy(name)
    cold = timed(commands, folder)
    print(f"{name}: cold {cold:.1f} s", flush=True)
    again = min(timed(commands, folder) for _ in range(warm))
    print(f"{name}: warm {again:.2f} s (least of {warm})", flush=True)
    edit(folder, 1)
    edited = timed(commands, folder)
    print(f"{name}: after an edit of the core {edited:.1f} s", flush=True)
    for wheel in sorted((folder / "target").glob("out*/*.whl")):
        print(f"{name}: {wheel.name} {wheel.stat().st_size / 1e6:.1f} MB")
    return [cold, again, edited]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--warm", type=int, default=3, help="warm builds; the least counts")
    options = parser.parse_args()
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "maturin==1.16.0"], check=True)
    subprocess.run(["cargo", "fetch", "--locked", "-q"], cwd=ROOT, check=True)
    machine(["hatchling", "maturin"])
    one = measure("rtvariants", ours(), options.warm)
    three = measure("maturin", maturins(), options.warm)
    print(f"\n{'three runtimes':24} {'rtvariants':>12} {'maturin, 3 times':>18}   ratio")
    for what, a, b in zip(("cold", "warm", "after an edit"), one, three, strict=True):
        print(f"{what:24} {a:>10.1f} s {b:>16.1f} s {a / b:>7.2f}")


if __name__ == "__main__":
    main()
