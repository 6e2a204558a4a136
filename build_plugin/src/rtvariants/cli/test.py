"""Install wheels into a clean environment and show each runtime at work, on old CPUs too.

Each wheel is checked first, and only one that breaks no rule is installed. Then each of its
runtimes is forced: what is loaded must be what the wheel says, and `test.run` of the table must
succeed. With qemu-user the same is repeated on the oldest CPU of the runtime's level, and on one
below it, where the runtime must refuse in words.
"""

from __future__ import annotations

import argparse
import hashlib
import shlex
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.tags import parse_tag, sys_tags

from rtvariants.config import load
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.targets import platforms
from rtvariants.toolchain import cross
from rtvariants.trial import environment, trial
from rtvariants.wheels import check

_SECONDS = 600.0


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants test`."""
    parser.add_argument("wheels", nargs="+", metavar="WHEEL", type=Path, help="a wheel file")
    parser.add_argument(
        "--project", metavar="DIR", type=Path,
        help="folder of pyproject.toml, for `test.run`; else this one, where it has one",
    )  # fmt: skip
    parser.add_argument("--run", metavar="CODE", help="Python code in place of `test.run`")
    parser.add_argument(
        "--find-links", action="append", default=[], metavar="DIR", type=Path,
        help="folder of wheels that the package requires; else only the wheels are installed",
    )  # fmt: skip
    parser.add_argument(
        "--python", action="append", default=[], metavar="PLATFORM=COMMAND",
        help="interpreter for foreign wheels, by a part of their platform tag: "
        "'aarch64=qemu-aarch64 -L ROOT ROOT/usr/bin/python3'; else that of the prepared toolchain",
    )  # fmt: skip
    parser.add_argument("--no-emulation", action="store_true", help="no emulated CPUs")
    parser.add_argument("--strict", action="store_true", help="what can't be run here is a failure")


@dataclass
class _Report:
    """Prints each line as it comes, and counts."""

    strict: bool
    ran: int = 0
    failed: int = 0

    def said(self, each: trial.Set, outcome: trial.Outcome) -> None:
        """Show what a run came to."""
        run = outcome.run
        if outcome.lacking:
            self.left(f"{each.shown}: {run.runtime.name}: {outcome.lacking}")
            return
        self.ran += 1
        self.failed += bool(outcome.failure)
        must = "refuses" if run.refuses else "runs"
        where = run.cpu or "this CPU"
        verdict = "FAILED" if outcome.failure else "ok"
        tail = f": {outcome.failure}" if outcome.failure else ""
        print(f"{verdict:7} {run.runtime.name} {must} on {where}: {each.shown}{tail}", flush=True)

    def left(self, what: str) -> None:
        """Show what was not run."""
        self.failed += self.strict
        print(f"NOT RUN {what}", flush=True)


def run(options: argparse.Namespace) -> int:
    """Check, install and run; returns 1 where anything is not as it must be."""
    commands = dict(_command(text) for text in options.python)
    code = options.run if options.run is not None else _code(options.project)
    for folder in options.find_links:
        if not folder.is_dir():
            hint = "name one that has the wheels of what the package requires"
            raise RtvariantsError(Problem(f"no folder: `--find-links {folder}`", hint))
    report = _Report(options.strict)
    found = trial.sets(check.all_checked(options.wheels))
    for part in commands:
        if not any(part in each.platforms for each in found):
            tags = ", ".join(sorted({f"`{each.platforms}`" for each in found}))
            hint = f"write a part of a wheel's platform tag; here there are {tags}"
            raise RtvariantsError(Problem(f"no wheel for `--python {part}=…`", hint))
    for each in found:
        with tempfile.TemporaryDirectory(prefix="rtvariants-") as folder:
            session = _Session(each, code, Path(folder), report)
            if any(tag in set(sys_tags()) for tag in parse_tag(each.wheels[-1].tag)):
                session.native(options.find_links, emulation=not options.no_emulation)
                if unused := [part for part in commands if part in each.platforms]:
                    print(f"note: this machine's own Python, not `{unused[0]}=…`: {each.shown}")
            else:
                session.foreign(commands)
    print(f"{report.ran} runs, {report.failed} failed")
    return 1 if report.failed or not report.ran else 0


def _code(project: Path | None) -> str:
    """Return the table's code; none where no project is named, and there are only wheels."""
    if project is None and not Path("pyproject.toml").is_file():
        return ""
    return load.read((project or Path()).resolve()).test.run


def _command(text: str) -> tuple[str, list[str]]:
    platform, equals, command = text.partition("=")
    try:
        words = shlex.split(command)
    except ValueError:  # A quotation mark without its other one.
        words = []
    if not equals or not words:
        raise RtvariantsError(
            Problem(f"no interpreter: `--python {text}`", "write `--python PLATFORM=COMMAND`")
        )
    return platform, words


def _prepared(tag: str) -> tuple[list[str], str]:
    """Return the Python that was prepared for a wheel's platform; without one, why not."""
    platform = platforms.of_tag(tag)
    tools = cross.prepared(platform) if platform else None
    if platform is None or not platform.emulator:
        return [], f"no interpreter for `{tag}`; `--python` names one"
    if tools is None or not tools.python:
        hint = f"`rtvariants toolchain prepare {platform.name}` gets one, `--python` names one"
        return [], f"no interpreter for `{tag}`; {hint}"
    if not shutil.which(tools.python[0]):
        return [], f"`{tools.python[0]}` not found; on Debian `apt-get install qemu-user`"
    return list(tools.python), ""


def _starts_here(tag: str) -> bool:
    """Tell whether this CPU runs the programs of a wheel's platform, with their own C library."""
    mine, other = platforms.PLATFORMS.get(platforms.host()), platforms.of_tag(tag)
    return mine is not None and other is not None and mine.machine == other.machine


@dataclass(frozen=True)
class _Session:
    """One set of wheels in one folder."""

    each: trial.Set
    code: str
    folder: Path
    report: _Report

    def native(self, links: Sequence[Path], *, emulation: bool) -> None:
        """Install the wheels for this machine and run them, on emulated CPUs too."""
        python = str(environment.install(self.each.wheels, self.folder, links))
        self._show(trial.here(self.each), [python, "-I"])
        if emulation:
            self._emulated(python)
        absent = "" if links else ", ".join(f"`{a}`" for a in trial.left_out(self.each))
        if absent:
            hint = "; `--find-links DIR` installs them" if self.report.failed else ""
            print(f"note: installed without {absent}: {self.each.shown}{hint}")

    def _emulated(self, python: str) -> None:
        name = f"qemu-{self.each.table.machine}"
        emulator = shutil.which(name)
        if emulator is None:
            hint = f"`{name}` not found; on Debian `apt-get install qemu-user`"
            self.report.left(f"{self.each.shown}: old CPUs: {hint}")
            return
        self._on_old_cpus([emulator], [python, "-I"])

    def _on_old_cpus(self, head: Sequence[str], tail: Sequence[str], **env: str) -> None:
        """Run each runtime by an emulator, `head`, on the oldest CPU of its level and one below."""
        runs = trial.emulated(self.each)
        for one in runs:
            # The kernel lists the real CPU's features to an emulated process; the guard knows
            # better.
            unsafe = {f"{self.each.table.env}_UNSAFE": "1"} if one.runtime.needs else {}
            self._show([one], [*head, "-cpu", one.cpu, *tail], **env, **unsafe)
        for runtime in self.each.runtimes:
            if not any(one.runtime is runtime and not one.refuses for one in runs):
                what = f"{runtime.name}: no emulated CPU of level `{runtime.level}`"
                self.report.left(f"{self.each.shown}: {what}")

    def foreign(self, commands: Mapping[str, list[str]]) -> None:
        """Run wheels for another platform with the interpreter that was named or prepared for it.

        The prepared one runs by an emulator, so that it can be an old CPU.
        """
        tag = self.each.platforms
        command = next((c for part, c in commands.items() if part in tag), None)
        named = command is not None
        if command is None:
            command, hint = _prepared(tag)
            if not command:
                self.report.left(f"{self.each.shown}: {hint}")
                return
        site = {"PYTHONPATH": str(environment.unpack(self.each.wheels, self.folder))}
        if named:
            self._show(trial.here(self.each), command, **site)
        else:
            if _starts_here(tag):
                self._show(trial.here(self.each), command[-1:], **site)
            self._on_old_cpus(command[:1], command[1:], **site)

    def _show(self, runs: Sequence[trial.Run], command: Sequence[str], **env: str) -> None:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        program = trial.probe(self.each, self.code)
        for one in runs:
            forced = {**env, self.each.table.env: one.runtime.name}
            status, out = environment.run(command, program, home, forced, _SECONDS)
            digest = hashlib.sha256(self.each.native(one.runtime) or b"").hexdigest()
            self.report.said(self.each, trial.judge(self.each, one, status, out, digest))
