"""Where the work is kept: one folder for each package, with results that are reused if they fit."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from .packages import ROOT, Package

TARGET = ROOT / "target" / "foreign"
TOOLS = ("maturin", "setuptools-rust", "setuptools", "build")


class StepError(AssertionError):
    """A command of a step failed; the text is the end of what it said."""


def folder(package: Package) -> Path:
    """Return the folder of a package's work."""
    path = TARGET / package.name
    path.mkdir(parents=True, exist_ok=True)
    return path


def digest(*parts: str | bytes | Path) -> str:
    """Return one hash over texts and the contents of files."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else part
        data = data if isinstance(data, bytes) else data.encode()
        whole.update(len(data).to_bytes(8, "little") + data)
    return whole.hexdigest()


def reused(package: Package, step: str, key: str, make) -> dict:
    """Return the result of a step; make it if there is none with this key."""
    file = folder(package) / f"{step}.json"
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        if kept["key"] == key and all(Path(p).exists() for p in kept["value"].get("files", ())):
            return kept["value"]
    file.unlink(missing_ok=True)
    print(f"\n--- {package.name}: {step}", flush=True)
    value = make()
    file.write_text(json.dumps({"key": key, "value": value}, indent=1), encoding="utf-8")
    return value


@cache
def environ() -> dict[str, str]:
    """Return the environment of a build: our tools first, and the Rust that builds this project."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("CARGO_")}
    env["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), env["PATH"]])
    # A project may ask for a toolchain that is not installed.
    if shutil.which("rustup"):
        said = subprocess.run(
            ["rustup", "show", "active-toolchain"], cwd=ROOT, capture_output=True, text=True
        )
        env["RUSTUP_TOOLCHAIN"] = said.stdout.split()[0]
    return env


@cache
def builder() -> str:
    """Return what plain builds depend on beside the sdist: the compiler and the backends."""
    from importlib.metadata import version

    rustc = subprocess.run(
        ["rustc", "-vV"], env=environ(), capture_output=True, text=True, check=True
    )
    return "\n".join([rustc.stdout, sys.version, *(f"{each} {version(each)}" for each in TOOLS)])


@cache
def plugin() -> str:
    """Return a hash of the plugin and of the guard, as they stand in the tree."""
    names = subprocess.run(
        ["git", "ls-files", "build_plugin/src", "crates/rtvariants-guard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    files = [ROOT / name for name in names if not name.endswith((".md", ".pyi"))]
    return digest(*(part for file in files if file.is_file() for part in (file.name, file)))


def run(
    log: Path, *command: str | Path, cwd: Path | None = None, env: dict | None = None
) -> tuple[float, str]:
    """Run a command and write what it says to a log; return its processor time and the text."""
    words = [str(word) for word in command]
    start = _processor_time()
    with log.open("w", encoding="utf-8") as file:
        done = subprocess.run(
            words, cwd=cwd, env=env or environ(), stdout=file, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
    text = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        end = "\n".join(text.splitlines()[-60:])
        raise StepError(f"exit status {done.returncode}: {' '.join(words)}\n{end}")
    return _processor_time() - start, text


def _processor_time() -> float:
    """Return the seconds that ended child processes have computed: a busy machine adds little."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
